"""What a page says of itself is read with care, and turned into addresses to register."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.address import check_redirect_uri
from oauth_widgets.signing_in.callback import page as page_room
from oauth_widgets.signing_in.callback.page import Page, page_of, unseen_page

CALLBACK = "oauth-widgets/static/v1/callback.html"
LAB = {"front_end": "lab", "origin": "https://jupyter.example", "base_url": "/lab-1/"}
HUB = {
    "front_end": "lab",
    "origin": "http://hub.example:8000",
    "base_url": "/user/alice/",
    "hub": "/hub/",
}


@pytest.fixture(autouse=True)
def on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)


def test_a_server_of_ones_own_has_one_callback_address() -> None:
    page = page_of(LAB)
    assert page.base == "https://jupyter.example/lab-1/"
    assert page.callback_uris == (f"{page.base}lab/extensions/{CALLBACK}",)
    assert page.proxied == (f"{page.base}proxy/",)


def test_on_a_hub_one_address_serves_everybody() -> None:
    page = page_of(HUB)
    everybody, own = page.callback_uris
    assert everybody == f"http://hub.example:8000/hub/user-redirect/lab/extensions/{CALLBACK}"
    assert own == f"http://hub.example:8000/user/alice/lab/extensions/{CALLBACK}"
    assert page.proxied[0] == "http://hub.example:8000/hub/user-redirect/proxy/"


def test_voila_serves_the_callback_page_at_its_own_place() -> None:
    page = page_of({**LAB, "front_end": "voila", "extensions": "voila/labextensions/"})
    assert page.callback_uris == (f"{page.base}voila/labextensions/{CALLBACK}",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "vscode-webview://abc"},
        {"origin": "https://jupyter.example/"},
        {"origin": "https://user@jupyter.example"},
        {"origin": "https://" + "a" * 600},
        {"origin": 7},
        {"base_url": "lab/"},
        {"base_url": "/lab"},
        {"base_url": "/a b/"},
        {"base_url": "/a?b=/"},
        {"base_url": "//elsewhere.example/"},
        {"front_end": "colab"},
        {"front_end": None},
        {"front_end": ["lab"]},
    ],
    ids=str,
)
def test_what_makes_no_sense_counts_as_not_said(wrong: dict[str, Any]) -> None:
    page = page_of({**LAB, **wrong, "loopback": True})
    assert page == Page(loopback=True)
    assert (page.base, page.callback_uris, page.proxied) == ("", (), ())


@pytest.mark.parametrize("wrong", ["hub", "/a b/", 7, None])
def test_a_hub_or_folder_that_makes_no_sense_is_left_out(wrong: object) -> None:
    assert page_of({**LAB, "hub": wrong, "extensions": wrong}) == page_of(LAB)


def test_only_true_and_false_are_findings() -> None:
    page = page_of({**LAB, "loopback": "yes", "proxy": 1, "installed": False, "framed": "true"})
    assert (page.loopback, page.proxy, page.installed, page.framed) == (None, None, False, False)


@given(
    st.dictionaries(
        st.sampled_from([*asdict(Page()), "kind"]),
        st.text("a/:.?#%@ ", max_size=20) | st.booleans(),
    )
)
def test_whatever_a_page_says_its_addresses_can_be_registered_or_are_none(
    message: dict[str, Any],
) -> None:
    for uri in page_of(message).callback_uris:
        assert check_redirect_uri(uri) == uri


def test_a_page_that_reached_the_kernel_is_on_its_machine() -> None:
    assert not page_of({**LAB, "loopback": True}).elsewhere
    assert page_of({**LAB, "loopback": False}).elsewhere
    assert page_of(LAB).elsewhere


def test_a_page_that_is_none_of_jupyters_may_be_anywhere() -> None:
    assert not Page().elsewhere


def test_a_kernel_on_a_hub_knows_that_browsers_are_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not unseen_page().elsewhere
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/alice/")
    assert unseen_page().elsewhere
    assert not page_of({**HUB, "loopback": True}).elsewhere


def test_a_kernel_in_colab_knows_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert unseen_page().elsewhere
    assert page_of({"framed": True}).elsewhere


def test_jupyter_serves_our_callback_page_as_it_stands_in_the_package() -> None:
    served = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "oauth-widgets" / "static"
    own = Path(page_room.__file__).parent / "static"
    names = [file.relative_to(own) for file in own.rglob("*") if file.is_file()]
    assert len(names) >= 3
    for name in names:
        # If they differ, install the project again.
        assert (served / name).read_bytes() == (own / name).read_bytes()
