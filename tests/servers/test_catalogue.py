"""All servers known by name: their list, their table, their page, and whose addresses they have."""

from __future__ import annotations

import inspect
import pkgutil
import re
from urllib.parse import urlsplit

import pytest
from IPython.core.formatters import DisplayFormatter

import oauth_widgets as ow
from oauth_widgets import servers
from oauth_widgets.servers import catalogue
from oauth_widgets.servers.preset import Preset

from .page import PAGE, anchor, page

PRESETS = {one.name: one for one in servers.PRESETS}
NO_SERVERS = {"catalogue", "kinds", "preset", "redirects", "scopes"}

every = pytest.mark.parametrize("preset", servers.PRESETS, ids=PRESETS)


def addresses(preset: Preset) -> dict[str, str]:
    described = vars(preset.example)
    return {
        name: value
        for name, value in described.items()
        if isinstance(value, str) and value.startswith("https://")
    }


def test_there_is_a_file_for_each_and_each_is_listed() -> None:
    files = {module.name for module in pkgutil.iter_modules(servers.__path__)} - NO_SERVERS
    assert files == set(PRESETS) == set(servers.__all__) == set(dir(servers))
    assert len(PRESETS) >= 25
    assert all(getattr(servers, name) is one for name, one in PRESETS.items())


@every
def test_all_addresses_are_of_one_owner(preset: Preset) -> None:
    told = {
        urlsplit(part.example).hostname or part.example
        for part in preset.parts
        if "." in part.example
    }
    owned = set(preset.owner) or told
    hosts = {urlsplit(url).hostname or "" for url in addresses(preset).values()}
    assert hosts
    for host in hosts:
        assert any(host == domain or host.endswith(f".{domain}") for domain in owned), host


@every
def test_all_addresses_are_https_and_filled_in(preset: Preset) -> None:
    described = vars(preset.example)
    for name, template in preset.describes.items():
        assert described[name] is not None
        if isinstance(template, str) and "://" in str(described[name]):
            assert described[name].startswith("https://")
            assert not re.search(r"[{}]", described[name])


@every
def test_each_says_what_one_needs_to_know(preset: Preset) -> None:
    assert preset.source
    assert preset.register
    assert preset.refresh
    assert all(gives.endswith(".") for gives in preset.scopes.values())
    assert all(note.endswith((".", "`.")) for note in preset.notes)
    for scope in preset.scopes:
        assert ow.Scope([scope])


@every
def test_each_answers_to_shift_tab_and_a_question_mark(preset: Preset) -> None:
    assert [*inspect.signature(preset).parameters] == [part.name for part in preset.parts]
    assert preset.line in (inspect.getdoc(preset) or "")
    assert preset.line in repr(preset)


@every
def test_the_scope_picker_shows_its_scopes_with_what_they_give(preset: Preset) -> None:
    client = ow.ClientMetadata(client_id="mine", client_secret="a-toy-secret")
    picker = ow.ScopePicker(preset.example, client)
    shown = {one["name"]: one["gives"] for one in picker.scopes}
    picker.close()
    assert shown == dict(preset.scopes)


def test_the_list_names_every_server_and_what_it_needs() -> None:
    text = repr(ow.servers)
    assert text == str(ow.servers)
    for one in servers.PRESETS:
        assert re.search(
            rf"^{one.name} +{re.escape(one.title)}; needs {one.needs}", text, re.MULTILINE
        )


def test_the_table_has_a_row_for_every_server() -> None:
    html = ow.servers._repr_html_()
    for heading in catalogue.HEADINGS:
        assert f">{heading}</bdi></th>" in html
    assert html.count("<tr>") == len(PRESETS) + 1
    assert "arguments" in catalogue.HEADINGS
    for one in servers.PRESETS:
        assert f">{one.name}</bdi></th>" in html
        assert f">{one.title}</bdi></td>" in html


def test_a_notebook_shows_the_table_and_the_section_of_one_server() -> None:
    shown = DisplayFormatter()
    assert shown.format(ow.servers)[0]["text/html"] == ow.servers._repr_html_()
    assert "ow.servers.github()" in shown.format(ow.servers)[0]["text/plain"]
    section = shown.format(ow.servers.github)[0]["text/markdown"]
    assert "- Register this address: `http://127.0.0.1/callback/github.com/login/oauth`" in section
    assert "- API: `https://api.github.com`" in section
    assert "- Client secret: in the request, none for a public client" in section


def test_the_page_is_what_the_presets_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run: python -m tests.servers.page"


@every
def test_each_has_a_row_and_a_section_on_the_page(preset: Preset) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"| [`{preset.name}`](#{anchor(preset.title)}) | {preset.title} |" in text
    assert f"## {preset.title}\n\n```python\nserver = {preset.line}\n```" in text
