"""A sign-in as text and as HTML without script, for exports and for pages that run none."""

from __future__ import annotations

from datetime import datetime
from html import escape

from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets import _words as words


def still(sign_in: SignIn, *, ended: bool) -> dict[str, str]:
    """Return the output of a sign-in by its media type; nothing in it outlives its use.

    `ended` tells whether the session it led to has ended.
    """
    lines, url = _lines(sign_in, ended=ended), sign_in.url
    text = "\n".join([*lines, url]) if url else "\n".join(lines)
    first, *rest = map(escape, lines)
    html = [f"<p><strong>{first}</strong></p>", *(f"<p>{line}</p>" for line in rest)]
    if url:
        address = f'href="{escape(url)}" target="_blank" rel="noopener noreferrer"'
        html.insert(1, f"<p><a {address}>{words.SIGN_IN}</a></p>")
    return {"text/plain": text, "text/html": "".join(html)}


def _lines(sign_in: SignIn, *, ended: bool) -> list[str]:
    server = sign_in.server.title
    if ended:
        return [words.signed_out(server)]
    if sign_in.phase == "signed_in":
        return [words.signed_in(server)]
    if not sign_in.url:
        return [words.not_signed_in(server)]
    expires = datetime.fromtimestamp(sign_in.expires_at).astimezone()
    lines = [words.title(server), words.link_expires(f"{expires:%H:%M %Z}")]
    if sign_in.failure is not None:
        lines.insert(1, f"{sign_in.failure.own_words} {sign_in.failure.next_step}")
    return [*lines, words.PASTE if sign_in.way.name in {"page", "paste"} else sign_in.way.why]
