"""What a person pasted instead of the final address, explained kindly."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from oauth_widgets._net.address import place
from oauth_widgets.errors import InvalidAuthorizationResponse, StateMismatch
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.secret import Secret

_NO_ADDRESS = re.compile(r"[\w.~+/=-]+")
_ONLY_CODE = "That is only the code, not the whole address"
_ALL_OF_IT = (
    "Copy the whole address from the top of the sign-in window and paste it here; it begins with {}"
)
_GO_ON = "Sign in there first, then copy the address of the last page; it begins with {}"


def check_pasted(request: AuthorizationRequest, url: Secret) -> None:
    """Refuse what is plainly not an answer to `request`; what passes still has to be judged.

    Raises InvalidAuthorizationResponse or StateMismatch, each with what to copy instead.
    """
    text = url.reveal().strip()
    begins = request.redirect_uri
    if "://" not in text:
        said = _ONLY_CODE if _NO_ADDRESS.fullmatch(text) else "That isn't an address"
        raise InvalidAuthorizationResponse(f"{said}.", next_step=_ALL_OF_IT.format(begins))
    if place(text) == place(request.server.needed("authorization_endpoint")):
        raise InvalidAuthorizationResponse(
            "That is the address of the sign-in page itself.", next_step=_GO_ON.format(begins)
        )
    if place(text) != place(begins):
        raise InvalidAuthorizationResponse(
            "That is the address of a different page.", next_step=_ALL_OF_IT.format(begins)
        )
    parameters = _query(text)
    if not parameters.keys() & {"code", "error"}:
        raise InvalidAuthorizationResponse(
            "That address contains no answer.",
            next_step="Copy the whole address again, up to its last character.",
        )
    if parameters.get("state") != [request.state]:
        raise StateMismatch(
            "That address belongs to an earlier sign-in or to another notebook.",
            next_step="Click the sign-in button again, and copy the address of the new window.",
        )


def _query(url: str) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return {}
