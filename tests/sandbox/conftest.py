from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest

from oauth_widgets.sandbox.server import serve

from ..helpers.people import LOOPBACK

CALLBACK = "http://127.0.0.1:51234/callback"
EVERYTHING = "openid phone offline_access events.read"


class Browser:
    """Both sides of a sign-in: a person with a browser, and the client's developer."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.http = httpx.Client(
            base_url=sandbox.issuer, trust_env=False, verify=LOOPBACK, timeout=10
        )
        self.paths = endpoints(self.http.get(sandbox.discovery).json())
        self.verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def request(self, **changes: str | None) -> dict[str, str]:
        params = {
            "client_id": "notebook",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": EVERYTHING,
            "state": "s t/a&t=e",
            "nonce": "once",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in params.items() if value is not None}

    def follow(self, response: httpx.Response) -> httpx.Response:
        """Follow redirects between the sandbox's own pages, but not to other sites."""
        while response.is_redirect:
            onward = response.next_request
            assert onward is not None
            if not str(onward.url).startswith(self.sandbox.issuer + "/"):
                return response
            assert "://" not in response.headers["location"]
            response = self.http.send(onward)
        return response

    def open(self, **changes: str | None) -> httpx.Response:
        return self.follow(
            self.http.get(self.paths["authorization"], params=self.request(**changes))
        )

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert token, page.text
        fields = {"form_token": html.unescape(token[1]), **fields}
        return self.follow(self.http.post(page.url, data=fields))

    def sign_in(self, username: str = "alice", **changes: str | None) -> httpx.Response:
        """Open the request, sign in, and return the consent page."""
        passwords = {user["username"]: user["password"] for user in self.sandbox.users}
        page = self.open(**changes)
        if "Welcome back" in page.text:
            page = self.submit(page, who="other")
        return self.submit(page, username=username, password=passwords[username])

    def authorize(self, username: str = "alice", **changes: str | None) -> dict[str, str]:
        """Sign in, allow everything, and return the client's answer."""
        return returned(self.submit(self.sign_in(username, **changes), decision="allow"))

    def post(
        self, path: str, as_client: str = "notebook", secret: str | None = None, **form: str
    ) -> httpx.Response:
        client = self.sandbox.clients[as_client]
        secret = secret or client["client_secret"]
        if secret is None:
            return self.http.post(path, data={"client_id": as_client, **form})
        if client["token_endpoint_auth_method"] == "client_secret_post":
            named = {"client_id": as_client, "client_secret": secret}
            return self.http.post(path, data={**named, **form})
        return self.http.post(path, data=form, auth=(as_client, secret))

    def redeem(self, code: str, client_id: str = "notebook", **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            **changes,
        }
        return self.post(self.paths["token"], client_id, **form)

    def tokens(self, username: str = "alice", **changes: str | None) -> dict[str, Any]:
        answer = self.authorize(username, **changes)
        response = self.redeem(answer["code"], changes.get("client_id") or "notebook")
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens

    def refresh(
        self, refresh_token: str, client_id: str = "notebook", **form: str
    ) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **form}
        return self.post(self.paths["token"], client_id, **form)

    def alone(self, client_id: str = "notebook", **form: str) -> httpx.Response:
        """Request a token with client credentials."""
        form = {"grant_type": "client_credentials", **form}
        return self.post(self.paths["token"], client_id, **form)

    def get(self, path: str, access_token: str, **params: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {access_token}"}
        # httpx drops the query in an address if `params` is given, even an empty one.
        return self.http.get(path, params=params or None, headers=headers)

    def verified(self, id_token: str, client_id: str = "notebook") -> dict[str, Any]:
        """Return the claims after checking the signature against the published keys."""
        keys = jwt.PyJWKSet.from_dict(self.http.get(self.paths["jwks_uri"]).json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            id_token, key, ["RS256"], audience=client_id, issuer=self.sandbox.issuer
        )
        return claims


def endpoints(metadata: dict[str, Any]) -> dict[str, str]:
    """Return the paths of the endpoints by name."""
    return {
        name.removesuffix("_endpoint"): urlsplit(address).path
        for name, address in metadata.items()
        if name.endswith(("_endpoint", "_uri"))
    }


def returned(response: httpx.Response) -> dict[str, str]:
    assert response.is_redirect, response.text
    location = response.headers["location"]
    assert location.startswith((CALLBACK + "?", CALLBACK + "#")), location
    parts = urlsplit(location)
    assert bool(parts.query) != bool(parts.fragment), location
    return dict(parse_qsl(parts.query or parts.fragment))


@pytest.fixture(scope="session")
def running_of() -> Any:
    servers: dict[str, Any] = {}

    def running(profile: str) -> Any:
        if profile not in servers:
            servers[profile] = serve(profile)
        return servers[profile]

    running.servers = servers  # type: ignore[attr-defined]
    yield running
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="module", autouse=True)
def left_as_it_was(running_of: Any) -> Any:
    """Undo what the tests of a module changed, since modules run in any order."""
    yield
    for server in running_of.servers.values():
        server.reset()


@pytest.fixture(scope="module")
def profile(request: pytest.FixtureRequest) -> str:
    """The profile for the tests of a module, which may name another as PROFILE."""
    return getattr(request.module, "PROFILE", "wgtwo")


@pytest.fixture
def sandbox(running_of: Any, profile: str) -> Any:
    return running_of(profile)


@pytest.fixture
def browser(sandbox: Any, browse: Any) -> Any:
    return browse(sandbox)


@pytest.fixture
def other_browser(sandbox: Any, browse: Any) -> Any:
    return browse(sandbox)


@pytest.fixture
def fresh(profile: str) -> Any:
    """Start a sandbox for one test only: fresh(**options)."""
    servers: list[Any] = []

    def start(**options: Any) -> Any:
        servers.append(serve(**{"profile": profile, **options}))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def browse() -> Any:
    """Return a browser for any sandbox."""
    visitors: list[Browser] = []

    def visit(sandbox: Any) -> Browser:
        visitors.append(Browser(sandbox))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.http.close()


@pytest.fixture
def answer_of() -> Any:
    """Read the answer that a redirect takes to the client."""
    return returned
