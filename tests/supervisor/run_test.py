#!/usr/bin/env python3
"""`make run`: what it prints, and that nothing remains, however it ends."""
import os
import pathlib
import re
import signal
import unittest
import uuid

from supervisor import LOOPS, MARK, RUNTIME_FOLDERS, Export, marked, run_tests, sample, wait_until
from harness import (
    BUS_NAME, LOOPBACK, REPOSITORY, Ganesha, PrivateBus, Process, Service, binary, http_get, parse_text_format)

TRAFFIC = 'ganesha_export_transferred_bytes_total'
WRITTEN = {'export_id': '1', 'path': '/demo', 'protocol': 'NFSv42', 'operation': 'write'}


class Demonstration(Service):
    """scripts/run, or make, as a user starts it. `temporary` is the directory of its files."""

    def __init__(self, *command, env=None):
        super().__init__()
        self.command = command or [REPOSITORY / 'scripts/run']
        self.env = env or {}
        self.mark = uuid.uuid4().hex

    def start(self):
        self.temporary = self.folder / 'temporary'
        self.temporary.mkdir()
        self.process = Process(
            self.command, self.folder / 'output', cwd=REPOSITORY,
            env={MARK: self.mark, 'TMPDIR': str(self.temporary), 'MAKEFLAGS': '',
                 'GANESHA_EXPORTER': str(binary('ganesha_exporter')), **self.env})

    @property
    def output(self):
        return self.process.log.read_text(errors='replace')

    def wait(self, text='press Ctrl-C to stop'):
        self.process.wait_ready(lambda: text in self.output, repr(text))

    @property
    def metrics(self):
        port = int(re.search(rf'http://{LOOPBACK}:(\d+)/metrics\n', self.output)[1])
        return parse_text_format(http_get(LOOPBACK, port, '/metrics').text)

    def left(self):
        return marked(self.mark)

    def pid_of(self, name):
        return next(pid for pid, comm in self.left().items() if comm == name)


class TheDemonstration(unittest.TestCase):
    def demonstrate(self, *command, wait=True, **options):
        demonstration = self.enterContext(Demonstration(*command, **options))
        if wait:
            demonstration.wait()
        return demonstration

    def assert_ends(self, demonstration, code, folders=0):
        self.assertEqual(demonstration.process.wait(20), code, demonstration.output)
        wait_until(lambda: not demonstration.left(), what=f'{demonstration.left()} to be gone')
        self.assertEqual(len(list(demonstration.temporary.iterdir())), folders)
        self.assertEqual(list(pathlib.Path('/run').glob(RUNTIME_FOLDERS)), [])

    def test_shows_progress_and_a_few_metrics(self):
        output = self.demonstrate().output
        self.assertIn('Starting NFS-Ganesha with examples/ganesha.conf, NFS on 127.0.0.1:2049\n', output)
        self.assertRegex(output, r'\n +\d\.\d s  NFS-Ganesha \d+\.\d+ is ready\n')
        self.assertRegex(output, r'\n    ganesha_up 1\n')
        self.assertRegex(output, r'\n    ganesha_export_transferred_bytes_total{.*path="/demo".*} [1-9]')
        self.assertNotIn('NFS traffic failed', output)

    def test_counts_on_the_printed_page(self):
        demonstration = self.demonstrate()
        written = sample(demonstration.metrics, TRAFFIC, **WRITTEN)
        self.assertGreater(written, 0)
        wait_until(lambda: sample(demonstration.metrics, TRAFFIC, **WRITTEN) > written, what='more traffic')
        self.assertGreater(sample(demonstration.metrics, 'ganesha_heartbeats_total'), 0)

    def test_leaves_nothing_when_it_is_interrupted(self):
        for number in [signal.SIGINT] * LOOPS + [signal.SIGTERM, signal.SIGHUP]:
            demonstration = self.demonstrate()
            self.assertIn('ganesha.nfsd', demonstration.left().values())
            demonstration.process.signal(number)
            self.assert_ends(demonstration, 0)
            self.assertTrue(demonstration.output.endswith('\nStopping\nAll processes have stopped\n'))

    def test_leaves_nothing_when_it_is_interrupted_early(self):
        demonstration = self.demonstrate(wait=False)
        demonstration.wait('Starting')
        demonstration.process.signal(signal.SIGINT)
        self.assert_ends(demonstration, 0)

    def test_leaves_no_process_when_it_is_killed(self):
        for _ in range(LOOPS):
            demonstration = self.demonstrate()
            os.kill(demonstration.pid_of('run'), signal.SIGKILL)
            # No process is left to remove its directory.
            self.assert_ends(demonstration, -signal.SIGKILL, folders=1)

    def test_ends_with_make_whoever_is_signalled(self):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL:
            demonstration = self.demonstrate('make', '--no-print-directory', '-o', 'program-to-run', 'run')
            os.kill(demonstration.process.pid, number)
            self.assert_ends(demonstration, -number)
            self.assertNotIn('make:', demonstration.output)

    def test_works_beside_another(self):
        first, second = self.demonstrate(), self.demonstrate()
        for demonstration in first, second:
            self.assertEqual(sample(demonstration.metrics, 'ganesha_up'), 1)
        first.process.signal(signal.SIGINT)
        self.assertEqual(first.process.wait(20), 0, first.output)
        self.assertEqual(first.left(), {})
        self.assertEqual(sample(second.metrics, 'ganesha_up'), 1)

    def test_leaves_the_machines_own_bus_and_server_alone(self):
        bus = self.enterContext(PrivateBus())
        self.enterContext(Ganesha(bus, [Export(1, 'MEM')]))
        owner = bus.owner(BUS_NAME)
        demonstration = self.demonstrate(env={'DBUS_SYSTEM_BUS_ADDRESS': bus.address})
        self.assertIn('dbus-daemon', demonstration.left().values())
        self.assertEqual(bus.owner(BUS_NAME), owner)

    def test_reports_a_failure_in_one_line_and_the_servers_own(self):
        demonstration = self.demonstrate(env={'GANESHA_EXTRA_ARGS': '-z'}, wait=False)
        self.assert_ends(demonstration, 1)
        self.assertRegex(demonstration.output,
                         r'run: ganesha_exporter exited with exit code 1: NFS-Ganesha ended with exit code \d before '
                         r"it was initialized\n    ganesha.nfsd: invalid option -- 'z'\n")

    def test_passes_the_servers_death_on(self):
        for name, code in ('ganesha.nfsd', 128 + signal.SIGKILL), ('dbus-daemon', 1), (
                'ganesha_exporte', 128 + signal.SIGKILL):
            demonstration = self.demonstrate()
            os.kill(demonstration.pid_of(name), signal.SIGKILL)
            self.assert_ends(demonstration, code)
            self.assertIn('run: ganesha_exporter exited with ', demonstration.output)


if __name__ == '__main__':
    run_tests()
