# ruff: noqa: N802 - rows keep the names they have in the documents
"""The client form without a browser: checked as one types, registered or written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.people import sign_in
from .page import OnPage, Page

SECRET = "Secret-that-somebody-typed-7Qx"
RECORD = {
    "client_id": "my-notebook",
    "type": "confidential",
    "standard": ["OAuth 2.0", "OIDC 1.0"],
    "token_endpoint_auth_method": "client_secret_basic",
    "redirect_uris": ["http://127.0.0.1/callback"],
    "scope_whitelist": "openid phone events.read",
    "default_scopes": "openid",
}

Form = Callable[..., Page]


@pytest.fixture
def form(on_page: OnPage) -> Form:
    return lambda *args, **more: on_page(ow.ClientForm(*args, **more))


def typed(page: Page, secret: bool = True, **changes: Any) -> None:
    page.tell("typed", record={**RECORD, **changes}, secret=secret)


def register(page: Page, secret: str = SECRET, **changes: Any) -> None:
    page.tell("register", record={**RECORD, **changes}, secret=secret)
    page.idle()


@pytest.fixture
def sandbox() -> Iterator[ow.sandbox.Sandbox]:
    running = ow.sandbox.start("onewelcome")
    yield running
    running.reset()


@pytest.fixture
def page(form: Form, sandbox: ow.sandbox.Sandbox) -> Page:
    """A form of the sandbox's server."""
    return form(register=sandbox.register)


def test_the_form_names_the_server_and_its_scopes(form: Form, sandbox: ow.sandbox.Sandbox) -> None:
    page = form(register=sandbox.register, server=sandbox.server)
    assert page.card.server == sandbox.server.title
    assert page.card.known == list(sandbox.server.scopes_supported or ())
    assert (form().card.server, form().card.known) == ("", [])


# as one types


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("client_id", "", "Enter a client ID"),
        ("redirect_uris", ["/callback"], "not an absolute http or https address"),
        ("redirect_uris", ["https://a.example/cb#top"], "fragment"),
        ("redirect_uris", ["https://*.example/cb"], "wildcard"),
        ("redirect_uris", ["https://a.example/cb?state=1"], "has state in its query"),
        ("standard", ["OAuth 2.0"], "Add OIDC 1.0"),
        ("scope_whitelist", 'openid "', "cannot be the name of a scope"),
        ("default_scopes", "usage.read", "Not on the whitelist: usage.read"),
        ("standard", [], "Choose at least one of"),
        ("token_endpoint_auth_method", "private_key_jwt", "Choose one of"),
        ("type", "secretive", "Choose one of"),
    ],
)
def test_O1_O3_O13_each_field_is_checked_as_one_types_and_the_reason_said(
    field: str, value: object, reason: str, page: Page
) -> None:
    typed(page)
    assert page.card.reasons == {}
    typed(page, **{field: value})
    assert list(page.card.reasons) == [field]
    assert reason in page.card.reasons[field]
    # what was typed is never lost
    assert page.card.record[field] == value


def test_O2_a_confidential_client_needs_a_secret_and_a_public_one_is_not_asked(page: Page) -> None:
    typed(page, secret=False)
    assert page.card.reasons == {"client_secret": "A confidential client needs a secret."}
    typed(page, secret=False, type="public")
    assert page.card.reasons == {}


def test_an_empty_form_says_what_it_lacks(form: Form) -> None:
    page = form()
    assert list(page.card.reasons) == ["client_id", "scope_whitelist"]
    assert repr(page.card) == "<ClientForm for a client without a name yet>"
    with pytest.raises(errors.ConfigurationError, match="client_id: Enter a client ID"):
        _ = page.card.registration
    with pytest.raises(errors.ConfigurationError, match="No client has been registered"):
        _ = page.card.client


def test_O1_a_registration_is_shown_and_edited(form: Form) -> None:
    registration = ow.ClientRegistration(**RECORD, client_secret=SECRET)
    page = form(registration=registration)
    assert page.card.record == RECORD
    assert page.card.has_secret
    assert page.card.registration == registration
    typed(page, client_id="other")
    assert page.card.registration.client_id == "other"
    assert repr(page.card) == "<ClientForm for other>"


# registering


def test_O1_in_the_sandbox_it_registers_and_the_client_signs_in(
    page: Page, sandbox: ow.sandbox.Sandbox
) -> None:
    register(page)
    assert page.card.registered == "my-notebook"
    assert page.told("judged") == [{"kind": "judged", "wrong": []}]
    client = page.card.client
    assert client == sandbox.clients["my-notebook"]
    assert client.client_secret == ow.Secret(SECRET)
    assert client.default_scope == ow.Scope("openid")
    pending = ow.begin_login(sandbox.server, client, scope="events.read")
    session = pending.finish(sign_in(pending.url))
    assert session.extra_scope == ow.Scope("openid")


