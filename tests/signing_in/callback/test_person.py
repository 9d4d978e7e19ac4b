"""Whether a person sits at the kernel is known beforehand, in a real kernel."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import ipykernel
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from oauth_widgets.errors import NeedsAPerson
from oauth_widgets.signing_in.callback import person
from oauth_widgets.signing_in.callback.person import check_person

CHECK = "from oauth_widgets.signing_in.callback.person import check_person; check_person()"
MAKE = """
import oauth_widgets as ow
server = ow.AuthorizationServer(
    issuer="https://server.example", authorization_endpoint="https://server.example/a",
    token_endpoint="https://server.example/t")
client = ow.ClientMetadata(client_id="notebook", redirect_uris=["http://127.0.0.1/callback"])
card = ow.login(server, client)
"""


def error_of(
    kernel: BlockingKernelClient,
    cell: str,
    *,
    person: bool,
    typed: Callable[[dict[str, Any]], None] = lambda _: None,
) -> str | None:
    """Run `cell` as a front end does for a person, or as nbconvert does; return its error."""
    # without the last option a request that follows an error at once may be dropped
    reply = kernel.execute_interactive(
        cell,
        allow_stdin=person,
        timeout=60,
        output_hook=lambda _: None,
        stdin_hook=typed,
        stop_on_error=False,
    )
    content = reply["content"]
    assert content["status"] in {"ok", "error"}
    return f"{content['ename']}: {content['evalue']}" if content["status"] == "error" else None


def test_nobody_is_asked_where_a_notebook_runs_by_itself(kernel: BlockingKernelClient) -> None:
    error = error_of(kernel, CHECK, person=False)
    assert error is not None
    assert error.startswith("NeedsAPerson: This notebook is running unattended")
    assert "client_credentials" in error


def test_a_person_is_asked(kernel: BlockingKernelClient) -> None:
    assert error_of(kernel, CHECK, person=True) is None


def test_awaiting_a_card_ends_at_once_where_nobody_is(kernel: BlockingKernelClient) -> None:
    for use in ("await card", "card.wait()"):
        error = error_of(kernel, MAKE + use, person=False)
        assert error is not None
        assert "running unattended" in error


def test_a_cell_that_cannot_hear_the_card_asks_for_the_address(
    kernel: BlockingKernelClient,
) -> None:
    make = MAKE.replace("http://127.0.0.1/", "https://app.example/")
    old = "import ipykernel; now = ipykernel.version_info; ipykernel.version_info = (6, 31, 0)\n"
    asked: list[str] = []

    def typed(message: dict[str, Any]) -> None:
        asked.append(message["content"]["prompt"])
        assert message["content"]["password"]
        # nothing typed: the person gives up
        kernel.input("https://elsewhere.example/?code=1" if len(asked) == 1 else "")

    error = error_of(kernel, old + make + "await card", person=True, typed=typed)
    assert error is not None
    assert error.startswith("SignInCancelled")
    assert asked[0] == ("Paste the address from the sign-in window, or press Enter to cancel: ")
    assert asked[1].startswith("That is the address of a different page.")
    error_of(kernel, "ipykernel.version_info = now", person=True)


def test_a_cell_that_blocks_does_not_wait_for_what_it_cannot_hear(
    kernel: BlockingKernelClient,
) -> None:
    make = MAKE.replace("http://127.0.0.1/", "https://app.example/")
    error = error_of(kernel, make + "card.wait()", person=True)
    assert error is not None
    assert "The card can't receive a pasted address" in error
    assert "card.paste()" in error


@pytest.mark.skipif(ipykernel.version_info[0] < 7, reason="older ones do not wait for it")
def test_a_cell_of_ipykernel_7_waits_for_a_pasted_address(kernel: BlockingKernelClient) -> None:
    make = MAKE.replace("http://127.0.0.1/", "https://app.example/")
    soon = "import threading; threading.Timer(0.2, card._sign_in.end, ['cancelled']).start()\n"
    error = error_of(kernel, make + soon + "await card", person=True)
    assert error is not None
    assert error.startswith("SignInCancelled")


def test_no_secret_is_asked_for_where_nobody_is(kernel: BlockingKernelClient) -> None:
    error = error_of(
        kernel, "import oauth_widgets as ow; ow.Secret.ask('client secret')", person=False
    )
    assert error is not None
    assert error.startswith("ConfigurationError: The client secret can't be typed in here.")
    assert "Secret.env" in error


class Closed(io.StringIO):
    """A standard input that was closed, as daemons have it."""

    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")


@pytest.mark.parametrize("stdin", [None, Closed(), object()], ids=["none", "closed", "odd"])
def test_no_one_can_type_without_a_standard_input(
    stdin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert not person.has_terminal()


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
def test_a_window_of_a_computer_far_away_is_out_of_sight(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert person.has_browser() is (platform != "linux")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 5 10.0.0.2 22")
    assert not person.has_browser()
    # An editor's terminal opens windows where the person is.
    monkeypatch.setenv("BROWSER", "helper %s")
    assert person.has_browser()


def test_without_notebook_terminal_and_browser_there_is_nobody_to_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(person, "has_terminal", lambda: False)
    monkeypatch.setattr(person, "has_browser", lambda: False)
    with pytest.raises(NeedsAPerson, match=r"no notebook to show[^$]*begin_login\(…\)"):
        check_person()
    monkeypatch.setattr(person, "has_browser", lambda: True)
    assert check_person() == "terminal"
