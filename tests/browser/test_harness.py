"""The harness works: a notebook runs, a widget answers, a pop-up opens, a save holds the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .conftest import tidy_up
from .servers import FRONT_ENDS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from .conftest import FrontEnd, OpenNotebook, TakePicture
    from .jupyter_server import JupyterServer
    from .servers import Servers

pytestmark = pytest.mark.browser

BUTTON = """
import ipywidgets as widgets
button = widgets.Button(description="Press me")
slider = widgets.IntSlider(value=3)
def pressed(_):
    slider.value += 1
    button.description = f"Pressed, {slider.value}"
button.on_click(pressed)
widgets.VBox([button, slider])
"""

POP_UP = """
import anywidget
class PopUp(anywidget.AnyWidget):
    _esm = '''
    function render({ el }) {
      for (const [name, wait] of [["now", 0], ["late", 6000]]) {
        const button = document.createElement("button");
        button.textContent = name;
        const open = () => {
          button.textContent = window.open("about:blank") ? "open" : "blocked";
        };
        button.onclick = () => (wait ? setTimeout(open, wait) : open());
        el.append(button);
      }
    }
    export default { render };
    '''
PopUp()
"""


def test_a_widget_answers_a_click_and_its_state_is_saved(
    jupyter_lab: JupyterServer, open_notebook: OpenNotebook
) -> None:
    name = jupyter_lab.write("harness-button.ipynb", "# %% md\n# A button", BUTTON, "1 + 1")
    notebook = open_notebook(name)
    notebook.run_all()
    notebook.wait_until_ran(2)
    assert notebook.output_text(2) == "2"

    notebook.output(1).get_by_role("button", name="Press me").click()
    expect(notebook.output(1).get_by_role("button")).to_have_text("Pressed, 4")
    notebook.wait_until_idle()

    notebook.save()
    state = notebook.saved().metadata["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert "Pressed, 4" in str(state)
    assert "Pressed, 4" in notebook.checkpoint.read_text()

    for theme in ("dark", "light"):
        notebook.theme(theme)
    assert notebook.errors == []


def test_a_jupyterlab_that_stays_open_has_nothing_of_the_test_before(
    context: BrowserContext, servers: Servers, jupyter_lab: JupyterServer
) -> None:
    name = jupyter_lab.write("harness-left.ipynb", "print('before' in globals())\nbefore = 1")
    notebook = jupyter_lab.open(context, name)
    page = notebook.page
    notebook.run_all()
    notebook.wait_until_ran(0)
    context.grant_permissions(["clipboard-read"])
    context.add_cookies([{"name": "session", "value": "alice", "url": jupyter_lab.url}])
    context.route("**/*", lambda route: route.continue_())
    notebook.theme("dark")
    page.emulate_media(forced_colors="active")
    notebook.cell(0).locator(".cm-content").click()
    page.keyboard.type("unsaved")
    context.new_page()

    tidy_up(context, servers)
    notebook = jupyter_lab.open(context, name)
    assert notebook.page == page
    assert [one for one in context.pages if one.url.startswith(jupyter_lab.url)] == [page]
    expect(page.locator(".jp-NotebookPanel")).to_have_count(1)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    notebook.run_all()
    notebook.wait_until_ran(0)
    assert notebook.output_text(0).strip() == "False"
    assert "session" not in {cookie.get("name") for cookie in context.cookies()}
    state = "navigator.permissions.query({ name: 'clipboard-read' }).then(({ state }) => state)"
    assert page.evaluate(state) == "prompt"
    assert not page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert notebook.errors == []


def test_pop_ups_open_on_a_click_only(
    context: BrowserContext, jupyter_lab: JupyterServer, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(jupyter_lab.write("harness-pop-up.ipynb", POP_UP))
    notebook.run_all()
    now = notebook.output(0).get_by_role("button", name="now")
    late = notebook.output(0).get_by_role("button").last
    with context.expect_page() as opened:
        now.click()
    assert opened.value.url == "about:blank"
    late.click()
    # Each look of Playwright into the page counts as a click, so none until it has happened.
    notebook.page.wait_for_timeout(7000)
    expect(late).to_have_text("blocked")


@pytest.mark.parametrize("front_end", FRONT_ENDS, indirect=True)
def test_one_test_runs_in_every_front_end(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = front_end.open(context, front_end.write("harness-all.ipynb", BUTTON, "6 * 7"))
    notebook.run_all()
    notebook.wait_until_ran(1)
    assert notebook.output_text(1) == "42"
    notebook.output(0).get_by_role("button", name="Press me").click()
    expect(notebook.output(0).get_by_role("button")).to_have_text("Pressed, 4")
    assert notebook.page.url.startswith(front_end.url)
    take_picture(notebook.page, "pressed")
    assert front_end.log.read_text()