def test_a_record_with_problems_is_not_registered_and_its_secret_is_kept(
    page: Page, sandbox: ow.sandbox.Sandbox
) -> None:
    register(page, redirect_uris=["/cb"])
    assert page.told("judged") == [{"kind": "judged", "wrong": ["redirect_uris"]}]
    assert "my-notebook" not in sandbox.clients
    assert page.card.has_secret
    register(page, secret="")
    assert page.card.client.client_secret == ow.Secret(SECRET)


def test_what_the_server_refuses_is_shown_with_its_reason(form: Form) -> None:
    # This server has no default scopes, which a record cannot know.
    page = form(register=ow.sandbox.start("wgtwo").register)
    register(page, default_scopes="phone")
    assert "default_scopes aren't supported by this server." in page.card.problem
    assert page.card.next_step
    assert page.card.registered == ""
    assert page.card.record == {**RECORD, "default_scopes": "phone"}
    register(page, secret="", default_scopes="")
    assert (page.card.registered, page.card.problem) == ("my-notebook", "")


def test_O2_a_public_client_is_registered_without_a_secret(page: Page) -> None:
    register(page, type="public")
    assert page.card.client.client_secret is None
    assert page.card.client.token_endpoint_auth_method == "none"
    assert not page.card.has_secret


def test_a_secret_can_be_made_up_in_the_kernel_and_another_one_taken(page: Page) -> None:
    typed(page, secret=False)
    page.tell("make_secret")
    assert page.card.has_secret
    assert page.card.reasons == {}
    made = page.card.registration.client_secret
    assert len(made.reveal()) >= 32
    page.tell("forget_secret")
    assert not page.card.has_secret
    assert list(page.card.reasons) == ["client_secret"]
    page.tell("make_secret")
    assert page.card.registration.client_secret != made


def test_a_way_to_register_that_returns_no_client_is_told(form: Form) -> None:
    page = form(register=lambda registration: registration.client_id)
    register(page)
    assert page.card.problem == "The registered client is str, not ClientMetadata."


@pytest.mark.check(id="secrets/hidden")
def test_the_secret_is_never_saved_and_never_sent_back(page: Page) -> None:
    page.tell("make_secret")
    made = vars(page.card)["_secret"].reveal()
    register(page, redirect_uris=["/cb"])
    register(page)
    page.tell("hello")
    assert page.saved({"typed": SECRET, "made": made}) == []
    assert SECRET not in str(page.messages)
    assert made not in str(page.messages)


# A server that registers no one


def test_O1_without_a_way_to_register_it_writes_the_request_with_the_exact_addresses(
    form: Form,
) -> None:
    page = form()
    uris = ["https://notebooks.example/callback?from=card", "http://127.0.0.1/callback"]
    typed(page, secret=False, redirect_uris=uris)
    assert page.card.reasons == {}
    for uri in uris:
        assert f"\n  {uri}\n" in page.card.request
    assert "securely, not by email" in page.card.request
    typed(page, redirect_uris=["/cb"])
    assert page.card.request == ""


def test_without_a_way_to_register_nothing_is(form: Form) -> None:
    page = form()
    register(page, secret="")
    assert page.card.registered == ""
    assert page.card.request


def test_where_it_registers_there_is_no_letter(page: Page) -> None:
    typed(page)
    assert page.card.request == ""


# whatever a page sends


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(record=JSON | st.dictionaries(st.sampled_from(list(RECORD)), JSON), secret=JSON)
def test_whatever_a_page_sends_is_checked_and_harms_nothing(record: object, secret: object) -> None:
    page = Page(ow.ClientForm())
    page.tell("typed", record=record, secret=secret)
    page.tell("register", record=record, secret=secret)
    assert page.card.record.keys() == RECORD.keys()
    assert page.card.reasons.keys() <= {*RECORD, "client_secret"}
    page.card.close()


def test_space_around_what_was_typed_is_no_part_of_it(form: Form) -> None:
    page = form()
    typed(page, client_id=" my-notebook\n", redirect_uris=[" http://127.0.0.1/callback ", " "])
    assert page.card.record["client_id"] == "my-notebook"
    assert page.card.record["redirect_uris"] == ["http://127.0.0.1/callback"]


def test_O1_a_form_filled_from_a_client_keeps_what_its_record_does_not_name(form: Form) -> None:
    sandbox = ow.sandbox.start("onewelcome")
    before = sandbox.clients["dashboard"]
    page = form(register=sandbox.register, registration=ow.ClientRegistration.of(before))
    assert page.card.reasons == {}
    page.tell("register", record={**page.card.record, "scope_whitelist": "openid phone"}, secret="")
    page.idle()
    assert page.card.client.scope == ow.Scope("openid phone")
    assert page.card.client.client_secret == before.client_secret
    assert page.card.client.redirect_uris == before.redirect_uris
    assert sandbox.sectors["dashboard"] == "acme"
    sandbox.reset()
