#!/usr/bin/python3
"""The log cannot be written: the exporter serves, and ends when it is asked to."""
import contextlib
import os
import signal

from component import A_SECOND, BASIC, QUICK, ComponentTest, run_tests, sample, wait_until
from harness import LOOPBACK, Exporter, UnreadPipe, binary, free_port, redirecting

DROPPED = 'ganesha_exporter_log_lines_dropped_total'
# How long the exporter waits for its log before it exits.
PATIENCE = 1.0


class Redirected(Exporter):
    """Its standard error is redirected, as by a shell."""

    def __init__(self, redirection, *flags):
        port = free_port()
        super().__init__(*flags, f'--web.listen-address={LOOPBACK}:{port}', listening=port)
        self.redirection = redirection

    def launch(self):
        self.binary = redirecting(self.folder, binary('ganesha_exporter'), self.redirection)
        super().launch()


class Launched(Redirected):
    """Not waited for: it fails."""

    def start(self):
        self.launch()

    def stop(self):
        """For a program that did not end."""
        self.process.kill()


class TheLog(ComponentTest):
    def setUp(self):
        super().setUp()
        self.start_fake()

    def start(self, redirection):
        exporter = self.enterContext(Redirected(redirection, f'--dbus.address={self.bus.address}', *QUICK, *BASIC))
        self.wait_whole(exporter)
        return exporter

    def full_pipe(self):
        pipe = self.enterContext(contextlib.closing(UnreadPipe(self.bus.folder / 'standard-error')))
        pipe.fill()
        return pipe

    def check_end(self, exporter, seconds):
        self.assertLess(exporter.seconds_to_end(), seconds)
        self.assertEqual(exporter.process.returncode, 0)

    def test_that_nobody_reads_holds_up_nothing(self):
        exporter = self.start(f'2>{self.full_pipe().path}')
        self.wait_polls(exporter, 3)
        self.assertEqual(sample(exporter.metrics(), DROPPED), 0, 'the lines wait')
        self.check_end(exporter, PATIENCE + A_SECOND)

    def test_that_is_read_at_last_is_complete(self):
        pipe = self.full_pipe()
        exporter = self.start(f'2>{pipe.path}')
        exporter.process.signal(signal.SIGHUP)
        text = ''

        def read():
            nonlocal text
            text += pipe.read()
            return 'nothing to reload' in text
        wait_until(read, what='the last line')
        for message in 'Starting ganesha_exporter', 'Listening', 'Ganesha is up':
            self.assertIn(message, text)
        self.assertEqual(sample(exporter.metrics(), DROPPED), 0)
        self.check_end(exporter, A_SECOND)
        self.assertIn('msg=Stopping', pipe.read())

    def test_that_cannot_be_written_is_counted(self):
        for redirection in '2>/dev/full', '2>&-':
            with self.subTest(redirection):
                exporter = self.start(redirection)
                self.assertGreaterEqual(sample(exporter.metrics(), DROPPED), 3)
                self.check_end(exporter, A_SECOND)

    def test_that_nobody_reads_does_not_keep_a_program_that_fails(self):
        exporter = self.enterContext(Redirected(f'2>{self.full_pipe().path}'))
        second = self.enterContext(Launched(f'2>{self.bus.folder}/standard-error',
                                            f'--web.listen-address={exporter.address}'))
        self.assertEqual(second.process.wait(3 * PATIENCE + A_SECOND), 1)

    def test_is_not_sent_to_a_socket_where_standard_error_is_closed(self):
        exporter = self.start('0<&- 1>&- 2>&-')
        for descriptor in range(3):
            self.assertEqual(os.readlink(f'/proc/{exporter.pid}/fd/{descriptor}'), '/dev/null')


if __name__ == '__main__':
    run_tests()
