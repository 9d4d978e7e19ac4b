"""What doctor says: what works here and why, and what to register, letter by letter."""

from __future__ import annotations

import asyncio
import errno
from contextlib import nullcontext

import keyring
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.session.kept import os_keyring
from oauth_widgets.signing_in import diagnosis
from oauth_widgets.signing_in.callback.page import Page
from oauth_widgets.signing_in.callback.small_server import SmallServer
from oauth_widgets.signing_in.callback.ways import ways
from oauth_widgets.signing_in.diagnosis import Diagnosis, Finding

from .told import server_at

PROXIED = "https://hub.example/hub/user-redirect/proxy/8765"
LAB = Page(
    front_end="lab", origin="http://localhost:8888", base_url="/", loopback=True, installed=True
)
HUB = Page(
    front_end="notebook",
    origin="https://hub.example",
    base_url="/user/bob/",
    hub="/hub/",
    installed=False,
    proxy=True,
)


@pytest.fixture(autouse=True)
def on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_HOST", "BINDER_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_keyring_that_is_set_up_and_missing_is_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("No module named 'keyrings'")

    monkeypatch.setattr(keyring, "get_keyring", missing)
    one = found("Saving to a keyring")
    assert one.found == "The keyring failed: ModuleNotFoundError."
    assert 'keep="file"' in one.advice
    # The rest is checked all the same.
    assert found("Connections")


def test_a_keyring_that_does_not_encrypt_gets_no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os_keyring, "names", lambda: ["file PlaintextKeyring"])
    one = found("Saving to a keyring")
    assert (one.good, "doesn't encrypt" in one.found) == (None, True)


@pytest.fixture
def in_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "in_a_kernel", lambda: True)
    monkeypatch.setattr(diagnosis, "check_person", lambda: "notebook")


def found(title: str, page: Page = LAB, issuer: str | None = None) -> Finding:
    (one,) = (one for one in ow.doctor(issuer).seen_from(page) if one.title == title)
    return one


@pytest.mark.parametrize("page", [LAB, HUB])
def test_what_it_says_to_register_leads_back_from_there(page: Page) -> None:
    told = {one.title: one for one in ow.doctor().seen_from(page)}
    for what, name in (
        ("This computer", "loopback"),
        ("Jupyter server", "page"),
        ("Proxy", "proxy"),
    ):
        if told[what].good:
            way = next(way for way in ways((told[what].register,), page) if way.works)
            assert way.name == name
        else:
            assert told[what].register == ""


def test_on_ones_own_machine_the_answer_comes_straight_back() -> None:
    assert found("Front end").found == "JupyterLab at http://localhost:8888/"
    assert found("Where it runs").found == "On this computer."
    assert found("This computer").good
    assert found("This computer").register == "http://127.0.0.1/callback"
    assert not found("Proxy").good


def test_each_server_gets_an_address_of_its_own_to_register() -> None:
    advice = found("This computer").advice
    assert advice == (
        "Register a different one for each server, such as "
        "http://127.0.0.1/callback/id.example.com for https://id.example.com. "
        "To see the one for your server, pass the server's address to doctor."
    )
    known = Diagnosis((), devices=None, issuer="https://id.example.com")
    for title, page, address in (
        ("This computer", LAB, "http://127.0.0.1/callback/id.example.com"),
        ("Proxy", HUB, f"{PROXIED}/callback/id.example.com"),
    ):
        (one,) = (one for one in known.seen_from(page) if one.title == title)
        assert one.register == address
        assert "for each server" not in one.advice


def test_servers_that_answered_at_one_address_are_named() -> None:
    assert "Several servers" not in [one.title for one in ow.doctor().findings]
    client = ow.ClientMetadata(client_id="x", redirect_uris=["http://127.0.0.1:8765/callback"])
    warned = pytest.warns(ow.errors.MixUpWarning)
    for host, tells in (("one.example", nullcontext()), ("two.example", warned)):
        with tells:
            ow.begin_login(server_at(host), client)
    several = found("Several servers")
    assert several.good is False
    assert several.found.startswith("Answers from one.example and two.example")


def test_where_this_machine_has_no_port_left_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(SmallServer, "server_bind", full)
    direct = found("This computer")
    assert (direct.good, direct.register) == (False, "")
    assert direct.found.startswith("Can't listen for the answer: too many files")
    assert found("Proxy", HUB).found == direct.found


def test_on_a_hub_it_names_one_address_for_all_and_that_they_share_an_origin() -> None:
    assert not found("This computer", HUB).good
    through = found("Jupyter server", HUB)
    assert through.register.startswith("https://hub.example/hub/user-redirect/lab/extensions/")
    assert "install oauth-widgets in Jupyter's own environment" in through.advice
    assert "logs the addresses" in through.advice
    assert "debug" in found("Proxy", HUB).advice
    others = found("Other users", HUB)
    assert others.good is False
    assert "subdomain" in others.advice


