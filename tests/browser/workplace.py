"""One person's folders for notebooks, settings and kernels."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from .kernels import PYTHONS, kernel_specs

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

LOOPBACK = "127.0.0.1"

SETTINGS = {
    # The hard case for secrets: every synced trait is written into the saved notebook.
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
    "@jupyterlab/apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
}


class Workplace:
    """Jupyter's folders for one person: `root` has a copy of notebooks/, the rest is fresh.

    `environment` has the variables that make a Jupyter program use them. `proxy` turns
    jupyter-server-proxy on, without `widgets` none is rendered; `configuration` has further options
    of Jupyter Server, by class.
    """

    def __init__(
        self,
        folder: Path,
        *,
        proxy: bool = False,
        widgets: bool = True,
        **configuration: Mapping[str, Any],
    ) -> None:
        self.root = folder / "root"
        self.runtime = folder / "runtime"
        config, data = folder / "config", folder / "data"
        self.environment = inherited() | {
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_DATA_DIR": str(data),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        ignored = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(NOTEBOOKS, self.root, ignore=ignored)
        for plugin, settings in SETTINGS.items():
            write_json(config / f"lab/user-settings/{plugin}.jupyterlab-settings", settings)
        server = {
            "ip": LOOPBACK,
            "port": 0,
            "root_dir": str(self.root),
            "open_browser": False,
            "allow_root": True,
            "jpserver_extensions": {"jupyter_server_proxy": proxy},
        }
        configuration["ServerApp"] = server | configuration.get("ServerApp", {})
        configuration["LabApp"] = {
            "extension_manager": "readonly",  # the other one asks PyPI
            "expose_app_in_browser": True,  # tests open and close notebooks through it
        }
        # Looking for language servers starts npm for each page.
        configuration["LanguageServerManager"] = {"autodetect": False}
        write_json(config / "jupyter_server_config.json", configuration)
        disabled = {
            "@jupyterhub/jupyter-server-proxy": not proxy,
            "@jupyter-widgets/jupyterlab-manager": not widgets,
        }
        write_json(config / "labconfig" / "page_config.json", {"disabledExtensions": disabled})
        for name, spec in kernel_specs().items():
            write_json(data / "kernels" / name / "kernel.json", spec)

    def write(self, name: str, *cells: str, kernel: str = "python3") -> str:
        """Write a notebook of code cells (a cell starting with `# %% md` is prose); its name."""
        if not PYTHONS[kernel].exists():
            raise RuntimeError(f"There is no {PYTHONS[kernel]}; `scripts/test browser` makes it.")
        book = nbformat.v4.new_notebook()
        book.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
        for source in cells:
            code = nbformat.v4.new_code_cell(source)
            prose = nbformat.v4.new_markdown_cell(source.removeprefix("# %% md").lstrip())
            book.cells.append(prose if source.startswith("# %% md") else code)
        nbformat.write(book, self.root / name)
        return name


def inherited() -> dict[str, str]:
    """The variables of this process, without those that point Jupyter elsewhere."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}


def write_json(file: Path, content: Mapping[str, object]) -> None:
    """Write a file of settings, its folder included."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
