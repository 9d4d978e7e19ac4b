"""A session without a person: kept, handed out, the client's own, or a clear refusal at once."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.session.kept.file_store import FileStore

from ..helpers.connected import Connected
from ..helpers.people import session_of
from ..helpers.rigged import Rigged, Sent, answer, as_json
from ..helpers.twins import both

BOTH = "openid email phone offline_access events.read"


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    found = Connected(tmp_path, monkeypatch)
    # A client without a secret can't fall back on its own sign-in.
    found.write(client_secret=None)
    return found


@pytest.fixture
def token() -> str:
    return session_of("alice", BOTH, "playground").access_token.reveal()


@both
def test_what_is_kept_is_used_first(connected: Connected, call: Any) -> None:
    connected.write()
    kept = connected.sign_in().session
    assert call(ow, "session", "acme").access_token == kept.access_token


@both
@pytest.mark.usefixtures("connected")
def test_without_any_rung_the_three_ways_are_named_at_once(call: Any) -> None:
    with pytest.raises(errors.NeedsAPerson) as refused:
        call(ow, "session", "acme")
    assert 'await ow.login("acme")' in refused.value.next_step
    assert "oauth-widgets login acme" in refused.value.next_step
    assert "from = " in refused.value.next_step
    assert "Nothing is kept for it in a file in " in refused.value.message


def test_a_connection_that_keeps_nothing_is_told_how_to(connected: Connected) -> None:
    connected.write(keep=None, client_secret=None)
    with pytest.raises(errors.NeedsAPerson, match='keep = "file"'):
        ow.session("acme")


def test_the_client_itself_signs_in_if_it_can(connected: Connected) -> None:
    connected.write(scope="openid events.read")
    session = ow.session("acme")
    assert session.scope == {"events.read"}
    assert session.id_token is None


@pytest.mark.check(id="kept/person")
def test_the_client_is_not_a_person_that_a_connection_is_for(connected: Connected) -> None:
    connected.write(scope="openid events.read", email="*@example.com")
    with pytest.raises(errors.NeedsAPerson):
        ow.session("acme")


def test_a_client_that_is_granted_less_is_not_enough(connected: Connected) -> None:
    connected.write(scope="openid phone events.read")
    with pytest.raises(errors.NeedsAPerson, match="client itself isn't granted phone"):
        ow.session("acme")


def test_a_server_that_is_down_is_told_as_such(connected: Connected) -> None:
    connected.write(server="http://127.0.0.1:9")
    with pytest.raises(errors.ServerUnreachable):
        ow.session("acme")


def test_a_store_that_fails_leaves_the_next_rung(
    connected: Connected, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: str) -> None:
        raise errors.StoreLocked("The keyring is locked.")

    monkeypatch.setattr(FileStore, "read", locked)
    with pytest.raises(errors.NeedsAPerson, match="The keyring is locked"):
        ow.session("acme")
    monkeypatch.setenv("TOKEN", token)
    connected.write(**{"client_secret": None, "from": {"token_env": "TOKEN"}})
    assert ow.session("acme").access_token.reveal() == token


def test_a_token_file_is_read_again_when_the_token_is_refused(
    connected: Connected, token: str
) -> None:
    file = connected.file.with_name("token")
    connected.write(**{"client_secret": None, "from": {"token_file": str(file)}})
    with pytest.raises(errors.NeedsAPerson, match="can't be read: No such file"):
        ow.session("acme")
    file.write_text("two words")
    with pytest.raises(errors.NeedsAPerson, match="contains no access token"):
        ow.session("acme")
    file.write_text("an-old-token\n")
    session = ow.session("acme")
    assert session.lasts.renewable
    with pytest.raises(errors.InvalidToken, match="check what rewrites it"):
        session.frame("/events", limit=1)
    file.write_text(token)
    assert len(session.frame("/events", limit=1)) == 1


def test_a_variable_is_said_to_go_stale(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.write(**{"client_secret": None, "from": {"token_env": "TOKEN"}})
    with pytest.raises(errors.NeedsAPerson, match="TOKEN isn't set"):
        ow.session("acme")
    monkeypatch.setenv("TOKEN", "an-old-token")
    session = ow.session("acme")
    assert not session.lasts.renewable
    with pytest.raises(errors.InvalidToken, match="restart the kernel"):
        session.frame("/events", limit=1)


def test_a_token_that_says_when_it_ends_is_believed(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = int(time.time()) + 60
    parts = ({"alg": "none"}, {"exp": end})
    written = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
    monkeypatch.setenv("TOKEN", ".".join([*written, ""]).replace("=", ""))
    connected.write(**{"client_secret": None, "from": {"token_env": "TOKEN"}})
    until = ow.session("acme").lasts.until
    assert until is not None
    assert until.timestamp() == end


class Hub:
    """Answers for a JupyterHub."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user: Any = {}
        self.refuses = False
        self._rigged = Rigged(self._answer)
        monkeypatch.setenv("JUPYTERHUB_API_URL", f"{self._rigged.origin}/hub/api")
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "of-the-server")

    def _answer(self, sent: Sent) -> Any:
        right = sent.target == "/hub/api/user" and sent.headers["authorization"] == (
            "token of-the-server"
        )
        return as_json(self.user) if right and not self.refuses else answer(status=403)

    def close(self) -> None:
        self._rigged.close()


@pytest.fixture
def hub(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> Any:
    connected.write(**{"client_secret": None, "from": "jupyterhub"})
    made = Hub(monkeypatch)
    yield made
    made.close()


def test_jupyterhub_hands_out_what_it_has_now(hub: Hub, token: str) -> None:
    hub.user = {"auth_state": {"access_token": "an-old-token", "scope": ["events.read"]}}
    session = ow.session("acme")
    assert session.scope == {"events.read"}
    with pytest.raises(errors.InvalidToken, match="sign out of the hub"):
        session.frame("/events", limit=1)
    hub.user = {"auth_state": {"access_token": token}}
    assert len(session.frame("/events", limit=1)) == 1


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ({"name": "alice"}, "admin:auth_state!user"),
        ({"auth_state": None}, "enable_auth_state = True"),
        ({"auth_state": {}}, "enable_auth_state = True"),
        ([], "not a JSON object"),
    ],
)
def test_a_hub_that_hands_out_nothing_is_told_with_its_line(hub: Hub, user: Any, said: str) -> None:
    hub.user = user
    with pytest.raises(errors.NeedsAPerson, match=said):
        ow.session("acme")


def test_a_hub_that_refuses_is_told_without_its_token(hub: Hub) -> None:
    hub.refuses = True
    with pytest.raises(errors.NeedsAPerson, match="status 403") as refused:
        ow.session("acme")
    assert "of-the-server" not in str(refused.value)


def test_outside_of_a_hub_that_is_said(connected: Connected) -> None:
    connected.write(**{"client_secret": None, "from": "jupyterhub"})
    with pytest.raises(errors.NeedsAPerson, match="isn't a JupyterHub"):
        ow.session("acme")
