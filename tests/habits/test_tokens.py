"""Token answers as real servers write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidTokenResponse,
    InvalidUserInfo,
    UntrustedSignature,
    WrongAudience,
)
from oauth_widgets.flows.id_token import judged_id_token, validated
from oauth_widgets.flows.refresh import refresh
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.jwks import key_set
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse, token_response
from oauth_widgets.protocol.userinfo import userinfo_of
from oauth_widgets.secret import Secret
from tests.flows.script import Script, play
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    CLIENT_SECRET,
    GONE,
    NONCE,
    NOW,
    SERVER,
    SUBJECT,
    refuses,
    token_answer,
)
from tests.protocol.keys import held, jwks_answer, rsa_key, signed_answer

FIRST = Expected(scope=Scope("openid"), now=NOW, nonce=NONCE)


def granted(requested: str, *answers: Response, server: object = SERVER) -> Scope:
    tokens = token_response(answers[0], server)  # type: ignore[arg-type]
    expected = Expected(scope=Scope(requested), now=NOW)
    scope: Scope = play(validated(server, CLIENT, tokens, expected)).scope  # type: ignore[arg-type]
    return scope


@pytest.mark.parametrize("kind", [GONE, None, "", "BearerToken", "bearertoken"])
@pytest.mark.check(id="token/access-token")
def test_a_token_without_a_type_is_a_bearer_token(kind: object) -> None:
    """LinkedIn and Shopify leave it out, Apigee says BearerToken."""
    answer = token_answer(token_type=kind)
    assert token_response(answer, SERVER).access_token == Secret(ACCESS_TOKEN)


@pytest.mark.parametrize("kind", ["mac", "DPoP", "bot", "User Access Token"])
@pytest.mark.check(id="token/access-token")
def test_another_type_is_named_and_can_be_described(kind: str) -> None:
    """EBay and Slack have bearer tokens by another name."""
    with refuses(InvalidTokenResponse) as caught:
        token_response(token_answer(token_type=kind), SERVER)
    assert kind in caught.value.message
    assert f"bearer_token_types=[{kind!r}]" in caught.value.next_step
    described = replace(SERVER, bearer_token_types=(kind,))
    assert token_response(token_answer(token_type=kind.upper()), described)


def test_a_token_type_that_repeats_the_token_shows_nothing_of_it() -> None:
    with refuses(InvalidTokenResponse):
        token_response(token_answer(token_type=f"x{ACCESS_TOKEN}"), SERVER)


@pytest.mark.parametrize(
    "scope", [["a", "b"], ["a b"], ["a,b"], "a,b", "a, b", "a  b\n", ["a", "b", "a"]], ids=str
)
def test_a_scope_may_come_as_a_list_or_with_commas(scope: object) -> None:
    """Twitch, GitHub."""
    assert granted("a b", token_answer(scope=scope)) == Scope("a b")


def test_a_scope_granted_under_another_name_is_granted() -> None:
    """Google grants email under an address."""
    long = "https://www.googleapis.com/auth/userinfo.email"
    server = replace(SERVER, scope_aliases={long: "email"})
    assert granted("email a", token_answer(scope=f"{long} a"), server=server) == Scope("email a")
    assert granted(long, token_answer(scope=long), server=server) == Scope(long)
    assert granted("a", token_answer(scope=f"a {long}"), server=server) == Scope(["a", long])


def test_offline_access_counts_as_granted_if_a_refresh_token_came() -> None:
    """Entra ID leaves it out of the answer."""
    answer = token_answer(scope="a", refresh_token="r")
    assert granted("a offline_access", answer) == Scope("a offline_access")
    assert granted("a offline_access", token_answer(scope="a")) == Scope("a")
    assert granted("a", answer) == Scope("a")


def test_scopes_are_written_and_read_with_the_servers_separator() -> None:
    """Strava and Slack use commas."""
    server = replace(SERVER, scope_separator=",")
    assert granted("a b", token_answer(scope="a,c"), server=server) == Scope("a c")
    with refuses(ConfigurationError):
        replace(SERVER, scope_separator=";")


def additional(*audiences: str) -> ClientMetadata:
    return ClientMetadata(
        client_id=CLIENT.client_id,
        client_secret=CLIENT_SECRET,
        additional_audiences=audiences,
    )


def judged(answer: Response, client: ClientMetadata = CLIENT) -> object:
    tokens = token_response(answer, SERVER)
    return play(judged_id_token(SERVER, client, tokens, FIRST), jwks_answer(rsa_key()))


@pytest.mark.check(id="id-token/azp")
def test_a_further_audience_is_accepted_only_if_the_client_trusts_it() -> None:
    """Zitadel and NetSuite name a project besides the client."""
    both = [CLIENT.client_id, "project-1"]
    answer = signed_answer(aud=both, azp=CLIENT.client_id)
    assert judged(answer, additional("project-1"))
    with refuses(WrongAudience) as caught:
        judged(answer)
    assert "project-1" in caught.value.message
    assert "additional_audiences=['project-1']" in caught.value.next_step
    with refuses(WrongAudience):
        judged(answer, additional("project-2"))
    with refuses(WrongAudience):
        judged(signed_answer(aud=both), additional("project-1"))  # No azp.
    with refuses(WrongAudience):
        judged(signed_answer(aud=both, azp="project-1"), additional("project-1"))


@pytest.mark.check(id="id-token/aud")
def test_a_token_for_a_trusted_audience_alone_is_not_for_this_client() -> None:
    for aud in ("project-1", ["project-1"], []):
        with refuses(WrongAudience) as caught:
            judged(signed_answer(aud=aud), additional("project-1"))
        assert CLIENT.client_id in caught.value.message


def test_another_signature_names_the_line_that_accepts_it_unless_it_is_unsafe() -> None:
    """A server that offers RS256 and signs this client's tokens by ES256."""
    for alg, line in (
        ("ES256", "id_token_signed_response_alg='ES256'"),
        ("HS256", "never accepted"),
    ):
        raw = rsa_key().sign({"iss": "x"}, alg=alg)
        tokens = TokenResponse(access_token=Secret(ACCESS_TOKEN), id_token=raw)
        with refuses(UntrustedSignature) as caught:
            play(judged_id_token(SERVER, CLIENT, tokens, FIRST))
        assert alg in caught.value.message
        assert line in caught.value.next_step


