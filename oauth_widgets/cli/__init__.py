"""The command `oauth-widgets`."""

from __future__ import annotations

import argparse
import io
import json
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from oauth_widgets import sandbox
from oauth_widgets._net.loop import run
from oauth_widgets.cli.demo import add_demo, check_installed
from oauth_widgets.cli.output import any_output
from oauth_widgets.errors import ConfigurationError, OAuthError
from oauth_widgets.errors.explained import explained
from oauth_widgets.secret import guard
from oauth_widgets.signing_in.connection_table import connections
from oauth_widgets.signing_in.diagnosis import Diagnosis, diagnosed
from oauth_widgets.signing_in.named_file import text_of
from oauth_widgets.signing_in.sign_out import sign_out

_PROFILES = (
    "the kind of server: wgtwo (a mobile operator), onewelcome (an identity provider), or "
    "playground (with features that those two lack, such as signing in on another device); "
    "default: %(default)s"
)
_SAYS_NOTHING = {OAuthError.next_step, ConfigurationError.next_step}
"""Advice about calls, which a command line has no use for."""
_INTERRUPTED = 130
"""The exit status after Ctrl+C, the same as in a shell."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status."""
    status, problem = 0, ""
    try:
        with any_output():
            status = _run_chosen(arguments)
    except OAuthError as failure:
        silent = failure.next_step in _SAYS_NOTHING
        status, problem = 2, failure.message if silent else str(failure)
    except KeyboardInterrupt:
        status, problem = _INTERRUPTED, "Canceled."
    if problem:
        # If it can't be written either, the status is all there is to say.
        with suppress(AttributeError, OSError):
            sys.stderr.write(f"{problem}\n")
    return status


def _run_chosen(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.run is None:
        parser.print_help(sys.stderr)
        return 2
    status: int = chosen.run(chosen)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oauth-widgets", description="Sign in to OAuth 2.0 servers from a notebook."
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {version('oauth-widgets')}"
    )
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    add_demo(commands)
    look = commands.add_parser(
        "doctor",
        help="show what works here and which addresses to register",
        description="Show how the answer to a sign-in can get back to a notebook here, why "
        "other ways don't work, and which addresses to register for the client. The "
        "exit status is 1 if the server that you named doesn't answer as it should.",
    )
    look.add_argument(
        "issuer",
        nargs="?",
        help="a server's issuer, such as https://id.example.com, to check what it publishes",
    )
    look.set_defaults(run=_doctor)
    explain = commands.add_parser("docs", help="explain an error: its cause and how to fix it")
    explain.add_argument("name", metavar="ERROR", help="the error's name, such as InvalidGrant")
    explain.set_defaults(run=_docs)
    _add_connections(commands)
    _add_scan(
        commands.add_parser(
            "scan",
            help="find tokens and secrets in notebooks and other files",
            description="Find access tokens, authorization codes, client secrets, code verifiers, "
            "JWTs and private keys in notebooks, their outputs, widget state and checkpoints, and "
            "in text files. Nothing is sent anywhere, and no secret is printed. The exit status is "
            "1 if something is found, and 2 if a file cannot be read.",
        )
    )
    _add_sandbox(
        commands.add_parser(
            "sandbox",
            help="run a practice server until stopped",
            description="Run a practice server, with an API, until it is stopped (Ctrl+C). All "
            "its users and secrets are made up.",
        )
    )
    _add_classroom(
        commands.add_parser(
            "classroom",
            help="run a practice server for a class until stopped",
            description="Run one practice server for a whole class until it is stopped (Ctrl+C). "
            "Each person who joins gets their own space. The host's page needs the key that is "
            "printed at the start.",
        )
    )
    return parser


def _add_connections(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    enter = commands.add_parser(
        "login",
        help="sign in to a connection, for the notebooks and scheduled runs on this computer",
        description="Sign in to a connection from connections.toml, in this computer's browser or "
        "with a code on another device. The connection says how the sign-in is saved.",
    )
    enter.add_argument("name", metavar="NAME", help="the connection, such as acme")
    enter.set_defaults(run=_login)
    leave = commands.add_parser(
        "logout",
        help="sign out of a connection, and delete the saved sign-in",
        description="Delete the saved sign-in, and revoke its tokens at the server. The exit "
        "status is 1 if the server hasn't confirmed that they're revoked.",
    )
    leave.add_argument("name", metavar="NAME", help="the connection, such as acme")
    leave.set_defaults(run=_logout)
    shown = commands.add_parser("connections", help="list the connections, and who is signed in")
    shown.set_defaults(run=_connections)


def _add_scan(search: argparse.ArgumentParser) -> None:
    search.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a file, or a folder, which is searched with its subfolders",
    )
    search.add_argument(
        "--clean",
        action="store_true",
        help="remove from notebooks every output and widget state that contains a secret; the "
        "original, with the secret, is saved as NAME.ipynb.before-clean",
    )
    search.set_defaults(run=_scan)


