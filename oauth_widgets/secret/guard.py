"""Secrets in saved notebooks and other files: found anywhere, removed from outputs."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import IO, Any, Protocol, runtime_checkable

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import listed
from oauth_widgets.secret import Secret
from oauth_widgets.secret.names import shown_path
from oauth_widgets.secret.notebook import Part, as_notebook, formatted, notebook_parts
from oauth_widgets.secret.parameters import Hit
from oauth_widgets.secret.shapes import hits

_WINDOW, _OVERLAP = 2**24, 2**20
_LARGEST_NOTEBOOK = 2**26
_UNPACKED = 2**30
_LINES = 2**14
_FINDINGS = 100
"""How many findings are reported for one cell, output or file."""
_SKIPPED = {".git", ".hg", "node_modules", "__pycache__", ".tox", ".nox"}
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The longer ones first: one begins as another."""
_SHORTEST_VALUE = 4


@runtime_checkable
class HoldsTokens(Protocol):
    """What has secrets to look for, such as a Session."""

    @property
    def access_token(self) -> Secret:
        """The token that APIs take."""

    @property
    def refresh_token(self) -> Secret | None:
        """The token that refreshes the others, if there is one."""

    @property
    def id_token(self) -> Any:  # noqa: ANN401 - only its `raw` matters here
        """Who signed in, if the server says so."""

    client: Any


@dataclass(frozen=True)
class Finding:
    """A secret in a file: its place and kind, and a mask that tells equal ones apart.

    `clearable` says whether `clear` removes it: it is in an output or in widget state.
    """

    file: Path
    where: str
    kind: str
    mask: str
    clearable: bool

    def __str__(self) -> str:
        return f"{printable(self.file)}: {self.where}: {self.kind} {self.mask}"


def printable(file: Path) -> str:
    """Return the name of a file, which others may have chosen, fit for a terminal and a log."""
    name = os.fsencode(file).decode("utf-8", "replace")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)


def scan(
    paths: str | Path | Iterable[str | Path], known: HoldsTokens | Iterable[Secret | str] = ()
) -> list[Finding]:
    """Return the secrets found in files, and in the files of folders.

    - `paths`: notebooks, text files, gzip files and folders, or one of them. Other binary files are
      skipped, and so are symbolic links, `.git`, `node_modules` and virtual environments in a
      folder.
    - `known`: a session, or secrets. Their values are searched for too, along with anything that
      looks like a token, code or secret.

    Raises ConfigurationError if a path does not exist or a file cannot be read.

        for finding in ow.scan("analysis.ipynb", session):
            print(finding)
    """
    values = values_of(known)
    return [finding for file in files(paths) for finding in scan_file(file, values)]


def values_of(known: HoldsTokens | Iterable[Secret | str]) -> list[bytes]:
    """Return the values to search for: those of a session, or the secrets given."""
    if isinstance(known, Iterable):
        several = [known] if isinstance(known, str | Secret) else listed(known, "known")
    elif isinstance(known, HoldsTokens):
        signed_in = [known.access_token, known.refresh_token, known.client.client_secret]
        id_token = known.id_token
        several = [one for one in (*signed_in, id_token and id_token.raw) if one]
    else:
        several = [known]
    if not all(isinstance(one, str | Secret) for one in several):
        raise ConfigurationError(
            "known= is neither a session nor secrets.",
            next_step="Pass known=session or known=[ow.Secret(…)].",
        )
    values = {Secret.of(one).reveal().encode("utf-8", "surrogatepass") for one in several}
    if any(len(value) < _SHORTEST_VALUE for value in values):
        raise ConfigurationError(
            f"A secret in known= is shorter than {_SHORTEST_VALUE} characters.",
            next_step="Leave it out: any file may contain it by chance.",
        )
    return sorted(values, key=len, reverse=True)


