"""The exercises: their tasks, hints and solutions, and what each shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oauth_widgets.sandbox import judging
from oauth_widgets.sandbox.judging import Requests
from oauth_widgets.sandbox.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """An exercise for any sandbox; texts have `$open` and other words of the scene in them.

    `shows` says why the solution is right, and `needs` which service it is about, if any.
    """

    task: str
    hints: tuple[str, str, str]
    code: str
    shows: str
    judge: Callable[[Requests, Scene], str]
    needs: str = ""


def _by_person(scope: str, then: str = "") -> str:
    return (
        f"pending = ow.begin_login(sandbox.server, sandbox.client, scope={scope!r})\n"
        "# Sign in as $person there. The last page doesn't load: paste its address.\n"
        f"session = pending.finish(input(pending.url))\n{then}"
    )


_ALONE = 'session = ow.client_credentials(sandbox.server, sandbox.client, scope="$open_scope")\n'
_LINK = "Open pending.url, sign in as $person, and copy the address you end up at."

LESSONS = {
    "first token": Lesson(
        task="Get an access token for the client itself, without a person.",
        hints=(
            "A program that works without a person uses the client credentials grant.",
            "Read help(ow.client_credentials). It needs a server, a client and a scope.",
            "The scope $open_scope isn't about a person.",
        ),
        code=_ALONE,
        shows="The client proved who it is with its secret, and no person was involved.",
        judge=judging.first_token,
        needs="open",
    ),
    "first data": Lesson(
        task="Read the records of /$open from the API.",
        hints=(
            "Which scope does /$open require? See sandbox.services.",
            "A session fetches data with session.frame.",
            "Get a token with $open_scope, then call session.frame('/$open').",
        ),
        code=_ALONE + 'session.frame("/$open")\n',
        shows="The request carried the access token in its Authorization header.",
        judge=judging.first_data,
        needs="open",
    ),
    "sign in": Lesson(
        task="Have a person sign in, and exchange the code for a token.",
        hints=("Begin with ow.begin_login.", _LINK, "Pass that address to pending.finish."),
        code=_by_person("openid"),
        shows="The browser brought back a code, and the client exchanged it for tokens directly.",
        judge=judging.sign_in,
    ),
    "pkce": Lesson(
        task="Sign in so that a stolen code is useless.",
        hints=(
            (
                "PKCE (Proof Key for Code Exchange, RFC 7636) ties the code to whoever began the "
                "sign-in."
            ),
            (
                "Make a random code_verifier and keep it. The authorization request needs its "
                "SHA-256 hash in base64url, without =, as code_challenge, and "
                "code_challenge_method=S256. The exchange needs the code_verifier."
            ),
            "ow.begin_login and pending.finish do all of that.",
        ),
        code=_by_person("openid"),
        shows="The server compared the code_verifier of the exchange with the code_challenge of "
        "the same sign-in. Someone who steals the code doesn't have the verifier.",
        judge=judging.pkce,
    ),
    "state": Lesson(
        task="Sign in so that no one can slip you another person's answer: have each answer carry "
        "a random value from your request.",
        hints=(
            "The answer must belong to the request.",
            "A random state comes back unchanged; compare it.",
            "ow.begin_login makes one, and pending.finish compares it.",
        ),
        code=_by_person("openid"),
        shows="Your request had a random state. The server can't see whether your code compares "
        "it: try it with the answer to another sign-in.",
        judge=judging.state,
    ),
    "id token": Lesson(
        task="Sign in and get a signed statement of who signed in.",
        hints=(
            "OpenID Connect adds it to OAuth.",
            "You ask for it with a scope.",
            "Ask for the scope openid, then look at session.id_token.claims.",
        ),
        code=_by_person("openid"),
        shows="With the scope openid, the server sent an ID token along with the access token.",
        judge=judging.id_token,
    ),
    "ask for more": Lesson(
        task="Let /$closed refuse you for a missing scope, then get access.",
        hints=(
            "Sign in with openid only, and fetch /$closed.",
            "The error names the missing scopes.",
            "Sign in again with $closed_scope, and fetch /$closed.",
        ),
        code=_by_person(
            "openid", 'try:\n    session.frame("/$closed")\nexcept ow.OAuthError:\n    pass\n'
        )
        + _by_person("$closed_scope", 'session.frame("/$closed")\n'),
        shows="A token gives access only to what its scopes name, so you asked for more.",
        judge=judging.ask_for_more,
        needs="closed",
    ),
    "refresh": Lesson(
        task="Refresh an access token without asking the person again.",
        hints=(
            "Use a refresh token: send it only to the server, to get a new access token.",
            "You get one only with the scope offline_access.",
            "Sign in with openid offline_access, then call session.refresh().",
        ),
        code=_by_person("openid offline_access", "session.refresh()\n"),
        shows="The server accepted the refresh token and issued new tokens.",
        judge=judging.refresh,
    ),
    "all pages": Lesson(
        task="Fetch all $rows records of /$open in pages of $size, by page number.",
        hints=(
            "The API can page by number. To see how, open the address in sandbox.api_docs.",
            'Set the parameter paging to "page". The other parameters are per_page and page.',
            (
                "session.frame follows all pages. Pass the parameters as a dict: "
                "session.frame('/$open', {'paging': 'page', 'per_page': '$size'})."
            ),
        ),
        code=_ALONE + 'session.frame("/$open", {"paging": "page", "per_page": "$size"})\n',
        shows="Each of the $pages pages was fetched at least once.",
        judge=judging.all_pages,
        needs="pages",
    ),
    "sign out": Lesson(
        task="Sign in, then sign out so that the server forgets the token.",
        hints=(
            "Deleting a token here leaves it valid at the server.",
            "Revocation ends it there (RFC 7009).",
            "session.logout() revokes the tokens and forgets them.",
        ),
        code=_by_person("openid", "session.logout()\n"),
        shows="The server has revoked the tokens from your sign-in, so no one can use them.",
        judge=judging.sign_out,
    ),
}
