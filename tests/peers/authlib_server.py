"""PyPI's Authlib as a peer: an OpenID Connect provider that we did not write, on loopback."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import (
    ClientMixin,
    OAuth2Payload,
    OAuth2Request,
    ResourceProtector,
    TokenMixin,
    grants,
)
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import (
    DeviceAuthorizationEndpoint,
    DeviceCodeGrant,
    DeviceCredentialDict,
)
from authlib.oidc.core import OpenIDToken, UserInfo, UserInfoEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet, RSAKey

from .pypi_server import (
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

_PERSON = UserInfo(PERSON)


class Client(ClientMixin):  # type: ignore[misc]
    """A registered client."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        self.client_metadata = {"post_logout_redirect_uris": [SIGNED_OUT_URI]}

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(name for name in (scope or "").split() if name in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == REDIRECT_URI

    def check_client_secret(self, client_secret: str) -> bool:
        return SECRETS[self.client_id] == client_secret

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return dict(zip(SECRETS, METHODS, strict=True))[self.client_id] == method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type != "client_credentials" or SECRETS[self.client_id] is not None


class _Record(dict[str, Any]):
    __getattr__ = dict.__getitem__


class Token(_Record, TokenMixin):  # type: ignore[misc]
    """An issued token; they are all Alice's."""

    def check_client(self, client: Client) -> bool:
        return bool(self["client_id"] == client.client_id)

    def get_scope(self) -> str:
        return str(self["scope"])

    def is_expired(self) -> bool:
        return bool(self["expires_at"] < time.time())

    def is_revoked(self) -> bool:
        return "revoked" in self

    def get_user(self) -> UserInfo:
        return _PERSON

    def get_client(self) -> Client:
        return Client(self["client_id"])


class Code(_Record):
    """An authorization code and what belongs to it."""

    def get_redirect_uri(self) -> str:
        return REDIRECT_URI

    def get_scope(self) -> str:
        return str(self["scope"])

    def get_nonce(self) -> str | None:
        nonce: str | None = self["nonce"]
        return nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    get_amr = get_acr


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    @property
    def data(self) -> dict[str, str]:
        return dict(self._pairs)

    @property
    def datalist(self) -> dict[str, list[str]]:
        several = defaultdict(list)
        for name, value in self._pairs:
            several[name].append(value)
        return several


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, uri: str, method: str, body: str, headers: Message) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = _Payload(parse_qsl(body if method == "POST" else urlsplit(uri).query))

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data  # type: ignore[no-any-return]


