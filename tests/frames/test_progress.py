"""Progress is reported on the caller's thread, and shown if a fetch takes long."""

from __future__ import annotations

import re
import sys
import threading
import time
from typing import Any

import pytest
import tqdm.auto
import tqdm.notebook
from jupyter_client.blocking.client import BlockingKernelClient

from oauth_widgets import errors
from oauth_widgets.frames import Progress
from oauth_widgets.frames.progress import report_to
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json, rigged
from tests.helpers.twins import both


def slowly(sent: Sent) -> Answer:
    number = int(sent.target.partition("page=")[2])
    time.sleep(0.15)
    following = f"/api/x?page={number + 1}" if number < 3 else None
    return as_json({"total": 3, "next": following, "rows": [{"n": number}]})


@both
def test_progress_is_told_in_the_callers_own_thread(call: Any, mint: Mint) -> None:
    told: list[tuple[threading.Thread, Progress]] = []
    with rigged(slowly) as api:
        session = mint.session(api=f"{api.origin}/api")
        call(
            session,
            "frame",
            "/x?page=1",
            progress=lambda progress: told.append((threading.current_thread(), progress)),
        )
    assert {thread for thread, _ in told} == {threading.current_thread()}
    steps = [progress for _, progress in told]
    assert [step.ended for step in steps] == [False] * (len(steps) - 1) + [True]
    assert [step.rows for step in steps] == sorted(step.rows for step in steps)
    assert [step.seconds for step in steps] == sorted(step.seconds for step in steps)
    assert (steps[-1].pages, steps[-1].rows, steps[-1].total_rows) == (3, 3, 3)
    assert 1 in {step.pages for step in steps}


@both
def test_a_failure_ends_progress_too(call: Any, mint: Mint) -> None:
    told: list[Progress] = []
    mint.pages["/api/x"] = as_json({}, status=404)
    with pytest.raises(errors.ResourceError):
        call(mint.session(), "frame", "/x", progress=told.append)
    assert [step.ended for step in told][-1:] == [True]


@both
def test_a_limit_is_the_total_where_it_is_less(call: Any, mint: Mint) -> None:
    told: list[Progress] = []
    mint.pages["/api/x"] = as_json({"total": 9, "rows": [{"n": n} for n in range(9)]})
    call(mint.session(), "frame", "/x", limit=4, progress=told.append)
    assert (told[-1].rows, told[-1].total_rows) == (4, 4)


class Bar:
    """Notes what is asked of tqdm."""

    made: list[Bar]

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.total: int | None = options["total"]
        self.n = 0
        self.closed = False
        self.said = ""
        self.made.append(self)

    def set_postfix_str(self, said: str, *, refresh: bool) -> None:
        assert not refresh
        self.said = said

    def reset(self, total: int) -> None:
        self.n, self.total = 0, total

    def update(self, more: int) -> None:
        self.n += more

    def refresh(self) -> None:
        assert not self.closed

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Bar]:
    Bar.made = []
    monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
    return Bar.made


def test_a_bar_is_shown_for_what_takes_longer_than_a_second(made: list[Bar]) -> None:
    report = report_to(progress=True)
    assert report is not None
    report(Progress(1, 100, None, 0.5))
    assert made == []
    report(Progress(1, 100, None, 1.1))
    (bar,) = made
    assert (bar.n, bar.total, bar.said, bar.closed) == (100, None, "1 page", False)
    report(Progress(5, 500, 1000, 2.0))
    assert (bar.n, bar.total, bar.said, bar.closed) == (500, 1000, "5 pages", False)
    report(Progress(10, 1000, 1000, 4.0, ended=True))
    assert (bar.n, bar.closed) == (1000, True)
    # Continuing shows another one.
    report(Progress(11, 1100, None, 5.0))
    assert len(made) == 2


def test_the_bar_of_a_notebook_is_as_full_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Kept(tqdm.notebook.tqdm):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options, display=False)
            made.append(self)

    monkeypatch.setattr(tqdm.auto, "tqdm", Kept)
    report = report_to(progress=True)
    assert report is not None
    report(Progress(1, 100, None, 1.1))
    report(Progress(2, 200, 1000, 1.2))
    _, drawn, said = made[0].container.children
    assert (drawn.value, drawn.max) == (200, 1000)
    assert "2 pages" in said.value.replace("\u2007", " ")
    report(Progress(2, 200, 1000, 1.3, ended=True))


def test_no_bar_is_shown_for_what_was_quick_or_where_none_is_wanted(made: list[Bar]) -> None:
    report = report_to(progress=True)
    assert report is not None
    report(Progress(10, 1000, 1000, 0.9, ended=True))
    report(Progress(10, 1000, 1000, 9.0, ended=True))
    assert made == []
    assert report_to(progress=False) is None
    assert report_to(made.append) == made.append  # type: ignore[arg-type]


def test_the_bar_is_tqdms_own(capsys: pytest.CaptureFixture[str]) -> None:
    report = report_to(progress=True)
    assert report is not None
    report(Progress(2, 200, 1000, 1.1))
    report(Progress(10, 1000, 1000, 4.0, ended=True))
    assert "1.00k/1.00k" in capsys.readouterr().err


def test_a_log_gets_a_line_at_first_one_a_minute_and_one_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = report_to(progress=True)
    assert report is not None
    for tenth in range(1300):
        report(Progress(tenth, 10 * tenth, None, tenth / 10))
    report(Progress(1300, 13000, None, 130.0, ended=True))
    said = capsys.readouterr().err
    assert "\r" not in said
    lines = said.splitlines()
    assert ["01:01" in lines[1], "02:01" in lines[2], "02:10" in lines[3]] == [True] * 3
    assert (len(lines), "1300 pages" in lines[-1], "13.0k" in lines[-1]) == (4, True, True)


def test_a_terminal_gets_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_to(progress=True)
    assert report is not None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for tenth in range(11, 20):
        report(Progress(tenth, 10 * tenth, 1000, tenth / 10))
    report(Progress(100, 1000, 1000, 2.0, ended=True))
    said = capsys.readouterr().err
    assert said.count("\r") > 9
    assert "1.00k/1.00k" in said


def test_a_saved_notebook_holds_how_it_ended(kernel: BlockingKernelClient) -> None:
    # The clock stands still: tqdm shows how fast the last rows came if they took a while
    code = """
import time
from unittest.mock import patch
from oauth_widgets.frames import Progress
from oauth_widgets.frames.progress import report_to
clock = lambda now=time.time(): now
with patch("time.time", clock), patch("tqdm.std.time", clock):
    report = report_to(progress=True)
    report(Progress(1, 100, 1000, 1.1))
    report(Progress(10, 1000, 1000, 9.0, ended=True))
"""
    outputs: list[dict[str, Any]] = []
    kernel.execute_interactive(
        code, output_hook=lambda message: outputs.append(message["content"]), timeout=60
    )
    shown = [one["data"] for one in outputs if "text/plain" in one.get("data", {})]
    text = shown[-1]["text/plain"]
    assert "1.00k/1.00k [00:09<" in text
    # How many a second, though it had them all when the bar appeared
    assert re.search(r"1[01]\d(\.\d+)? rows/s, 10 pages", text), text