def _add_sandbox(practice: argparse.ArgumentParser) -> None:
    _add_shared(practice)
    practice.add_argument("--json", action="store_true", help="print one JSON line when ready")
    practice.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same clients and data"
    )
    practice.add_argument(
        "--users", type=Path, metavar="FILE", help="JSON list of users: username, password, …"
    )
    practice.add_argument(
        "--token-lifetime", type=int, default=3600, metavar="SECONDS", help="default: %(default)s"
    )
    practice.set_defaults(run=_sandbox)


def _add_classroom(practice: argparse.ArgumentParser) -> None:
    _add_shared(practice)
    practice.add_argument(
        "--spaces", type=int, default=40, help="how many people may join (default: %(default)s)"
    )
    practice.add_argument(
        "--behind",
        metavar="URL",
        help="the https address that participants open, such as "
        "https://hub.example/services/classroom, if a proxy in front of the classroom handles TLS; "
        "needs --port",
    )
    practice.set_defaults(run=_classroom, users=None)


def _add_shared(practice: argparse.ArgumentParser) -> None:
    practice.add_argument("--profile", default="wgtwo", help=_PROFILES)
    practice.add_argument("--port", type=int, default=0, help="default: any free port")
    practice.add_argument(
        "--with",
        dest="own",
        type=Path,
        metavar="FILE.toml",
        help="your own users, scopes and services with their records: see docs/own-api.md",
    )
    practice.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address of this machine to listen on; one that can be reached from elsewhere "
        "needs --tls-cert and --tls-key (default: %(default)s)",
    )
    practice.add_argument("--tls-cert", metavar="FILE", help="a PEM file with the certificate")
    practice.add_argument("--tls-key", metavar="FILE", help="a PEM file with its private key")


def _doctor(chosen: argparse.Namespace) -> int:
    diagnosis = run(diagnosed(chosen.issuer, Diagnosis))
    sys.stdout.write(f"{diagnosis}\n")
    return 0 if diagnosis.server_is_well else 1


def _login(chosen: argparse.Namespace) -> int:
    # Widgets take a second to load, which no other command needs.
    terminal = import_module("oauth_widgets.widgets.in_terminal")
    sys.stdout.write(f"{terminal.login_in_terminal(chosen.name)}\n")
    return 0


def _logout(chosen: argparse.Namespace) -> int:
    left = run(sign_out(chosen.name))
    sys.stdout.write(f"{left}\n")
    return 0 if left.confirmed else 1


def _connections(_: argparse.Namespace) -> int:
    sys.stdout.write(f"{connections()}\n")
    return 0


def _scan(chosen: argparse.Namespace) -> int:
    findings, status, files = [], 0, 0
    for file in guard.files(chosen.paths):
        files += 1
        try:
            found = guard.scan_file(file)
            for finding in found:
                sys.stdout.write(f"{finding}\n")
            findings += found
            if chosen.clean and (copy := guard.clear(file)):
                sys.stderr.write(
                    f"Cleaned {guard.printable(file)}. The copy {guard.printable(copy)} still "
                    "contains the secret: delete it when you no longer need it, and don't commit "
                    "it.\n"
                )
        except OAuthError as problem:
            sys.stderr.write(f"{problem}\n")
            status = 2
    if findings:
        sys.stderr.write(_advice(findings, cleaned=chosen.clean))
    elif not status:
        read = "1 file" if files == 1 else f"{files:,} files"
        sys.stderr.write(f"No secret found in {read}.\n")
    return status or int(bool(findings))


def _advice(findings: Sequence[guard.Finding], *, cleaned: bool) -> str:
    secrets = "1 secret" if len(findings) == 1 else f"{len(findings)} secrets"
    lines = [f"Found {secrets}. Revoke each one that others may have seen."]
    if not cleaned and any(finding.clearable for finding in findings):
        lines.append("To remove those in outputs and widget state, add --clean.")
    if not all(finding.clearable for finding in findings):
        lines.append("Remove those in code, text and metadata yourself.")
    return "\n".join(lines) + "\n"