class _Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server with a memory."""

    def __init__(self, issuer: str, key: RSAKey) -> None:
        super().__init__(scopes_supported=SCOPES)
        self.issuer = issuer
        self.key = key
        self.codes: dict[str, Code] = {}
        self.tokens: list[Token] = []
        self.devices: dict[str, DeviceCredentialDict] = {}
        self.decisions: dict[str, bool] = {}
        self.register_token_generator("default", BearerTokenGenerator(_random, _random))

    def query_client(self, client_id: str) -> Client | None:
        return Client(client_id) if client_id in SECRETS else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        more = {"client_id": request.client.client_id, "expires_at": time.time() + 3600}
        self.tokens.append(Token({**token, **more}))

    def find(self, value: str, *_: Any) -> Token | None:
        """Return the token that is good and has this value."""
        kinds = ("access_token", "refresh_token")
        fitting = (one for one in self.tokens if value in [one.get(kind) for kind in kinds])
        return next((one for one in fitting if not one.is_revoked()), None)

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        return dict(headers), json.dumps(body) if isinstance(body, dict) else body, status

    def send_signal(self, *_: Any, **__: Any) -> None:
        """Tell no listener, since there is none."""


class _IDTokens(OpenIDToken):  # type: ignore[misc]
    def __init__(self, server: _Server) -> None:
        self._server = server

    def resolve_client_private_key(self, _client: Client) -> KeySet:
        return KeySet([self._server.key])

    def get_encode_header(self, _client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "one"}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self._server.issuer, "aud": [client.client_id]}

    def generate_user_info(self, user: UserInfo, scope: str) -> UserInfo:
        return user.filter(scope)


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        names = ("code_challenge", "code_challenge_method", "scope", "nonce")
        kept = {name: data.get(name) for name in names}
        self.server.codes[code] = Code({**kept, "code": code, "client_id": data["client_id"]})

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        kept = self.server.codes.get(code)
        return kept if kept and kept["client_id"] == client.client_id else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.codes[authorization_code["code"]]

    def authenticate_user(self, _code: Code) -> UserInfo:
        return _PERSON


class _RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        return self.server.find(refresh_token)  # type: ignore[no-any-return]

    def authenticate_user(self, _token: Token) -> UserInfo:
        return _PERSON

    def revoke_old_credential(self, refresh_token: Token) -> None:
        refresh_token["revoked"] = True


class _ClientGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS[:2]


class _DeviceGrant(DeviceCodeGrant):  # type: ignore[misc]
    def query_device_credential(self, device_code: str) -> DeviceCredentialDict | None:
        return self.server.devices.get(device_code)

    def query_user_grant(self, user_code: str) -> tuple[UserInfo, bool] | None:
        decision = self.server.decisions.get(user_code)
        return None if decision is None else (_PERSON, decision)

    def should_slow_down(self, _credential: DeviceCredentialDict) -> bool:
        return False


class _DeviceEndpoint(DeviceAuthorizationEndpoint):  # type: ignore[misc]
    INTERVAL = 1

    def get_verification_uri(self) -> str:
        return f"{self.server.issuer}/device"

    def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
        credential = DeviceCredentialDict(client_id=client_id, scope=scope, **data)
        self.server.devices[data["device_code"]] = credential


class _Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token: str, hint: str | None) -> Token | None:
        return self.server.find(token, hint)  # type: ignore[no-any-return]

    def revoke_token(self, token: Token, _request: Any) -> None:
        token["revoked"] = True


class _Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = METHODS[:2]

    def query_token(self, token: str, hint: str | None) -> Token | None:
        return self.server.find(token, hint)  # type: ignore[no-any-return]

    def check_permission(self, *_: Any) -> bool:
        return True

    def introspect_token(self, token: Token) -> dict[str, Any]:
        return {"client_id": token["client_id"], "scope": token["scope"], "sub": _PERSON["sub"]}


class _UserInfo(UserInfoEndpoint):  # type: ignore[misc]
    def __call__(self, request: Any) -> Any:
        protector, validator = ResourceProtector(), BearerTokenValidator()
        validator.authenticate_token = self.server.find
        protector.register_token_validator(validator)
        protector.acquire_token = lambda scope: protector.validate_request([scope], request)
        self.resource_protector = protector
        return super().__call__(request)

    def generate_user_info(self, user: UserInfo, scope: str) -> UserInfo:
        return user.filter(scope)


class _EndSession(EndSessionEndpoint):  # type: ignore[misc]
    def get_server_jwks(self) -> KeySet:
        return KeySet([self.server.key])

    def end_session(self, _request: Any) -> None:
        """Nothing is kept of a browser."""


class AuthlibServer(PyPIServer):
    """Authlib's server."""

    described_at = "openid-configuration"
    device_scope = " ".join(SCOPES)

    def __init__(self) -> None:
        key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        super().__init__(key)
        self._server = server = _Server(self.issuer, key)
        tokens = _IDTokens(server)
        server.register_grant(_CodeGrant, [CodeChallenge(required=True), tokens])
        server.register_grant(_RefreshGrant, [tokens])
        server.register_grant(_DeviceGrant, [tokens])
        server.register_grant(_ClientGrant)
        for endpoint in (_DeviceEndpoint, _Revocation, _Introspection, _EndSession):
            server.register_endpoint(endpoint)
        server.register_endpoint(_UserInfo(server))

    def answer(self, endpoint: str, asked: Asked) -> Answer:
        request = _Request(*asked)
        if endpoint == "authorization":
            return self._authorization(request)
        if endpoint == "token":
            answer: Answer = self._server.create_token_response(request)
        else:
            answer = self._server.create_endpoint_response(endpoint, request)
        return answer

    def _authorization(self, request: _Request) -> Any:
        """Send the browser back with a code, or with the error."""
        try:
            grant = self._server.get_consent_grant(request, end_user=_PERSON)
        except OAuth2Error as error:
            return self._server.handle_error_response(request, error)
        person = _PERSON if self.agreed() else None
        return self._server.create_authorization_response(request, person, grant)

    def decide(self, user_code: str, *, agrees: bool) -> None:
        self._server.decisions[user_code] = agrees


def _random(**_: Any) -> str:
    token: str = generate_token(42)
    return token
