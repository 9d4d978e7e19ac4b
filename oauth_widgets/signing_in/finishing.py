"""Finishing a sign-in by code, with the address that a browser ended at."""

from __future__ import annotations

from oauth_widgets.secret import Secret
from oauth_widgets.signing_in.callback import front_channel
from oauth_widgets.signing_in.pending import hidden
from oauth_widgets.signing_in.sign_in import SignIn


def finish(sign_in: SignIn, url: str | Secret) -> None:
    """Judge the address `url`. Raises the reason if it doesn't end the sign-in."""
    sign_in.paste(hidden(url))
    if sign_in.phase == "failed" and sign_in.failure is not None:
        raise sign_in.failure


def finish_in_practice(sign_in: SignIn) -> bool:
    """Have the practice server's person sign in, if one does without a click; return whether.

    Raises what the server or the checks refuse, since no one is there to try again.
    """
    pending = sign_in.begun.latest
    answer = None if pending is None else front_channel.answer_at(pending.url)
    if answer is None:
        return False
    finish(sign_in, answer)
    return True
