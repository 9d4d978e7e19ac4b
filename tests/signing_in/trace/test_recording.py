"""What a trace says passed, against what servers saw."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import FrozenInstanceError, replace

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net import watching
from oauth_widgets.protocol import watched
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.signing_in.trace.recording import Recording
from tests.helpers.people import EVERYTHING, decide_on_device, sign_in
from tests.peers.oidc_provider.provider import OidcProvider

from .between import Between, between, exchanges, kinds, only, values


def traced(proxied: Between) -> tuple[ow.PendingLogin, Recording]:
    """Begin a sign-in behind the proxy, and record it."""
    pending = ow.begin_login(proxied.server, proxied.client, scope=EVERYTHING)
    return pending, Recording(pending)


def test_a_sign_in_is_told_as_a_proxy_saw_it(proxied: Between) -> None:
    pending, recording = traced(proxied)
    pending.finish(sign_in(pending.url))
    assert exchanges(recording) == proxied.exchanges
    assert len(proxied.exchanges) == 2
    page = only(recording, "authorization request")
    assert page.address.endswith(proxied.pages[0])
    assert kinds(recording) == [
        *("preparation", "offer", "authorization request", "person", "redirect"),
        *("authorization response", "answer checks", "code exchange", "response"),
        *("keys", "response", "ID token checks"),
    ]
    assert [one.at for one in recording.messages] == sorted(one.at for one in recording.messages)
    checks = only(recording, "ID token checks").checks
    assert {"signature", "iss", "aud", "nonce", "exp", "at_hash"} <= {
        one.name for one in checks if one.passed
    }


def test_what_was_sent_is_explained_and_secrets_are_dots_that_tell_which_are_equal(
    proxied: Between,
) -> None:
    pending, recording = traced(proxied)
    pending.finish(sign_in(pending.url))
    sent = only(recording, "code exchange")
    assert values(sent)["grant_type"] == "authorization_code"
    assert "•••••••• (43 characters, #" in values(sent)["code_verifier"]
    code = values(only(recording, "authorization response"))["code"]
    number = code.partition("#")[2][:6]
    assert number in values(sent)["code"]
    assert "same as above" in values(sent)["code"]
    assert values(sent)["Authorization"].startswith("Basic notebook:••••")
    assert all(one.purpose and one.section for one in sent.parameters)
    assert only(recording, "offer").note == "asks for 4 scopes"


def test_equal_secrets_have_other_fingerprints_in_another_trace(proxied: Between) -> None:
    pending = ow.begin_login(proxied.server, proxied.client, scope="openid")
    states = {values(only(Recording(pending), "offer"))["state"] for _ in range(8)}
    assert len(states) == 8


def test_renewals_and_calls_of_a_session_are_told_as_a_proxy_saw_them(proxied: Between) -> None:
    pending = ow.begin_login(proxied.server, proxied.client, scope=EVERYTHING)
    session = pending.finish(sign_in(pending.url))
    proxied.exchanges.clear()
    recording = Recording(session)
    assert recording.messages == ()
    session.refresh()
    session.refresh()
    assert exchanges(recording) == proxied.exchanges
    assert kinds(recording) == ["refresh", "response", "ID token checks"] * 2
    frame = session.frame("/events", progress=False)
    assert len(frame) == 3200
    assert sorted(exchanges(recording)) == sorted(proxied.exchanges)
    sent, answered = recording.messages[-2:]
    assert (sent.kind, sent.to, sent.times) == ("API request", "api", 7)
    assert answered.label == "200 · 3,200 rows on 7 pages"


def test_a_device_sign_in_is_told_as_a_proxy_saw_it(playground: Between) -> None:
    login = ow.device_login(playground.server, playground.client, scope="openid")
    playground.exchanges.clear()
    recording = Recording(login)
    deciding = threading.Thread(target=_decide_after, args=(playground, login, 2))
    deciding.start()
    login.finish()
    deciding.join()
    assert exchanges(recording) == playground.exchanges
    assert kinds(recording)[:3] == ["device code", "device poll", "response"]
    polls = [one for one in recording.messages if one.kind == "device poll"]
    assert sum(one.times for one in polls) > len(polls) == 2
    assert values(recording.messages[2])["error"] == "authorization_pending"


def _decide_after(proxied: Between, login: ow.DeviceLogin, polls: int) -> None:
    while len(proxied.exchanges) < polls:
        time.sleep(0.05)
    decide_on_device(str(login.verification_uri_complete))


def test_a_card_that_turns_to_another_device_is_told_from_the_request_for_the_code(
    playground: Between,
) -> None:
    card = SignIn(playground.server, playground.client, scope=ow.Scope("openid"))
    recording = Recording(card)
    waiting = threading.Thread(target=card.on_device)
    waiting.start()
    while card.device is None:
        card.wait(0.01)
    decide_on_device(str(card.device.verification_uri_complete))
    waiting.join()
    assert card.signed_in
    assert exchanges(recording) == playground.exchanges
    sent = only(recording, "device authorization")
    assert sent.note == ""
    answer = recording.messages[recording.messages.index(sent) + 1]
    assert values(answer)["user_code"].startswith("••••")


def test_a_person_who_says_no_is_told_without_a_token_request(proxied: Between) -> None:
    pending, recording = traced(proxied)
    with pytest.raises(errors.AccessDenied):
        pending.finish(sign_in(pending.url, allow=False))
    assert exchanges(recording) == proxied.exchanges == []
    assert values(only(recording, "authorization response"))["error"] == "access_denied"
    assert [one.name for one in only(recording, "answer checks").checks] == ["state"]
    refused = only(recording, "failure").failed
    assert refused is not None
    assert refused.name == "AccessDenied"


def test_a_wrong_state_ends_the_trace_with_both(proxied: Between) -> None:
    pending, recording = traced(proxied)
    wrong = sign_in(pending.url).replace(pending.request.state, "w" * 43)
    with pytest.raises(errors.StateMismatch):
        pending.finish(wrong)
    failed = recording.messages[-1].failed
    assert failed is not None
    assert failed.name == "state"
    assert failed.sent.startswith("•")
    assert failed.received.startswith("•")
    assert failed.sent[:40] != failed.received[:40]
    assert "✗ state" in recording.messages[-1].label


def test_a_wrong_nonce_ends_the_trace_with_both(proxied: Between) -> None:
    pending, recording = traced(proxied)
    answer = sign_in(pending.url)
    object.__setattr__(pending.request, "nonce", "another-nonce-than-was-sent")
    with pytest.raises(errors.WrongNonce):
        pending.finish(answer)
    last = recording.messages[-1]
    assert last.kind == "ID token checks"
    assert last.failed is not None
    assert last.failed.name == "nonce"
    assert "(27 characters" in last.failed.sent
    assert "(43 characters" in last.failed.received
    assert last.checks[-1] == last.failed


def test_a_server_that_cannot_be_reached_ends_the_trace(proxied: Between) -> None:
    pending = ow.begin_login(
        replace(proxied.server, token_endpoint="http://127.0.0.1:9/token"),
        proxied.client,
        scope="openid",
    )
    recording = Recording(pending)
    with pytest.raises(errors.ServerUnreachable):
        pending.finish(sign_in(pending.url))
    failed = recording.messages[-1].failed
    assert failed is not None
    assert failed.name == "ServerUnreachable"


def test_two_sign_ins_at_once_are_kept_apart(proxied: Between) -> None:
    ours, theirs = (
        ow.begin_login(proxied.server, proxied.client, scope=EVERYTHING) for _ in range(2)
    )
    recording = Recording(ours)
    other = theirs.finish(sign_in(theirs.url, "bob"))
    other.refresh()
    assert kinds(recording) == ["preparation", "offer"]
    ours.finish(sign_in(ours.url))
    before = recording.messages
    other.refresh()
    assert recording.messages == before


def test_nothing_is_done_while_nobody_watches(
    proxied: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    events = ("Offered", "Returned", "CodeShown", "Judged", "Failed", "Fetched")
    named = [(watching, "tell"), (watching, "Exchanged"), *((watched, one) for one in events)]
    for module, name in named:
        real = getattr(module, name)
        counted = lambda *given, real=real: calls.append(real) or real(*given)  # noqa: E731
        monkeypatch.setattr(module, name, counted)
    pending, recording = traced(proxied)
    recording.stop()
    assert not watching.watchers
    session = pending.finish(sign_in(pending.url))
    session.refresh()
    session.frame("/events", progress=False)
    assert calls == []
    assert kinds(recording) == ["preparation", "offer"]


def test_a_trace_that_nothing_refers_to_stops_watching(proxied: Between) -> None:
    pending = ow.begin_login(proxied.server, proxied.client, scope="openid")
    session = pending.finish(sign_in(pending.url))
    recording = Recording(session)
    assert watching.watchers
    assert vars(session)["_watchers"]
    del recording
    gc.collect()
    assert not watching.watchers
    assert not vars(session)["_watchers"]


def test_a_watcher_that_fails_breaks_no_sign_in(
    proxied: Between, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(event: object) -> None:
        raise ValueError(str(event))

    monkeypatch.setattr(watching, "watchers", [failing])
    pending = ow.begin_login(proxied.server, proxied.client, scope="openid")
    assert pending.finish(sign_in(pending.url)).scope
    assert "A trace failed: ValueError." in caplog.text


def test_messages_cannot_be_changed(proxied: Between) -> None:
    recording = Recording(ow.begin_login(proxied.server, proxied.client, scope="openid"))
    with pytest.raises(FrozenInstanceError):
        recording.messages[0].note = "x"  # type: ignore[misc]


@pytest.mark.node
def test_a_sign_in_at_oidc_provider_is_told_as_a_proxy_saw_it(oidc_provider: OidcProvider) -> None:
    record = oidc_provider.clients["basic"]
    client = ow.ClientMetadata(
        client_id=record["client_id"],
        client_secret=record["client_secret"],
        redirect_uris=record["redirect_uris"],
    )
    with between(ow.discover(oidc_provider.issuer), client) as proxied:
        server = replace(
            proxied.server,
            authorization_endpoint=ow.discover(oidc_provider.issuer).authorization_endpoint,
        )
        pending = ow.begin_login(
            server,
            client,
            scope="openid offline_access",
            redirect_uri="http://127.0.0.1:54321/callback",
            extra={"prompt": "consent"},
        )
        recording = Recording(pending)
        session = pending.finish(oidc_provider.sign_in(pending.url))
        session.refresh()
        assert exchanges(recording) == proxied.exchanges
    assert "refresh" in kinds(recording)
    assert {"state", "iss"} == {one.name for one in only(recording, "answer checks").checks}


def test_a_client_without_a_person_is_told_to_renew_by_signing_in_again(
    playground: Between,
) -> None:
    session = ow.client_credentials(playground.server, playground.client, scope="events.read")
    playground.exchanges.clear()
    recording = Recording(session)
    session.refresh()
    with pytest.raises(errors.InsufficientScope):
        session.frame("/events", limit=10, progress=False)
    assert exchanges(recording) == playground.exchanges
    assert kinds(recording) == ["client credentials", "response", "API request", "response"]
    assert values(recording.messages[-1]) == {"error": "insufficient_scope"}


def test_the_latest_messages_are_kept(proxied: Between, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauth_widgets.signing_in.trace.recording._MOST", 6)
    pending, recording = traced(proxied)
    session = pending.finish(sign_in(pending.url))
    for _ in range(3):
        session.refresh()
    assert kinds(recording) == ["refresh", "response", "ID token checks"] * 2
