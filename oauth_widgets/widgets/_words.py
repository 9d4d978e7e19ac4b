"""What people read that the kernel writes: plain output, prompts and errors of the cards.

What a card shows in the page is in `words.js` and `words_….js`.
"""

from __future__ import annotations

from oauth_widgets.errors import OAuthError
from oauth_widgets.signing_in.sign_in import SignIn

SIGN_IN = "Sign in"
RUN_AGAIN = "Run the cell again to sign in."

AWAIT = "Write `await ow.login(…)` instead of `ow.login(…).wait()`, or use card.paste()."
NOT_YET = (
    "This is the card, not the session yet. Write `session = await ow.login(…)`, or use "
    "card.session after signing in."
)
LAST_VALUE = (
    "Make the card the cell's last value and use card.session in the next cell, or run "
    "card.paste() to enter the address in a prompt."
)
ASK = "Paste the address from the sign-in window, or press Enter to cancel"
BLOCKED = "Your browser can't reach the practice server: it runs on the kernel's machine."
UNBLOCK = "Install jupyter-server-proxy on the Jupyter server, then reload this page."
UNHEARD = "The card can't receive a pasted address while this cell is waiting."

NO_PKCE = (
    "You can sign in as usual. This server lacks PKCE, a protection against stolen sign-in codes: "
    "tell its administrator."
)
KEPT = "You'll stay signed in after a restart."

PASTE = (
    "If the window shows a page that doesn't load, stop the cell, run ow.login(…).paste() "
    "instead, and paste the address of that page."
)

CODE_AGAIN = "Run the cell again to get a new code."
NO_CODE = "No one has entered the code yet."
ENTER_CODE = "Enter it on the card's page, or wait for it with `await card`."
OUR_FAULT = "Unexpected error: {}."
NOT_SIGNED_IN = "You haven't signed in yet."


def link_expires(time: str) -> str:
    """Say how long the sign-in link can be used."""
    return f"This link expires at {time}."


def title(server: str) -> str:
    """Return the title of a card that signs in to `server`."""
    return f"Sign in to {server}"


def signed_in(server: str) -> str:
    """Say that the sign-in worked."""
    return f"Signed in to {server}."


def signed_out(server: str) -> str:
    """Say that the session has ended."""
    return f"Signed out of {server}."


def not_signed_in(server: str) -> str:
    """Say that the sign-in has ended without a session."""
    return f"You aren't signed in to {server}. {RUN_AGAIN}"


def terminal(server: str, url: str, *, opens: bool) -> str:
    """Return what a terminal prints: the address to open, and the way out."""
    how = "Opening this address in your browser" if opens else "Open this address in a browser"
    return f"{how} to sign in to {server}. Press Ctrl+C to cancel.\n{url}"


def enter_code(server: str, page: str, code: str) -> str:
    """Return what a terminal prints for a sign-in on another device."""
    return f"To sign in to {server}, open {page} on any device and enter {code}."


MEANINGS = {
    "signature": "which key signed it",
    "iss": "issued by",
    "aud": "intended for",
    "azp": "issued to client",
    "sub": "identifier of the person",
    "exp": "expires",
    "iat": "issued at",
    "nbf": "not valid before",
    "auth_time": "signed in at",
    "nonce": "ties it to this sign-in",
    "at_hash": "ties it to the access token",
    "acr": "assurance level",
    "amr": "sign-in methods",
    "sid": "session at the server",
    "jti": "token ID",
    "name": "full name",
    "given_name": "first name",
    "family_name": "last name",
    "preferred_username": "username",
    "email": "email address",
    "email_verified": "whether the server confirmed that address",
    "phone_number": "phone number",
    "phone_number_verified": "whether the server confirmed that number",
    "active": "valid right now",
    "client_id": "issued to client",
    "scope": "what it allows",
    "token_type": "kind of token",
    "username": "name used to sign in",
    "alg": "signature algorithm",
    "kid": "key ID",
    "typ": "kind of token",
}
"""What claims and the members of a token's header mean (OpenID Connect Core 2 and 5.1)."""


def notes(sign_in: SignIn) -> str:
    """Say what a person should know before this sign-in."""
    said = [sign_in.danger]
    if not sign_in.server.pkce:
        said.append(NO_PKCE)
    if sign_in.keeping.keeps:
        said.append(KEPT)
    return "\n".join(filter(None, said))


def trouble(sign_in: SignIn, failure: OAuthError | None) -> tuple[str, str]:
    """Say what went wrong, or is in the way, and what to do; two empty texts if nothing is."""
    if failure is not None:
        return failure.own_words, failure.next_step
    return (BLOCKED, UNBLOCK) if sign_in.blocked else ("", "")
