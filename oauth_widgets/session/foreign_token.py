"""A token from elsewhere, judged as if it were this session's ID token."""

from __future__ import annotations

import time

from oauth_widgets._net.loop import run
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.id_token import judged_foreign
from oauth_widgets.protocol.id_token import Expected, Grounds, Verdict
from oauth_widgets.protocol.unverified_token import UnverifiedToken
from oauth_widgets.session.session import Session


def judged(token: UnverifiedToken, session: Session) -> tuple[Verdict, ...]:
    """Return how the session's sign-in would have judged `token` as its ID token.

    The server's keys are fetched if they are not known. Raises NotSignedIn.
    """
    own = session.id_token
    expected = Expected(
        scope=session.requested_scope,
        now=time.time(),
        nonce=own.nonce if own else None,
    )
    grounds = Grounds(
        server=session.server,
        client=session.client,
        expected=expected,
        access_token=session.access_token,
    )
    return run(drive(judged_foreign(token, grounds)))
