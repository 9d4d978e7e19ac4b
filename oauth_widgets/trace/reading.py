"""What is seen of sign-ins and requests, turned into messages that hold no secret."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from oauth_widgets._net.address import origin
from oauth_widgets._net.challenge import bearer_challenge
from oauth_widgets._net.document import parse_object
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.watching import Exchanged
from oauth_widgets.errors import ErrorResponse, InvalidDocument, IssuerMismatch, StateMismatch
from oauth_widgets.flows.id_token import SIGNATURE
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.id_token import Grounds, judged_claims
from oauth_widgets.protocol.watched import Failed, Judged, Returned
from oauth_widgets.secret.quoting import quoted
from oauth_widgets.trace.message import WORDS, Check, Message, Parameter, Party
from oauth_widgets.trace.redaction import Redactor, address

TOKENS = ("access_token", "refresh_token", "id_token")

_GRANTS = {
    "authorization_code": "code exchange",
    "refresh_token": "refresh",
    "client_credentials": "client credentials",
    "urn:ietf:params:oauth:grant-type:device_code": "device poll",
}
_MOST = 40
"""How many parameters of one answer are read."""
_MOMENTS = {"exp", "iat", "nbf", "auth_time"}


class Reader:
    """Makes messages for one trace at `server`; times count from now."""

    def __init__(self, server: AuthorizationServer, client_id: str) -> None:
        self._server = server
        self._kinds = {
            server.jwks_uri: "keys",
            server.userinfo_endpoint: "userinfo",
            server.introspection_endpoint: "introspection",
            server.revocation_endpoint: "revocation",
            server.device_authorization_endpoint: "device authorization",
        }
        places = (server.issuer, server.token_endpoint, server.authorization_endpoint)
        self.redactor = Redactor(client_id, [origin(one) for one in places if one])
        self._since = time.monotonic()

    def now(self) -> float:
        """Return the seconds since the trace began."""
        return self._at(time.monotonic())

    def _at(self, moment: float) -> float:
        return max(moment - self._since, 0.0)

    def offered(self, request: AuthorizationRequest) -> Iterator[Message]:
        """Read an address that a person may open."""
        at = self.now()
        self.redactor.allow(request.scope)
        place = address(request.server.needed("authorization_endpoint"))
        pairs = parse_qsl(urlsplit(request.url).query)
        parameters = tuple(self.redactor.parameter(name, value, at) for name, value in pairs)
        yield _here(at, "preparation")
        note = f"asks for {len(request.scope)} scope{'s' * (len(request.scope) != 1)}"
        yield Message(
            at=at, sender="notebook", to="browser", kind="offer", address=place, note=note,
            parameters=parameters,
        )  # fmt: skip

    def returned(self, event: Returned, offered: float) -> Iterator[Message]:
        """Read the address that the browser ended at, `offered` seconds after the trace began."""
        at, request, failure = self.now(), event.request, event.failure
        pairs = answer_pairs(event.url.reveal())
        hidden = [value for _, value in pairs]
        parameters = tuple(self.redactor.parameter(*pair, at, hidden) for pair in pairs)
        yield Message(
            at=offered, sender="browser", to="server", kind="authorization request", method="GET",
            address=address(request.server.needed("authorization_endpoint")),
        )  # fmt: skip
        yield Message(
            at=offered, sender="browser", to="browser", kind="person", note=f"{at - offered:.1f} s"
        )
        yield Message(at=at, sender="server", to="browser", kind="redirect")
        yield Message(
            at=at, sender="browser", to="notebook", kind="authorization response", method="GET",
            address=address(request.redirect_uri), parameters=parameters,
        )  # fmt: skip
        checks = tuple(self._answer_checks(event, dict(pairs), at))
        yield _here(at, "answer checks", checks)
        if failure is not None and all(check.passed for check in checks):
            yield self._stopped(at, failure)

    def _answer_checks(
        self, event: Returned, answer: Mapping[str, str], at: float
    ) -> Iterator[Check]:
        request, failure = event.request, event.failure
        if isinstance(failure, StateMismatch):
            both = (request.state, answer.get("state", ""))
            sent, received = (self.redactor.dots(one, at) for one in both)
            yield Check("state", False, sent, received, WORDS["refusals"]["state"])
            return
        if failure is None or isinstance(failure, ErrorResponse | IssuerMismatch):
            yield Check("state", passed=True)
        if isinstance(failure, IssuerMismatch):
            received = self.redactor.parameter("iss", answer.get("iss", ""), at).value
            yield Check("iss", False, request.server.issuer, received, WORDS["refusals"]["iss"])
        elif "iss" in answer and (failure is None or isinstance(failure, ErrorResponse)):
            yield Check("iss", passed=True)

    def exchanged(self, event: Exchanged) -> Iterator[Message]:
        """Read a request and its answer."""
        request, answer = event.request, event.answer
        kind, to = self.kind(request)
        began, ended = self._at(event.began), self._at(event.ended)
        parameters = tuple(self._sent(request, began))
        yield Message(
            at=began, sender="notebook", to=to, kind=kind, method=request.method,
            address=address(request.url, request.secrets), parameters=parameters,
        )  # fmt: skip
        if isinstance(answer, Response):
            members = document_of(answer) if to == "server" else {}
            yield Message(
                at=ended, sender=to, to="notebook", kind="response", status=answer.status,
                parameters=tuple(self._received(kind, members, answer, ended)),
                note=_note(members),
            )  # fmt: skip
        else:
            yield self._stopped(ended, answer)

    def code_shown(self) -> Message:
        """Return that a person is shown a code to enter on another device."""
        return Message(at=self.now(), sender="notebook", to="browser", kind="device code")

    def kind(self, request: Request) -> tuple[str, Party]:
        """Return what `request` is for, and whether it goes to the server or an API."""
        if request.url == self._server.token_endpoint:
            grant = dict(request.form or ()).get("grant_type", "")
            return _GRANTS.get(grant, "code exchange"), "server"
        kind = self._kinds.get(request.url)
        return (kind, "server") if kind is not None else ("API request", "api")

    def _sent(self, request: Request, at: float) -> Iterator[Parameter]:
        for name, value in request.form or ():
            if name == "scope":
                # Its names are the client's own.
                self.redactor.allow(value.split())
            yield self.redactor.parameter(name, value, at)
        for name, value in parse_qsl(urlsplit(request.url).query):
            shown = quoted(name, request.secrets)
            yield Parameter(shown[:24], self.redactor.dots(value, at))
        for name, value in request.headers.items():
            if name.lower() == "authorization":
                yield self.redactor.authorization(value, at)

    def _received(
        self, kind: str, members: Mapping[str, Any], answer: Response, at: float
    ) -> Iterator[Parameter]:
        challenge = bearer_challenge(answer.headers.get("www-authenticate", ""))
        if "error" in challenge:
            yield self.redactor.parameter("error", challenge["error"], at)
        personal = kind in {"userinfo", "introspection", "keys"}
        hidden = [*answer.secrets, *(one for one in members.values() if isinstance(one, str))]
        for name, value in islice(members.items(), _MOST):
            if personal and name != "error":
                continue
            text = value if isinstance(value, str) else json.dumps(value)
            yield self.redactor.parameter(name, text, at, [one for one in hidden if one != text])

    def judged(self, event: Judged) -> Message:
        """Read what an ID token is checked for, up to the first check that fails."""
        at, checks = self.now(), [Check(SIGNATURE, passed=True)]
        for verdict in judged_claims(event.claims, event.grounds):
            check = Check(verdict.claim, verdict.passed)
            if verdict.passed is False:
                sent = self._expected(verdict.claim, event.grounds, at)
                received = self._claim(verdict.claim, event.claims.get(verdict.claim), at)
                reason = WORDS["refusals"].get(verdict.claim, WORDS["refusals"]["other"])
                check = Check(verdict.claim, False, sent, received, reason)
            checks.append(check)
            if check.passed is False:
                break
        return _here(at, "ID token checks", tuple(checks))

    def _expected(self, claim: str, grounds: Grounds, at: float) -> str:
        expected = grounds.expected
        if claim in _MOMENTS:
            return f"now: {expected.now:.0f}"
        if claim in {"aud", "azp"}:
            return grounds.client.client_id
        previous = expected.previous.claims.get("sub") if expected.previous else None
        value = {"nonce": expected.nonce, "sub": previous, "iss": grounds.server.issuer}.get(claim)
        return value or "" if claim == "iss" else self._claim(claim, value, at)

    def _claim(self, claim: str, value: object, at: float) -> str:
        """Return what may be shown of a claim: numbers, and dots for all that may be personal."""
        if value is None:
            return "nothing"
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if claim in _MOMENTS and number:
            return f"{value:.0f}"
        text = value if isinstance(value, str) else json.dumps(value)
        if claim == "iss":
            return self.redactor.parameter("iss", text, at).value
        return self.redactor.dots(text, at)

    def failed(self, event: Failed) -> Message:
        """Read why an exchange ended without a result."""
        return self._stopped(self.now(), event.failure)

    def _stopped(self, at: float, problem: Exception) -> Message:
        # What kind of error it is: its message may quote what another party sent.
        words = getattr(problem, "summary", "") or (type(problem).__doc__ or "").partition("\n")[0]
        return _here(at, "failure", (Check(type(problem).__name__, passed=False, reason=words),))


def _here(at: float, kind: str, checks: tuple[Check, ...] = ()) -> Message:
    return Message(at=at, sender="notebook", to="notebook", kind=kind, checks=checks)


def answer_pairs(url: str) -> list[tuple[str, str]]:
    """Return the parameters of an answer, which may be in the fragment; none if it is malformed."""
    try:
        parts = urlsplit(url.strip())
        return parse_qsl(parts.query or parts.fragment, max_num_fields=_MOST)
    except ValueError:
        return []


def document_of(answer: Response) -> Mapping[str, Any]:
    """Return the members of a JSON answer; none if it is anything else."""
    if not answer.is_json:
        return {}
    try:
        return parse_object(answer.body)
    except InvalidDocument:
        return {}


def _note(members: Mapping[str, Any]) -> str:
    tokens = sum(1 for name in TOKENS if members.get(name))
    if tokens:
        return f"{tokens} token{'s' * (tokens != 1)}"
    keys = members.get("keys")
    return f"{len(keys)} key{'s' * (len(keys) != 1)}" if isinstance(keys, list) else ""
