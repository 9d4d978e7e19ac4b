"""What Binder makes of this repository, as repo2docker and BinderHub do it, on this machine."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from .chromium import SECURE_HOST
from .process import Process, free_port
from .workplace import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).parents[2]


class Binder:
    """A server that was built as the files in binder/ say, and started as BinderHub starts it.

    `url` is its address as a browser elsewhere sees it and ends with a slash; `token`, `log` file.
    """

    def __init__(self, folder: Path) -> None:
        # On Binder the repository is the person's home.
        self._home = folder / "home"
        self._prefix = folder / "environment"
        path = f"{self._prefix / 'bin'}{os.pathsep}{os.defpath}"
        self._environment = {"HOME": str(self._home), "PATH": path, "LANG": "C.UTF-8"}
        self._copy()
        self._build()
        self.token = secrets.token_urlsafe()
        self.log = folder / "jupyter.log"
        port, base_url = free_port(), f"/user/{secrets.token_hex(4)}/"
        self.url = f"http://{SECURE_HOST}:{port}{base_url}"
        command = [
            "binder/start",
            str(self._prefix / "bin" / "jupyter-lab"),
            # Binder's server listens on all interfaces, so it accepts any host name.
            *(f"--ip={LOOPBACK}", "--ServerApp.allow_remote_access=True"),
            # Kernels there don't run as root, and there is no browser.
            *("--allow-root", "--no-browser"),
            *_options(port=port, base_url=base_url, token=self.token),
        ]
        self._process = Process(command, self.log, self._environment, self._home)
        self._process.until_it_answers(f"http://{LOOPBACK}:{port}{base_url}api")

    def stop(self) -> None:
        """End the server, which ends its kernels."""
        self._process.stop()

    def _copy(self) -> None:
        """Copy what a clone would have."""
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.check_output(listed, cwd=PROJECT, text=True).split("\0")  # noqa: S603
        for name in filter(None, names):
            (self._home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, self._home / name)

    def _build(self) -> None:
        """Do what repo2docker does if a requirement is the repository itself.

        Installing takes longer than any test, so unless the variable SOAK is set the environment
        borrows what is installed here.
        """
        if os.environ.get("SOAK"):
            self._install()
        else:
            self._borrow()
        self._run("binder/postBuild")

    def _borrow(self) -> None:
        here = Path(sys.prefix)
        venv.create(self._prefix, symlinks=True)
        packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(self._prefix)}))
        packages.rmdir()
        packages.symlink_to(sysconfig.get_path("purelib"))
        (self._prefix / "share").symlink_to(here / "share")
        shutil.copytree(here / "etc", self._prefix / "etc")
        for program in (here / "bin").glob("jupyter*"):
            ours = self._prefix / "bin" / program.name
            ours.write_text(program.read_text().replace(str(here), str(self._prefix)))
            ours.chmod(0o755)

    def _install(self) -> None:
        self._run(sys.executable, "-m", "venv", str(self._prefix))
        pip = str(self._prefix / "bin" / "pip")
        # With our own home, which has pip's cache.
        install = ("install", "--no-compile", "-r", "binder/requirements.txt")
        self._run(pip, *install, environment=os.environ)

    def _run(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        done = subprocess.run(  # noqa: S603 - what the repository says
            command,
            cwd=self._home,
            env=environment or self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command} failed:\n{done.stdout}")


def _options(**own: object) -> list[str]:
    """Return what BinderHub tells a server, each twice: for one of either age."""
    options = {"trust_xheaders": True, "allow_origin": "*", "allow_origin_pat": ".*", **own}
    apps = ("NotebookApp", "ServerApp")
    return [f"--{app}.{name}={value}" for app in apps for name, value in options.items()]
