"""What works here and why: front end, kernel, ways back, certificates, and the server."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import textwrap
import time
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

from oauth_widgets._net.trust import trust
from oauth_widgets.errors import ConfigurationError, NeedsAPerson, OAuthError
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.id_token import CLOCK_TOLERANCE
from oauth_widgets.secret.table import as_table
from oauth_widgets.servers import redirect_advice
from oauth_widgets.servers.redirects import RedirectAdvice
from oauth_widgets.signing_in.callback.loopback import barred
from oauth_widgets.signing_in.callback.page import Page, unseen_page
from oauth_widgets.signing_in.callback.person import check_person, hears_widgets, in_a_kernel
from oauth_widgets.signing_in.callback.ways import (
    Way,
    local,
    loopback_callback,
    proxied_callback,
    ways,
)
from oauth_widgets.signing_in.clock import clock
from oauth_widgets.signing_in.kept_here import kept_here
from oauth_widgets.signing_in.mix_up import mix_up

_FRONT_ENDS = {"lab": "JupyterLab", "notebook": "Jupyter Notebook", "voila": "Voilà"}
_WAYS = {
    "loopback": "This computer",
    "page": "Jupyter server",
    "proxy": "Proxy",
    "paste": "Copy and paste",
}
_ANYWHERE = {"loopback", "paste"}
"""Ways that can be judged without a Jupyter page."""

_PROXY_LOGS = "Keep its log level above debug: debug logs whole addresses, including codes."
_HUB_LOGS = "A JupyterHub logs the addresses it forwards, including codes. A code alone is useless."
DETAILS = "What was checked"
REGISTER = "Register this address:"
_WIDTH = 88
_VERDICT = "Verdict"
_PLACE = "Where it runs"
_EXAMPLE = "https://id.example.com"


D = TypeVar("D", bound="Diagnosis")


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    `good` is None if it is neither good nor bad. `advice` says what would help. `register` is
    an address to register for the client, exactly as it is.
    """

    title: str
    found: str
    good: bool | None = None
    advice: str = ""
    register: str = ""

    @property
    def mark(self) -> str:
        """The verdict as a sign, since colour alone must not carry it."""
        return {True: "✓", False: "✗", None: "·"}[self.good]

    @property
    def lines(self) -> tuple[str, ...]:
        """The finding as lines of text."""
        address = f"{REGISTER} {self.register}" if self.register else ""
        return tuple(line for line in (self.found, address, self.advice) if line)


