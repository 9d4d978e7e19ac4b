"""What a failed cell shows, in a real kernel: the caller's own lines, and what to do next."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from oauth_widgets.errors import ConfigurationError

Failure = Callable[[str], str]
SETUP = """
import httpx, requests
import oauth_widgets as ow
from oauth_widgets.resource.bearer import Bearer
from oauth_widgets.resource.resource import Api, Resource
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

class Source:
    scope = Scope()
    async def fresh_token(self):
        return Secret("sentinel-token")

nowhere = "https://127.0.0.1:1"
elsewhere = "https://elsewhere.example/"
source = Source()
auth = Bearer(Resource(source, Api(nowhere, frozenset({nowhere}))))
"""


@pytest.fixture
def failure(kernel: BlockingKernelClient) -> Failure:
    """Run a cell and return what is shown of its error, without colours."""

    def shown(cell: str) -> str:
        found: list[str] = []

        def output(message: dict[str, Any]) -> None:
            if message["msg_type"] == "error":
                found.extend(message["content"]["traceback"])

        kernel.execute_interactive(cell, output_hook=output, timeout=60, stop_on_error=False)
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(found))

    assert shown(SETUP) == ""
    return shown


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("ow.ClientMetadata(client_id='')", "ConfigurationError: "),
        ("ow.discover(nowhere)", "ServerUnreachable: "),
        ("await ow.adiscover(nowhere)", "ServerUnreachable: "),
        ("httpx.get(elsewhere, auth=auth)", "ForeignOrigin: "),
        ("requests.get(elsewhere, auth=auth)", "ForeignOrigin: "),
    ],
)
def test_a_failed_cell_shows_its_own_line_and_what_to_do_next(
    failure: Failure, cell: str, said: str
) -> None:
    shown = failure(f"# a comment\n{cell}  # here\n# another")
    assert f"----> 2 {cell}  # here" in shown
    assert shown.count("--> ") == 1
    assert ".py" not in shown
    *_, what, step, more = shown.strip().splitlines()
    assert more == f"More: oauth-widgets docs {said.partition(':')[0]}"
    assert said in (what[: len(said)], step[: len(said)])
    assert step.endswith(".")


def test_functions_of_the_callers_own_are_shown(failure: Failure) -> None:
    shown = failure("def ask():\n    ow.discover(nowhere)\nask()")
    assert "----> 3 ask()" in shown
    assert "----> 2     ow.discover(nowhere)" in shown
    assert ".py" not in shown


def test_what_was_being_handled_is_shown(failure: Failure) -> None:
    shown = failure("try:\n    1 / 0\nexcept ArithmeticError:\n    ow.discover(nowhere)")
    assert "ZeroDivisionError" in shown
    assert "----> 4     ow.discover(nowhere)" in shown


def test_xmode_is_heeded(failure: Failure) -> None:
    assert failure("%xmode Minimal") == ""
    assert failure("ow.discover(nowhere)").startswith("ServerUnreachable: ")
    assert failure("%xmode Context") == ""


REFUSED = """
server = ow.AuthorizationServer(
    issuer="https://id.example",
    authorization_endpoint="https://id.example/a",
    token_endpoint="https://id.example/t",
)
client = ow.ClientMetadata(client_id="notebook", redirect_uris=["http://127.0.0.1/c"])
pending = ow.begin_login(server, client)
said = "error=access_denied&error_description=no+alice"
answer = f"http://127.0.0.1/c?{said}&state={pending.request.state}"
# As the card does it, in a room of ours.
room = {"__name__": "oauth_widgets.room", "pending": pending, "answer": answer}
exec('''
from oauth_widgets import errors
def later():
    try:
        pending.finish(answer)
    except errors.OAuthError as failure:
        raise errors.NotSignedIn("The last attempt failed.") from failure
def by_api():
    raise errors.ResourceError("It answered with status 403.").quoting("no alice")
''', room)
finish, later, by_api = (lambda: pending.finish(answer)), room["later"], room["by_api"]
def during():
    try:
        finish()
    except ow.OAuthError:
        ow.ClientMetadata(client_id="")
"""


@pytest.mark.parametrize("how", ["finish", "later", "by_api", "during"])
@pytest.mark.parametrize("mode", ["Context", "Verbose", "Plain", "Minimal"])
@pytest.mark.check(id="secrets/hidden")
def test_a_failed_cell_has_our_own_words_alone_and_tb_the_servers_too(
    failure: Failure, how: str, mode: str
) -> None:
    assert failure(REFUSED) == ""
    failure(f"%xmode {mode}")
    shown = failure(f"{how}()")
    assert "no alice" not in shown
    assert "oauth_widgets/" not in shown
    ours = ("Permission was refused", "attempt failed.", "with status 403.", "client_id")
    assert any(words in shown for words in ours)
    assert "no alice" in failure("%tb") or (how in {"later", "during"} and mode == "Minimal")
    failure("%xmode Context")


def test_tb_shows_every_frame(failure: Failure) -> None:
    assert "loop.py" not in failure("ow.discover(nowhere)")
    shown = failure("%tb")
    assert "discovery.py" in shown
    assert "loop.py" in shown


def test_debug_starts_where_it_was_raised(failure: Failure) -> None:
    failure("ow.discover(nowhere)")
    frames = "traceback.extract_tb(sys.last_traceback)"
    assert failure(f"import sys, traceback; assert {frames}[-1].name == 'drive'") == ""


def test_outside_ipython_a_traceback_is_pythons_own() -> None:
    with pytest.raises(ConfigurationError) as caught:
        raise ConfigurationError("It cannot be.")
    shown = caught.value._render_traceback_()
    assert shown == traceback.format_exception(caught.value)
