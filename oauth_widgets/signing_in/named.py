"""What a sign-in by name asks for, and the keeper of one without a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oauth_widgets._net.loop import run
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_mapping
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.resource import declared_api
from oauth_widgets.secret.names import shown
from oauth_widgets.servers import PRESETS
from oauth_widgets.session.kept.keeper import Keeper
from oauth_widgets.session.kept.record import binding
from oauth_widgets.signing_in.connections import read_connections

_OF_A_PERSON = {
    "client_id": 'client_id = "my-notebook"',
    "redirect_uris": 'redirect_uris = ["http://127.0.0.1/callback"]',
}
"""What only a person's sign-in needs, each with an example."""


def named(
    name: str, arguments: Mapping[str, Any], extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a SignIn takes for the connection `name`.

    `arguments` are those of the call that only the file may set, and `extra` is added to the
    file's. Raises ConfigurationError if one was passed, or for a connection that can't work.
    """
    preset = next((one for one in PRESETS if one.name == name), None)
    if preset is not None and name not in read_connections():
        raise ConfigurationError(
            f"{name} is a built-in server, not a connection.",
            next_step=f"Write ow.login({preset.line}, client, …).",
        )
    if "://" in name:
        raise ConfigurationError(
            "An address isn't enough to sign in: the server's metadata is needed too.",
            next_step=f'Write ow.login(ow.discover("{name}"), client, …).',
        )
    for argument, value in arguments.items():
        if value not in (None, (), ""):
            raise ConfigurationError(
                f"The connection {shown(name)} sets {argument}, so the call can't.",
                next_step=f"Leave {argument} out here, and set it in the file.",
            )
    connection = read_connections()[name]
    for field, example in _OF_A_PERSON.items():
        if not connection.values.get(field):
            said = f"The connection {name} has no {field}, so no one can sign in with it."
            raise connection.wrong(field, said, f"Add it as registered, such as: {example}")
    further = _checked(extra)
    for parameter in connection.extra.keys() & further.keys():
        raise ConfigurationError(
            f'The connection {name} sets {parameter} in its "extra", so the call can\'t.',
            next_step=f"Leave {parameter} out here, and set it in the file.",
        )
    server = run(connection.server())
    client = connection.client()
    return {
        "server": server,
        "client": client,
        "scope": connection.scope,
        "extra": {**connection.extra, **further},
        "keeper": connection.keeper(server, client),
        **connection.api,
    }


def kept(
    kind: str | None,
    server: AuthorizationServer,
    client: ClientMetadata,
    scope: Scope,
    extra: Mapping[str, object] | None = None,
    **api: Any,  # noqa: ANN401 - as declared_api takes it
) -> Keeper | None:
    """Return the keeper of a sign-in without a name; None if nothing is to be saved."""
    if kind is None:
        return None
    declared = declared_api(server, api["api"], api["api_origins"])
    return Keeper(kind, binding(server, client, scope, declared, _checked(extra)))


def _checked(extra: Mapping[str, Any] | None) -> dict[str, Any]:
    return check_mapping({} if extra is None else extra, "extra", '{"prompt": "consent"}')
