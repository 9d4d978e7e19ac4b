"""Twins of real servers: one engine that answers on loopback as a server's documentation says."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode

import oauth_widgets as ow
from oauth_widgets.servers.preset import Preset

from ...helpers.rigged import Answer, Rigged, Sent, answer, as_json

CLIENT_ID = "client-of-the-twin"
SECRET = "toy+secret/of=the twin"
PERSON = "person-1"

Failure = Callable[[str, str], tuple[int, object]]


def standard_failure(code: str, words: str) -> tuple[int, object]:
    """RFC 6749 5.2."""
    return 400, {"error": code, "error_description": words}


def space(names: list[str]) -> object:
    return " ".join(names)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What a server's documentation says about its answers, besides the facts of its preset.

    `scope` is what the sign-in asks for. The server separates names by `separator`, does not know
    `no_scope`, and wants the parameters in `needed`. `written` is how its answer names the scopes;
    None leaves them out. `refresh` says what brings a refresh token: "always", a scope, or
    `name=value` for a parameter of the request. `method` is how the client has to prove itself.
    `device` has the members of the device answer that differ. `public` is a client without a
    secret, `unverified` a server that ignores PKCE.
    """

    scope: str = "openid"
    separator: str = " "
    no_scope: str = ""
    needed: Mapping[str, str] = field(default_factory=dict)
    written: Callable[[list[str]], object] | None = space
    names_issuer: bool = False
    public: bool = False
    method: str = "either"
    token_type: str | None = "Bearer"
    expires_in: object = 3600
    refresh: str | None = None
    rotates: bool = False
    unverified: bool = False
    alg: str = "RS256"
    audience: Callable[[str], object] = str
    failure: Failure = standard_failure
    refused: tuple[str, type[ow.OAuthError]] = ("invalid_grant", ow.errors.InvalidGrant)
    pending: Failure | None = None
    device: Mapping[str, object] = field(default_factory=dict)
    device_scope: str = "scope"
    in_callback: Callable[[list[str]], Mapping[str, str]] = field(default=lambda _: {})
    more: Mapping[str, object] = field(default_factory=dict)
    revoked: int = 200
    client: Mapping[str, Any] = field(default_factory=dict)


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class Twin:
    """A server like that of `preset`, on loopback: `server` has its addresses there."""

    def __init__(self, preset: Preset, habits: Habits) -> None:
        self.preset, self.habits = preset, habits
        self.refuses = False
        self._asked: dict[str, str] = {}
        self._redeemable: set[str] = set()
        self._polls = 0
        self._made = 0
        self.renews = ""
        self.good: set[str] = set()
        self._rigged = Rigged(self._answer)
        described = preset.example
        places = {
            name: self._mapped(value)
            for name, value in vars(described).items()
            if isinstance(value, str) and value.startswith("https://")
        }
        self.server = replace(described, **places)
        self._names = {
            urlsplit(value).path: name
            for name, value in places.items()
            if name not in {"issuer", "api"}
        }

    @property
    def client(self) -> ow.ClientMetadata:
        """The client that is registered here, as the preset says to register it."""
        more: dict[str, Any] = {} if self.habits.public else {"client_secret": SECRET}
        register = self.preset.redirects.register() or "https://jupyter.example/callback"
        return ow.ClientMetadata(
            client_id=CLIENT_ID,
            redirect_uris=[register],
            id_token_signed_response_alg=self.habits.alg,
            **more,
            **self.habits.client,
        )

    def visit(self, url: str) -> str:
        """Be the browser of a person who agrees; return the address that the server sends it to."""
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, strict_parsing=True))
        self._asked = asked
        assert self._names[parts.path] == "authorization_endpoint"
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert self.preset.redirects.problem(asked["redirect_uri"], self.preset.title) == ""
        assert asked.items() >= self.habits.needed.items()
        assert self.habits.no_scope not in self._scope()
        assert set(self._scope()) <= set(self.habits.scope.split())
        code = f"code-{sha256(asked['state'].encode()).hexdigest()[:8]}"
        self._redeemable.add(code)
        back = {"code": code, "state": asked["state"]}
        if self.habits.names_issuer:
            back["iss"] = self.server.issuer
        back |= self.habits.in_callback(self._scope())
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def close(self) -> None:
        self._rigged.close()

    def _mapped(self, url: str) -> str:
        return url.replace("https://", f"{self._rigged.origin}/", 1)

    def _scope(self) -> list[str]:
        names = self._asked.get("scope", "").split(self.habits.separator)
        return [one for one in names if one]

    def _answer(self, sent: Sent) -> Answer:
        path = urlsplit(sent.target).path
        name = self._names.get(path)
        if name is None:
            if self.server.api is None or not path.startswith(urlsplit(self.server.api).path):
                return answer(status=404)
            name = "api"
        found: Answer = getattr(self, f"_{name}")(sent)
        return found

    def _failure(self, code: str, words: str = "said the twin") -> Answer:
        status, body = self.habits.failure(code, words)
        return as_json(body, status=status)

    def _knows(self, sent: Sent) -> bool:
        """Whether the client proves itself by a method that is documented."""
        form, basic = sent.form, sent.headers.get("authorization", "")
        secret = "" if self.habits.public else SECRET
        if self.habits.method == "none":
            return not basic and "client_secret" not in form and form["client_id"] == CLIENT_ID
        ways = {}
        if basic.startswith("Basic ") and "client_secret" not in form:
            pair = b64decode(basic.removeprefix("Basic ")).decode()
            ways["client_secret_basic"] = [unquote_plus(one) for one in pair.split(":")]
        if not basic:
            ways["client_secret_post"] = [form.get("client_id"), form.get("client_secret")]
        method = next(iter(ways), "") if self.habits.method == "either" else self.habits.method
        return ways.get(method) == [CLIENT_ID, secret]

    def _token_endpoint(self, sent: Sent) -> Answer:
        if not self._knows(sent):
            return self._failure("invalid_client")
        if self.refuses:
            return self._failure(self.habits.refused[0])
        grant = sent.form["grant_type"].rpartition(":")[2]
        found: Answer = getattr(self, f"_by_{grant}")(sent.form)
        return found

    def _by_authorization_code(self, form: Mapping[str, str]) -> Answer:
        if form["code"] not in self._redeemable or not self._is_the_same(form):
            return self._failure("invalid_grant")
        self._redeemable.clear()
        return self._tokens(first=True)

    def _by_refresh_token(self, form: Mapping[str, str]) -> Answer:
        if form["refresh_token"] != self.renews:
            return self._failure("invalid_grant")
        return self._tokens(first=False)

    def _by_client_credentials(self, form: Mapping[str, str]) -> Answer:
        self._asked = {"scope": form.get("scope", "")}
        return self._tokens(first=False)

    def _by_device_code(self, form: Mapping[str, str]) -> Answer:
        if form["device_code"] != "device-code-of-the-twin" or not self._proves(form):
            return self._failure("invalid_grant")
        self._polls += 1
        if self._polls > 1:
            return self._tokens(first=True)
        refuse = self.habits.pending or self.habits.failure
        status, body = refuse("authorization_pending", "said the twin")
        return as_json(body, status=status)

    def _is_the_same(self, form: Mapping[str, str]) -> bool:
        return self._proves(form) and form["redirect_uri"] == self._asked["redirect_uri"]

    def _proves(self, form: Mapping[str, str]) -> bool:
        """Whether the verifier fits the challenge (RFC 7636 4.6), at a server that looks."""
        made = base64url_encode(sha256(form["code_verifier"].encode()).digest()).decode()
        return self.habits.unverified or made == self._asked["code_challenge"]

    def _tokens(self, *, first: bool) -> Answer:
        self._made += 1
        names = self._scope()
        token = f"access-{self._made}"
        self.good.add(token)
        members: dict[str, object] = {"access_token": token, **self.habits.more}
        if self.habits.token_type is not None:
            members["token_type"] = self.habits.token_type
        if self.habits.expires_in is not None:
            members["expires_in"] = self.habits.expires_in
        if self.habits.written is not None:
            members["scope"] = self.habits.written(names)
        if (first and self._renewable(names)) or (not first and self.habits.rotates):
            self.renews = members["refresh_token"] = f"refresh-{self._made}"
        if "openid" in names:
            members["id_token"] = self._id_token()
        return as_json(members)

    def _renewable(self, names: list[str]) -> bool:
        what = self.habits.refresh or ""
        name, _, value = what.partition("=")
        return what == "always" or what in names or (bool(value) and self._asked.get(name) == value)

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.server.issuer,
            "sub": PERSON,
            "aud": self.habits.audience(CLIENT_ID),
            "iat": now,
            "exp": now + 300,
        }
        if isinstance(claims["aud"], list):
            claims["azp"] = CLIENT_ID
        if "nonce" in self._asked:
            claims["nonce"] = self._asked["nonce"]
        return jwt.encode(claims, key(), self.habits.alg, headers={"kid": "of-the-twin"})

    def _jwks_uri(self, _: Sent) -> Answer:
        public = RSAAlgorithm.to_jwk(key().public_key(), as_dict=True)
        return as_json({"keys": [{**public, "kid": "of-the-twin", "use": "sig"}]})

    def _userinfo_endpoint(self, sent: Sent) -> Answer:
        return as_json({"sub": PERSON}) if sent.token in self.good else answer(status=401)

    def _api(self, sent: Sent) -> Answer:
        return as_json([{"token": sent.token}]) if sent.token in self.good else answer(status=401)

    def _revocation_endpoint(self, sent: Sent) -> Answer:
        self.good.discard(sent.form["token"])
        return answer(status=self.habits.revoked)

    def _device_authorization_endpoint(self, sent: Sent) -> Answer:
        self._asked = {**sent.form, "scope": sent.form.get(self.habits.device_scope, "")}
        self._polls = 0
        page = self._mapped(f"https://{self.preset.owner[0] if self.preset.owner else 'x'}/device")
        members: dict[str, object] = {
            "device_code": "device-code-of-the-twin",
            "user_code": "WDJB-MJHT",
            "verification_uri": page,
            "expires_in": 900,
            "interval": 5,
        }
        for name, value in self.habits.device.items():
            members.pop(name, None)
            if value is not None:
                members[name] = page if value == "page" else value
        return as_json(members)


@contextmanager
def running(preset: Preset, habits: Habits) -> Iterator[Twin]:
    """Run the twin of `preset`."""
    twin = Twin(preset, habits)
    try:
        yield twin
    finally:
        twin.close()
