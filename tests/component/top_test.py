#!/usr/bin/python3
"""The terminal view, in a terminal, before an exporter whose answers the test makes."""
import contextlib
import copy
import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest
import urllib.parse

from component import A_SECOND, run_tests_of, stays, wait_until
from harness import LOOPBACK, REPOSITORY, TerminalProgram, binary, free_port, run_exporter

UP = json.loads((REPOSITORY / 'tests/fixtures/top/up.json').read_text())
INTERVAL = '--interval=100ms'
EVIL = '/srv/\x1b]0;evil\x07\x9b31m'


class CannedExporter:
    """Answers with `status`; `silent` keeps it from answering, `asked` are the queries so far."""

    def __init__(self):
        self.status = copy.deepcopy(UP)
        self.silent = threading.Event()
        self.end = threading.Event()
        self.asked = []
        self.answer = None  # (status, body) in place of the right one.
        self.port = free_port()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.end.set()
        self.stop()

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query))
                if outer.silent.is_set():
                    outer.end.wait()
                code, body = outer.answer or (200, json.dumps(outer.status))
                with contextlib.suppress(ConnectionError):  # It may have left in the middle.
                    self.send_response(code)
                    self.end_headers()
                    self.wfile.write(body.encode())

            def log_message(self, *_arguments):
                pass

        self.server = http.server.ThreadingHTTPServer((LOOPBACK, self.port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.02}).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self):
        return f'{LOOPBACK}:{self.port}'

    def wait_asked(self, **expected):
        """Waits for a question with these parameters; a dot is __."""
        wanted = {name.replace('__', '.'): [value] for name, value in expected.items()}
        wait_until(lambda: self.asked and wanted.items() <= self.asked[-1].items(), what=f'a question {wanted}')


class TopTest(unittest.TestCase):
    def setUp(self):
        self.exporter = self.enterContext(CannedExporter())

    def start(self, *flags, **options):
        """Returns when the figures are there."""
        top = self.enterContext(TerminalProgram(
            binary('ganesha_exporter'), 'top', f'--exporter={self.exporter.address}', INTERVAL, *flags, **options))
        top.wait_for(r'^(Path|Client) ')
        return top

    def assert_left(self, top):
        self.assertEqual(top.wait(), 0)
        self.assertTrue(top.is_as_before(), top.raw[-80:])


class TheView(TopTest):
    def test_shows_the_figures_and_goes_on_looking(self):
        top = self.start()
        top.wait_for(r'archive-2019  12\.3 MiB ')
        self.exporter.status['exports']['rows'][0]['read_bytes'] = 99 * 2 ** 20
        top.wait_for(r'archive-2019  99\.0 MiB ')
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
            top.wait_for(r'^10\.0\.0\.1 .* 85 us')
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
        top.wait_for('the other way round')
        top.press('q')
        top.wait_for('^Path')
        self.assertIsNone(top.process.poll())

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
        wait_until(lambda: stays(lambda count=len(self.exporter.asked): len(self.exporter.asked) == count, 0.5),
                   what='half a second without a question')
        top.press(' ')
        count = len(self.exporter.asked)
        wait_until(lambda: len(self.exporter.asked) > count + 2, what='questions again')
        self.assertFalse(top.shows('PAUSED'))

    def test_says_that_the_exporter_is_gone_and_finds_it_again(self):
        top = self.start()
        self.exporter.stop()
        top.wait_for('^The exporter does not answer: figures of')
        top.wait_for(f'^trying again: no answer from {self.exporter.address}: Connection refused')
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
        top.wait_for('the other way round')
        self.assertLess(time.monotonic() - start, A_SECOND)
        top.wait_for('^trying again: no answer from .*: Connection timed out', timeout=5)
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
        top.wait_for('it answers 400')
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

    def test_has_colours_unless_told_not_to(self):
        green = b'\x1b[32m'
        self.assertIn(green, self.start().raw)
        self.assertNotIn(green, self.start(env={'NO_COLOR': '1'}).raw)
        self.assertNotIn(green, self.start(env={'TERM': 'vt100'}).raw)

    def test_refuses_a_terminal_that_it_cannot_draw_on(self):
        for name in 'dumb', 'nonsense':
            top = self.enterContext(TerminalProgram(binary('ganesha_exporter'), 'top',
                                                    f'--exporter={self.exporter.address}', env={'TERM': name}))
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


class PlainOutput(TopTest):
    def top(self, *flags):
        return run_exporter('top', f'--exporter={self.exporter.address}', *flags, env={'LC_ALL': 'C.UTF-8'})

    def test_is_a_table_and_the_end(self):
        done = self.top()
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertNotIn('\x1b', done.stdout)
        self.assertRegex(done.stdout, r'(?m)^NFS-Ganesha 4\.3  up  since ')
        self.assertRegex(done.stdout, r'(?m)^/srv/projects/research/department/archive-2019 +1  12\.3 MiB')
        self.assertEqual(len(self.exporter.asked), 1)

    def test_is_of_what_the_flags_choose(self):
        done = self.top('--table=clients', '--sort=name', '--reverse', '--filter=10.', '--rows=7')
        self.assertRegex(done.stdout, r'(?m)^10\.0\.0\.1 ')
        self.exporter.wait_asked(clients__sort='name', clients__order='desc', clients__filter='10.',
                                 clients__per_page='7')

    def test_comes_as_often_as_told(self):
        self.assertEqual(self.top('-b', '-n3', INTERVAL).stdout.count('\nPath '), 3)

    def test_is_ascii_where_the_locale_is(self):
        done = run_exporter('top', f'--exporter={self.exporter.address}', env={'LC_ALL': 'C'})
        self.assertTrue(done.stdout.isascii())
        self.assertTrue(self.top('--ascii').stdout.isascii())

    def test_is_asked_for_in_a_terminal_with_batch(self):
        top = self.start('--batch')
        self.assertEqual(top.wait(), 0)
        self.assertNotIn(b'\x1b', top.raw)

    def test_whose_reader_is_gone_is_an_error(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([binary('ganesha_exporter'), 'top', f'--exporter={self.exporter.address}', '-n0'],
                              stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=10)
        os.close(writer)
        self.assertEqual((done.returncode, done.stderr.splitlines()),
                         (1, ['ganesha_exporter: cannot write to standard output']))

    def assert_one_line(self, pattern):
        done = self.top()
        self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (1, '', 1), done)
        self.assertRegex(done.stderr, f'^ganesha_exporter: .*{pattern}')

    def test_of_an_exporter_that_is_not_there_is_one_line(self):
        self.exporter.stop()
        self.assert_one_line(f'no answer from {self.exporter.address}: Connection refused')
        self.exporter.start()

    def test_of_something_else_is_one_line(self):
        for answer, pattern in (((404, ''), 'it serves no /api/v1/status'),
                                ((400, 'exports.sort: no such\nmore'), 'it answers 400: exports.sort: no such'),
                                ((200, '<html>'), 'no status of an exporter')):
            with self.subTest(answer):
                self.exporter.answer = answer
                self.assert_one_line(pattern)

    def test_of_an_unknown_host_is_one_line(self):
        done = run_exporter('top', '--exporter=nowhere.invalid:1')
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done)
        self.assertIn('cannot find nowhere.invalid', done.stderr)


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


if __name__ == '__main__':
    run_tests_of('setpriv', 'setsid', 'bash', modules=('pyte',))
