"""A real `jupyter lab` server with settings, data and notebooks of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import nbformat

from .chromium import end_group

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

TOKEN = "a token for tests"

SETTINGS = {
    # The hard case for secrets: every synced trait is written into the saved notebook.
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
    "@jupyterlab/apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
}


class JupyterServer:
    """A running server: `url` (ends with a slash), `token`, `root` of the notebooks, `log` file."""

    def __init__(self, folder: Path) -> None:
        self.token = TOKEN
        self.root = folder / "root"
        self.log = folder / "jupyter.log"
        ignored = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(NOTEBOOKS, self.root, ignore=ignored)
        for plugin, settings in SETTINGS.items():
            file = folder / "config" / "lab" / "user-settings" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))
        }
        command = [
            *(sys.executable, "-m", "jupyterlab"),
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.extension_manager=readonly",  # the other one asks PyPI
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Jupyter of this environment
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=inherited
                | {
                    "JUPYTER_CONFIG_DIR": str(folder / "config"),
                    "JUPYTER_DATA_DIR": str(folder / "data"),
                    "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
                    "IPYTHONDIR": str(folder / "ipython"),
                },
            )
        self.url = self._announced(folder / "runtime" / f"jpserver-{self._process.pid}.json")
        authorization = {"authorization": f"token {self.token}"}
        self._api = httpx.Client(base_url=self.url, headers=authorization, trust_env=False)
        self._wait_until_it_answers()

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells (a cell starting with `# %% md` is prose); its name."""
        book = nbformat.v4.new_notebook()
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        for source in cells:
            code = nbformat.v4.new_code_cell(source)
            prose = nbformat.v4.new_markdown_cell(source.removeprefix("# %% md").lstrip())
            book.cells.append(prose if source.startswith("# %% md") else code)
        nbformat.write(book, self.root / name)
        return name

    def end_kernels(self) -> None:
        """End every kernel, so that the next test starts with fresh ones."""
        for session in self._get("api/sessions"):
            self._api.delete(f"api/sessions/{session['id']}").raise_for_status()

    def stop(self) -> None:
        """End the server, which ends its kernels."""
        self._api.close()
        end_group(self._process)

    def _announced(self, file: Path) -> str:
        for _ in range(600):
            if file.exists() and (text := file.read_text()).strip():
                url: str = json.loads(text)["url"]
                return url
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise self._failed()

    def _wait_until_it_answers(self) -> None:
        for _ in range(100):
            try:
                self._get("api/status")
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise self._failed()

    def _get(self, path: str) -> Any:
        return self._api.get(path).raise_for_status().json()

    def _failed(self) -> RuntimeError:
        end_group(self._process)
        return RuntimeError(f"JupyterLab did not start:\n{self.log.read_text(errors='replace')}")
