"""Why a server could not be reached, and what to do about it."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator

from oauth_widgets._net.lean import httpx
from oauth_widgets._net.retry_after import passes
from oauth_widgets.errors import ServerUnreachable

_NO_CONNECTION = "no connection"
_Reason = tuple[str, str | None]
"""What went wrong and, if it does not pass, the step to take."""
_UNSENDABLE = (httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError)
_UNSENT = (httpx.ConnectError, httpx.ProxyError, *_UNSENDABLE)

_UNTRUSTED: _Reason = (
    "its certificate is not trusted here: no known authority signed it",
    'If your network has its own certificates, pass their file: ow.trust("company.pem").',
)
_CERTIFICATES: dict[int, _Reason] = {
    9: ("its certificate is not valid yet", "Check this machine's clock, then try again."),
    10: (
        "its certificate has expired",
        "Check this machine's clock. If it is right, tell whoever runs the server.",
    ),
    18: (
        "its certificate is not trusted here: it is self-signed",
        'If you know who runs the server, ask for its certificate file: ow.trust("cert.pem").',
    ),
    23: ("its certificate was revoked", "Tell whoever runs the server."),
    62: (
        "its certificate was issued for another host",
        "Check the host in the address. If it is right, tell whoever runs the server.",
    ),
}
"""By OpenSSL's number for what it found."""
_CERTIFICATES[64] = _CERTIFICATES[62]
_NO_TLS: _Reason = (
    "it doesn't use TLS on that port, or uses only a version that isn't accepted here",
    "Check the address and its port.",
)
_NO_HOST: _Reason = (
    "its name, or the proxy's, can't be resolved",
    "Check the host in the address, and that you're on its network. ow.trust() shows the proxies.",
)
_TOO_MANY: _Reason = (
    "too many files or connections are open in this process or on this computer",
    "Close some that you no longer need, then try again.",
)
_STATUS = re.compile(r"[1-5][0-9]{2}\b")
_PROXY_NAME = "Set HTTPS_PROXY to http://name:password@host:port."
_PROXY_REFUSES = (
    "Ask whoever runs the proxy to allow it, or add the host to NO_PROXY. "
    "ow.trust() shows the proxies."
)


def unreachable(problem: Exception, server: str, *, proxied: bool) -> ServerUnreachable:
    """Return the error for a failure of httpx's on the way to the origin `server`.

    The text of httpx's own errors may repeat an address with its query.
    """
    reason, step = _why(problem)
    if proxied and reason == _NO_CONNECTION:
        reason = "the proxy can't be reached"
    sent = not isinstance(problem, _UNSENT)
    failure = ServerUnreachable(f"{server} could not be reached ({reason}).", sent=sent)
    failure.retry_may_help = step is None
    failure.next_step = step or failure.next_step
    return failure


def _why(problem: Exception) -> _Reason:
    if isinstance(problem, _UNSENDABLE):
        return "this request can't be sent", "Check the address for typos."
    if isinstance(problem, httpx.ProxyError):
        return _refused_by_proxy(problem)
    if isinstance(problem, httpx.ConnectError):
        known = map(_known, _causes(problem))
        return next(filter(None, known), (_NO_CONNECTION, None))
    if isinstance(problem, httpx.ReadError | httpx.RemoteProtocolError):
        return "the connection was cut", None
    return type(problem).__name__, None


def _known(cause: BaseException) -> _Reason | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(cause.verify_code, _UNTRUSTED)
    if isinstance(cause, ssl.SSLError):
        return _NO_TLS
    if isinstance(cause, OSError) and cause.errno in {errno.EMFILE, errno.ENFILE}:
        return _TOO_MANY
    # Without a network the answer is EAI_AGAIN, which passes.
    no_host = isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN
    return _NO_HOST if no_host else None


def _refused_by_proxy(problem: httpx.ProxyError) -> _Reason:
    # A number and what the proxy says of it, or the words of a SOCKS proxy.
    said = _STATUS.match(str(problem))
    if said is None:
        return "the proxy refused to connect to it", _PROXY_REFUSES
    if said[0] == "407":
        return "the proxy requires a username and password", _PROXY_NAME
    if passes(int(said[0])):
        return f"the proxy answered with status {said[0]}", None
    return f"the proxy refused to connect to it, status {said[0]}", _PROXY_REFUSES


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
