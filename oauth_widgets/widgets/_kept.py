"""What a card tells an open page about a kept sign-in. It is personal, so it isn't saved."""

from __future__ import annotations

from typing import Any

from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets._who import who


def kept(sign_in: SignIn) -> dict[str, Any]:
    """Return who is signed in, since when, kept where and until when; {} if nothing is kept.

    Times are in ISO 8601; `until` is None if no end is known.
    """
    if not sign_in.signed_in or sign_in.result.signed_out:
        return {}
    session, problem = sign_in.result, sign_in.keeping.problem
    keeper, lasts = session.keeper, session.lasts
    if keeper is None and problem is None:
        return {}
    since = keeper.since if keeper else None
    facts = {
        "place": keeper.place if keeper else "",
        "since": since.isoformat() if since else None,
        "until": lasts.until.isoformat() if lasts.until else None,
        "lasts": str(lasts),
        "who": who(session.id_token),
        "problem": f"{problem.own_words} {problem.next_step}" if problem else "",
    }
    return {"kept": facts}
