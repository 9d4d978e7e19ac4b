"""The client: who we are to an authorization server."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import partial
from urllib.parse import quote

from oauth_widgets._net.address import check_redirect_uri
from oauth_widgets._net.message import Request
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_text, check_texts, is_one_of
from oauth_widgets.errors.members import unknown
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.scope import NO_COMMAS, Scope
from oauth_widgets.secret import Secret, sendable

_METHODS = ("client_secret_basic", "client_secret_post", "none")
SIGNATURES = (
    *(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
)

_FORM_ENCODED = partial(quote, safe="")
"""A space becomes %20: servers that don't read + as a space (Authlib's) understand that too."""

_SECRETS = {"code", "code_verifier", "refresh_token", "token", "device_code"}
_NOT_OFFERED = {
    "backchannel_logout_uri": "back-channel logout is",
    "frontchannel_logout_uri": "front-channel logout is",
    "id_token_encrypted_response_alg": "encrypted ID tokens are",
    "userinfo_encrypted_response_alg": "encrypted userinfo answers are",
    "request_object_signing_alg": "signed requests are",
    "token_endpoint_auth_signing_alg": "client authentication with a signed assertion is",
    "authorization_signed_response_alg": "signed authorization responses are",
}


@dataclass(frozen=True, kw_only=True)
class ClientMetadata:
    """A client as it was registered, by the names of RFC 7591 2.

    - `client_secret`: best made by `Secret.env` or `Secret.ask`; a plain string is accepted too
    - `token_endpoint_auth_method`: `client_secret_basic` by default if there is a secret (or
      `client_secret_post` if the server lists that alone), else `none`
    - `scope`: what the client is registered for; asking for more is refused before anything is sent
    - `default_scope`: granted with every token, requested or not (OneWelcome)
    - `id_token_signed_response_alg`: the only signature algorithm accepted on ID tokens
    - `userinfo_signed_response_alg`: if given, userinfo answers must be signed by it
    - `additional_audiences`: what ID tokens may name in `aud` besides the client, such as Zitadel's
      project id (OIDC Core 3.1.3.7: further audiences must be trusted by the client)

    Raises ConfigurationError for what no server could accept, or what this package does not offer.

        client = ow.ClientMetadata(client_id="my-id", redirect_uris=["http://127.0.0.1/callback"])
    """

    client_id: str
    client_secret: Secret | None = None
    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "none"
    scope: Scope | None = None
    default_scope: Scope = field(default_factory=Scope)
    id_token_signed_response_alg: str = "RS256"
    userinfo_signed_response_alg: str | None = None
    additional_audiences: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str | Secret | None = None,
        redirect_uris: Iterable[str] = (),
        token_endpoint_auth_method: str | None = None,
        scope: str | Iterable[str] | None = None,
        default_scope: str | Iterable[str] = (),
        id_token_signed_response_alg: str = "RS256",
        userinfo_signed_response_alg: str | None = None,
        additional_audiences: Iterable[str] = (),
        **unknown: object,
    ) -> None:
        # check: logout/back-channel
        _refuse_unknown(unknown)
        if not check_text(client_id, "client_id"):
            raise ConfigurationError(
                "The client_id is empty.", next_step="Pass the ID that the server assigned."
            )
        _check_signature("id_token_signed_response_alg", id_token_signed_response_alg)
        if userinfo_signed_response_alg is not None:
            _check_signature("userinfo_signed_response_alg", userinfo_signed_response_alg)
        values = {
            "client_id": client_id,
            "client_secret": None if client_secret is None else sendable(client_secret),
            "redirect_uris": tuple(
                map(check_redirect_uri, check_texts(redirect_uris, "redirect_uris"))
            ),
            "token_endpoint_auth_method": _method(token_endpoint_auth_method, client_secret),
            "scope": None if scope is None else Scope(scope),
            "default_scope": Scope(default_scope),
            "id_token_signed_response_alg": id_token_signed_response_alg,
            "userinfo_signed_response_alg": userinfo_signed_response_alg,
            "additional_audiences": check_texts(additional_audiences, "additional_audiences"),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)


class _Default(str):
    """The default method (RFC 7591 2), replaced by another one if the server requires that."""

    __slots__ = ()


def _method(given: str | None, client_secret: str | Secret | None) -> str:
    method = "none" if client_secret is None else _Default("client_secret_basic")
    method = method if given is None else given
    # check: client-auth/methods
    if not is_one_of(method, _METHODS):
        raise ConfigurationError(
            "This package can't authenticate a client that way.",
            next_step=f"Choose token_endpoint_auth_method from: {', '.join(_METHODS)}.",
        )
    if method == "none" and client_secret is not None:
        raise ConfigurationError(
            "A public client has no client_secret.",
            next_step="Leave out client_secret or token_endpoint_auth_method.",
        )
    # check: client-auth/empty-secret
    if method != "none" and client_secret is None:
        raise ConfigurationError(
            f"A client that uses {method} needs a client_secret.",
            next_step='Pass client_secret=Secret.ask("client secret"), or '
            'token_endpoint_auth_method="none" for a public client.',
        )
    return method


def _check_signature(member: str, alg: str) -> None:
    # check: id-token/alg
    if not is_one_of(alg, SIGNATURES):
        raise ConfigurationError(
            "Tokens signed with that algorithm are not accepted.",
            next_step=f"Choose {member} from: {', '.join(SIGNATURES)}.",
        )


def _refuse_unknown(members: Iterable[str]) -> None:
    for member in members:
        if member in _NOT_OFFERED:
            raise ConfigurationError(
                f"{member}: {_NOT_OFFERED[member]} not supported by this package.",
                next_step="Leave it out, and have the client registered without it.",
            )
        known = [one.name for one in fields(ClientMetadata)]
        raise unknown(f"A client has no {member}.", member, known)


def check_scope(client: ClientMetadata, scope: Scope) -> None:
    """Raise ConfigurationError if `scope` has more than the client is registered for."""
    foreign = () if client.scope is None else [name for name in scope if name not in client.scope]
    if foreign:
        step = f"Ask only for: {client.scope}. Or have the client registered for more."
        raise ConfigurationError(
            f"The client is not registered for the scope {' '.join(foreign)}.",
            next_step=NO_COMMAS if any("," in name for name in foreign) else step,
        )


def scope_parameter(server: AuthorizationServer, scope: Scope) -> dict[str, str]:
    """Return `scope` as a request parameter, written as the server expects it; {} if empty."""
    by_parameter = {"offline_access"} if server.offline_access_parameters else set()
    names = [name for name in scope if name not in by_parameter]
    return {"scope": server.scope_separator.join(names)} if names else {}


def authentication_method(server: AuthorizationServer, client: ClientMetadata) -> str:
    """Return how `client` authenticates at `server`, Basic first (RFC 8414 2).

    Raises ConfigurationError if the server lists nothing that the client can do.
    """
    known, method = server.token_endpoint_auth_methods_supported, client.token_endpoint_auth_method
    # Servers that serve public clients often leave "none" out of a list of several.
    basic_only = known == ("client_secret_basic",) and not server.public_client_sends_basic
    if known is None or method in known or (method == "none" and not basic_only):
        return method
    if isinstance(method, _Default) and "client_secret_post" in known:
        return "client_secret_post"
    usable = [name for name in known if name in _METHODS]
    step = f"Have the client registered for one of: {', '.join(_METHODS)}."
    if method == "none":
        step = 'Pass the client\'s secret: client_secret=ow.Secret.ask("client secret").'
    elif usable:
        step = f'Describe the client with token_endpoint_auth_method="{usable[0]}".'
    raise ConfigurationError(
        f"{server.title} doesn't accept {method} as client authentication; it lists "
        f"{', '.join(known) or 'nothing'}.",
        next_step=step,
    )


def client_request(
    server: AuthorizationServer, client: ClientMetadata, endpoint: str, **fields: str
) -> Request:
    """Return a POST of `fields` to `endpoint` in which the client authenticates (RFC 6749 2.3.1).

    For HTTP Basic, id and secret are form-urlencoded first, as the standard says, unless the
    server is known to want them raw. Raises ConfigurationError for a method or an endpoint that
    the server lacks.
    """
    method = authentication_method(server, client)
    headers = {"accept": "application/json"}
    secrets = [value for name, value in fields.items() if name in _SECRETS]
    secret = "" if client.client_secret is None else client.client_secret.reveal()
    if method == "client_secret_basic" or (method == "none" and server.public_client_sends_basic):
        written = str if server.client_secret_basic_raw else _FORM_ENCODED
        pair = f"{written(client.client_id)}:{written(secret)}"
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode('ascii')}"
    else:
        fields["client_id"] = client.client_id
    if method == "client_secret_post":
        fields["client_secret"] = secret
    secrets += [secret] if secret else []
    return Request(
        "POST", server.needed(endpoint), headers, tuple(fields.items()), secrets=tuple(secrets)
    )
