"""What an error repeats of a caller's own words: names, and nothing that may be a secret."""

from __future__ import annotations

import random

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.secret.names import shown_name, shown_path
from oauth_widgets.signing_in.secret_source import secret_in

from .secrets_to_plant import jwt, opaque

DICE = random.Random(2)
SECRETS = [jwt(DICE), opaque(DICE), opaque(DICE, 24), "ghp_16C7e42F292c6912E7710c838347Ae178B4a"]


@pytest.mark.parametrize(
    "name",
    [
        *("id", "data.items", "updated_at", "order_line_item_quantity_total", "X-Request-Id"),
        *("meta.pagination.next_page", "größe", "customerShippingAddressLine2", "a b"),
    ],
)
def test_a_name_is_shown(name: str) -> None:
    assert shown_name(name) == repr(name)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_the_place_of_a_name_is_dots(secret: str) -> None:
    assert shown_name(secret) == "'••••'"
    assert shown_path(f"/home/me/{secret}/rows.parquet") == "/home/me/••••/rows.parquet"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((-3, "-3"), (1.5, "1.5"), (True, "True"), (None, "None"), (10**20, "int")),
        *(("a", "text"), ("", "empty text"), (b"a", "bytes"), (["a"], "list"), ({"a": 1}, "dict")),
    ],
)
def test_of_a_value_that_cannot_be_meant_the_kind_is_said(value: object, said: str) -> None:
    assert kind_of(value) == said


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(errors.ConfigurationError, match="variable MY_MISSING_SECRET is not set"):
        ow.Secret.env("MY_MISSING_SECRET")


@pytest.mark.parametrize("secret", [*SECRETS, "the-secret-itself", "correct horse"])
def test_a_secret_in_the_place_of_a_variable_is_not_repeated(secret: str) -> None:
    with pytest.raises(errors.ConfigurationError) as refused:
        ow.Secret.env(secret)
    assert secret not in f"{refused.value}{refused.value!r}"
    with pytest.raises(errors.ConfigurationError) as missing:
        secret_in("env", secret, asks=False)
    assert secret not in f"{missing.value}{missing.value!r}"


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_the_place_of_a_server_is_not_repeated(secret: str) -> None:
    with pytest.raises(errors.ConfigurationError) as refused:
        ow.discover(secret)
    assert secret not in f"{refused.value}{refused.value!r}"


def test_the_repr_of_an_error_has_its_latest_message() -> None:
    problem = errors.UnexpectedAnswer("There is nothing at 'access-1'.")
    problem.message = "There is nothing at '***'."
    assert "access-1" not in f"{problem!r}{vars(problem)}{problem.args}"