def files(paths: str | Path | Iterable[str | Path]) -> Iterator[Path]:
    """Yield the files that `paths` name, and those of the folders among them."""
    for path in _checked(paths):
        try:
            folder, file = path.is_dir(), path.is_file()
        except OSError as problem:
            raise _unreadable(path, problem) from None
        if folder:
            yield from _inside(path)
        elif file:
            yield path
        else:
            what = "is not a regular file" if path.exists() else "does not exist"
            raise ConfigurationError(
                f"{shown_path(path)} {what}.", next_step="Pass files or folders."
            )


def _checked(paths: object) -> list[Path]:
    several = [paths]
    if isinstance(paths, Iterable) and not isinstance(paths, str | bytes):
        several = listed(paths, "paths")
    named = [Path(one) for one in several if isinstance(one, str | Path) and str(one)]
    if len(named) != len(several):
        raise ConfigurationError(
            "paths= names no files.", next_step='Pass file names: ow.scan(["analysis.ipynb"]).'
        )
    return named


def _inside(folder: Path) -> Iterator[Path]:
    def unreadable(problem: OSError) -> None:
        raise _unreadable(Path(problem.filename), problem)

    for name, folders, names in os.walk(folder, onerror=unreadable):
        here = Path(name)
        folders[:] = sorted(
            one
            for one in folders
            if one not in _SKIPPED and not (here / one / "pyvenv.cfg").exists()
        )
        for file in (here / one for one in sorted(names)):
            if file.is_file() and not file.is_symlink():
                yield file


def scan_file(file: Path, values: Sequence[bytes] = ()) -> list[Finding]:
    """Return the secrets in one file. Raises ConfigurationError if it cannot be read."""
    try:
        found = [one for part in _parts(file) for one in _findings(file, part, values)]
    except (OSError, EOFError, zlib.error) as problem:
        raise _unreadable(file, problem) from problem
    # A secret may be found twice, as in two windows that overlap
    return list({(one.where, one.mask): one for one in reversed(found)}.values())[::-1]


def _unreadable(file: Path, problem: Exception) -> ConfigurationError:
    reason = getattr(problem, "strerror", None) or problem
    return ConfigurationError(
        f"{printable(file)} cannot be read: {reason}.",
        next_step="Make it readable, or name other files.",
    )


def _findings(file: Path, part: Part, values: Sequence[bytes]) -> Iterator[Finding]:
    seen: list[tuple[int, bytes]] = []
    line_of = _lines(part.text)
    for hit in _hits(part, values):
        if hit.start >= part.until:
            continue
        line = part.line + line_of(hit.start)
        # The same secret may have several spellings, or be found whole and in part
        if any(
            (hit.spelled or line == at) and (hit.secret in one or one in hit.secret)
            for at, one in seen
        ):
            continue
        seen.append((line, hit.secret))
        where = f"{part.where}, line {line}" if part.where else f"line {line}"
        yield Finding(file, where, hit.kind, _mask(hit.secret), bool(part.output))
        if len(seen) == _FINDINGS:
            return


def _hits(part: Part, values: Sequence[bytes]) -> Iterator[Hit]:
    """Yield the secrets in a part, without those that are in one of its pieces."""
    alone: set[bytes] | None = None
    for hit in hits(part.text, values):
        if alone is None:
            alone = {one.secret for piece in part.pieces for one in hits(piece, values)}
        if hit.secret not in alone:
            yield hit


def _lines(text: bytes) -> Callable[[int], int]:
    """Return a function that counts the line ends before a place, in any order of places."""
    pieces = range(0, len(text) + 1, _LINES)
    before = list(accumulate((text.count(b"\n", at, at + _LINES) for at in pieces), initial=0))

    def count(place: int) -> int:
        piece = place // _LINES
        return before[piece] + text.count(b"\n", piece * _LINES, place)

    return count


def _mask(secret: bytes) -> str:
    fingerprint = hashlib.sha256(secret).hexdigest()[:6]
    return f"•••• ({len(secret)} characters, fingerprint {fingerprint})"


# What a file consists of


