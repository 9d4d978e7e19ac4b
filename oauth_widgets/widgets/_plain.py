"""What stands in a cell's output where no script runs, and in what is exported from it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from oauth_widgets.signing_in.sign_in import SignIn

_PASTE = (
    "Where it ends on a page that does not load, stop the cell, run ow.login(…).paste() instead, "
    "and paste that page's address there."
)


def plain(sign_in: SignIn, *, ended: bool = False) -> dict[str, str]:
    """Return the sign-in as text and as HTML without script; nothing in it outlives its use.

    `ended` tells whether what came of it is over.
    """
    lines, url = _lines(sign_in, ended=ended), sign_in.url
    text = "\n".join([*lines, url]) if url else "\n".join(lines)
    first, *rest = map(escape, lines)
    html = [f"<p><strong>{first}</strong></p>", *(f"<p>{line}</p>" for line in rest)]
    if url:
        link = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">Sign in</a>'
        html.insert(1, f"<p>{link}</p>")
    return {"text/plain": text, "text/html": "".join(html)}


def _lines(sign_in: SignIn, *, ended: bool) -> list[str]:
    where = sign_in.server.title
    if ended:
        return [f"Signed out at {where}."]
    if sign_in.phase == "signed_in":
        return [f"Signed in at {where}."]
    if not sign_in.url:
        return [f"Nobody signed in at {where}. Run the cell again to sign in."]
    until = datetime.fromtimestamp(sign_in.expires_at, UTC)
    lines = [f"Sign in to {where}", f"This link is good until {until:%H:%M} UTC."]
    if sign_in.failure is not None:
        lines.insert(1, f"{sign_in.failure.own_words} {sign_in.failure.next_step}")
    return [*lines, _PASTE if sign_in.way.name in {"page", "paste"} else sign_in.way.why]