def test_a_hub_with_subdomains_keeps_its_users_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/bob/")
    # a name that only looks like it
    jupyter = Page(**{**vars(HUB), "origin": "https://bob.hub.example"})
    assert found("Other users", jupyter).good is False
    monkeypatch.setenv("JUPYTERHUB_HOST", "https://hub.example")
    assert found("Other users", jupyter).good


def test_a_kernel_on_a_hub_says_so_before_any_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/bob/")
    text = str(ow.doctor())
    assert "On a JupyterHub." in text
    assert "✗ This computer" in text


def test_on_binder_no_address_can_be_registered_beforehand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BINDER_SERVICE_HOST", "x")
    assert "paste" in found("Where it runs", HUB).advice


@pytest.mark.usefixtures("in_a_kernel")
@pytest.mark.parametrize(("hears", "good"), [(True, True), (False, None)])
def test_it_says_whether_a_waiting_cell_hears_clicks(
    monkeypatch: pytest.MonkeyPatch, *, hears: bool, good: bool | None
) -> None:
    monkeypatch.setattr(diagnosis, "hears_widgets", lambda: hears)
    kernel = found("Kernel")
    assert kernel.found.startswith("ipykernel ")
    assert kernel.good is good


@pytest.mark.usefixtures("in_a_kernel")
def test_a_notebook_that_runs_by_itself_is_told_what_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody() -> None:
        raise ow.errors.NeedsAPerson("Nobody.", next_step="Use client_credentials(…).")

    monkeypatch.setattr(diagnosis, "check_person", nobody)
    assert found("Kernel").good is False
    assert "client_credentials" in found("Kernel").advice


@pytest.mark.usefixtures("in_a_kernel")
def test_in_a_kernel_whose_page_is_silent_nothing_is_claimed_of_the_place() -> None:
    assert "Unknown" in found("Front end", Page()).found
    assert "Where it runs" not in str(ow.doctor())


def test_a_page_that_cannot_reach_the_kernel_is_told_so() -> None:
    away = Page(**{**vars(LAB), "loopback": False})
    assert "can't reach the kernel" in found("Where it runs", away).found
    assert found("Where it runs", Page(far=True)).found.startswith("On a different machine")


@pytest.mark.parametrize(("profile", "offers"), [("playground", True), ("wgtwo", False)])
def test_a_server_is_looked_at(profile: str, *, offers: bool) -> None:
    issuer = ow.sandbox.start(profile).server.issuer
    assert found("Server", issuer=issuer).good
    assert found("Clock", issuer=issuer).good
    assert found("On another device", issuer=issuer).good is offers
    assert ow.doctor(issuer).server_is_well


def test_a_server_that_is_not_there_is_a_finding() -> None:
    told = ow.doctor("http://127.0.0.1:1")
    assert not told.server_is_well
    assert found("Server", issuer="http://127.0.0.1:1").good is False


def test_an_address_that_can_be_no_server_is_a_finding_too() -> None:
    assert "not https" in found("Server", issuer="http://server.example").found
    register = found("This computer", issuer="http://server.example").register
    assert register == "http://127.0.0.1/callback"


def test_a_server_that_does_not_answer_gets_its_own_address_to_register_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(_: object) -> None:
        raise errors.ServerUnreachable("No answer.", sent=False)

    monkeypatch.setattr(diagnosis, "drive", silent)
    one = found("This computer", issuer="https://sso.example.org/realms/research")
    assert one.register == "http://127.0.0.1/callback/sso.example.org/realms/research"
    assert one.advice == ""


@pytest.mark.parametrize(
    ("ahead", "good", "said"),
    [(90, False, "behind"), (-90, False, "ahead"), (10, True, "behind"), (0, True, "agree")],
)
def test_a_clock_that_is_wrong_is_said_before_tokens_are_refused(
    ahead: float, said: str, *, good: bool
) -> None:
    clocks = diagnosis._clocks(ahead)  # noqa: SLF001
    assert (clocks.good, said in clocks.found) == (good, True)
    assert bool(clocks.advice) is not good


def test_a_server_that_tells_no_time_is_not_blamed() -> None:
    assert diagnosis._clocks(None).good is None  # noqa: SLF001


def test_trust_and_proxies_in_force_are_named_without_passwords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example:3128")
    proxy = found("Outgoing proxy")
    assert "proxy.example:3128" in proxy.found
    assert "secret" not in proxy.found
    assert found("Certificates").found


def test_as_text_every_line_fits_and_addresses_stay_whole() -> None:
    told = ow.doctor()
    assert str(told) == repr(told)
    for line in str(told).splitlines():
        assert len(line) <= 88 or "://" in line
    assert "http://127.0.0.1/callback" in str(told)


def test_as_html_nothing_of_it_is_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://<b>.example")
    html = ow.doctor()._repr_html_()
    assert "<b>" not in html
    assert html.count("<tr>") == len(ow.doctor().findings)


def test_outside_a_notebook_it_is_text() -> None:
    with pytest.raises(NotImplementedError):
        ow.doctor()._ipython_display_()


def test_it_can_be_awaited() -> None:
    assert isinstance(asyncio.run(ow.adoctor()), ow.Diagnosis)