def test_an_id_token_nobody_requested_is_left_unread_at_a_server_without_keys() -> None:
    """A spent code is not lost by it."""
    server = replace(SERVER, jwks_uri=None)
    tokens = token_response(token_answer(id_token="a.b.c"), server)
    expected = Expected(scope=Scope("events.read"), now=NOW)
    assert play(judged_id_token(server, CLIENT, tokens, expected)) is None


ROTATED = {"refresh_token": "Rotated-1"}


@pytest.mark.parametrize(
    "answer",
    [
        token_answer(token_type="mac", **ROTATED),
        token_answer(expires_in="soon", **ROTATED),
        token_answer(access_token=GONE, **ROTATED),
        signed_answer(ROTATED, nonce="other"),
        signed_answer(ROTATED, aud="other"),
        signed_answer(ROTATED, exp=1),
        token_answer(id_token="no.id.token", **ROTATED),
    ],
)
@pytest.mark.check(id="refresh/rotation")
def test_a_rotated_refresh_token_is_kept_if_its_answer_cannot_be_used(answer: Response) -> None:
    kept: list[Secret] = []
    with pytest.raises(Exception):  # noqa: B017, PT011 - each of them has its own kind
        Script(answer, jwks_answer(rsa_key())).play(
            refresh(SERVER, CLIENT, held(), now=NOW, keep=kept.append)
        )
    assert kept == [Secret("Rotated-1")]


@pytest.mark.check(id="keys/fit")
def test_a_key_may_leave_use_and_alg_null_and_be_published_twice() -> None:
    for empty in (None, ""):
        key = {**rsa_key("one").jwk(), "use": empty, "alg": empty}
        keys = key_set({"keys": [key, {**key, "x5t": "y"}, {"kty": "AKP"}, {}]})
        assert keys.key_for(kid="one", alg="RS256") is not None
        assert keys.key_for(kid=None, alg="RS256") is not None


@pytest.mark.check(id="userinfo/sub")
def test_userinfo_without_a_subject_points_to_the_session_as_a_client() -> None:
    with refuses(InvalidUserInfo) as caught:
        userinfo_of({"name": "Alice"}, subject=SUBJECT)
    assert "session.http(" in caught.value.next_step
