"""A GNOME keyring on a separate session bus, and a prompt without an answer."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import secretstorage
from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call, new_method_return
from jeepney.io.blocking import open_dbus_connection

from ...helpers.waiting import until

PASSWORD = b"a toy password"
# It starts no services, so a keyring runs only if a test starts it.
BUS = """
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Gnome:
    """A keyring that is unlocked at first. `folder` is the home of the person."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.delenv("DISPLAY", raising=False)
        self._folder = folder
        configuration = folder / "bus.conf"
        configuration.write_text(BUS)
        self._bus = subprocess.Popen(  # noqa: S603 - our own command
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],  # noqa: S607
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", self._bus.stdout.readline().strip())
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self, *, unlocked: bool = True) -> None:
        """Start it, with an empty keyring if there was none before."""
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        self._daemon = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--unlock"] if unlocked else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._daemon.stdin is not None
        with self._daemon.stdin as typed:
            typed.write(PASSWORD if unlocked else b"")
        until(lambda: self._serves(unlocked=unlocked))

    def lock(self) -> None:
        """Lock it, as a desktop does when the person leaves."""
        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.Collection(bus).lock()

    def kill(self) -> None:
        """End the keyring, but not the bus."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()

    def stop(self) -> None:
        """End everything."""
        self.kill()
        self._bus.kill()
        self._bus.wait()
        assert self._bus.stdout is not None
        self._bus.stdout.close()

    def _serves(self, *, unlocked: bool) -> bool:
        with suppress(Exception), closing(secretstorage.dbus_init()) as bus:
            if not unlocked:
                return bool(secretstorage.check_service_availability(bus))
            return not secretstorage.Collection(bus).is_locked()
        return False


@contextmanager
def unanswered_prompt() -> Iterator[list[str]]:
    """Have a keyring's prompt for its password wait forever; yields what it was asked to do."""
    asked: list[str] = []
    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    with open_dbus_connection() as prompter:
        name = ("org.gnome.keyring.SystemPrompter", 4)
        prompter.send_and_get_reply(new_method_call(bus, "RequestName", "su", name))

        def listen() -> None:
            # It ends with the connection.
            with suppress(Exception):
                while True:
                    message = prompter.receive()
                    if message.header.message_type is MessageType.method_call:
                        asked.append(message.header.fields[HeaderFields.member])
                        prompter.send(new_method_return(message))

        threading.Thread(target=listen, daemon=True).start()
        yield asked
