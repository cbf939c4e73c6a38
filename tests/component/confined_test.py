#!/usr/bin/python3
"""The exporter as its unit confines it: all that it does goes on without a denied system call."""
import gzip
import os
import pathlib
import re
import resource
import signal
import stat
import subprocess
import tempfile
import unittest

from component import BEAT_MS, sample
from confined import ALL_COLLECTORS, ConfinedTest, run_confined_tests
from harness import (
    EXPORTER_UID, LOOPBACK, FakeGanesha, NotifySocket, Process, TerminalProgram, confinement, free_port, http_get,
    unit_settings, wait_until)

LAYOUTS = '2.8', '4.3', '15.2'
GZIP = {'Accept-Encoding': 'gzip'}
PAGES = '/', '/api/v1/status', '/-/healthy', '/-/ready', '/metrics?collect[]=exports', '/no-such-page'
# Each does what the unit forbids, in another way.
FORBIDDEN = {
    'chown': 'import os; os.chown("/", 0, 0)',
    'socket': 'import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)',
    'mmap': 'import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)',
    'unshare': 'import ctypes; ctypes.CDLL(None).unshare(0x10000000)',
    'sched_setaffinity': 'import os; os.sched_setaffinity(0, {0})',
}


def ask(socket, page):
    return subprocess.run(['curl', '--silent', '--unix-socket', socket, f'http://localhost{page}'],
                          capture_output=True, text=True).stdout


class Confined(ConfinedTest):
    def test_every_collector_works(self):
        for layout in LAYOUTS:
            with self.subTest(layout):
                exporter = self.export(layout=layout)
                self.wait_polls(exporter, 2)
                self.assertEqual(exporter.problems(), [])

    def test_it_is_confined(self):
        status = pathlib.Path(f'/proc/{self.export().pid}/status').read_text()
        values = dict(line.split(':\t', 1) for line in status.splitlines())
        user, filtered = str(EXPORTER_UID), '2'
        self.assertEqual([values['Uid'].split(), values['Gid'].split()], [[user] * 4] * 2)
        self.assertEqual([values['Groups'].strip(), values['NoNewPrivs'], values['Seccomp']], ['', '1', filtered])
        for capabilities in 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb':
            self.assertEqual(int(values[capabilities], 16), 0, capabilities)

    def test_every_page_is_served(self):
        exporter = self.export()
        for page in PAGES:
            exporter.get(page)
        packed = exporter.get('/metrics', GZIP)
        self.assertIn(b'ganesha_up 1', gzip.decompress(packed.body))

    def test_it_outlives_a_reload_and_its_bus(self):
        exporter = self.export()
        exporter.process.signal(signal.SIGHUP)
        wait_until(lambda: exporter.log_lines('SIGHUP'), what='a line about SIGHUP')
        self.bus.restart()
        wait_until(lambda: exporter.log_lines('DBus connection'), what='a line about the bus')
        self.enterContext(FakeGanesha(self.bus, heartbeat_ms=BEAT_MS))
        self.wait_whole(exporter, timeout=30)

    def test_it_opens_as_many_files_as_the_unit_allows(self):
        exporter = self.export()
        limit = int(unit_settings()['LimitNOFILE'][0])
        self.assertEqual(sample(exporter.metrics(), 'process_max_fds'), limit)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        raised = sample(self.start_exporter().metrics(), 'process_max_fds')
        self.assertEqual(raised, min(limit, hard), 'the program wants another number')

    def test_it_listens_on_a_unix_socket(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        os.chown(folder, EXPORTER_UID, EXPORTER_UID)
        path = folder / 'http.sock'
        exporter = self.start(f'--web.listen-address=unix:{path}')
        wait_until(lambda: 'ganesha_up 1' in ask(path, '/metrics'), what='a page')
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o660)
        exporter.stop()
        self.assertFalse(path.exists())

    def test_it_serves_the_sockets_of_the_service_manager(self):
        exporter, port = self.export(), free_port()
        activated = Process(['systemd-socket-activate', f'--listen={LOOPBACK}:{port}', exporter.binary,
                             f'--dbus.address={self.bus.address}', '--web.systemd-socket'], exporter.folder / 'activated')
        self.addCleanup(activated.stop)
        activated.wait_ready(lambda: 'Listening on' in activated.log_tail(), 'the socket')
        self.assertIn('ganesha_exporter_build_info', http_get(LOOPBACK, port, '/metrics', timeout=30).text)
        self.assertEqual(activated.stop(), 0)
        self.assertNotIn('denied', activated.log.read_text())

    def test_it_tells_the_service_manager(self):
        with NotifySocket(abstract=True) as manager:
            self.export(env={'NOTIFY_SOCKET': manager.address, 'WATCHDOG_USEC': '200000'}).stop()
            for message in 'READY=1', 'WATCHDOG=1', 'STOPPING=1':
                manager.wait(message)

    def test_once_prints_a_page(self):
        exporter = self.export()
        done = exporter.run('--once', f'--dbus.address={self.bus.address}', *ALL_COLLECTORS)
        self.assert_allowed(done)
        self.assertIn('ganesha_up 1', done.stdout)

    def test_a_healthcheck_succeeds(self):
        exporter = self.export()
        wait_until(lambda: exporter.get('/-/ready').status == 200, what='readiness')
        for flag in '--healthcheck', '--healthcheck.live':
            self.assert_allowed(exporter.run(flag, f'--web.listen-address={exporter.address}'))

    def test_top_shows_the_load(self):
        exporter = self.export()
        plain = exporter.run('top', f'--exporter={exporter.address}')
        self.assert_allowed(plain)
        self.assertIn('NFS-Ganesha', plain.stdout)
        with TerminalProgram(exporter.binary, 'top', f'--exporter={exporter.address}', '--interval=200ms') as top:
            top.wait_for('NFS-Ganesha')
            top.press('Tab', 's', 'q')
            self.assertEqual(top.wait(), 0)
            # ncurses 6.5 reads its files as the real user, who is the same: to refuse that changes nothing.
            self.assertEqual(set(re.findall(rb'denied: (\w+)', top.raw)) - {b'setfsuid', b'setfsgid'}, set())


class TheLauncher(unittest.TestCase):
    def test_reports_each_kind_of_denied_call(self):
        with tempfile.TemporaryDirectory() as folder:
            command = ['setpriv', *confinement(pathlib.Path(folder))]
            for call, script in FORBIDDEN.items():
                with self.subTest(call):
                    done = subprocess.run([*command, '/usr/bin/python3', '-c', script], capture_output=True,
                                          text=True)
                    self.assertRegex(done.stderr, rf'(?m)^denied: {call}\(')


if __name__ == '__main__':
    run_confined_tests('curl', 'systemd-socket-activate')
