"""The command `demo`: lays out the tutorials, and opens one of them in JupyterLab."""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from oauth_widgets import sandbox
from oauth_widgets._net.address import check_endpoint
from oauth_widgets.errors import ConfigurationError, OAuthError

_FIRST = "01-first-light.ipynb"
_PORTS = range(8888, 8988)
_SETTINGS = Path(__file__).parent / "jupyter"
LEAN = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}
"""Settings of Arrow and of the C library that make a kernel return the memory it no longer uses."""
_CODE = {1, 3, 4}
_CELLS = """\
# The class

Write your name between the quotes and run the cell. The host of the class sees that name, and you
get a separate space that no one else can disturb.

If the cell says that a certificate isn't trusted, ask the host for the file, put it next to this
notebook and write `ow.trust("cert.pem")` above `sandbox = …`.
%%
import oauth_widgets as ow

sandbox = ow.sandbox.connect(URL, name="")
%%
Run the next cell and choose what to ask for. Then run the cell after it, and sign in from the card
that it shows. The page that opens says who can sign in.
%%
picker = ow.ScopePicker(
    sandbox.server,
    sandbox.client,
    services=sandbox.services,
    scope=sandbox.services[0].scopes,
)
picker
%%
session = await picker.login()
session.frame(f"/{sandbox.services[0].name}")
%%
The other notebooks start a practice server, such as `"wgtwo"`, in your kernel. If `sandbox.profile`
in this notebook has the same value, you can use the classroom's server there too: replace the line
that calls `ow.sandbox.start` with the one above that calls `ow.sandbox.connect`.
"""


def add_demo(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Describe the command to the command line."""
    demo = commands.add_parser("demo", help="open the tutorials in JupyterLab")
    demo.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("oauth-widgets-notebooks"),
        help="the folder that has the notebooks, or the one to copy them to (default: %(default)s)",
    )
    demo.add_argument(
        "--classroom",
        metavar="URL",
        help="the address of a classroom, to open a notebook that joins it",
    )
    demo.set_defaults(run=_demo)


def check_installed(package: str, who: str, extra: str) -> None:
    """Raise ConfigurationError if `who` cannot run without `package`, which `extra` installs."""
    if find_spec(package) is None:
        raise ConfigurationError(
            f"{who} needs the package {package}.",
            next_step=f"Install it: pip install 'oauth-widgets[{extra}]'",
        )


def _demo(chosen: argparse.Namespace) -> int:
    check_installed("jupyterlab", "The demo", "demo")
    folder, first = chosen.folder.absolute(), _FIRST
    if chosen.classroom is not None:
        # Before anything is written.
        check_endpoint(chosen.classroom, "address of the classroom")
    _lay_out(folder)
    if chosen.classroom:
        first = _lay_out_class(folder, chosen.classroom)
        _warn_about(chosen.classroom, first)
    port, token = _free_port(), secrets.token_urlsafe(24)
    # Jupyter reads it there, and other users of the computer can't
    os.environ["JUPYTER_TOKEN"] = token
    # JupyterLab asks whether to fetch news, and that question covers the tutorial's first cell
    paths = [str(_SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    for name, value in LEAN.items():
        os.environ.setdefault(name, value)
    sys.stdout.write(
        f"If no browser window opens, open this address: http://localhost:{port}/lab/tree/{first}"
        f"?token={token}\nTo stop it, press Ctrl+C.\n"
    )
    sys.stdout.flush()
    command = _jupyter(folder, first, port)
    if os.name == "nt":
        # Its execv gives the prompt back at once, and breaks a path with spaces into words
        return subprocess.call(command)  # noqa: S603
    return os.execv(sys.executable, command)  # noqa: S606


def _warn_about(classroom: str, notebook: str) -> None:
    """Say so if no one can join the classroom now; the class may not have begun yet."""
    try:
        sandbox.check_classroom(classroom)
    except OAuthError as problem:
        sys.stderr.write(
            f"You can't join the class now. {problem}\n{notebook} was created anyway. If the "
            "address is wrong, press Ctrl+C, delete that notebook, and run this again.\n"
        )


def _jupyter(folder: Path, first: str, port: int) -> list[str]:
    """Return the command that starts JupyterLab on the notebook `first`."""
    options = {
        # Without it, each kernel warns that others can read what passes between it and Jupyter
        "KernelManager.transport_encryption": "auto",
        # The other extension manager asks PyPI as soon as its panel is opened
        "LabApp.extension_manager": "readonly",
        "LabApp.default_url": f"/lab/tree/{first}",
        "ServerApp.root_dir": str(folder),
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        # Its other addresses and notices hide the one that leads to the tutorial
        "ServerApp.log_level": "ERROR",
        "LabApp.log_level": "ERROR",
        # It would print them before it asks whether Ctrl+C was meant
        "ServerApp.answer_yes": True,
    }
    # A container often has no other user
    root = ["--allow-root"] if getattr(os, "geteuid", int)() == 0 else []
    named = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-W", "ignore", "-m", "jupyterlab", *named, *root]


def _free_port() -> int:
    """Return a port on which nothing listens; Jupyter's own choice would come after the address."""
    why = ""
    for port in _PORTS:
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError as problem:
                why = problem.strerror or type(problem).__name__
                continue
            return port
    raise ConfigurationError(
        f"JupyterLab can't use any port from {_PORTS[0]} to {_PORTS[-1]}: {why}.",
        next_step="If they are in use, stop a Jupyter server that you no longer need. To "
        "list them: jupyter server list",
    )


def _lay_out(folder: Path) -> None:
    """Copy the tutorials into `folder`, except those that it has already."""
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files("oauth_widgets") / "notebooks") as packaged:
        # In a clone they are next to the package.
        shipped = packaged if packaged.is_dir() else Path(__file__).parents[2] / "notebooks"
        for notebook in sorted(shipped.glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                shutil.copyfile(notebook, folder / notebook.name)
    if not (folder / _FIRST).exists():
        raise ConfigurationError(
            f"There is no {_FIRST} in {folder}.",
            next_step="Install the package again: pip install --force-reinstall oauth-widgets.",
        )


def _lay_out_class(folder: Path, url: str) -> str:
    """Write a notebook that joins the classroom at `url`, unless there is one; return its name."""
    written = {"cell_type": "markdown", "metadata": {}}
    run: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
    }
    cells = [
        {**(run if place in _CODE else written), "source": text.strip()}
        for place, text in enumerate(_CELLS.replace("URL", json.dumps(url)).split("%%\n"))
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    # Every class gets a separate notebook, since you may have worked in that of another class
    place = re.sub(r"[^\w.]+", "-", url.partition("://")[2]).strip("-.")
    file = folder / f"00-class-{place}.ipynb"
    if not file.exists():
        file.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")
    return file.name
