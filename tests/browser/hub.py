"""A real JupyterHub: two users at one origin, each with a separate JupyterLab, and a classroom."""

from __future__ import annotations

import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .chromium import PLAIN_HOST
from .kernels import RunningKernels
from .notebook import SECONDS, LabNotebook
from .process import Process, free_port
from .workplace import LOOPBACK, Workplace, inherited

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

NAMES = ("alice", "bob")
PROXY = Path(__file__).parents[1] / "peers" / "hub" / "node_modules"

CLASSROOM = "import sys; from oauth_widgets.cli import main; sys.exit(main(sys.argv[1:]))"

# Run by JupyterHub, with what is named in capitals put before it.
CONFIGURATION = """
c = get_config()
c.JupyterHub.bind_url = URL
c.JupyterHub.hub_port = HUB_PORT
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie-secret"
c.ConfigurableHTTPProxy.command = PROXY
c.ConfigurableHTTPProxy.api_url = PROXY_API
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = SINGLE_USER
c.Spawner.ip = "127.0.0.1"
c.SimpleLocalProcessSpawner.home_dir_template = "{username}"
c.Spawner.pre_spawn_hook = lambda spawner: spawner.environment.update(HOMES[spawner.user.name])
c.JupyterHub.services = [
    {"name": "tests", "api_token": TOKEN},
    {"name": "classroom", "url": CLASS_URL, "command": CLASS},
]
c.JupyterHub.load_roles = [
    {"name": "tests", "services": ["tests"], "scopes": ["access:servers", "servers", "users"]},
]
"""
# Anyone signs in with any password.
DUMMY = """
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = set(HOMES)
"""


class Hub:
    """A running hub, for browsers at a host that is not loopback.

    `url` ends with a slash, `users` are alice and bob, `log` has all that it and their servers say.
    `configuration` returns what to add to its configuration for its address, and `environment` are
    further variables of the users' servers.
    `classroom` is the address of its service for a class, for kernels and browsers.
    """

    def __init__(
        self,
        folder: Path,
        configuration: Callable[[str], str] = lambda _: DUMMY,
        **environment: str,
    ) -> None:
        node = shutil.which("node")
        command = PROXY / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
        if node is None or not command.exists():
            raise RuntimeError(f"Run `npm ci` in {PROXY.parent} first; scripts/test does.")
        port = free_port()
        url = f"http://{LOOPBACK}:{port}/"
        self.token = token = secrets.token_urlsafe()
        self.origin = url
        self.url = url.replace(LOOPBACK, PLAIN_HOST)
        self.classroom = f"{url}services/classroom"
        class_port = free_port()
        serve_class = [sys.executable, "-c", CLASSROOM, "classroom", "--port", str(class_port)]
        self.log = folder / "hub.log"
        self.users = {
            name: HubUser(folder / name, name, hub=self, api=url, token=token) for name in NAMES
        }
        values = {
            "URL": url,
            "HUB_PORT": free_port(),
            "HOMES": {name: user.environment | environment for name, user in self.users.items()},
            "PROXY": [node, str(command)],
            "PROXY_API": f"http://{LOOPBACK}:{free_port()}",
            "SINGLE_USER": [sys.executable, "-m", "jupyterhub.singleuser"],
            "TOKEN": token,
            "CLASS_URL": f"http://{LOOPBACK}:{class_port}",
            "CLASS": [*serve_class, "--behind", self.classroom],
        }
        given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        self.configuration = folder / "jupyterhub_config.py"
        self.configuration.write_text(given + CONFIGURATION + configuration(url))
        self._key = secrets.token_hex(32)
        self._start()

    def restart(self) -> None:
        """Start it anew, with its configuration as it is now."""
        self._process.stop()
        self._start()

    def _start(self) -> None:
        start = [sys.executable, "-m", "jupyterhub", f"--config={self.configuration.name}"]
        environment = inherited() | {"JUPYTERHUB_CRYPT_KEY": self._key}
        self._process = Process(start, self.log, environment, self.configuration.parent)
        self._process.until_it_answers(f"{self.origin}hub/api")

    def end_kernels(self) -> None:
        """End every kernel, so that the next test starts with fresh ones."""
        for user in self.users.values():
            user.end_kernels()

    def stop(self) -> None:
        """End the hub, which ends its proxy and its users' servers."""
        for user in self.users.values():
            user.close()
        self._process.stop()


class HubUser(Workplace):
    """A person on the hub; `url` (ends with a slash) is the address of their server.

    That server's output is in the hub's `log`.
    """

    def __init__(self, folder: Path, name: str, *, hub: Hub, api: str, token: str) -> None:
        super().__init__(folder)
        self.name = name
        self.url = f"{hub.url}user/{name}/"
        self.log = hub.log
        self._login = f"{hub.url}hub/login"
        self._kernels = RunningKernels(f"{api}user/{name}/", token)
        self._started = False

    def open(self, context: BrowserContext, name: str) -> LabNotebook:
        """Open a notebook of `root`, signing in and starting the server if needed."""
        self.sign_in(context)
        return LabNotebook.load(context, self.url, self.root / name)

    def sign_in(self, context: BrowserContext) -> None:
        """Sign in on the hub's own page and wait for the server."""
        page = context.new_page()
        page.goto(self._login)
        if (field := page.get_by_label("Username:")).is_visible():
            field.fill(self.name)
            page.get_by_label("Password:").fill("any")
            page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}lab**", timeout=60 * SECONDS)
        page.close()
        self._started = True

    def end_kernels(self) -> None:
        """End every kernel, so that the next test starts with fresh ones."""
        if self._started:
            self._kernels.end()

    def close(self) -> None:
        """Let go of the connection to the server."""
        self._kernels.close()
