"""Attackers' moves: the naive client is robbed, this package is not, and a check says why."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.protocol import authorization
from oauth_widgets.sandbox import attacks
from oauth_widgets.sandbox.attacks import naive
from oauth_widgets.sandbox.attacks.stage import Practice

STOPPED: dict[str, tuple[str, type[errors.OAuthError] | None]] = {
    # The loot at the naive client, and what this package raises.
    "stolen code": ("Alice's access token", None),
    "login CSRF": ("Alice works with Bob's data", errors.StateMismatch),
    "code injection": ("Alice's account", errors.InvalidGrant),
    "mix-up": ("a code from the honest server", errors.IssuerMismatch),
    "redirect abuse": ("Alice's access token", errors.ForeignOrigin),
    "token for another audience": ("Bob reads with Alice's token", errors.InvalidIDToken),
    "replay at a second API": ("Alice's access token", errors.ForeignOrigin),
    "refresh token used twice": ("Alice's access, refreshed", None),
    "ID token swapped": ("Alice's account", errors.WrongAudience),
    "device phishing": ("Alice's access token", None),
    "PKCE downgrade": ("Alice's account", errors.InvalidGrant),
}


Played = Callable[[str], attacks.Outcome]


@pytest.fixture(scope="module")
def moves() -> attacks.Attacks:
    return ow.sandbox.start("wgtwo").attacks


@pytest.fixture(scope="module")
def played(moves: attacks.Attacks) -> Played:
    """Play each move once for all tests."""
    return functools.cache(lambda name: moves[name].play())


def evidence_of(outcome: attacks.Outcome, check: str) -> str:
    """See that `check` left the attacker nothing; return what the attacker ran into."""
    assert outcome.from_package == ""
    assert outcome.check == check
    return outcome.evidence


def test_every_move_is_tried_here(moves: attacks.Attacks) -> None:
    assert list(moves) == list(STOPPED)


@pytest.mark.parametrize("name", STOPPED)
def test_the_naive_client_is_robbed_and_this_package_is_not(played: Played, name: str) -> None:
    loot, error = STOPPED[name]
    outcome = played(name)
    assert outcome.from_naive == loot
    assert outcome.from_package == ""
    assert type(outcome.error) is (error or type(None)), outcome.error
    assert outcome.check in str(outcome)
    assert outcome.evidence
    assert outcome.evidence in str(outcome)


@pytest.mark.check(id="request/pkce")
def test_a_stolen_code_is_useless_because_of_the_challenge(
    moves: attacks.Attacks, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(played("stolen code"), "request/pkce")
    assert evidence == "The server refused the request. code_verifier is missing."
    # Without the challenge, and without the refusal to go without it, this package is robbed too.
    monkeypatch.setattr(authorization, "_check_protected", lambda *_, **__: None)
    attack = moves["stolen code"]

    def without_challenge(profile: str) -> Practice:
        sandbox = attack.start(profile)
        sandbox.server = replace(sandbox.server, pkce=False)
        return sandbox

    robbed = replace(attack, start=without_challenge).play()
    assert robbed.from_package == "Alice's access token"


@pytest.mark.check(id="secrets/hidden")
def test_a_saved_notebook_has_no_refresh_token_because_secrets_hide_themselves(
    moves: attacks.Attacks, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(played("refresh token used twice"), "secrets/hidden")
    assert evidence == "The saved cell has dots in place of every token."
    monkeypatch.setattr(ow.Secret, "__repr__", lambda one: repr(one.reveal()))
    assert moves["refresh token used twice"].play().from_package == "Alice's access, refreshed"


@pytest.mark.check(id="device/polling")
def test_a_link_of_another_device_is_noticed_because_the_own_code_is_shown(
    moves: attacks.Attacks, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(played("device phishing"), "device/polling")
    shown = re.fullmatch(r"Alice's own screen says (\S+), and the link says (\S+)\.", evidence)
    assert shown
    assert shown[1] != shown[2]
    monkeypatch.setattr(ow.DeviceLogin, "__repr__", lambda one: f"Open {one.verification_uri}")
    assert moves["device phishing"].play().from_package == "Alice's access token"


def test_each_move_names_a_check_that_is_listed(moves: attacks.Attacks) -> None:
    listed = (Path(__file__).parents[2] / "SECURITY.md").read_text("utf-8")
    for attack in moves.values():
        assert f"`{attack.check}`" in listed
        assert attack.story.endswith(".")
        assert attack.story in repr(moves)
        assert attack.check in moves._repr_html_()


def test_an_unknown_move_is_refused_with_the_nearest_one(moves: attacks.Attacks) -> None:
    with pytest.raises(errors.ConfigurationError, match="no attack with that name") as refused:
        moves["login csrf"]
    assert refused.value.next_step == "Did you mean login CSRF?"
    assert "login csrf" not in moves
    assert "login CSRF" in moves


def test_a_move_leaves_the_running_sandbox_alone(moves: attacks.Attacks) -> None:
    sandbox = ow.sandbox.start("wgtwo")
    before = sandbox.clients
    moves["login CSRF"].play()
    assert ow.sandbox.start("wgtwo") is sandbox
    assert sandbox.clients == before


def test_the_naive_client_stays_short_enough_to_read() -> None:
    lines = inspect.getsource(naive.NaiveClient).splitlines()
    assert len([line for line in lines if line.strip()]) <= 50


def test_no_room_of_the_client_knows_the_attacks() -> None:
    root = Path(ow.__file__).parent
    knows = {
        str(source.relative_to(root).parts[0])
        for source in root.rglob("*.py")
        if re.search(r"sandbox\.attacks|sandbox import attacks", source.read_text("utf-8"))
    }
    assert knows == {"sandbox"}
