from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Request, Response
from tests.protocol.builders import ACCESS_TOKEN, CODE, TOKEN_ENDPOINT


def test_a_form_is_sent_as_one() -> None:
    request = Request("POST", TOKEN_ENDPOINT, {"accept": "x"}, form=(("a", "é &="), ("b", "")))
    assert request.body == b"a=%C3%A9+%26%3D&b="
    assert request.all_headers == {
        "accept": "x",
        "content-type": "application/x-www-form-urlencoded",
    }


def test_without_a_form_there_is_no_body_and_no_type() -> None:
    request = Request("GET", TOKEN_ENDPOINT, {"accept": "x"})
    assert request.body is None
    assert request.all_headers == {"accept": "x"}


@given(st.lists(st.tuples(st.text(), st.text())))
def test_a_form_arrives_as_it_was_given(form: list[tuple[str, str]]) -> None:
    body = Request("POST", TOKEN_ENDPOINT, form=tuple(form)).body or b""
    assert parse_qsl(body.decode("ascii"), keep_blank_values=True) == form


@pytest.mark.parametrize(
    ("content_type", "media_type", "is_json"),
    [
        ("application/json", "application/json", True),
        (" Application/JSON ; charset=utf-8", "application/json", True),
        ("application/jwk-set+json", "application/jwk-set+json", True),
        ("text/html; x=application/json", "text/html", False),
        ("application/json-seq", "application/json-seq", False),
        ("", "", False),
        (None, "", False),
    ],
)
@pytest.mark.check(id="documents/content-type")
def test_the_content_type_is_read_without_its_parameters(
    content_type: str | None, media_type: str, is_json: bool
) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    response = Response(200, headers)
    assert (response.media_type, response.is_json) == (media_type, is_json)


@pytest.mark.check(id="secrets/hidden")
def test_messages_show_neither_headers_nor_bodies() -> None:
    request = Request("POST", TOKEN_ENDPOINT, {"authorization": ACCESS_TOKEN}, (("code", CODE),))
    response = Response(200, {"location": CODE}, ACCESS_TOKEN.encode())
    assert not {CODE, ACCESS_TOKEN} & set((repr(request) + repr(response)).split("'"))
    assert TOKEN_ENDPOINT in repr(request)
