"""No export of a trace holds a secret, however it is spelled and whoever repeats it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.leaks import shapes
from tests.helpers.people import sign_in
from tests.helpers.rigged import Answer, Rigged, Sent, as_json, rigged
from tests.widgets.page import Page

SECRETS = {
    name: f"{name.replace('_', '-')}/5entinel+{number}~x"
    for number, name in enumerate(
        ("access_token", "refresh_token", "id_token", "device_code", "user_code", "code"), 11
    )
} | {"client_secret": "client-secret/5entinel+77~x", "person": "ada@5entinel-77.example"}
TOKENS = {name: SECRETS[name] for name in ("access_token", "refresh_token")}


def every_spelling(secret: str) -> str:
    """Return `secret` in each spelling that a server may repeat it in, one after the other."""
    escaped = "".join(f"\\u{ord(one):04x}" for one in secret)
    return " ".join(
        [
            *(secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe="")),
            *(base64.b64encode(secret.encode()).decode(), secret.encode().hex(), escaped),
            *(html.escape(secret), secret.upper(), "".join(f"&#{ord(one)};" for one in secret)),
        ]
    )


KEPT = ("_messages", "_known", "_offered", "_unclaimed")
ECHOES = " ".join(map(every_spelling, SECRETS.values()))


def echoing(**members: Any) -> dict[str, Any]:
    """Return an answer that repeats every secret in every member that it can."""
    names = dict.fromkeys(SECRETS.values(), "a member's name")
    words = ("error_description", "error_uri", "scope", "token_type", "expires_in", "iss")
    return {**names, **dict.fromkeys(words, ECHOES), "nested": {"deep": [ECHOES]}, **members}


class Outlet:
    """A server that repeats every secret wherever it can."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}

    def __call__(self, sent: Sent) -> Answer:
        return self.answers[sent.target.partition("?")[0]]


@pytest.fixture
def outlet() -> Outlet:
    return Outlet()


@pytest.fixture
def server(outlet: Outlet) -> Iterator[Rigged]:
    with rigged(outlet) as running:
        yield running


@pytest.fixture
def pending(server: Rigged) -> ow.PendingLogin:
    described = ow.AuthorizationServer(
        issuer=server.origin,
        authorization_endpoint=f"{server.origin}/authorize",
        token_endpoint=f"{server.origin}/token",
        device_authorization_endpoint=f"{server.origin}/device",
        introspection_endpoint=f"{server.origin}/introspect",
        api=f"{server.origin}/api",
    )
    client = ow.ClientMetadata(
        client_id="notebook",
        client_secret=SECRETS["client_secret"],
        redirect_uris=("http://127.0.0.1/callback",),
    )
    return ow.begin_login(
        described, client, scope="reports.read", extra={"login_hint": SECRETS["person"]}
    )


def answered(pending: ow.PendingLogin, **more: str) -> str:
    known = {"code": SECRETS["code"], "state": pending.request.state}
    return f"http://127.0.0.1/callback?{urlencode({**known, **more})}"


def check_nothing_leaks(trace: ow.Trace, pending: ow.PendingLogin, at_least: int) -> None:
    """Look for every secret in all that a trace can be turned into."""
    assert len(trace.messages) >= at_least
    request = pending.request
    secrets = SECRETS | {
        "state": request.state,
        "nonce": request.nonce,
        "code_verifier": request.code_verifier.reveal(),
    }
    kept = vars(vars(trace)["_recording"])
    page = Page(trace)
    page.tell("hello")
    outputs = {
        "html": trace.to_html(),
        "mermaid": trace.to_mermaid(),
        "text": str(trace),
        "repr": repr(trace),
        "repr of the messages": repr(trace.messages),
        "message to the page": json.dumps(page.messages, ensure_ascii=False),
        "state": json.dumps(trace.get_state(), default=str),
        "what is kept": repr([kept[name] for name in KEPT]),
        "redactor": repr(vars(kept["_reader"].redactor)),
    }
    for output, content in outputs.items():
        for name, secret in secrets.items():
            for spelling in (*shapes(secret).values(), *every_spelling(secret).encode().split()):
                assert spelling not in content.encode(), f"{output}: {name} as {spelling!r}"
            assert secret.casefold() not in content.casefold(), f"{output}: {name}"


