"""What Binder makes of this repository, as repo2docker and BinderHub do it, on this machine."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

from .chromium import BINDER_HOST, end_group

PROJECT = Path(__file__).parents[2]


class Binder:
    """A server that was built from the files in binder/ alone, and started as BinderHub starts it.

    `url` is its address as a browser elsewhere sees it; it ends with a slash.
    """

    def __init__(self, folder: Path) -> None:
        # there the repository is the person's home
        self.root = folder / "home"
        self._environment = folder / "environment"
        self.log = folder / "jupyter.log"
        self.token = secrets.token_urlsafe()
        self._copy()
        self._build()
        self._process = self._start(f"/user/{secrets.token_hex(4)}/")
        self.url = self._announced().replace("127.0.0.1", BINDER_HOST, 1)

    def stop(self) -> None:
        """End the server, which ends its kernels."""
        end_group(self._process)

    def _copy(self) -> None:
        """Copy what a clone would have."""
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.check_output(listed, cwd=PROJECT, text=True).split("\0")  # noqa: S603
        for name in filter(None, names):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, self.root / name)

    def _build(self) -> None:
        """Do what repo2docker does where a requirement is of the repository itself."""
        self._run(sys.executable, "-m", "venv", str(self._environment))
        pip = str(self._environment / "bin" / "pip")
        # not in that home: pip's cache is in ours
        self._run(pip, "install", "--quiet", "-r", "binder/requirements.txt", env=os.environ)
        self._run("binder/postBuild")

    def _run(self, *command: str, env: os._Environ[str] | dict[str, str] | None = None) -> None:
        done = subprocess.run(  # noqa: S603 - what the repository says
            command,
            cwd=self.root,
            env=env or self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    def _variables(self) -> dict[str, str]:
        path = f"{self._environment / 'bin'}{os.pathsep}{os.defpath}"
        return {"HOME": str(self.root), "PATH": path, "LANG": "C.UTF-8"}

    def _start(self, base_url: str) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "base_url": base_url,
            "token": self.token,
            "trust_xheaders": "True",
            "allow_origin": "*",
            "allow_origin_pat": ".*",
        }
        command = [
            "jupyter-lab",
            # Binder's server listens to all the world, which allows names other than loopback's
            *("--ip=127.0.0.1", "--ServerApp.allow_remote_access=True"),
            # nor is the person root there, or is there a browser
            *("--allow-root", "--no-browser"),
            # each option twice, for servers of either age
            *(f"--NotebookApp.{name}={value}" for name, value in options.items()),
            *(f"--ServerApp.{name}={value}" for name, value in options.items()),
        ]
        with self.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - Jupyter of that environment
                command,
                cwd=self.root,
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _announced(self) -> str:
        runtime = self.root / ".local" / "share" / "jupyter" / "runtime"
        file = runtime / f"jpserver-{self._process.pid}.json"
        for _ in range(600):
            if file.exists() and (text := file.read_text()):
                url: str = json.loads(text)["url"]
                return url
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"Jupyter did not start:\n{self.log.read_text(errors='replace')}")
