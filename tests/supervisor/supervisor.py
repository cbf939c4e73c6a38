"""Shared by the supervisor tests: an exporter that runs a real server, and checks for remains."""
import contextlib
import os
import pathlib
import re
import signal
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import (  # noqa: E402
    Export, Exporter, Ganesha, HarnessError, nfs_namespace, sample, skip_unless, stays, wait_until)

MARK = 'GANESHA_TEST_MARK'
# How often a test that may depend on timing is repeated.
LOOPS = int(os.environ.get('GANESHA_TEST_LOOPS', '2'))
RUNTIME_FOLDERS = 'ganesha_exporter.*'


def marked(mark):
    """The names of the processes that carry this mark, by process id."""
    found = {}
    for folder in pathlib.Path('/proc').glob('[0-9]*'):
        with contextlib.suppress(OSError):
            if f'{MARK}={mark}'.encode() in (folder / 'environ').read_bytes():
                found[int(folder.name)] = (folder / 'comm').read_text().strip()
    return found


class Configuration(Ganesha):
    """Configuration, ports and directories of a server that the exporter starts."""

    def __init__(self, **options):
        super().__init__(None, **{'exports': [Export(1, 'MEM')], **options})

    def start(self):
        """Does nothing: see the class."""


class Supervisor(Exporter):
    """An exporter with --ganesha.run. Whatever it starts carries a mark in its environment."""

    def __init__(self, configuration, *flags, env=None, wait=True, **options):
        self.mark = uuid.uuid4().hex
        super().__init__('--ganesha.run', f'--ganesha.config-file={configuration.config}',
                         '--poll.interval=500ms', *flags, env={MARK: self.mark, **(env or {})}, **options)
        self.wait = wait

    def prepare(self):
        super().prepare()
        # Deaths of one server must not suspend methods for another.
        if not any(flag.startswith('--state.path') for flag in self.flags):
            self.flags.append(f'--state.path={self.folder}')

    def start(self):
        if not self.wait:
            self.launch()
            return
        super().start()
        self.process.wait_ready(lambda: self.get('/-/ready').status == 200, 'the server to be ready')

    def stop(self):
        """For a test that did not check the exit itself."""
        if self.process and self.process.running:
            super().stop()

    def end(self, number=signal.SIGTERM):
        """Sends it the signal, returns its exit code."""
        self.process.signal(number)
        return self.process.wait(20)

    def left(self):
        """The names of its running processes and of itself, by process id."""
        return marked(self.mark)

    def pid_of(self, name):
        return next(pid for pid, comm in self.left().items() if comm == name)

    def kill_one(self, name, number=signal.SIGKILL):
        os.kill(self.pid_of(name), number)

    def own_lines(self, level):
        """Its own log lines of that level, without those that it forwards."""
        return [line for line in self.log.splitlines() if f' level={level} ' in line and ' source=' not in line]

    def time_of(self, text):
        """When the first such line was logged, in seconds of its day."""
        line = self.log_lines(text)[0]
        hours, minutes, seconds = re.search(r'ts=\S+T(\d+):(\d+):([\d.]+)Z', line).groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


class SupervisorTest(unittest.TestCase):
    def configure(self, **options):
        return self.enterContext(Configuration(**options))

    def supervise(self, *flags, configuration=None, **options):
        configuration = configuration or self.configure()
        return self.enterContext(Supervisor(configuration, *flags, **options))

    def assert_nothing_left(self, supervisor):
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: not supervisor.left())
        self.assertEqual(supervisor.left(), {})
        self.assertEqual(list(pathlib.Path('/run').glob(RUNTIME_FOLDERS)), [])

    def assert_ends(self, supervisor, code, timeout=20):
        self.assertEqual(supervisor.process.wait(timeout), code, supervisor.process.log_tail())
        self.assert_nothing_left(supervisor)

    def assert_one_error(self, supervisor, *patterns):
        """Asserts that one log line of its own reports the error."""
        errors = supervisor.own_lines('error')
        self.assertEqual(len(errors), 1, errors)
        for pattern in patterns:
            self.assertRegex(errors[0], pattern)


def run_tests():
    skip_unless('ganesha.nfsd', 'dbus-daemon', 'rpcbind', 'nfs-cp', 'busctl', 'unshare', 'nsenter', root=True)
    nfs_namespace()
    unittest.main(verbosity=2)


__all__ = ['Configuration', 'Export', 'HarnessError', 'LOOPS', 'MARK', 'RUNTIME_FOLDERS', 'Supervisor',
           'SupervisorTest', 'marked', 'run_tests', 'sample', 'stays', 'wait_until']
