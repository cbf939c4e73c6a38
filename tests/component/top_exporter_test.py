#!/usr/bin/python3
"""The terminal view of the real exporter with a fake Ganesha that the test controls."""
import re

from component import ComponentTest, run_tests_of, wait_until
from harness import TerminalProgram, binary, run_exporter, sanitized

ROWS = 17  # that the screen has room for
# Sanitizers make each poll slow. The last page is never full.
CLIENTS = 120 if sanitized() else 300
PAGES = CLIENTS // ROWS + 1


class TheView(ComponentTest):
    def setUp(self):
        super().setUp()
        # `top` waits two seconds for an answer: polls without a pause leave too little time under sanitizers.
        self.fake, self.exporter = self.start_both('--poll.max-duty-ratio=0.3', layout='6.5', clients=CLIENTS,
                                                   exports=40)

    def start(self, *flags):
        return self.enterContext(TerminalProgram(
            binary('ganesha_exporter'), 'top', f'--exporter={self.exporter.address}', '--interval=100ms',
            *flags))

    def names(self, top):
        """The visible rows, without those that are cut off."""
        return [line.split()[0] for line in top.lines() if re.match(r'/|\d+\.', line)]

    def wait_ticking(self, condition, what):
        """Advances the counters until it is true."""
        def after_a_tick():
            self.fake.control('Tick', 'u', 1)
            return condition()
        return wait_until(after_a_tick, 20, what)

    def test_turns_the_pages_of_many_clients(self):
        top = self.start('--table=clients', '--sort=name')
        top.wait_for(rf'Clients {CLIENTS}  page 1 of {PAGES}  by name, ascending')
        # The rows may be drawn a little after the line above them.
        wait_until(lambda: len(self.names(top)) == ROWS, what='a page of rows')
        first = self.names(top)
        top.press('PgDn')
        top.wait_for(f'page 2 of {PAGES}')
        wait_until(lambda: not set(first) & set(self.names(top)), what='other rows')
        top.press('End')
        top.wait_for(f'page {PAGES} of {PAGES}')
        wait_until(lambda: len(self.names(top)) == CLIENTS % ROWS, what='the last rows')
        top.press('/', *'0.0.1', 'Enter')
        top.wait_for(r'\d+ with "0\.0\.1"  page 1 of \d')
        wait_until(lambda: all('0.0.1' in name for name in self.names(top)), what='the rows that match')

    def test_has_the_largest_first_until_it_is_reversed(self):
        top = self.start()

        def ids():
            return [int(name.rpartition('/')[2]) for name in self.names(top)]
        top.press('s')
        top.wait_for('by operations, descending')
        self.wait_ticking(lambda: ids() == list(range(40, 23, -1)), 'the largest first')
        top.press('r')
        top.wait_for('by operations, ascending')
        self.wait_ticking(lambda: ids() == list(range(1, 18)), 'the smallest first')

    def test_names_what_is_wrong(self):
        top = self.start()
        self.fake.control('SetGrace', 'b', True)
        top.wait_for('^NFS-Ganesha .*  up  in grace')
        self.fake.control('Fail', 'sb', 'clientmgr.ShowClients', True)
        top.wait_for('^failing collectors: .*clients')
        self.fake.control('Fail', 'sb', 'clientmgr.ShowClients', False)
        wait_until(lambda: not top.shows('failing'), what='the end of the failure')
        self.fake.control('SetStats', 'b', False)
        top.wait_for('Enable_NFS_Stats is off')
        self.bus.stop()
        top.wait_for('^NFS-Ganesha.*  down: ')
        top.wait_for('not connected to DBus')

    def test_prints_as_many_rows_as_asked_for(self):
        done = run_exporter('top', f'--exporter={self.exporter.address}', '--table=clients', '--rows=500')
        rows = re.findall(r'(?m)^\d+\.\d+\.\d+\.\d+ ', done.stdout)
        self.assertEqual((len(rows), len(set(rows))), (CLIENTS, CLIENTS), done)


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'setsid', modules=('pyte',))
