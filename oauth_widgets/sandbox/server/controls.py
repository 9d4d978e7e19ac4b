"""The description and the controls of one practice server, wherever it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from oauth_widgets.sandbox.server.api.documentation import services
from oauth_widgets.sandbox.server.endpoints.registration import add_redirect_uri, register
from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.profiles.own_api import own_api
from oauth_widgets.sandbox.server.profiles.people import people_from
from oauth_widgets.sandbox.server.state.misbehaviour import SWITCHES
from oauth_widgets.sandbox.server.state.site import Site

ADMIN_PATH = "/sandbox/admin"
KEY_HEADER = "X-Sandbox-Key"


class Misbehaving:
    """A switch that is on until `stop` is called or its `with` block ends."""

    def __init__(self, site: Site, name: str) -> None:
        self._site = site
        self.name = name
        self.shows = SWITCHES[name]

    def __repr__(self) -> str:
        return f"<misbehaving: {self.name}. {self.shows}>"

    def stop(self) -> None:
        """Turn the switch off; a second call does nothing."""
        self._site.realm.switches.turn(self.name, on=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Controls:
    """What is known of a practice server, and what can be done to it. Any thread may call it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._added: dict[tuple[str, str], None] = {}
        settings = site.settings
        self.profile = settings.profile.name
        self.redirect_uri_ignores_query = settings.profile.policy.redirect_uri_ignores_query
        self.port = settings.port
        self.issuer = settings.issuer
        self.server_name = settings.server_name
        self.discovery = f"{settings.issuer}/.well-known/openid-configuration"
        self.api = site.realm.api

    @property
    def clients(self) -> dict[str, dict[str, Any]]:
        """The registered clients by client_id, including toy secrets; the first is the default."""
        return {name: client.registration() for name, client in self.site.realm.clients.items()}

    @property
    def users(self) -> list[dict[str, str]]:
        """The people who can sign in, including their passwords."""
        return [person.description() for person in self.site.settings.people]

    @property
    def scopes(self) -> dict[str, str]:
        """Every scope by name, with what it gives."""
        return {
            one.name: " ".join(f"{text}." for text in (one.gives, one.brings) if text)
            for one in self.site.settings.profile.scopes
        }

    @property
    def services(self) -> list[dict[str, Any]]:
        """The API's services: name, address, what each gives and the scopes it requires."""
        return services(self.site.realm)

    @property
    def endpoints(self) -> list[dict[str, str]]:
        """The endpoints with their addresses and the credentials that each takes."""
        return [
            {"endpoint": name, "address": f"{self.issuer}{path}", "credentials": how}
            for name, path, how in self.site.settings.profile.endpoints
        ]

    @property
    def pages(self) -> tuple[str, ...]:
        """The addresses that browsers are sent to; all other pages follow from these."""
        paths = self.site.settings.profile.paths
        sent_to = (paths.authorization, paths.end_session, paths.device)
        return tuple(f"{self.issuer}{path}" for path in sent_to if path is not None)

    @property
    def admin(self) -> dict[str, str]:
        """How to turn switches by HTTP: address, header and key."""
        return {
            "address": f"{self.issuer}{ADMIN_PATH}",
            "header": KEY_HEADER,
            "key": self.site.admin_key,
        }

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The requests since the start or the last `reset`, oldest first, without secrets."""
        return self.site.realm.seen.all()

    @property
    def switches_on(self) -> list[str]:
        """The names of the switches that are on."""
        return self.site.realm.switches.on

    @property
    def misbehaviours(self) -> dict[str, str]:
        """Every switch by name, with one line on what it tests."""
        return dict(SWITCHES)

    def has(self, **options: Any) -> bool:  # noqa: ANN401 - options of any kind are compared
        """Return whether it was started with these options; those left out don't matter.

        Raises ValueError as `serve` does.
        """
        settings, profile = self.site.settings, PROFILES[self.profile]
        users = options.pop("users", None)
        if users is not None and people_from(users) != settings.people:
            return False
        own = {name: options.pop(name) for name in ("scopes", "services") if name in options}
        if own and own_api(profile, **own) != settings.own:
            return False
        if unknown := options.keys() - vars(settings).keys():
            raise ValueError(f"A sandbox has no option {min(unknown)}.")
        return all(getattr(settings, name) == value for name, value in options.items())

    def description(self) -> dict[str, Any]:
        """Return everything a client's developer needs, ready for JSON."""
        return {
            "issuer": self.issuer,
            "discovery": self.discovery,
            "api": self.api,
            "clients": self.clients,
            "users": self.users,
            "admin": self.admin,
        }

    def whole_description(self) -> dict[str, Any]:
        """Return everything that doesn't change while it runs, ready for JSON."""
        names = (
            "profile",
            "server_name",
            "issuer",
            "api",
            "users",
            "scopes",
            "endpoints",
            "services",
            "misbehaviours",
            "pages",
            "redirect_uri_ignores_query",
        )
        return {name: getattr(self, name) for name in names}

    def register(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Register a client and return its registration; see `registration.register`.

        Raises RegistrationError, a ValueError, with every wrong field and the reason.
        """
        return register(self.site.realm, record)

    def add_redirect_uri(self, client_id: str, uri: str) -> None:
        """Register one more redirect URI for a client; a repeated one changes nothing.

        It stays after a `reset`. Raises RegistrationError, a ValueError.
        """
        add_redirect_uri(self.site.realm, client_id, uri)
        self._added[client_id, uri] = None

    def reset(self) -> None:
        """Return to the seed: its users, clients, secrets and data, with every switch off.

        Signing keys are new, and everyone is signed out.
        """
        self.site.reset()
        for client_id, uri in [*self._added]:
            # A reset also removes clients that were registered meanwhile.
            if client_id in self.site.realm.clients:
                # Notebooks that are open have sign-in links with these addresses.
                add_redirect_uri(self.site.realm, client_id, uri)

    def misbehave(self, name: str, *, on: bool = True) -> Misbehaving:
        """Do one thing wrong from now on, until `on=False` or the end of a `with` block.

        Raises ValueError if the name is not in `misbehaviours`.
        """
        self.site.realm.switches.turn(name, on=on)
        return Misbehaving(self.site, name)

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on; `keep_old` keeps publishing the older ones."""
        self.site.realm.keys.rotate(keep_old=keep_old)
