#!/usr/bin/python3
"""The terminal view in a terminal, with an exporter whose answers the test defines."""
import os
import pathlib
import signal
import time

from canned import INTERVAL, TopTest
from component import A_SECOND, run_tests_of, stays, wait_until
from harness import TerminalProgram, binary

EVIL = '/srv/\x1b]0;evil\x07\x9b31m'


class TheView(TopTest):
    def test_shows_the_values_and_refreshes_them(self):
        top = self.start()
        top.wait_for(r'archive-2019   12\.9 MB ')
        self.exporter.status['exports']['rows'][0]['read_bytes'] = 99e6
        top.wait_for(r'archive-2019   99\.0 MB ')
        self.assertIn('NFS-Ganesha 4.3  up', top.lines()[0])

    def test_gives_the_terminal_back_however_it_ends(self):
        for key in 'q', 'Q', 'Ctrl-C', 'Ctrl-\\':
            with self.subTest(key):
                top = self.start()
                top.press(key)
                self.assert_left(top)
        for number in signal.SIGTERM, signal.SIGHUP:
            with self.subTest(number):
                top = self.start()
                top.process.send_signal(number)
                self.assert_left(top)
        with self.subTest('iterations'):
            self.assert_left(self.start('--iterations=3'))

    def test_switches_to_the_clients(self):
        top = self.start()
        for key in 'Tab', 'Right':
            top.press(key)
            top.wait_for(r'^10\.0\.0\.1 .* 85 µs')
            top.press('Left')
            top.wait_for(r'^/srv/日')

    def test_asks_for_what_the_keys_choose(self):
        top = self.start()
        self.exporter.status['exports'] |= {'pages': 3}
        self.exporter.wait_asked(exports__sort='throughput', exports__order='desc', exports__page='1',
                                 exports__per_page='17')
        top.press('s')
        self.exporter.wait_asked(exports__sort='operations')
        top.press('<')
        self.exporter.wait_asked(exports__sort='throughput')
        top.press('r')
        self.exporter.wait_asked(exports__order='asc')
        top.wait_for('page 1 of 3')
        top.press('PgDn')
        self.exporter.wait_asked(exports__page='2')
        top.press('/', *'a b')
        top.wait_for('^Filter: a b_')
        top.press('é')
        wait_until(lambda: self.exporter.asked[-1].get('exports.filter') == ['a bé'], what='the filter')
        top.press('Backspace', 'Enter')
        self.exporter.wait_asked(exports__filter='a b')
        top.wait_for('^q quit')
        top.press('Escape')
        wait_until(lambda: 'exports.filter' not in self.exporter.asked[-1], what='no filter')

    def test_explains_its_keys(self):
        top = self.start()
        top.press('?')
        top.wait_for('reverse the order')
        top.resize(90, 24)
        top.press('q')
        top.wait_for('^Path')
        self.assertIsNone(top.process.poll())

    def test_leaves_the_terminal_a_blocking_one(self):
        top = self.start()
        self.exporter.wait_asked()
        flags = pathlib.Path(f'/proc/{top.process.pid}/fdinfo/0').read_text().split('flags:')[1].split()[0]
        self.assertFalse(int(flags, 8) & os.O_NONBLOCK, 'the shell reads from it too')

    def test_follows_the_size_of_the_terminal(self):
        top = self.start(columns=120, lines=40)
        top.wait_for('Trend')
        self.exporter.wait_asked(exports__per_page='33')
        top.resize(50, 15)
        top.wait_for(r'^Path.*Write/s$|^Path.*Latency$')
        self.exporter.wait_asked(exports__per_page='8')
        top.resize(120, 40)
        top.wait_for('Trend')
        for size in (20, 4), (1, 1), (80, 24):
            top.resize(*size)
        top.wait_for('^Path.*Latency')

    def test_pauses(self):
        top = self.start()
        top.press(' ')
        top.wait_for('PAUSED')
        def asks_no_more():
            count = len(self.exporter.asked)
            return stays(lambda: len(self.exporter.asked) == count, 0.5)
        wait_until(asks_no_more, what='half a second without a question')
        top.press(' ')
        count = len(self.exporter.asked)
        wait_until(lambda: len(self.exporter.asked) > count + 2, what='questions again')
        self.assertFalse(top.shows('PAUSED'))

    def test_says_that_the_exporter_is_gone_and_finds_it_again(self):
        top = self.start()
        self.exporter.stop()
        top.wait_for('^The exporter does not respond: data from')
        top.wait_for(f'^retrying: no response from {self.exporter.address}: Connection refused')
        self.exporter.start()
        top.wait_for('^NFS-Ganesha 4.3  up')
        self.assertFalse(top.shows('no answer'))

    def test_answers_keys_at_once_while_the_exporter_is_silent(self):
        top = self.start()
        self.exporter.silent.set()
        count = len(self.exporter.asked)
        wait_until(lambda: len(self.exporter.asked) > count, what='a question without an answer')
        start = time.monotonic()
        top.press('h')
        top.wait_for('reverse the order')
        self.assertLess(time.monotonic() - start, A_SECOND)
        top.wait_for('^retrying: no response from .*: Connection timed out', timeout=5)
        start = time.monotonic()
        top.press('q', 'q')
        self.assert_left(top)
        self.assertLess(time.monotonic() - start, A_SECOND)

    def test_lets_no_text_of_the_exporter_reach_the_terminal_as_it_is(self):
        self.exporter.status |= {'version': EVIL, 'state': EVIL, 'exporter': {'version': EVIL},
                                 'collectors': [{'name': EVIL, 'success': False}]}
        self.exporter.status['exports']['rows'][0] |= {'path': EVIL, 'id': EVIL, 'protocols': [EVIL]}
        top = self.start(columns=200)
        top.wait_for(r'^/srv/\?\]0;evil\?\?31m')
        self.exporter.answer = 400, EVIL
        top.wait_for('status 400')
        for hostile in b'\x1b]0', b'\x07', '\x9b'.encode():
            self.assertNotIn(hostile, top.raw)

    def test_does_nothing_while_nothing_happens(self):
        top = self.start('--interval=1h')
        self.exporter.wait_asked(exports__per_page='17')
        spent = cpu_seconds(top.process.pid)
        self.assertTrue(stays(lambda: cpu_seconds(top.process.pid) - spent < 0.1, 0.5))

    def test_ends_when_its_terminal_is_gone(self):
        top = self.start()
        top.hang_up()
        self.assertEqual(top.process.wait(5), 0)

    def test_has_colours_unless_they_are_disabled(self):
        green = b'\x1b[32m'
        self.assertIn(green, self.start().raw)
        self.assertNotIn(green, self.start(env={'NO_COLOR': '1'}).raw)
        self.assertNotIn(green, self.start(env={'TERM': 'vt100'}).raw)

    def test_refuses_a_terminal_that_it_cannot_draw_on(self):
        for name in 'dumb', 'nonsense':
            top = self.enterContext(TerminalProgram(
                binary('ganesha_exporter'), 'top', f'--exporter={self.exporter.address}', env={'TERM': name}))
            self.assertEqual(top.wait(), 1)
            top.wait_for(f'the terminal "{name}" cannot be drawn on; --batch prints')


class AJobOfAShell(TopTest):
    def test_stops_and_goes_on(self):
        shell = self.enterContext(TerminalProgram('bash', '--norc', '-i', env={'PS1': 'prompt$ '}))
        shell.wait_for(r'^prompt\$')
        shell.press(f'{binary("ganesha_exporter")} top --exporter={self.exporter.address} {INTERVAL}\r')
        shell.wait_for('archive-2019')
        shell.press('Ctrl-Z')
        shell.wait_for('Stopped')
        self.assertTrue(shell.has_its_screen_back())
        shell.press('clear; fg\r')
        shell.wait_for('archive-2019')
        self.exporter.status['exports']['rows'][0]['path'] = '/after'
        shell.wait_for('^/after')
        shell.press('q', 'clear; echo left $?\r')
        shell.wait_for('^left 0')


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


if __name__ == '__main__':
    run_tests_of('setpriv', 'setsid', 'bash', modules=('pyte',))
