"""The harness works: tests share nothing, and a pop-up needs a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .conftest import tidy_up

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from .conftest import OpenNotebook
    from .jupyter_server import JupyterServer
    from .servers import Servers

pytestmark = pytest.mark.browser

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
