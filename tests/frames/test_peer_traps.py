"""What goes wrong between pages, before an API that shares no code with us.

The fixture `peer` sees to it, after each test, that nothing at all arrived at the other origin.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.tracebacks import with_locals
from tests.helpers.twins import both

from .peer_api.rows import PAGES, PER_PAGE, SALES, frame_of
from .peer_api.server import Peer
from .peer_api.traps import AT

BEFORE = SALES[: (AT - 1) * PER_PAGE]
Kind = type[errors.OAuthError]

ENDS: dict[str, tuple[Kind, str]] = {
    **{
        f"redirect-{status}": (errors.ForeignOrigin, "not this session's API")
        for status in (301, 302, 303, 307, 308)
    },
    "cut": (errors.TransportError, f"Page {AT}"),
    "half": (errors.UnexpectedAnswer, f"Page {AT} .*JSON"),
    "html": (errors.UnexpectedAnswer, f"Page {AT} .*text/html"),
    "html-as-json": (errors.UnexpectedAnswer, f"Page {AT} .*JSON"),
    "xml": (errors.UnexpectedAnswer, f"Page {AT} .*application/xml"),
    "nothing": (errors.UnexpectedAnswer, f"Page {AT} .*JSON"),
    "untyped": (errors.UnexpectedAnswer, f"Page {AT} is an unnamed type, not JSON"),
    "scalars": (errors.UnexpectedAnswer, f"Page {AT} .*no list of records"),
    "some-scalars": (errors.UnexpectedAnswer, f"Page {AT} .*no list of records"),
    "no-content": (errors.ResourceError, "204"),
    "busy-for-ever": (errors.ResourceBusy, "429"),
    "broken-for-ever": (errors.ResourceError, "500"),
    "gone-for-ever": (errors.ResourceError, "404"),
    "forbidden": (errors.InsufficientScope, r"sales\.all"),
}
"""What ends at page AT, with every page before it kept."""


pytestmark = pytest.mark.usefixtures("impatient")


@both
@pytest.mark.parametrize("trap", ENDS)
def test_a_page_that_cannot_be_used_is_named_and_those_before_it_are_kept(
    call: Any, trap: str, peer: Peer, session: ow.Session
) -> None:
    kind, said = ENDS[trap]
    with pytest.raises(kind, match=said) as failed:
        call(session, "frame", f"/{trap}")
    pd.testing.assert_frame_equal(failed.value.partial, frame_of(BEFORE))
    assert "peer-token" not in with_locals(failed.value)
    # the trap is still there: the same end, and nothing is fetched twice but what failed
    before = len(peer.asked)
    with pytest.raises(kind) as again:
        failed.value.resume()
    pd.testing.assert_frame_equal(again.value.partial, frame_of(BEFORE))
    assert {one.query.get("page") for one in peer.asked[before:]} <= {
        str(page) for page in range(AT, PAGES + 1)
    }


@both
@pytest.mark.parametrize("trap", ["foreign-link", "foreign-next", "foreign-without-scheme"])
def test_a_next_page_at_another_origin_is_not_fetched_and_what_came_is_kept(
    call: Any, trap: str, peer: Peer, session: ow.Session
) -> None:
    rows = SALES[: AT * PER_PAGE] if trap == "foreign-link" else SALES[:PER_PAGE]
    with pytest.raises(errors.ForeignOrigin, match=peer.foreign) as failed:
        call(session, "frame", f"/{trap}")
    pd.testing.assert_frame_equal(failed.value.partial, frame_of(rows))


@both
@pytest.mark.parametrize(
    "trap", ["healing-broken", "healing-html", "healing-cut", "healing-forbidden"]
)
def test_a_fetch_goes_on_where_it_stopped(
    call: Any, trap: str, peer: Peer, session: ow.Session
) -> None:
    with pytest.raises(errors.OAuthError) as failed:
        call(session, "frame", f"/{trap}")
    before = len(peer.asked)
    peer.healthy = True
    frame = failed.value.resume()
    pd.testing.assert_frame_equal(frame, frame_of(SALES))
    # What was on its way when it stopped may be counted late, but is among these too
    asked = {int(one.query["page"]) for one in peer.asked[before:]}
    assert asked == set(range(AT, PAGES + 1))


@both
def test_pages_without_an_end_end(call: Any, peer: Peer, session: ow.Session) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="Page 2 points back"):
        call(session, "frame", "/endless-cursor")
    assert len(peer.asked) <= 2


@both
@pytest.mark.parametrize("trap", ["says-more", "of-more", "part-of-rows"])
def test_an_answer_that_is_not_all_is_not_taken_for_all(
    call: Any, trap: str, peer: Peer, session: ow.Session
) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="doesn't say where the others are") as failed:
        call(session, "frame", f"/{trap}")
    assert "paging=" in failed.value.next_step
    frame = call(session, "frame", f"/{trap}", paging="none")
    pd.testing.assert_frame_equal(frame, frame_of(SALES[:PER_PAGE]))
    assert len(peer.asked) == 2


@both
@pytest.mark.parametrize("trap", ["part-of-bytes", "part-by-header", "part-of-unknown"])
def test_a_part_that_leads_nowhere_is_refused(call: Any, trap: str, session: ow.Session) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=r"only part .*206") as failed:
        call(session, "frame", f"/{trap}")
    assert "session.http() and a Range header" in failed.value.next_step


@both
def test_rows_that_are_not_those_asked_for_are_not_taken_for_more(
    call: Any, session: ow.Session
) -> None:
    said = "Page 2 came back as Content-Range 0, but 25 was requested"
    with pytest.raises(errors.UnexpectedAnswer, match=said) as failed:
        call(session, "frame", "/stuck-range")
    pd.testing.assert_frame_equal(failed.value.partial, frame_of(SALES[:PER_PAGE]))


@pytest.mark.parametrize("trap", ["part-of-rows", "part-of-bytes", "stuck-range"])
def test_a_part_is_no_whole_file(trap: str, session: ow.Session) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="only part"):
        session.open(f"/{trap}")


@both
def test_a_redirect_within_the_api_is_followed_on_every_page(
    call: Any, peer: Peer, session: ow.Session
) -> None:
    frame = call(session, "frame", "/moved")
    pd.testing.assert_frame_equal(frame, frame_of(SALES))
    assert len(peer.asked) < 2 * PAGES + 1
