"""What tools that print local variables (rich, Sentry, pytest -l) would show of an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from traceback import TracebackException

HERE = str(Path(__file__).parents[1])


def with_locals(problem: BaseException) -> str:
    """Return every frame with its locals but those of the tests, along the whole chain.

    Errors that `from None` keeps out of a usual traceback are included.
    """
    lines: list[str] = []
    for link in _chain(problem):
        found = TracebackException.from_exception(link, capture_locals=True)
        for frame in found.stack:
            if not frame.filename.startswith(HERE):
                lines += [f"{frame.filename}:{frame.lineno} {frame.name}"]
                lines += [f"    {name} = {value}" for name, value in (frame.locals or {}).items()]
        lines += found.format_exception_only()
    return "\n".join(lines)


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    if problem is not None:
        yield problem
        yield from _chain(problem.__cause__)
        yield from _chain(problem.__context__)
