"""A real Jupyter server: JupyterLab, Notebook 7 or a plain one."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .kernels import RunningKernels
from .notebook import LabNotebook, Notebook7
from .process import Process
from .workplace import LOOPBACK, Workplace

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from .notebook import Notebook

App = Literal["lab", "notebook", "server"]

MODULES: dict[App, str] = {"lab": "jupyterlab", "notebook": "notebook", "server": "jupyter_server"}


class JupyterServer(Workplace):
    """A running server: `url` (ends with a slash), `token`, `root` of the notebooks, `log` file.

    `prefixed` serves it below a random base URL, `host` is its name in the browser, one of those in
    chromium.py, `proxy` turns jupyter-server-proxy on. If not `installed`, our callback page is
    missing, as when kernels have a separate environment; without `widgets` none is rendered.
    """

    def __init__(
        self,
        folder: Path,
        app: App = "lab",
        *,
        prefixed: bool = False,
        host: str = LOOPBACK,
        proxy: bool = False,
        installed: bool = True,
        widgets: bool = True,
    ) -> None:
        self.token = secrets.token_urlsafe()
        server = {
            "base_url": f"/{secrets.token_hex(4)}/" if prefixed else "/",
            "local_hostnames": ["localhost", host],
        }
        identity = {"token": self.token}
        extensions = {} if installed else {"labextensions_path": [str(without_ours(folder))]}
        super().__init__(
            folder,
            proxy=proxy,
            widgets=widgets,
            ServerApp=server,
            IdentityProvider=identity,
            LabServerApp=extensions,
        )
        self._notebook = Notebook7 if app == "notebook" else LabNotebook
        self._opened: list[Notebook] = []
        # A page of each browser with a JupyterLab in which nothing is open.
        # Elsewhere no page keeps its cookies.
        self._left: list[Page] = []
        self._stays_open = app == "lab" and host == LOOPBACK
        command = [sys.executable, "-m", MODULES[app]]
        self._process = Process(command, folder / "jupyter.log", self.environment)
        self.log = self._process.log
        address = self._process.until(self._announced)
        self._kernels = RunningKernels(address, self.token)
        self._process.until_it_answers(f"{address}api")
        self.url = address.replace(LOOPBACK, host, 1)

    def open(self, context: BrowserContext, name: str) -> Notebook:
        """Open a notebook of `root` in a browser that need not be signed in."""
        file = self.root / name
        page = next((one for one in self.left if one.context is context), None)
        notebook: Notebook
        if page:
            self._left.remove(page)
            notebook = LabNotebook.open_in(page, file)
        else:
            notebook = self._notebook.load(context, self.url, file, token=self.token)
        self._opened.append(notebook)
        return notebook

    def end_kernels(self) -> None:
        """Close every notebook and end every kernel, so that the next test starts with fresh ones.

        One JupyterLab stays open, because loading it takes longer than most tests.
        """
        for notebook in self._opened:
            if self._stays_open and isinstance(notebook, LabNotebook) and notebook.leave():
                if any(page.context is notebook.page.context for page in self.left):
                    notebook.page.close()
                else:
                    self._left.append(notebook.page)
        self._opened.clear()
        self._kernels.end()

    @property
    def left(self) -> list[Page]:
        """The pages that stay open."""
        self._left = [page for page in self._left if not page.is_closed()]
        return self._left

    def stop(self) -> None:
        """End the server, which ends its kernels."""
        self._kernels.close()
        self._process.stop()

    def _announced(self) -> str | None:
        file = self.runtime / f"jpserver-{self._process.pid}.json"
        if not file.exists() or not (text := file.read_text()):
            return None
        url: str = json.loads(text)["url"]
        return url


def without_ours(folder: Path) -> Path:
    """Return a folder with every labextension of this environment but our own."""
    found = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    others = folder / "labextensions"
    others.mkdir()
    for extension in found.iterdir():
        if extension.name != "oauth-widgets":
            (others / extension.name).symlink_to(extension)
    return others