def _parts(file: Path) -> Iterator[Part]:
    if file.suffix == ".ipynb" and file.stat().st_size <= _LARGEST_NOTEBOOK:
        notebook = as_notebook(file.read_bytes())
        if notebook is not None:
            yield from notebook_parts(notebook)
            return
    with file.open("rb") as raw:
        line, header = 1, None
        for window, new in _windows(raw):
            yield Part("", window, line, until=new)
            if {".csv", ".tsv"} & set(file.suffixes):
                header = header or window.partition(b"\n")[0]
                yield Part("", _columns(header, window), line)
            line += window.count(b"\n", 0, new)


def _windows(raw: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield the text of a file in pieces that overlap, each with the start of the next one in it.

    Yields nothing for a binary file that is not gzip.
    """
    beginning = raw.read(8192)
    raw.seek(0)
    packed = beginning.startswith(b"\x1f\x8b")
    stream: Any = gzip.GzipFile(fileobj=raw) if packed else raw
    wide = next(
        (name for mark, name in _BYTE_ORDER_MARKS.items() if beginning.startswith(mark)), ""
    )
    if wide:
        stream = codecs.getreader(wide)(raw, "replace")
    elif b"\0" in beginning and not packed:
        return
    window, unpacked = b"", 0
    piece = stream.read(_WINDOW)
    while piece:
        window += piece.encode() if wide else piece
        unpacked += len(piece)
        if packed and unpacked > _UNPACKED:
            raise OSError(f"it unpacks to more than {_UNPACKED >> 30} GiB")
        piece = stream.read(_WINDOW)
        new = max(0, len(window) - _OVERLAP) if piece else len(window)
        yield window, new
        window = window[new:]


def _columns(header: bytes, rows: bytes) -> bytes:
    """Return the rows of a CSV file as `name="value"`, so that each cell has its column's name."""
    first = header.decode("utf-8", "replace")
    delimiter = max(",;\t", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    text = io.StringIO(rows.decode("utf-8", "replace"))
    lines: list[str] = []
    # Text that cannot be in a CSV file ends the rows
    with suppress(csv.Error):
        lines.extend(
            " ".join(map('{}="{}"'.format, names, row))
            for row in csv.reader(text, delimiter=delimiter)
        )
    return "\n".join(lines).encode()


def clear(file: Path, values: Sequence[bytes] = ()) -> Path | None:
    """Remove the outputs and widget states that contain a secret from a notebook.

    Returns the path of a copy of the unchanged notebook; None if there was nothing to clear.
    Sources, metadata and attachments stay, and so does the notebook's formatting. The copy holds
    the secrets, and only its owner may read it. Raises ConfigurationError if the notebook cannot be
    written, or if there is such a copy already.
    """
    file = file.resolve()
    try:
        raw = file.read_bytes()
        notebook = as_notebook(raw)
        if notebook is None or file.suffix != ".ipynb":
            return None
        parts = (part for part in notebook_parts(notebook) if part.output)
        found = {part.output for part in parts if any(_hits(part, values))}
        # From the last to the first, so that the numbers of outputs stay right
        for place in sorted(found, reverse=True):
            node: Any = notebook
            for key in place[:-1]:
                node = node[key]
            del node[place[-1]]
        return _replace(file, raw, formatted(notebook, raw)) if found else None
    except OSError as problem:
        raise ConfigurationError(
            f"{printable(Path(problem.filename or file))} cannot be written: "
            f"{problem.strerror or problem}.",
            next_step="Move the copy if there is one already, or make the folder writable.",
        ) from problem


def _replace(file: Path, before: bytes, after: bytes) -> Path:
    """Write `after` to `file`, all or nothing, and `before` to a copy next to it."""
    copy = file.with_name(f"{file.name}.before-clean")
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    part: Path | None = None
    try:
        with os.fdopen(descriptor, "wb") as kept:
            kept.write(before)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
        part = Path(name)
        with os.fdopen(descriptor, "wb") as new:
            new.write(after)
        part.chmod(file.stat().st_mode & 0o7777)
        part.replace(file)
    except BaseException:
        # The notebook is unchanged, so another copy of its secrets is one too many
        for left in (copy, part):
            if left:
                left.unlink(missing_ok=True)
        raise
    return copy
