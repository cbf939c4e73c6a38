#!/usr/bin/python3
"""The terminal view of a real exporter and a real Ganesha under traffic."""
import re
import unittest

from integration import Traffic, exporter_for, is_whole, page_when, run_tests, session_traffic
from harness import Ganesha, PrivateBus, TerminalProgram, binary, ganesha_version, run_exporter, wait_until

SIZE = 200_000
VERSION = '.'.join(map(str, ganesha_version()))


class TheView(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())
        self.ganesha = self.enterContext(Ganesha(self.bus))
        self.exporter = self.enterContext(exporter_for(self.bus))
        page_when(self.exporter, is_whole, 'a whole page')
        self.vfs, self.mem = self.ganesha.exports
        self.command = 'top', f'--exporter={self.exporter.address}', '--interval=100ms'

    def start(self, *flags, **options):
        return self.enterContext(TerminalProgram(binary('ganesha_exporter'), *self.command, *flags,
                                                 **{'columns': 120, **options}))

    def wait_under_traffic(self, shown, export, what):
        """Reads and writes until `shown`() is true, and returns that."""
        with Traffic([lambda: session_traffic(self.ganesha, 1, export, SIZE)]):
            return wait_until(shown, 20, what)

    def test_shows_the_traffic_and_obeys_its_keys(self):
        top = self.start()
        top.wait_for(rf'^NFS-Ganesha {VERSION}\S*  up ')
        self.assertFalse(top.shows('failing collectors'))
        busy = r'vfs1 +1 +\d\S* [kM]B +\d\S* [kM]B +[1-9]\S* +[1-9]\S* +\S+ .s +0 +\d+ s  v41'
        self.wait_under_traffic(lambda: top.shows(busy), self.vfs, busy)
        self.wait_under_traffic(lambda: top.shows(r'^Read \d\S* [kM]B/s .*written \d\S* [kM]B/s'), self.vfs,
                                'the totals')
        top.press('/', *'MEM2', 'Enter')
        wait_until(lambda: not top.shows('vfs1'), what='the filter')
        self.wait_under_traffic(lambda: top.shows(r'^/mem2 +2 +\d\S* [kM]B'), self.mem, 'the other traffic')
        top.press('Tab')
        self.wait_under_traffic(lambda: top.shows(r'^127\.0\.0\.1 +\d\S* [kM]B'), self.mem, 'the client')
        top.resize(50, 15)
        top.wait_for(r'^Client +Read/s +Write/s +rOps/s +Latency$|^Client +Read/s +Write/s +Latency$')
        top.press('q')
        self.assertEqual(top.wait(), 0)
        self.assertTrue(top.is_as_before())

    def test_shows_that_ganesha_is_down_and_up_again(self):
        top = self.start()
        top.wait_for('^NFS-Ganesha .*  up ')
        self.ganesha.kill()
        top.wait_for('^NFS-Ganesha  down: ', timeout=5)
        top.wait_for('NFS-Ganesha is down: no data')
        self.ganesha.start()
        top.wait_for('^NFS-Ganesha .*  up ')
        top.wait_for('vfs1')

    def test_survives_a_restart_of_the_exporter(self):
        top = self.start('--exporter', self.exporter.address)
        top.wait_for('vfs1')
        self.exporter.flags.append(f'--web.listen-address={self.exporter.address}')
        self.exporter.stop()
        top.wait_for('^The exporter does not respond')
        self.exporter.start()
        top.wait_for('^NFS-Ganesha .*  up ')

    def test_is_plain_where_there_is_no_terminal(self):
        def table():
            done = run_exporter(*self.command, '--sort=name', env={'LC_ALL': 'C'})
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            row = rf'(?m)^{re.escape(self.vfs.path)} +1 +\d\S* [kM]B'
            return re.search(row, done.stdout) and done
        done = self.wait_under_traffic(table, self.vfs, 'a row with traffic')
        self.assertTrue(done.stdout.isascii())
        self.assertNotIn('\x1b', done.stdout)
        rows = [line.split()[0] for line in done.stdout.splitlines() if line.startswith('/')]
        self.assertEqual(rows, sorted(self.ganesha.exported_paths()))


if __name__ == '__main__':
    run_tests('setsid', modules=('pyte',))