def test_tokens_and_what_a_server_repeats_of_them(outlet: Outlet, pending: ow.PendingLogin) -> None:
    trace = ow.Trace(pending)
    outlet.answers["/token"] = as_json(
        echoing(**TOKENS, token_type="Bearer", scope="reports.read", expires_in=60, error=None)
    )
    session = pending.finish(answered(pending, session_state=ECHOES))
    session.refresh()
    outlet.answers["/api/rows"] = as_json([{"row": ECHOES}])
    session.frame("/rows", progress=False)
    place = quote(SECRETS["access_token"], safe="")
    outlet.answers[f"/api/{place}/x"] = as_json(
        echoing(), status=403, www_authenticate=f'Bearer error="{SECRETS["access_token"]}"'
    )
    with pytest.raises(errors.ResourceError):
        session.frame(f"/{place}/x?cursor={place}&{place}=1", progress=False)
    outlet.answers["/introspect"] = as_json(echoing(active=True, username=SECRETS["person"]))
    session.introspect()
    check_nothing_leaks(trace, pending, 17)


@pytest.mark.parametrize(
    "code", ["invalid_grant", SECRETS["refresh_token"], ECHOES, "access-token"]
)
def test_refusals_in_a_servers_own_words(
    outlet: Outlet, pending: ow.PendingLogin, code: str
) -> None:
    trace = ow.Trace(pending)
    outlet.answers["/token"] = as_json(echoing(error=code), status=400)
    with pytest.raises(errors.OAuthError):
        pending.finish(answered(pending))
    check_nothing_leaks(trace, pending, 10)


def test_answers_that_are_refused(pending: ow.PendingLogin) -> None:
    trace = ow.Trace(pending)
    wrong = answered(pending, iss=f"https://{quote(SECRETS['code'])}.example/{SECRETS['person']}")
    for url in (
        wrong.replace(pending.request.state, SECRETS["person"]),
        wrong,
        answered(pending) + "&state=x",
        answered(pending, **dict.fromkeys(SECRETS.values(), "x")) + "&%zz=%ff",
        answered(pending, error=ECHOES[:900], error_description=ECHOES[:900]),
    ):
        with pytest.raises(errors.OAuthError):
            pending.finish(url)
    check_nothing_leaks(trace, pending, 10)


def test_device_codes(outlet: Outlet, server: Rigged, pending: ow.PendingLogin) -> None:
    outlet.answers["/device"] = as_json(
        echoing(
            device_code=SECRETS["device_code"],
            user_code=SECRETS["user_code"],
            verification_uri=f"{server.origin}/{quote(SECRETS['user_code'], safe='')}",
            verification_uri_complete=f"{server.origin}/d?user_code={quote(SECRETS['user_code'])}",
            expires_in=600,
            interval=1,
        )
    )
    outlet.answers["/token"] = as_json(echoing(error="access_denied"), status=400)
    login = ow.device_login(pending.request.server, pending.request.client, scope="reports.read")
    trace = ow.Trace(login)
    with pytest.raises(errors.AccessDenied):
        login.finish()
    check_nothing_leaks(trace, pending, 4)


@pytest.mark.parametrize("fault", ["nonce", "issuer", "audience", "expiry", "at_hash", "signature"])
def test_a_refused_id_token(fault: str) -> None:
    sandbox = ow.sandbox.start("playground")
    pending = ow.begin_login(sandbox.server, sandbox.client, scope="openid email")
    trace = ow.Trace(pending)
    with sandbox.misbehave(fault), pytest.raises(errors.InvalidIDToken):
        pending.finish(sign_in(pending.url))
    failed = trace.messages[-1].failed
    assert failed is not None
    if fault == "signature":
        assert failed.name == "UntrustedSignature"
    else:
        # The hash is of a token that a trace doesn't have.
        assert (failed.sent == "") == (fault == "at_hash")
        assert "nothing" not in failed.sent
        assert failed.received
        assert failed.received in str(trace)
    check_nothing_leaks(trace, pending, 10)
