"""A secret is not seen by accident."""

from __future__ import annotations

import copy
import getpass
import io
import json
import pickle
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from IPython.core.error import StdinNotImplementedError

from oauth_widgets import Secret
from oauth_widgets.errors import ConfigurationError

HIDDEN = "correct horse"
HELD = Secret(HIDDEN)


@dataclass
class Holder:
    held: Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr(HELD),
        str(HELD),
        f"{HELD}",
        f"{HELD!r:>40}",
        f"{HELD:.3}",
        "%s %r" % (HELD, HELD),  # noqa: UP031 - the old way must be safe too
        repr([HELD, {"a": HELD}]),
        repr(Holder(HELD)),
    ],
)
@pytest.mark.check(id="secrets/hidden")
def test_no_way_of_printing_shows_it(shown: str) -> None:
    assert not any(HIDDEN[at : at + 3] in shown for at in range(len(HIDDEN) - 2))


def test_its_mask_tells_nothing_of_its_length() -> None:
    assert repr(Secret("a")) == repr(Secret("a" * 100))


def test_reveal_hands_it_out() -> None:
    assert HELD.reveal() == HIDDEN


def test_equal_secrets_are_equal_and_no_string_is() -> None:
    again, other = Secret(HIDDEN), Secret("another")
    assert again == HELD
    assert hash(again) == hash(HELD)
    assert other != HELD
    assert HELD != HIDDEN
    assert Secret("ø") == Secret("ø")


def test_a_plain_string_is_taken_for_one() -> None:
    assert Secret.of(HIDDEN) == HELD
    assert Secret.of(HELD) is HELD


def test_a_copy_is_the_same() -> None:
    assert copy.copy(HELD) is HELD
    assert copy.deepcopy([HELD])[0] is HELD


@pytest.mark.parametrize("write", [pickle.dumps, json.dumps])
@pytest.mark.check(id="secrets/at-rest")
def test_it_does_not_come_to_rest_in_a_file_unnoticed(write: Any) -> None:
    with pytest.raises(TypeError) as refused:
        write({"secret": HELD})
    assert HIDDEN not in str(refused.value)


def test_an_empty_one_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="empty"):
        Secret("")


def test_env_takes_it_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENT_SECRET", HIDDEN)
    assert Secret.env("CLIENT_SECRET") == HELD


@pytest.mark.parametrize("value", [None, ""])
def test_env_says_what_to_do_if_it_is_not_set(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLIENT_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("CLIENT_SECRET", value)
    with pytest.raises(ConfigurationError, match=r"CLIENT_SECRET is not set[^$]*Secret\.ask"):
        Secret.env("CLIENT_SECRET")


def test_ask_asks_without_showing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda prompt: asked.append(prompt) or HIDDEN)
    assert Secret.ask("client secret") == HELD
    assert asked == ["client secret: "]


@pytest.mark.parametrize("reason", [StdinNotImplementedError(), EOFError()])
def test_ask_names_another_way_if_the_person_cannot_type(
    reason: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_prompt: str) -> str:
        raise reason

    monkeypatch.setattr(getpass, "getpass", nobody)
    with pytest.raises(ConfigurationError, match=r"can't be typed in here.*Secret\.env"):
        Secret.ask("client secret")


@pytest.mark.parametrize("ask", [Secret.ask, lambda what: Secret.ask(f"{what} again")])
def test_ask_refuses_if_typing_would_be_seen(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = io.StringIO("typed where all can see\n")
    monkeypatch.setattr(getpass, "getpass", lambda prompt: getpass.fallback_getpass(prompt, seen))  # type: ignore[attr-defined]
    monkeypatch.setattr("sys.stdin", seen)
    with pytest.raises(ConfigurationError, match=r"would be visible[^$]*Secret\.env"):
        ask("client secret")
    assert seen.tell() == 0


def test_half_a_character_is_compared_as_any_other() -> None:
    assert Secret("a\ud800") == Secret("a\ud800") != Secret("a")


def test_ask_ends_in_a_script_that_nobody_watches() -> None:
    script = "import oauth_widgets as ow; ow.Secret.ask('client secret')"
    ended = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
        check=False,
    )
    assert "ConfigurationError: The client secret can't be typed in here" in ended.stderr


@pytest.mark.parametrize("value", [12345, b"bytes", 1.5, ["x"]])
def test_what_is_no_string_is_no_secret(value: object) -> None:
    with pytest.raises(ConfigurationError, match="must be text"):
        Secret(value)  # type: ignore[arg-type]