def _sandbox(chosen: argparse.Namespace) -> int:
    stopped = _until_stopped()
    running = sandbox.serve(
        chosen.profile,
        host=chosen.host,
        port=chosen.port,
        seed=chosen.seed,
        **_own(chosen),
        token_lifetime=chosen.token_lifetime,
        tls_cert=chosen.tls_cert,
        tls_key=chosen.tls_key,
    )
    description = running.description()
    sys.stdout.write(json.dumps(description) + "\n" if chosen.json else _plain(description))
    _wait(stopped)
    running.stop()
    return 0


def _classroom(chosen: argparse.Namespace) -> int:
    check_installed("segno", "A classroom", "sandbox")
    if chosen.behind and not chosen.port:
        raise ConfigurationError(
            "The proxy has to know the classroom's port, which changes at each start.",
            next_step="Choose a port, and have the proxy send requests to it: --port 8000",
        )
    stopped = _until_stopped()
    names = ("host", "port", "tls_cert", "tls_key", "behind")
    classroom = sandbox.serve_classroom(
        chosen.profile,
        spaces=chosen.spaces,
        place={name: getattr(chosen, name) for name in names},
        **_own(chosen),
    )
    code = io.StringIO()
    import_module("segno").make(classroom.address).terminal(code, compact=True)
    sys.stdout.write(
        "The classroom is ready. To join it, run: "
        f'ow.sandbox.connect("{classroom.address}", name="Your name")\n'
        f"{code.getvalue()}\n"
        f"The host's page: {classroom.host_page}\n"
        f"The host's key (keep it to yourself): {classroom.host_key}\n"
        "Press Ctrl+C to stop it.\n"
    )
    _wait(stopped)
    classroom.stop()
    return 0


def _until_stopped() -> SimpleQueue[None]:
    """Return a queue that Ctrl+C puts something into.

    Unlike an event, it can be used by a handler that interrupts the thread that is waiting for it.
    """
    stopped: SimpleQueue[None] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.put(None))
    return stopped


def _wait(stopped: SimpleQueue[None]) -> None:
    sys.stdout.flush()
    # Waiting without a limit would make Windows deaf to Ctrl+C.
    while True:
        with suppress(Empty):
            stopped.get(timeout=1)
            return


def _own(chosen: argparse.Namespace) -> dict[str, Any]:
    own = {} if chosen.own is None else sandbox.options_in(chosen.own)
    if chosen.users is not None:
        if "users" in own:
            raise ConfigurationError(
                f"Both --users and {chosen.own} define users.", next_step="Use only one."
            )
        own["users"] = _users(chosen.users)
    return own


_WRITE_USERS = 'Write a list such as [{"username": "ada", "password": "engine"}].'


def _users(file: Path) -> list[object]:
    try:
        users = json.loads(text_of(str(file), next_step=_WRITE_USERS))
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(
            f"{file} can't be read as JSON: {problem}.", next_step=_WRITE_USERS
        ) from problem
    if not isinstance(users, list):
        raise ConfigurationError(
            f"{file} doesn't contain a JSON list of users.", next_step=_WRITE_USERS
        )
    return users


def _plain(description: dict[str, Any]) -> str:
    clients = [
        (client_id, one["client_secret"] or "(no secret)", one["token_endpoint_auth_method"])
        for client_id, one in description["clients"].items()
    ]
    widths = [max(map(len, column)) for column in zip(*clients, strict=True)]
    admin = description["admin"]
    lines = [
        "The practice server is ready. All its users are made up. Press Ctrl+C to stop it.",
        *(f"  {name:9}  {description[name]}" for name in ("issuer", "discovery", "api")),
        "Clients: id, secret, token_endpoint_auth_method",
        *("  " + "  ".join(map(str.ljust, one, widths)).rstrip() for one in clients),
        "Users: name / password",
        *(f"  {user['username']} / {user['password']}" for user in description["users"]),
        "Address and header for switches, reset and registration:",
        f"  {admin['address']}  {admin['header']}: {admin['key']}",
        "To see redirect URIs, scopes and more, add --json.",
    ]
    return "\n".join(lines) + "\n"


def _docs(arguments: argparse.Namespace) -> int:
    sys.stdout.write(f"{explained(arguments.name)}\n")
    return 0
