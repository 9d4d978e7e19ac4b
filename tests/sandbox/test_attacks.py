"""Attackers' moves: the naive client is robbed, this package is not, and a check says why."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.sandbox import attacks
from oauth_widgets.sandbox.attacks import naive

STOPPED: dict[str, tuple[str, type[errors.OAuthError] | None]] = {
    "stolen code": ("Alice's access token", None),
    "login CSRF": ("Alice works with Bob's data", errors.StateMismatch),
    "code injection": ("Alice's account", errors.InvalidGrant),
    "mix-up": ("a code of the honest server", errors.IssuerMismatch),
    "redirect abuse": ("Alice's access token", errors.ForeignOrigin),
    "token for another audience": ("Bob reads with Alice's token", errors.InvalidIDToken),
    "replay at a second API": ("Alice's access token", errors.ForeignOrigin),
    "refresh token used twice": ("Alice's access, renewed", None),
    "ID token swapped": ("Alice's account", errors.WrongAudience),
    "device phishing": ("Alice's access token", None),
    "PKCE downgrade": ("Alice's account", errors.InvalidGrant),
}


@pytest.fixture(scope="module")
def moves() -> attacks.Attacks:
    return ow.sandbox.start("wgtwo").attacks


def test_every_move_is_tried_here(moves: attacks.Attacks) -> None:
    assert list(moves) == list(STOPPED)


@pytest.mark.parametrize("name", STOPPED)
def test_the_naive_client_is_robbed_and_this_package_is_not(
    moves: attacks.Attacks, name: str
) -> None:
    loot, error = STOPPED[name]
    outcome = moves[name].play()
    assert outcome.from_naive == loot
    assert outcome.from_package == ""
    assert type(outcome.error) is (error or type(None)), outcome.error
    assert outcome.check in str(outcome)


def test_each_move_names_a_check_that_is_listed(moves: attacks.Attacks) -> None:
    listed = (Path(__file__).parents[2] / "SECURITY.md").read_text("utf-8")
    for attack in moves.values():
        assert f"`{attack.check}`" in listed
        assert attack.story.endswith(".")
        assert attack.story in repr(moves)
        assert attack.check in moves._repr_html_()


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
