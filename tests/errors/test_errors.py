"""The tree of errors is the one drawn, and each says what to do without repeating a secret."""

from __future__ import annotations

import ast
import pickle
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from oauth_widgets import errors
from oauth_widgets.errors import InsufficientScope, OAuthError, foreign_text
from oauth_widgets.protocol.error_response import error_of

PACKAGE = Path(errors.__file__).parents[1]


def every() -> list[type[OAuthError]]:
    return [kind for kind in vars(errors).values() if _is_error(kind)]


def _is_error(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, OAuthError)


def drawn() -> Iterator[tuple[str, str | None]]:
    """Yield each name in the drawing with the name it hangs under."""
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)((?:[A-Z]\w+ {0,2})+)(?: {2,}|$)", line)
        if found and (found[1] or line == "OAuthError"):
            depth = len(found[1]) // 4
            for name in found[2].split():
                yield name, above.get(depth - 1)
            above[depth] = found[2].split()[0]


def test_the_drawing_shows_every_error_under_one_it_is_a_kind_of() -> None:
    tree = dict(drawn())
    assert tree.keys() == {kind.__name__ for kind in every()}
    for name, parent in tree.items():
        if parent is not None:
            assert issubclass(getattr(errors, name), getattr(errors, parent)), name


@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.__name__)
def test_every_error_says_what_it_means_and_what_to_do_next(kind: type[OAuthError]) -> None:
    assert kind.__doc__
    assert kind.next_step.endswith(".")
    said = str(kind("What happened."))
    assert "What happened." in said
    assert said.endswith((".", kind.next_step))


@pytest.mark.any_release
def test_what_is_wrong_with_an_argument_always_comes_with_what_would_be_right() -> None:
    without = [
        f"{file.relative_to(PACKAGE)}:{call.lineno}"
        for file in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "ConfigurationError"
        and "next_step" not in [one.arg for one in call.keywords]
    ]
    assert without == []


@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.__name__)
def test_every_error_passes_between_processes_without_what_was_read(
    kind: type[OAuthError],
) -> None:
    problem = kind("What happened.")
    problem.next_step = "Do this.\n7 rows are safe in error.partial. Continue with error.resume()."
    problem.unfinished = threading.Lock()
    passed = pickle.loads(pickle.dumps(problem))  # noqa: S301 - made in this line
    assert type(passed) is kind
    assert (passed.message, passed.next_step) == (problem.message, "Do this.")
    assert passed.partial is None


def test_a_next_step_of_its_own_comes_instead() -> None:
    problem = OAuthError("It broke.", next_step="Mend it.")
    assert str(problem) == "It broke. Mend it."
    assert (problem.message, problem.next_step) == ("It broke.", "Mend it.")


@pytest.mark.check(id="token/error")
def test_the_servers_own_words_are_kept() -> None:
    refusal = error_of("access_denied", "The person said no.", "https://server.example/why")
    assert type(refusal) is errors.AccessDenied
    assert refusal.error == "access_denied"
    assert refusal.error_description == "The person said no."
    assert refusal.error_uri == "https://server.example/why"
    assert "The server said: access_denied: The person said no." in str(refusal)


@pytest.mark.check(id="answer/words")
def test_a_scope_that_an_api_names_is_printable_in_the_line_to_type() -> None:
    failure = InsufficientScope("no", missing=("a\u202eb", "c\x1b[31m"))
    assert failure.next_step is not None
    assert "session.ask_for('a" in failure.next_step
    assert not re.search(r"\\u202e|\\x1b", failure.next_step)


def test_foreign_text_leaves_plain_words_alone() -> None:
    assert foreign_text("Nei, det går ikke.") == "Nei, det går ikke."
    assert len(foreign_text("x" * 300)) == 300


@pytest.mark.check(id="bearer/insufficient-scope")
def test_insufficient_scope_says_what_to_ask_for() -> None:
    problem = InsufficientScope("Not enough.", missing=("phone", "events.read"))
    assert problem.missing == ("phone", "events.read")
    assert "session.ask_for('phone events.read')" in problem.next_step
    assert "session.ask_for('…')" in InsufficientScope("Not enough.").next_step
