"""connections.toml: every line judged, and what is wrong named with its place."""

from __future__ import annotations

import tomllib
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.signing_in.connections import read_connections

from ..helpers.connected import Connected

GOOD = """# what we use here
[acme]
server = "https://id.acme.example"  # ours
client_id = "notebook"
client_secret = { env = "ACME_SECRET" }
redirect_uris = ["http://127.0.0.1/callback"]
scope = "openid offline_access reports.read"
api = "https://api.acme.example"
keep = "keyring"
from = "jupyterhub"
email = "*@acme.example"
extra = { audience = "https://api.acme.example", max_age = 3600 }

[other]
preset = "wgtwo"
client_id = "other"
"""


def test_every_field_is_taken_and_comments_are_allowed(connected: Connected) -> None:
    connected.file.write_text(GOOD)
    found = read_connections()
    acme = found["acme"]
    assert list(found) == ["acme", "other"]
    assert acme.keep == "keyring"
    assert acme.scope == {"openid", "offline_access", "reports.read"}
    assert acme.person.email == "*@acme.example"
    assert acme.extra == {"audience": "https://api.acme.example", "max_age": 3600}
    assert found["other"].slot().startswith("other-")


@pytest.mark.check(id="kept/no-plain-secret")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'client_secret = "s3cr3t"',
            r'in the file itself[^$]*\nWrite client_secret = \{ env = "NAME" \}',
        ),
        ('client_secret = { env = "A", file = "b" }', "several sources: env and file"),
        ('client_secret = { vault = "A" }', "no known source"),
        ("client_secret = { env = 7 }", '"client_secret" names no known source'),
        ('from = "kubernetes"', "doesn't name a known platform"),
        ('from = { token_file = "a", token_env = "b" }', "several sources"),
        ('keep = "cloud"', '"keep" doesn\'t name a known place'),
        ('colour = "red"', "no field colour"),
        ('emial = "*@acme.example"', r"Did you mean email\?"),
        ("scope = 7", '"scope" is not text'),
        ('redirect_uris = "http://127.0.0.1/callback"', "is not a list"),
        ('preset = "wgtwo"', "both a server and a preset"),
        ('kep = "file"', r"Did you mean keep\?"),
        ("keep = true", '"keep" is not text'),
        ('keep = ""', '"keep" is empty'),
        ('email = ""', '"email" is empty'),
        ('scope = "open\\"id"', "cannot be the name of a scope"),
        ('redirect_uris = ["nonsense"]', "redirect URI is not an absolute"),
        ('api = "nonsense"', r"api is not an absolute[^$]*Use the full api"),
        ("api_origins = [7]", "int is not text"),
        ('extra = "audience"', r'is not a table[^$]*Write it as extra = \{ audience = "…" \}'),
        ("extra = { audience = true }", r'"audience" in "extra" is not text[^$]*audience = "…"'),
        ('extra = { client_secret = "s3cr3t" }', r"may be a secret[^$]*outside of .extra"),
        ('extra = { Password = "s3cr3t" }', r"has Password, which may be a secret[^$]*in the call"),
        ('extra = { subject_token = "s3cr3t" }', "has subject_token, which may be a secret"),
        ('extra.apiKey = "s3cr3t"', "has apiKey, which may be a secret"),
        ('extra = { state = "s3cr3t" }', "must not set state"),
        ('extra = { max_age = "long" }', "not a whole number of seconds"),
        ('token_endpoint_auth_method = "magic"', "authenticate a client that way"),
    ],
)
def test_what_cannot_work_is_told_with_file_and_line(
    connected: Connected, line: str, said: str
) -> None:
    top = '[acme]\nserver = "https://id.acme.example"\nclient_id = "notebook"\n\n'
    connected.file.write_text(f"{top}{line}\n")
    with pytest.raises(errors.ConfigurationError, match=said) as refused:
        ow.session("acme")
    assert f"{connected.file}, line 5: " in refused.value.message
    assert "s3cr3t" not in str(refused.value)
    assert ow.connections()["acme"].problem == refused.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[acme\n", "line 1"),
        ("[acme]\n[acme]\n", r"Cannot declare \[acme\] twice[^$]*a different name"),
        ("[acme]\nscope = ''\nscope = ''\n", r"line 3[^$]*each of its fields once"),
        ("[[acme]]\n", r"acme is a list of connections\.\nWrite \[acme\]"),
        ('[acme]\nserver = "http://id.example"\nclient_id = "a"\n', "line 2: .* not https"),
        ("[acme]\nclient_secret = s3cr3t\n", "line 2"),
        ('server = "https://id.acme.example"\n', "line 1: server is outside"),
        ('[acme]\nclient_id = "notebook"\n', "line 1: The connection acme has no server"),
        ('[acme]\nserver = "https://id.acme.example"\n', "line 1: .* has no client_id"),
        ('[acme]\npreset = "wgtoo"\nclient_id = "a"\n', r"line 2: .*wgtoo.*\nDid you mean wgtwo\?"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_told(
    connected: Connected, text: str, said: str
) -> None:
    connected.file.write_text(text)
    with pytest.raises(errors.ConfigurationError, match=said) as refused:
        ow.session("acme")
    assert "s3cr3t" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_told_by_its_reason(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.file.write_bytes("[acme]\n# café".encode("latin-1"))
    with pytest.raises(errors.ConfigurationError, match="isn't UTF-8 text"):
        ow.session("acme")
    monkeypatch.setenv("OAUTH_WIDGETS_CONNECTIONS", str(connected.file.parent))
    with pytest.raises(errors.ConfigurationError, match="Is a directory"):
        ow.session("acme")
    monkeypatch.setenv("OAUTH_WIDGETS_CONNECTIONS", "~no_such_person/connections.toml")
    with pytest.raises(errors.ConfigurationError, match="isn't a valid path here"):
        ow.session("acme")


def test_a_mark_that_windows_editors_write_is_no_mistake(connected: Connected) -> None:
    connected.file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert list(read_connections()) == ["acme", "other"]


@pytest.mark.parametrize("key", ["client_secret", "from"])
@pytest.mark.parametrize("path", ["/a\0b", "~no_such_person/x", "/"], ids=["nul", "home", "folder"])
def test_a_place_that_cannot_be_read_is_told(connected: Connected, key: str, path: str) -> None:
    kind = "file" if key == "client_secret" else "token_file"
    connected.write(**{"client_secret": None, key: {kind: path}})
    with pytest.raises(errors.NeedsAPerson, match="can't be read"):
        ow.session("acme")


def test_a_secret_in_a_keyring_that_fails_is_told(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.write(client_secret={"keyring": "acme"})
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    monkeypatch.setattr(keyring, "get_password", fail.Keyring().get_password)
    with pytest.raises(
        errors.NeedsAPerson, match=r"line 4: This computer has no keyring[^$]*client_secret ="
    ):
        ow.session("acme")


def test_a_name_that_is_not_there_names_the_nearest(connected: Connected) -> None:
    connected.file.write_text(GOOD)
    with pytest.raises(
        errors.ConfigurationError, match=r"no connection 'amce'.*\nDid you mean acme\?"
    ):
        ow.login("amce")
    with pytest.raises(errors.ConfigurationError, match=r'ow.discover\("https://id'):
        ow.login("https://id.acme.example")
    with pytest.raises(errors.ConfigurationError, match="sets scope"):
        ow.login("acme", scope="more")
    connected.file.unlink()
    with pytest.raises(errors.ConfigurationError, match="doesn't exist"):
        ow.session("acme")


def test_without_a_file_there_are_no_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OAUTH_WIDGETS_CONNECTIONS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert len(ow.connections()) == 0
    shown = repr(ow.connections())
    example = tomllib.loads(shown.partition("\n\n")[2])
    assert (str(tmp_path) in shown, list(example)) == (True, ["acme"])
    with pytest.raises(errors.ConfigurationError, match=r"Create .*connections\.toml"):
        ow.session("acme")


def test_a_secret_is_fetched_from_where_the_file_says(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = connected.file.with_name("secret")
    connected.write(client_secret={"file": str(secret)})
    with pytest.raises(errors.ConfigurationError, match=r"line 4: .*No such file"):
        read_connections()["acme"].client()
    secret.write_text("s3cr3t\n")
    found = read_connections()["acme"].client().client_secret
    assert found is not None
    assert found.reveal() == "s3cr3t"
    monkeypatch.delenv("ACME_SECRET", raising=False)
    connected.write(client_secret={"env": "ACME_SECRET"})
    with pytest.raises(errors.ConfigurationError, match="ACME_SECRET before the kernel starts"):
        read_connections()["acme"].client()


def test_the_table_says_who_is_signed_in_and_prints_nothing_personal(connected: Connected) -> None:
    before = ow.connections()
    assert before["acme"].since is None
    assert "not signed in" in repr(before)
    assert "Problem" not in repr(before)
    session = connected.sign_in().session
    table = ow.connections()
    assert table["acme"].since is not None
    assert table["acme"].lasts == session.lasts
    assert "the server ends it" in repr(table)
    assert table["acme"].who
    assert list(table) == table._ipython_key_completions_() == ["acme"]
    for shown in (repr(table), table._repr_html_()):
        assert "not signed in" not in shown
        assert session.server.issuer in shown
        assert table["acme"].who not in shown
        assert session.access_token.reveal() not in shown
    assert "ow.login(&quot;acme&quot;)" in table._repr_html_()
