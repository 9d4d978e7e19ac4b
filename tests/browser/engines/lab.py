"""A notebook in JupyterLab, whose commands its page offers as `jupyterapp`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from ..jupyter_server import JupyterServer
    from .page import Engine, Page

# With `reset` the page loads a second time, so both are asked for at every look. WebKit doesn't
# give the notebook the focus as it opens, and commands are for the one that has it.
READY = """async () => {
  const { restored, shell } = window.jupyterapp;
  await restored;
  const panel = [...shell.widgets("main")].find((one) => one.sessionContext);
  shell.activateById(panel.id);
  return panel.sessionContext.session.kernel.status === "idle" && panel.content.widgets.length > 0;
}"""
COMMAND = "(name, given) => window.jupyterapp.commands.execute(name, given).then(() => true)"
# A cell may wait for a person, so its end is not waited for.
RUN = '() => { window.jupyterapp.commands.execute("notebook:run-all-cells"); return true; }'


def opened_and_run(engine: Engine, server: JupyterServer, *cells: str) -> Page:
    """Open a new notebook of these cells, and run them all."""
    name = server.write("engines.ipynb", *cells)
    page = engine.open(f"{server.url}lab/tree/{quote(name)}?reset&token={server.token}")
    page.wait_for(READY)
    page.wait_for(RUN)
    return page


def theme(page: Page, name: str) -> None:
    """Choose a theme: Light or Dark."""
    page.run(COMMAND, "apputils:change-theme", {"theme": f"JupyterLab {name}"})
    light = "true" if name == "Light" else "false"
    page.wait_for("(light) => document.body.dataset.jpThemeLight === light", light)
