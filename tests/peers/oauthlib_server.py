"""PyPI's oauthlib as a peer: a server that we did not write, on loopback.

It is a plain OAuth 2.0 server, and an OpenID Connect provider if the scope `openid` is asked for.
oauthlib has no endpoint for RP-initiated sign-out; that one is written here.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from oauthlib.oauth2 import AccessDeniedError, FatalClientError, OAuth2Error
from oauthlib.oauth2.rfc8628.endpoints import DeviceApplicationServer
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant
from oauthlib.openid import RequestValidator, Server

from .pypi_server import (
    JSON,
    METHODS,
    PERSON,
    REDIRECT_URI,
    SCOPES,
    SECRETS,
    SIGNED_OUT_URI,
    Answer,
    Asked,
    PyPIServer,
)


class Validator(RequestValidator):  # type: ignore[misc]
    """Remembers what oauthlib asks it to; every token is Alice's."""

    def __init__(self, issuer: str, key: ECKey) -> None:
        self.issuer = issuer
        self.key = key
        self.codes: dict[str, dict[str, Any]] = {}
        self.access: dict[str, dict[str, Any]] = {}
        self.refreshing: dict[str, dict[str, Any]] = {}
        self.devices: dict[str, dict[str, Any]] = {}

    def client_authentication_required(self, request: Any, *_: Any, **__: Any) -> bool:
        return SECRETS.get(request.client_id, "unknown") is not None

    def authenticate_client(self, request: Any, *_: Any, **__: Any) -> bool:
        method, name, secret = _credentials(request)
        request.client, request.client_id = SimpleNamespace(client_id=name), name
        registered = zip(METHODS, SECRETS.items(), strict=True)
        return (method, (name, secret)) in registered

    def authenticate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        request.client = SimpleNamespace(client_id=client_id)
        return client_id in SECRETS and SECRETS[client_id] is None

    def validate_client_id(self, client_id: str, *_: Any, **__: Any) -> bool:
        return client_id in SECRETS

    def validate_redirect_uri(self, _: str, redirect_uri: str, *__: Any, **___: Any) -> bool:
        return redirect_uri == REDIRECT_URI

    def validate_response_type(self, _: str, response_type: str, *__: Any, **___: Any) -> bool:
        return response_type == "code"

    def validate_scopes(self, _: str, scopes: list[str], *__: Any, **___: Any) -> bool:
        return set(scopes) <= set(SCOPES)

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        return ["events.read"]

    def validate_grant_type(self, *_: Any, **__: Any) -> bool:
        return True

    def is_pkce_required(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_user_match(self, *_: Any, **__: Any) -> bool:
        return True

    def save_authorization_code(
        self, client_id: str, code: Any, request: Any, *_: Any, **__: Any
    ) -> None:
        self.codes[code["code"]] = {
            "client_id": client_id,
            "challenge": request.code_challenge,
            "method": request.code_challenge_method,
            "redirect_uri": request.redirect_uri,
            "scopes": request.scopes,
            "nonce": request.nonce,
        }

    def validate_code(self, client_id: str, code: str, _: Any, request: Any, **__: Any) -> bool:
        return _resumed(self.codes.get(code), client_id, request)

    def get_authorization_code_scopes(self, _: str, code: str, *__: Any) -> list[str]:
        scopes: list[str] = self.codes.get(code, {}).get("scopes", [])
        return scopes

    def get_authorization_code_nonce(self, _: str, code: str, *__: Any) -> str | None:
        nonce: str | None = self.codes[code]["nonce"]
        return nonce

    def get_code_challenge(self, code: str, _: Any) -> str:
        return str(self.codes[code]["challenge"])

    def get_code_challenge_method(self, code: str, _: Any) -> str:
        return str(self.codes[code]["method"])

    def confirm_redirect_uri(
        self, _: str, code: str, redirect_uri: str, *__: Any, **___: Any
    ) -> bool:
        return bool(self.codes[code]["redirect_uri"] == redirect_uri)

    def invalidate_authorization_code(self, _: str, code: str, *__: Any, **___: Any) -> None:
        self.codes.pop(code, None)

    def save_bearer_token(self, token: dict[str, Any], request: Any, *_: Any, **__: Any) -> None:
        self.refreshing.pop(request.refresh_token or "", None)
        self.devices.pop(request.device_code or "", None)
        kept = {"client_id": request.client_id, "scopes": request.scopes}
        self.access[token["access_token"]] = kept
        if "refresh_token" in token:
            self.refreshing[token["refresh_token"]] = kept

    def finalize_id_token(
        self, id_token: dict[str, Any], _token: Any, _handler: Any, _request: Any
    ) -> str:
        more = {"iss": self.issuer, "sub": PERSON["sub"], "exp": int(time.time()) + 3600}
        return jwt.encode({"alg": "ES256", "kid": "one"}, {**id_token, **more}, self.key)

    def validate_refresh_token(self, token: str, client: Any, request: Any, **__: Any) -> bool:
        return _resumed(self.refreshing.get(token), client.client_id, request)

    def get_original_scopes(self, token: str, *_: Any, **__: Any) -> list[str]:
        scopes: list[str] = self.refreshing[token]["scopes"]
        return scopes

    def validate_device_code(self, client_id: str, code: str, request: Any) -> str | None:
        kept = self.devices.get(code)
        return str(kept["status"]) if kept and _resumed(kept, client_id, request) else None

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        kept = self.access.get(token)
        if kept is None or not set(scopes) <= set(kept["scopes"]):
            return False
        return _resumed(kept, kept["client_id"], request)

    def get_userinfo_claims(self, _request: Any) -> dict[str, str]:
        return PERSON

    def revoke_token(self, token: str, _hint: Any, request: Any, *_: Any, **__: Any) -> None:
        for tokens in (self.access, self.refreshing):
            if tokens.get(token, {}).get("client_id") == request.client_id:
                del tokens[token]

    def introspect_token(self, token: str, *_: Any, **__: Any) -> dict[str, Any] | None:
        kept = self.access.get(token)
        return kept and {"client_id": kept["client_id"], "scope": " ".join(kept["scopes"])}


def _credentials(request: Any) -> tuple[str, str, str]:
    scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return "client_secret_post", request.client_id or "", request.client_secret or ""
    name, _, secret = b64decode(pair).decode().partition(":")
    return "client_secret_basic", unquote_plus(name), unquote_plus(secret)


def _resumed(kept: dict[str, Any] | None, client_id: str, request: Any) -> bool:
    """Tell `request` what was kept for this client; return whether there was anything."""
    if kept is None or kept["client_id"] != client_id:
        return False
    request.user, request.scopes = PERSON["sub"], kept["scopes"]
    return True


class OauthlibServer(PyPIServer):
    """oauthlib's server, which signs no ID token for a device."""

    described_at = "oauth-authorization-server"
    device_scope = "events.read"

    def __init__(self) -> None:
        key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
        super().__init__(key)
        self._validator = Validator(self.issuer, key)
        server = Server(self._validator, token_generator=lambda _: secrets.token_urlsafe(24))
        self._server = server
        self._devices = DeviceApplicationServer(
            self._validator, f"{self.issuer}/device", interval=1
        )
        self._endpoints: dict[str, Callable[..., Answer]] = {
            "authorization": self._authorization,
            "token": server.create_token_response,
            "device_authorization": self._device_authorization,
            "userinfo": server.create_userinfo_response,
            "revocation": server.create_revocation_response,
            "introspection": server.create_introspect_response,
            "end_session": self._end_session,
        }

    def answer(self, endpoint: str, asked: Asked) -> Answer:
        try:
            return self._endpoints[endpoint](*asked)
        except OAuth2Error as error:
            return JSON, error.json, error.status_code

    def _authorization(self, uri: str, *_: Any) -> Answer:
        """Send the browser back with a code, or with the error."""
        agrees = self.agreed()
        try:
            scopes, credentials = self._server.validate_authorization_request(uri)
            if not agrees:
                raise AccessDeniedError(request=credentials["request"])
        except FatalClientError:
            # The browser must not be sent to an address that may be an attacker's.
            raise
        except OAuth2Error as error:
            return {"Location": error.in_uri(error.redirect_uri)}, None, 302
        answer: Answer = self._server.create_authorization_response(
            uri, scopes=scopes, credentials=credentials
        )
        return answer

    def _device_authorization(self, *asked: Any) -> Answer:
        """Hand out a code to enter elsewhere, and remember it, which oauthlib leaves to us."""
        headers, found, status = self._devices.create_device_authorization_response(*asked)
        self._validator.devices[found["device_code"]] = {
            "client_id": _client_of(asked),
            "scopes": found["scope"].split(),
            "user_code": found["user_code"],
            "status": DeviceCodeGrant.DEVICE_CODE_PENDING,
        }
        return {**JSON, **headers}, json.dumps(found), status

    def _end_session(self, uri: str, *_: Any) -> Answer:
        """Send the browser back if the ID token is one of ours, for the client that asks."""
        query = dict(parse_qsl(urlsplit(uri).query))
        keys = KeySet([self._validator.key])
        try:
            hint = jwt.decode(query["id_token_hint"], keys, algorithms=["ES256"]).claims
        except (KeyError, ValueError, JoseError):
            return {}, "The ID token is missing or not ours.", 400
        if (hint["iss"], hint["aud"]) != (self.issuer, query["client_id"]):
            return {}, "The ID token is for another client.", 400
        if query.get("post_logout_redirect_uri") != SIGNED_OUT_URI:
            return {}, "Signed out.", 200
        state = urlencode({"state": query["state"]})
        return {"Location": f"{SIGNED_OUT_URI}?{state}"}, None, 302

    def decide(self, user_code: str, *, agrees: bool) -> None:
        devices = self._validator.devices.values()
        device = next(one for one in devices if one["user_code"] == user_code)
        statuses = DeviceCodeGrant.DEVICE_CODE_DENIED, DeviceCodeGrant.DEVICE_CODE_AUTHORIZED
        device["status"] = statuses[agrees]


def _client_of(asked: Asked) -> str:
    """Return the client's name in the form, which oauthlib's device endpoint requires."""
    return dict(parse_qsl(asked[2]))["client_id"]
