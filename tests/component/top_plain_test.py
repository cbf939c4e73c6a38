#!/usr/bin/python3
"""The output of `top` without a terminal, or without an exporter."""
import os
import subprocess

from canned import INTERVAL, TopTest
from component import run_tests_of
from harness import binary, run_exporter


class PlainOutput(TopTest):
    def top(self, *flags):
        return run_exporter('top', f'--exporter={self.exporter.address}', *flags, env={'LC_ALL': 'C.UTF-8'})

    def test_is_a_table_and_the_end(self):
        done = self.top()
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertNotIn('\x1b', done.stdout)
        self.assertRegex(done.stdout, r'(?m)^NFS-Ganesha 4\.3  up  counting since ')
        self.assertRegex(done.stdout, r'(?m)^/srv/projects/research/department/archive-2019 +1 +12\.9 MB')
        self.assertEqual(len(self.exporter.asked), 1)

    def test_is_of_what_the_flags_choose(self):
        done = self.top('--table=clients', '--sort=name', '--reverse', '--filter=10.', '--rows=7')
        self.assertRegex(done.stdout, r'(?m)^10\.0\.0\.1 ')
        self.exporter.wait_asked(clients__sort='name', clients__order='desc', clients__filter='10.',
                                 clients__per_page='7')

    def test_refreshes_as_often_as_requested(self):
        self.assertEqual(self.top('-b', '-n3', INTERVAL).stdout.count('\nPath '), 3)

    def test_is_ascii_where_the_locale_is(self):
        done = run_exporter('top', f'--exporter={self.exporter.address}', env={'LC_ALL': 'C'})
        self.assertTrue(done.stdout.isascii())
        self.assertTrue(self.top('--ascii').stdout.isascii())

    def test_is_asked_for_in_a_terminal_with_batch(self):
        top = self.start('--batch', '--ascii')
        self.assertEqual(top.wait(), 0)
        self.assertNotIn(b'\x1b', top.raw)
        self.assertLessEqual(max(map(len, top.raw.decode().splitlines())), 80)

    def test_whose_reader_is_gone_is_an_error(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [binary('ganesha_exporter'), 'top', f'--exporter={self.exporter.address}', '-n0'],
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
        self.assert_one_line(f'no response from {self.exporter.address}: Connection refused')
        self.exporter.start()

    def test_of_something_else_is_one_line(self):
        for answer, pattern in (((404, ''), 'it has no /api/v1/status'),
                                ((400, 'no such sort\nmore'), 'status 400: no such sort'),
                                ((200, '<html>'), 'not the status of an exporter')):
            with self.subTest(answer):
                self.exporter.answer = answer
                self.assert_one_line(pattern)

    def test_of_an_unknown_host_is_one_line(self):
        done = run_exporter('top', '--exporter=nowhere.invalid:1')
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done)
        self.assertIn('cannot find nowhere.invalid', done.stderr)


if __name__ == '__main__':
    run_tests_of('setpriv', 'setsid', modules=('pyte',))
