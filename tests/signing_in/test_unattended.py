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
from oauth_widgets._net.message import Pause, Response
from oauth_widgets.session.kept.file_store import FileStore
from oauth_widgets.signing_in import platform as platforms

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
    assert "First add" not in refused.value.next_step
    assert "for this server, client, scope and API in a file in " in refused.value.message


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"keep": None, "client_secret": None}, 'keep = "file"'),
        ({"scope": "openid events.read", "email": "*@example.com"}, "You aren't signed in"),
        ({"scope": "openid phone events.read"}, "client itself isn't granted phone"),
        ({"client_secret": None, "from": "jupyterhub"}, "isn't a JupyterHub"),
    ],
    ids=["keeps nothing", "for a person", "granted less", "outside of a hub"],
)
@pytest.mark.check(id="kept/person")
def test_what_a_connection_lacks_is_told(
    connected: Connected, changes: dict[str, Any], said: str
) -> None:
    connected.write(**changes)
    with pytest.raises(errors.NeedsAPerson, match=said):
        ow.session("acme")


def test_a_connection_that_is_only_handed_tokens_is_told_what_a_person_needs(
    connected: Connected,
) -> None:
    handed_out = {"from": {"token_env": "TOKEN"}, "redirect_uris": None, "keep": None}
    connected.write(client_id=None, client_secret=None, **handed_out)
    with pytest.raises(errors.NeedsAPerson, match="TOKEN isn't set") as refused:
        ow.session("acme")
    assert refused.value.next_step.endswith(
        f'First add client_id and keep = "file" to [acme] in {connected.file}.'
    )
    assert "from = " not in refused.value.next_step


def test_the_client_itself_signs_in_if_it_can(connected: Connected) -> None:
    connected.write(scope="openid events.read")
    session = ow.session("acme")
    assert session.scope == {"events.read"}
    assert session.id_token is None


def test_the_client_itself_sends_the_connections_extra_parameters(connected: Connected) -> None:
    connected.write(scope="events.read", extra={"audience": "https://api.acme.example"})
    ow.session("acme")
    request = next(one for one in reversed(connected.sandbox.seen) if one["path"] == "/token")
    assert "audience" in request["names"]


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


def test_a_token_file_that_is_empty_while_it_is_rewritten_is_read_a_moment_later(
    connected: Connected, token: str
) -> None:
    file = connected.file.with_name("token")
    connected.write(**{"client_secret": None, "from": {"token_file": str(file)}})
    file.write_text("an-old-token\n")
    session = ow.session("acme")
    file.write_text("")
    fetch = session._fetch  # noqa: SLF001 - what a refresh runs
    assert fetch is not None
    exchange = fetch()
    assert isinstance(next(exchange), Pause)
    file.write_text(token)
    with pytest.raises(StopIteration) as end:
        exchange.send(Response(0))
    assert end.value.value.access_token.reveal() == token
    file.write_text(" \n")
    with pytest.raises(errors.ConfigurationError, match="contains no access token"):
        session.refresh()


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
    now = int(time.time())
    monkeypatch.setenv("TOKEN", ending_in(60, now))
    connected.write(**{"client_secret": None, "from": {"token_env": "TOKEN"}})
    until = ow.session("acme").lasts.until
    assert until is not None
    assert until.timestamp() == now + 60


def ending_in(seconds: int, now: float | None = None) -> str:
    """Return a token that says when it ends."""
    parts = ({"alg": "none"}, {"exp": (time.time() if now is None else now) + seconds})
    written = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
    return ".".join([*written, ""]).replace("=", "")


class Hub:
    """Answers for a JupyterHub."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user: Any = {}
        self.later: list[Any] = []
        self.refuses = self.hides = False
        self.asked = 0
        self._rigged = Rigged(self._answer)
        monkeypatch.setenv("JUPYTERHUB_API_URL", f"{self._rigged.origin}/hub/api")
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "of-the-server")
        monkeypatch.setenv("JUPYTERHUB_USER", "alice@acme")
        monkeypatch.setattr(platforms, "_HUB_PAUSES", (0.0, 0.0))

    def _answer(self, sent: Sent) -> Any:
        if self.refuses or sent.headers["authorization"] != "token of-the-server":
            return answer(status=403)
        if sent.target == "/hub/api/user":
            # As the real one: it has the member and never fills it.
            return as_json(self.user | {"auth_state": None})
        self.asked += 1
        user = self.later.pop(0) if self.asked > 1 and self.later else self.user
        there = sent.target == "/hub/api/users/alice%40acme" and not self.hides
        return as_json(user) if there else answer(status=404)

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
    with pytest.raises(
        errors.InvalidToken,
        match=r"sign out of the hub[^$]*\nc.Authenticator.auth_refresh_age = 10",
    ):
        session.frame("/events", limit=1)
    hub.user = {"auth_state": {"access_token": token}}
    assert len(session.frame("/events", limit=1)) == 1


def test_a_hub_that_renews_a_token_a_moment_late_is_waited_for(hub: Hub, token: str) -> None:
    old = hub.user = {"auth_state": {"access_token": "an-old-token"}}
    session = ow.session("acme")
    hub.later = [old, {"auth_state": {"access_token": token}}]
    assert len(session.frame("/events", limit=1)) == 1
    assert hub.asked == 3


def test_a_hub_is_not_asked_before_a_token_is_refused(hub: Hub) -> None:
    hub.user = {"auth_state": {"access_token": ending_in(5)}}
    session = ow.session("acme")
    assert session.lasts.renewable
    with pytest.raises(errors.OAuthError):
        session.frame("http://127.0.0.1:9/", limit=1)
    assert hub.asked == 1


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


def test_a_hub_that_hides_the_person_from_the_server_lacks_the_same_line(hub: Hub) -> None:
    hub.hides = True
    with pytest.raises(errors.NeedsAPerson, match="admin:auth_state!user"):
        ow.session("acme")


def test_a_hub_that_refuses_is_told_without_its_token(hub: Hub) -> None:
    hub.refuses = True
    with pytest.raises(errors.NeedsAPerson, match="status 403") as refused:
        ow.session("acme")
    assert "of-the-server" not in str(refused.value)
