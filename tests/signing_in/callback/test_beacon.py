"""The light that a page looks for."""

from __future__ import annotations

import httpx
import pytest

from oauth_widgets.signing_in.callback.beacon import beacon


@pytest.fixture
def page() -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{beacon().port}", trust_env=False, timeout=30)


def test_there_is_one_a_process() -> None:
    assert beacon() is beacon()


def test_a_page_of_any_origin_may_see_it(page: httpx.Client) -> None:
    with page:
        seen = page.get(f"/{beacon().nonce}")
    assert (seen.status_code, seen.text) == (200, beacon().nonce)
    assert seen.headers["access-control-allow-origin"] == "*"
    assert seen.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/other", "/callback?code=1"])
def test_it_says_nothing_else(page: httpx.Client, path: str) -> None:
    with page:
        seen = page.get(path)
    assert (seen.status_code, seen.content) == (404, b"")


def test_it_says_nothing_of_what_it_hears(
    page: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    with page:
        page.get("/secret-path", headers={"cookie": "jupyter=secret"})
        page.request("BREW", "/secret-path")
    assert capfd.readouterr() == ("", "")
