"""DBus: a private bus for a test, and plain calls on it."""
import contextlib
import json
import pathlib
import socket
import subprocess

from .process import SUPPORT, Process, Service


class DBusError(Exception):
    """The error of busctl, as `Call failed: ...`."""


def busctl(address, *args, timeout=10):
    """Runs busctl (Debian package systemd) on a bus and returns its JSON; for a call the data of the reply."""
    done = subprocess.run(
        ['busctl', f'--address={address}', '--json=short', f'--timeout={timeout}', *map(str, args)],
        capture_output=True, text=True)
    if done.returncode:
        raise DBusError(done.stderr.strip())
    if not done.stdout.strip():
        return None
    reply = json.loads(done.stdout)
    return reply['data'] if isinstance(reply, dict) and 'data' in reply else reply


class PrivateBus(Service):
    """A dbus-daemon with a system bus's limits. `address` stays the same over restarts."""

    def __init__(self, config=SUPPORT / 'private_bus.conf'):
        super().__init__()
        self.template = pathlib.Path(config)

    def prepare(self):
        self.socket = self.folder / 'bus'
        self.address = f'unix:path={self.socket}'
        self.config = self.folder / 'bus.conf'
        self.config.write_text(self.template.read_text().replace('@ADDRESS@', self.address))

    def start(self):
        self.process = Process(['dbus-daemon', f'--config-file={self.config}', '--nofork', '--nopidfile'],
                               self.folder / 'bus.log')
        self.process.wait_ready(self._answers, 'the bus to take connections')

    def has_owner(self, name):
        return self._ask('NameHasOwner', name)

    def owner(self, name):
        """The unique name of the connection that owns it."""
        return self._ask('GetNameOwner', name)

    def _ask(self, method, name):
        return busctl(self.address, 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus',
                      'org.freedesktop.DBus', method, 's', name)[0]

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(self.socket))
            return True
