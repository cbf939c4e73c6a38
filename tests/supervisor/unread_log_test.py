#!/usr/bin/env python3
"""NFS-Ganesha at its most verbose, and nobody reads the log: NFS, scrapes and signals go on."""
import contextlib

from supervisor import Export, Supervisor, SupervisorTest, run_tests, sample, wait_until
from harness import LOOPBACK, UnreadPipe, binary, free_port, nfs_read, nfs_write, redirecting

DROPPED = 'ganesha_exporter_log_lines_dropped_total'


class Unread(Supervisor):
    def __init__(self, configuration, *flags):
        port = free_port()
        super().__init__(configuration, f'--web.listen-address={LOOPBACK}:{port}',
                         '--ganesha.log-level=NIV_FULL_DEBUG', *flags, listening=port)

    def launch(self):
        self.pipe = UnreadPipe(self.folder / 'standard-error')
        self.binary = redirecting(self.folder, binary('ganesha_exporter'), f'2>{self.pipe.path}')
        super().launch()

    @property
    def dropped(self):
        return sample(self.metrics(), DROPPED)


class ALogThatNobodyReads(SupervisorTest):
    def setUp(self):
        self.configuration = self.configure(exports=[Export(1, 'VFS')])
        self.supervisor = self.enterContext(Unread(self.configuration))
        self.enterContext(contextlib.closing(self.supervisor.pipe))
        wait_until(lambda: self.supervisor.dropped, what='dropped lines')

    def test_stops_neither_nfs_nor_scrapes_nor_the_end(self):
        export = self.configuration.exports[0]
        for number in range(3):
            data = b'%d' % number * 1000
            nfs_write(self.configuration, 4, export, f'file{number}', data)
            self.assertEqual(nfs_read(self.configuration, 4, export, f'file{number}'), data)
            before = self.supervisor.dropped
            wait_until(lambda before=before: self.supervisor.dropped > before, what='more dropped lines')
        self.assertEqual(sample(self.supervisor.metrics(), 'ganesha_up'), 1)
        self.assertEqual(self.supervisor.end(), 0)
        self.assert_nothing_left(self.supervisor)

    def test_says_that_lines_are_missing_once_it_is_read(self):
        text = ''

        def reported():
            nonlocal text
            text += self.supervisor.pipe.read()
            return 'msg="Log lines were dropped" lines=' in text
        wait_until(reported, 30, 'the report')


if __name__ == '__main__':
    run_tests()
