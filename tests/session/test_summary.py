from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oauth_widgets.protocol.scope import Scope
from oauth_widgets.session.lasts import Lasts
from oauth_widgets.session.summary import Summary

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
SESSION = Summary(
    server="as.example",
    requested=Scope("openid phone"),
    granted=Scope("openid usage.read"),
    expires_at=NOW + timedelta(hours=1),
    ended=False,
)


def test_both_forms_tell_apart_what_was_asked_for_and_what_came() -> None:
    assert SESSION.text(NOW) == (
        "<Session at as.example, scope: openid usage.read (by default: usage.read; "
        "not granted: phone), access expires: 2026-05-04 13:00:00 UTC>"
    )
    page = SESSION.html(NOW)
    for name, value in {
        "Granted": "openid",
        "Granted by default": "usage.read",
        "Not granted": "phone",
        "Access expires": "2026-05-04 13:00:00 UTC",
    }.items():
        assert re.search(f">{name}</bdi></th><td[^>]*><bdi>{value}</bdi></td>", page)


def test_what_does_not_differ_is_not_spoken_of() -> None:
    same = replace(SESSION, granted=SESSION.requested)
    for said in (same.text(NOW), same.html(NOW)):
        assert "default" not in said
        assert "ot granted" not in said


def test_times_are_absolute_and_say_whether_they_are_over() -> None:
    later = NOW + timedelta(hours=2)
    for told in (SESSION.text(later), SESSION.html(later)):
        assert "xpired" in told
        assert "13:00:00 UTC" in told
    unsaid = replace(SESSION, expires_at=None)
    assert "access expires: unknown" in unsaid.text(NOW)
    assert "unknown" in unsaid.html(NOW)


def test_times_are_those_of_the_machines_own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert "access expires: 2026-05-04 22:00:00 JST" in SESSION.text(NOW)
        assert "Until 2026-05-04 21:00:00 JST" in str(Lasts(NOW, renewable=False))
        far = datetime.max.replace(tzinfo=UTC)
        assert "9999-12-31 23:59:59 UTC" in replace(SESSION, expires_at=far).text(NOW)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_nothing_granted_is_said_in_words() -> None:
    nothing = replace(SESSION, granted=Scope())
    assert "scope: none" in nothing.text(NOW)
    assert "nothing you asked for" in nothing.html(NOW)


def test_one_that_was_signed_out_says_so_and_no_more() -> None:
    over = replace(SESSION, ended=True)
    assert over.text(NOW) == "<Session at as.example: signed out>"
    assert "Signed out" in over.html(NOW)
    assert "openid" not in over.html(NOW)


def test_what_a_server_calls_itself_is_text_and_never_markup() -> None:
    page = replace(SESSION, server="<script>", granted=Scope("a<b>")).html(NOW)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "a&lt;b&gt;" in page