class Diagnosis:
    """What `doctor` found; prints as text, and a notebook shows it as a card.

    `findings` has what the kernel knows alone. A page adds its address and what it can reach.

        for finding in ow.doctor().findings:
            print(finding.title, finding.found)
    """

    def __init__(
        self,
        server: tuple[Finding, ...],
        *,
        devices: bool | None,
        issuer: str = "",
        redirects: RedirectAdvice | None = None,
    ) -> None:
        self._server = server
        self._issuer = issuer
        self._redirects = redirects or RedirectAdvice(register=loopback_callback(issuer), why="")
        self._devices = devices

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the kernel knows without a page."""
        return self.seen_from(unseen_page())

    def seen_from(self, page: Page) -> tuple[Finding, ...]:
        """Return all findings for a person at `page`: `ow.doctor().seen_from(page)`."""
        return (
            _front_end(page),
            _kernel(),
            *_place(page),
            *(_way(way, page, self._issuer, self._redirects.why) for way in self._ways(page)),
            *_mixed_up(loopback_callback(), *self._registered(page)),
            _device(offered=self._devices),
            *_trusted(),
            *(Finding(*fact) for fact in kept_here()),
            *self._server,
        )

    def verdict(self, page: Page) -> Finding:
        """Return whether a person at `page` can sign in: `ow.doctor().verdict(page).register`."""
        trouble = next((finding for finding in self._server if finding.good is False), None)
        if trouble is not None:
            said = f"Sign-in won't work: {trouble.found}"
            return Finding(_VERDICT, said, good=False, advice=trouble.advice)
        registered = self._registered(page)
        way = next(way for way in self._ways(page) if way.works)
        if way.redirect_uri not in registered or way.name == "paste":
            return Finding(_VERDICT, "Sign-in works here by copy and paste.", good=True)
        return Finding(_VERDICT, "Sign-in works here.", good=True, register=way.redirect_uri)

    def _registered(self, page: Page) -> tuple[str, ...]:
        """Return the addresses that are worth registering."""
        own = self._redirects.register
        return (
            *([own] if own else []),
            *page.callback_uris[:1],
            *proxied_callback(page, self._issuer),
        )

    def _ways(self, page: Page) -> list[Way]:
        registered = self._registered(page)
        all_ways = ways(registered, page, barred=_barred(registered, page))
        return [way for way in all_ways if page.base or way.name in _ANYWHERE]

    @property
    def server_is_well(self) -> bool:
        """Whether nothing is wrong with the server, if one was checked."""
        return all(finding.good is not False for finding in self._server)

    def __str__(self) -> str:
        verdict = self.verdict(unseen_page())
        first = "\n".join([f"{verdict.mark} {verdict.lines[0]}", *verdict.lines[1:], ""])
        width = max(len(finding.title) for finding in self.findings)
        blocks = (
            textwrap.fill(
                line,
                _WIDTH,
                initial_indent=start,
                subsequent_indent=" " * (width + 4),
                break_long_words=False,
                break_on_hyphens=False,
            )
            for finding in self.findings
            for line, start in zip(
                finding.lines,
                (f"{finding.mark} {finding.title:{width}}  ", *[" " * (width + 4)] * 2),
                strict=False,
            )
        )
        return "\n".join([first, *blocks])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = ((f"{one.mark} {one.title}", "\n".join(one.lines)) for one in self.findings)
        verdict = self.verdict(unseen_page())
        lines = "<br>".join(map(escape, verdict.lines))
        return (
            f"<p><strong>{verdict.mark} {lines}</strong></p>"
            f"<details><summary>{DETAILS}</summary>{as_table((), rows)}</details>"
        )

    def rows(self, page: Page) -> list[list[Any]]:
        """Return the verdict, then what `seen_from` returns, as rows for a page.

        Each row has the sign, the title, the lines of text, and the address to register.

            ow.doctor().rows(page)
        """
        return [
            [
                finding.mark,
                finding.title,
                [line for line in (finding.found, finding.advice) if line],
                finding.register,
            ]
            for finding in (self.verdict(page), *self.seen_from(page))
        ]


async def diagnosed(server: str | AuthorizationServer | None, kind: type[D]) -> D:
    """Check this machine and `server`, and return the result as a `kind` (I/O loop only).

    An issuer is asked to describe itself; a description is used as it is.
    """
    if server is None:
        return kind((), devices=None)
    described = isinstance(server, AuthorizationServer)
    try:
        described_server = (
            server if isinstance(server, AuthorizationServer) else await drive(discovery(server))
        )
        ahead = await drive(clock(described_server.issuer, now=time.time))
    except OAuthError as problem:
        finding = Finding("Server", problem.own_words, good=False, advice=problem.next_step)
        # Its address is enough to propose one for it, unless that is what is wrong.
        issuer = server.issuer if isinstance(server, AuthorizationServer) else server
        wrong = isinstance(problem, ConfigurationError)
        return kind((finding,), devices=None, issuer="" if wrong else issuer)
    said = f"{described_server.issuer} publishes valid metadata."
    finding = Finding("Server", said, good=True)
    if described:
        finding = Finding("Server", f"{described_server.title}: used as you described it.")
    return kind(
        (finding, _clocks(ahead)),
        devices=described_server.device_authorization_endpoint is not None,
        issuer=described_server.issuer,
        redirects=redirect_advice(described_server),
    )


def _clocks(ahead: float | None) -> Finding:
    if ahead is None:
        return Finding("Clock", "The server doesn't send its time.")
    if abs(ahead) < 1:
        return Finding("Clock", "This machine's clock and the server's agree.", good=True)
    said = f"This machine's clock is {abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead'}."
    close = abs(ahead) <= CLOCK_TOLERANCE
    advice = (
        ""
        if close
        else f"Set it: ID tokens are refused if it's off by more than {CLOCK_TOLERANCE:g} s."
    )
    return Finding("Clock", said, good=close, advice=advice)


def _barred(registered: tuple[str, ...], page: Page) -> dict[str, str]:
    """Try to listen at each of these addresses, and return why that fails, by address."""
    reasons: dict[str, str] = {}
    for way in ways(registered, page):
        if way.works and way.name in {"loopback", "proxy"}:
            why = barred(local(way.redirect_uri, page))
            reasons |= {way.redirect_uri: why} if why else {}
    return reasons


def _front_end(page: Page) -> Finding:
    if page.base:
        return Finding("Front end", f"{_FRONT_ENDS[page.front_end]} at {page.base}")
    if in_a_kernel():
        return Finding("Front end", "Unknown: no Jupyter page has reported its address.")
    return Finding("Front end", "None. Run ow.doctor() in a notebook to learn more.")


def _kernel() -> Finding:
    if not in_a_kernel():
        return Finding("Kernel", f"None: this is Python {platform.python_version()}.")
    try:
        name = f"ipykernel {importlib.metadata.version('ipykernel')}"
    except importlib.metadata.PackageNotFoundError:
        name = "Not ipykernel"
    try:
        check_person()
    except NeedsAPerson as problem:
        return Finding("Kernel", f"{name}. {problem.message}", good=False, advice=problem.next_step)
    if hears_widgets():
        return Finding("Kernel", f"{name}: clicks work while a cell is waiting.", good=True)
    said = f"{name}: while a cell is waiting, clicks don't work, but answers arrive directly."
    return Finding(
        "Kernel",
        said,
        advice="If you have to paste the answer, a prompt appears below the cell.",
    )


def _place(page: Page) -> list[Finding]:
    if "BINDER_SERVICE_HOST" in os.environ or "BINDER_LAUNCH_HOST" in os.environ:
        said = "On Binder, at a temporary address."
        advice = (
            "You can't register it in advance: paste the address, or sign in on another device."
        )
        return [Finding(_PLACE, said, advice=advice)]
    if page.hub or "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        return [Finding(_PLACE, "On a JupyterHub."), _hub_origin(page)]
    if page.far:
        return [Finding(_PLACE, "On a different machine from your browser.")]
    if page.base and page.elsewhere:
        return [Finding(_PLACE, "Your browser can't reach the kernel directly.")]
    here = page.loopback or not in_a_kernel()
    return [Finding(_PLACE, "On this computer.")] if here else []


def _hub_origin(page: Page) -> Finding:
    if not page.base:
        return Finding("Other users", "Unknown until a page has reported its address.")
    # Only a hub with subdomains has a host that is not its users' too.
    if os.environ.get("JUPYTERHUB_HOST"):
        return Finding("Other users", "Each has a separate address.", good=True)
    return Finding(
        "Other users",
        "All users of this hub share one address, so their pages can act as you in your browser.",
        good=False,
        advice="Use it only if you trust them, or ask for a subdomain per user (subdomain_host).",
    )


def _way(way: Way, page: Page, issuer: str, rule: str) -> Finding:
    advice = rule if way.name == "loopback" else ""
    if way.name == "loopback" and way.works and not issuer:
        advice = (
            f"Register a different one for each server, such as {loopback_callback(_EXAMPLE)} for "
            f"{_EXAMPLE}. To see the one for your server, pass the server's address to doctor."
        )
    if way.name == "page" and way.works and page.installed is False:
        advice = (
            "The callback page isn't installed, so the card reads the window's address. For better "
            "security, install oauth-widgets in Jupyter's own environment too."
        )
    if way.name == "page" and way.works and page.hub:
        advice = f"{advice} {_HUB_LOGS}".strip()
    if way.name == "proxy" and way.works:
        advice = _PROXY_LOGS
    if way.name == "paste":
        said = "Always works: paste the address of the last page into the card."
        return Finding(_WAYS[way.name], said, good=True)
    register = way.redirect_uri if way.works else ""
    return Finding(_WAYS[way.name], way.why, good=way.works, advice=advice, register=register)


def _mixed_up(*addresses: str) -> list[Finding]:
    """Return a finding for each of these addresses at which several servers answered here."""
    dangers = dict.fromkeys(danger for address in addresses if (danger := mix_up(address)))
    return [Finding("Several servers", danger, good=False) for danger in dangers]


def _device(*, offered: bool | None) -> Finding:
    what = "On another device"
    if offered is None:
        return Finding(what, "Works if the server offers it. Needs no redirect URI.")
    if offered:
        return Finding(what, "The server offers it. Needs no redirect URI.", good=True)
    return Finding(what, "The server doesn't offer it.", good=False)


def _trusted() -> list[Finding]:
    force = trust()
    findings = [Finding("Certificates", f"Trusted: {force.authorities}.")]
    findings += [
        Finding("Outgoing proxy", f"{scheme} requests use {address}; local ones never do.")
        for scheme, address in force.proxies.items()
    ]
    return findings
