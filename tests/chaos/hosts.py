"""The two ways to run a server: with an exporter beside it, or by an exporter with --ganesha.run.

The actions use their common methods. `exporter_there` is held while the exporter is away on purpose.
"""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'supervisor'))
from harness import (  # noqa: E402
    DBusError, Export, Exporter, Ganesha, HarnessError, PrivateBus, Rpcbind, wait_until)
from supervisor import RUNTIME_FOLDERS, Configuration, Supervisor  # noqa: E402
from truth import CHANGING, DEAD, HEARTBEAT_SECONDS, TIMEOUT_SECONDS  # noqa: E402

POLL = '--poll.interval=200ms', '--poll.max-duty-ratio=1', f'--heartbeat.timeout={TIMEOUT_SECONDS}s'
OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal'
FLAGS = *POLL, *(f'--collector.{name}' for name in OFF_BY_DEFAULT)
COUNTED = {f'Enable_{name}_Stats': 'true' for name in ('FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps')}
END_SECONDS = 10
# The exporter waits for up to a minute before it starts the server again.
BACK_SECONDS = 90


class FoundBus(PrivateBus):
    """A bus that somebody else started."""

    def __init__(self, address):
        super().__init__()
        self.address = address


def environment_of(pid):
    pairs = pathlib.Path(f'/proc/{pid}/environ').read_bytes().decode().split('\0')
    return dict(pair.split('=', 1) for pair in pairs if '=' in pair)


def server_options():
    return {'exports': [Export(1, 'VFS'), Export(2, 'MEM')], 'nfs3': True, 'core': COUNTED,
            'heartbeat_ms': HEARTBEAT_SECONDS * 1000}


class Beside(contextlib.ExitStack):
    """The suite runs bus, server and exporter."""

    after_death = DEAD

    def start(self):
        self.exporter_there = threading.Lock()
        self.bus = self.enter_context(PrivateBus())
        self.enter_context(Rpcbind())
        self.ganesha = self.enter_context(Ganesha(self.bus, **server_options()))
        self.exporter = self.enter_context(Exporter(f'--dbus.address={self.bus.address}', *FLAGS))

    def logs(self):
        return self.exporter.process.log, self.ganesha.log

    def server_runs(self):
        return self.ganesha.process.running

    def signal_server(self, number):
        self.ganesha.process.signal(number)

    def signal_bus(self, number):
        self.bus.process.signal(number)

    def kill_server(self):
        self.ganesha.kill()

    def stop_server(self):
        """Returns its exit code."""
        return self.ganesha.stop()

    def kill_bus(self):
        """Returns when the server has ended too, as it does without its bus."""
        self.bus.kill()
        try:
            return f'Ganesha ended with its bus, exit code {self.ganesha.process.wait(END_SECONDS)}'
        except subprocess.TimeoutExpired:
            self.ganesha.kill()
            return 'Ganesha lived on without its bus, and the suite ended it'

    def start_server(self):
        if not self.bus.process.running:
            self.bus.start()
        self.ganesha.start()

    def reload(self):
        self.signal_server(signal.SIGHUP)


class Running(contextlib.ExitStack):
    """The exporter runs bus, rpcbind and server, and starts them again. A clean stop is one of all."""

    after_death = CHANGING

    def start(self):
        self.exporter_there, self.is_away = threading.Lock(), False
        self.ganesha = self.enter_context(Configuration(**server_options()))
        self.exporter = self.enter_context(Supervisor(self.ganesha, '--ganesha.restart=on-failure', *FLAGS))
        self._find()

    def logs(self):
        return [self.exporter.process.log]

    def server_runs(self):
        return pathlib.Path(f'/proc/{self.server}').exists()

    def signal_server(self, number):
        os.kill(self.server, number)

    def signal_bus(self, number):
        os.kill(self.bus_pid, number)

    def kill_server(self):
        self.signal_server(signal.SIGKILL)
        self._wait_until_gone()

    def stop_server(self):
        self.exporter_there.acquire()
        self.is_away = True
        code = self.exporter.end()
        left = self.exporter.left(), list(pathlib.Path('/run').glob(RUNTIME_FOLDERS))
        if any(left):
            raise HarnessError(f'the exporter left {left}')
        return code

    def kill_bus(self):
        self.signal_bus(signal.SIGKILL)
        self._wait_until_gone()
        return 'Ganesha ended with its bus'

    def start_server(self):
        if self.is_away:
            self.exporter.start()
            self.is_away = False
            self.exporter_there.release()
        wait_until(self._is_back, BACK_SECONDS, 'server that is started again')

    def reload(self):
        self.exporter.process.signal(signal.SIGHUP)

    def _wait_until_gone(self):
        wait_until(lambda: not self.server_runs(), END_SECONDS, 'end of the server')

    def _is_back(self):
        """Whether there is a new server that serves its exports."""
        with contextlib.suppress(StopIteration, KeyError, OSError, DBusError):
            self._find()
            return {export.path for export in self.ganesha.exports} <= set(self.ganesha.exported_paths())
        return False

    def _find(self):
        """The processes and the bus that the exporter started."""
        self.server, self.bus_pid = self.exporter.pid_of('ganesha.nfsd'), self.exporter.pid_of('dbus-daemon')
        self.bus = FoundBus(environment_of(self.server)['DBUS_SYSTEM_BUS_ADDRESS'])
        self.ganesha.bus = self.bus


HOSTS = {'beside': Beside, 'run': Running}
