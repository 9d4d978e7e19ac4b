"""What an ID token says, claim by claim, with the result of each check."""

from __future__ import annotations

from functools import partial
from typing import Any

import traitlets as t

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.id_token import IDToken, Verdict
from oauth_widgets.protocol.unverified_token import UnverifiedToken, unverified_token
from oauth_widgets.secret import Secret
from oauth_widgets.session.foreign_token import judged
from oauth_widgets.session.session import Session
from oauth_widgets.widgets._card import Card, check_kind
from oauth_widgets.widgets._claims import PLAIN, judged_rows, masked, shown
from oauth_widgets.widgets._source import source
from oauth_widgets.widgets.token import pasted

_Token = Session | IDToken | Secret | str


class ClaimsView(Card):
    """A widget that explains each claim of an ID token: its meaning, its value, and its check.

    `ow.ClaimsView(session)` shows the token of that sign-in, whose checks all passed.
    `ow.ClaimsView(text)` decodes any other and says that nothing in it was verified; add
    `against=session` to see which checks it would have passed as the answer to that sign-in.
    Personal details are sent to the open page only, and masked in saved notebooks. Raises
    ConfigurationError for a token without claims.

        ow.ClaimsView(session)
    """

    _esm = source("claims.js")
    _css = source("claims.css")

    server = t.Unicode().tag(sync=True)
    subjects = t.Unicode().tag(sync=True)
    basis = t.Unicode().tag(sync=True)
    rows: t.List[Any] = t.List().tag(sync=True)

    def __init__(self, token: _Token, *, against: Session | None = None) -> None:
        if against is not None:
            step = "Pass what signing in returned: session = await ow.login(…)."
            check_kind("against", against, Session, step)
        self._against = against
        self._verdicts: tuple[Verdict, ...] = ()
        self._subject: Session | IDToken | UnverifiedToken
        followed, basis = None, "sign-in"
        if against is None and isinstance(token, Session | IDToken):
            self._subject = token
            followed = token if isinstance(token, Session) else None
        else:
            self._subject, basis = _readable(token), "held" if against else "unverified"
        if followed is None or not followed.signed_out:
            self._looked()
        reference = against or followed
        super().__init__(
            server=reference.server.title if reference else "",
            subjects=_subjects(reference) if reference else "",
            basis=basis,
        )
        if followed is not None:
            self._follow(followed)
        self._tell()

    def _looked(self) -> tuple[UnverifiedToken, tuple[Verdict, ...]]:
        """Return the current token, decoded, with the results of its checks."""
        subject = self._subject if self._session is None else self._session
        if isinstance(subject, UnverifiedToken):
            return subject, self._verdicts
        own = _id_token_of(subject) if isinstance(subject, Session) else subject
        return unverified_token(own.raw), own.verdicts

    def _tell(self) -> None:
        """Send the open page everything, and put what may be saved into the traits."""
        if self.ended:
            return
        if self._session is not None and self._session.id_token is None:
            # Someone else signed in for more, without an ID token.
            self.rows = []
            self.send({"kind": "claims", "rows": []})
            return
        token, verdicts = self._looked()
        signed = [shown(token.header[name]) for name in ("alg", "kid") if name in token.header]
        rows = judged_rows(token.claims, verdicts, signature=", ".join(signed))
        # In a token that was not verified, any claim may be about a person.
        plain = PLAIN | {"signature"} if self.basis == "sign-in" else set()
        self.rows = masked(rows, plain)
        self.send({"kind": "claims", "rows": rows})

    def _greet(self) -> None:
        self._tell()
        if self._against is not None and not self._verdicts:
            self._work("checking", partial(self._judge, self._against))

    def _judge(self, against: Session) -> None:
        self._verdicts = judged(self._looked()[0], against)
        self._tell()


def _id_token_of(session: Session) -> IDToken:
    if session.id_token is None:
        raise ConfigurationError(
            "This session has no ID token, because openid wasn't granted.",
            next_step="Sign in with openid in the scope.",
        )
    return session.id_token


def _readable(token: _Token) -> UnverifiedToken:
    own = _id_token_of(token) if isinstance(token, Session) else token
    read = unverified_token(own.raw if isinstance(own, IDToken) else pasted(own))
    if not read.claims:
        raise ConfigurationError(
            f"This token has no claims to read: it is {read.kind}.",
            next_step="To ask the server what an access token means: ow.TokenView(session).",
        )
    return read


def _subjects(session: Session) -> str:
    """Return `public` if all clients see the same subject, or `pairwise`; "" if unknown."""
    kinds = session.server.subject_types_supported or ()
    return kinds[0] if len(kinds) == 1 else ""
