"""What is seen of sign-ins and requests, turned into messages that hold no secret."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
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
from oauth_widgets.protocol.watched import Judged, Returned
from oauth_widgets.secret.quoting import quoted
from oauth_widgets.signing_in.trace.message import WORDS, Check, Message, Parameter, Party
from oauth_widgets.signing_in.trace.redaction import Redactor, address

Pairs = Iterable[tuple[str, str]]
TOKENS = ("access_token", "refresh_token", "id_token")

_MOST = 40  # parameters of one answer are read
_MOMENTS = {"exp", "iat", "nbf", "auth_time"}
_PERSONAL = {"userinfo", "introspection", "keys"}


class Reader:
    """Makes messages for one trace at `server`; times count from now."""

    def __init__(self, server: AuthorizationServer, client_id: str) -> None:
        self._token_endpoint = server.token_endpoint
        self._kinds = {getattr(server, name): kind for name, kind in WORDS["endpoints"].items()}
        places = (server.issuer, server.token_endpoint, server.authorization_endpoint)
        self.redactor = Redactor(client_id, [origin(one) for one in places if one])
        self._since = time.monotonic()

    def now(self) -> float:
        """Return the seconds since the trace began."""
        return time.monotonic() - self._since

    def offered(self, request: AuthorizationRequest) -> Iterator[Message]:
        """Read an address that a person may open."""
        at = self.now()
        self.redactor.allow(request.scope)
        page = address(request.server.needed("authorization_endpoint"))
        yield _here(at, "preparation")
        shown = self._shown(parse_qsl(urlsplit(request.url).query), at)
        note = f"asks for {counted(len(request.scope), 'scope')}"
        yield Message(at, "notebook", "browser", "offer", shown, "", page, note=note)

    def returned(self, event: Returned, offered: float) -> Iterator[Message]:
        """Read the address that the browser ended at, `offered` seconds after the trace began."""
        at, request, failure = self.now(), event.request, event.failure
        page = address(request.server.needed("authorization_endpoint"))
        pairs = answer_pairs(event.url.reveal())
        shown = self._shown(pairs, at, *(value for _, value in pairs))
        yield Message(offered, "browser", "server", "authorization request", (), "GET", page)
        yield Message(offered, "browser", "browser", "person", note=f"{at - offered:.1f} s")
        yield Message(at, "server", "browser", "redirect")
        answer = ("GET", address(request.redirect_uri))
        yield Message(at, "browser", "notebook", "authorization response", shown, *answer)
        checks = tuple(self._answer_checks(event, dict(pairs)))
        yield _here(at, "answer checks", checks)
        if failure is not None and all(check.passed for check in checks):
            yield stopped(at, failure)

    def _answer_checks(self, event: Returned, answer: Mapping[str, str]) -> Iterator[Check]:
        at, request, failure = self.now(), event.request, event.failure
        if isinstance(failure, StateMismatch):
            both = (request.state, answer.get("state", ""))
            yield _refused("state", *(self.redactor.dots(one, at) for one in both))
        elif failure is None or isinstance(failure, ErrorResponse | IssuerMismatch):
            yield Check("state", passed=True)
            if isinstance(failure, IssuerMismatch):
                received = self.redactor.parameter("iss", answer.get("iss", ""), at).value
                yield _refused("iss", request.server.issuer, received)
            elif "iss" in answer:
                yield Check("iss", passed=True)

    def exchanged(self, event: Exchanged) -> Iterator[Message]:
        """Read a request and its answer."""
        request, answer = event.request, event.answer
        kind, to = self.kind(request)
        began, ended = event.began - self._since, event.ended - self._since
        place, sent = address(request.url, request.secrets), tuple(self._sent(request, began))
        yield Message(began, "notebook", to, kind, sent, request.method, place)
        if isinstance(answer, Response):
            members = document_of(answer) if to == "server" else {}
            received = tuple(self._received(kind, members, answer, ended))
            known = ("", "", answer.status, (), _note(members))
            yield Message(ended, to, "notebook", "response", received, *known)
        else:
            yield stopped(ended, answer)

    def kind(self, request: Request) -> tuple[str, Party]:
        """Return what `request` is for, and whether it goes to the server or an API."""
        if request.url == self._token_endpoint:
            grant = dict(request.form or ()).get("grant_type", "")
            return WORDS["grants"].get(grant, "code exchange"), "server"
        kind = self._kinds.get(request.url)
        return (kind, "server") if kind else ("API request", "api")

    def _shown(self, pairs: Pairs, at: float, *hidden: str) -> tuple[Parameter, ...]:
        return tuple(self.redactor.parameter(*pair, at, hidden) for pair in pairs)

    def _sent(self, request: Request, at: float) -> Iterator[Parameter]:
        form = request.form or ()
        # The names in its scope are the client's own.
        self.redactor.allow(dict(form).get("scope", "").split())
        yield from self._shown(form, at)
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
        hidden = [*answer.secrets, *(one for one in members.values() if isinstance(one, str))]
        for name, value in [*members.items()][:_MOST]:
            if kind not in _PERSONAL or name == "error":
                text = written(value)
                others = [one for one in hidden if one != text]
                yield self.redactor.parameter(name, text, at, others)

    def judged(self, event: Judged) -> Message:
        """Read what an ID token is checked for, up to the first check that fails."""
        at, checks = self.now(), [Check(SIGNATURE, passed=True)]
        for verdict in judged_claims(event.claims, event.grounds):
            name = verdict.claim
            if verdict.passed is False:
                received = self._claim(name, event.claims.get(name), at)
                checks.append(_refused(name, self._expected(name, event.grounds, at), received))
                break
            checks.append(Check(name, verdict.passed))
        return _here(at, "ID token checks", tuple(checks))

    def _expected(self, claim: str, grounds: Grounds, at: float) -> str:
        """Return the only value that `claim` could have; "" if several values are right."""
        expected, previous = grounds.expected, grounds.expected.previous
        if claim in {"exp", "iat", "nbf"}:
            return f"now: {expected.now:.0f}"
        if claim in {"aud", "azp"}:
            return grounds.client.client_id
        known = {"nonce": expected.nonce, "iss": grounds.server.issuer}
        if previous:
            known["sub"] = previous.claims.get("sub")
        return self._claim(claim, known[claim], at) if claim in known else ""

    def _claim(self, claim: str, value: object, at: float) -> str:
        """Return what may be shown of a claim: numbers, and dots for all that may be personal."""
        if value is None:
            return "nothing"
        if claim in _MOMENTS and isinstance(value, int | float):
            return f"{value:.0f}"
        if claim == "iss":
            return self.redactor.parameter("iss", written(value), at).value
        return self.redactor.dots(written(value), at)


def _here(at: float, kind: str, checks: tuple[Check, ...] = ()) -> Message:
    return Message(at, "notebook", "notebook", kind, checks=checks)


def stopped(at: float, problem: Exception) -> Message:
    """Return that something ended without a result, and why."""
    # What kind of error it is: its message may quote what another party sent.
    words = getattr(problem, "summary", "") or (type(problem).__doc__ or "").partition("\n")[0]
    return _here(at, "failure", (Check(type(problem).__name__, passed=False, reason=words),))


def _refused(name: str, sent: str, received: str) -> Check:
    reason = WORDS["refusals"].get(name, WORDS["refusals"]["other"])
    return Check(name, False, sent, received, reason)


def written(value: object) -> str:
    """Return a value of a document or a claim as text."""
    return value if isinstance(value, str) else json.dumps(value)


def counted(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def answer_pairs(url: str) -> list[tuple[str, str]]:
    """Return the parameters of an answer, which may be in the fragment; none if it is malformed."""
    try:
        parts = urlsplit(url.strip())
        return parse_qsl(parts.query or parts.fragment, max_num_fields=_MOST)
    except ValueError:
        return []


def document_of(answer: object) -> Mapping[str, Any]:
    """Return the members of a JSON answer; none if it is anything else."""
    if not isinstance(answer, Response) or not answer.is_json:
        return {}
    try:
        return parse_object(answer.body)
    except InvalidDocument:
        return {}


def _note(members: Mapping[str, Any]) -> str:
    tokens, keys = sum(1 for name in TOKENS if members.get(name)), members.get("keys")
    if tokens:
        return counted(tokens, "token")
    return counted(len(keys), "key") if isinstance(keys, list) else ""
