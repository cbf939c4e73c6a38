#!/usr/bin/python3
"""Run mode with a server that one DBus method crashes: at most three deaths, then NFS works."""
import os
import signal
import tempfile

from supervisor import Export, Supervisor, SupervisorTest, run_tests, sample, wait_until
from harness import Ganesha
from nfs41 import Nfs41

SHOW_EXPORTS = 'ExportMgr.ShowExports'
MOST_DEATHS = 3
PATIENCE = 60
ABORTED = 128 + signal.SIGABRT


class AServerThatAMethodEnds(SupervisorTest):
    """An export whose path is Latin-1: ShowExports makes libdbus abort the server."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(dir=Ganesha.parent_folder))
        self.state = self.enterContext(tempfile.TemporaryDirectory())
        path = os.fsdecode(os.fsencode(folder) + b'/caf\xe9')
        self.configuration = self.configure(exports=[Export(77, 'VFS', path=path, pseudo='/cafe')])

    def start(self, *flags):
        return self.supervise(f'--state.path={self.state}', '--dbus.timeout=1s', *flags,
                              configuration=self.configuration, wait=False)

    def assert_serves(self, supervisor):
        supervisor.address = supervisor.process.wait_ready(supervisor._listening, 'its page')
        wait_until(lambda: supervisor.get('/-/ready').status == 200, PATIENCE, 'the server to be ready')
        metrics = supervisor.metrics()
        self.assertEqual(sample(metrics, 'ganesha_up'), 1)
        self.assertEqual(sample(metrics, 'ganesha_exporter_method_suspended', method=SHOW_EXPORTS), 1)
        with Nfs41('127.0.0.1', self.configuration.port, 1) as client:
            client.write('/cafe/file', b'text')
            self.assertEqual(client.read('/cafe/file'), b'text')

    def test_is_restarted_three_times_at_most(self):
        supervisor = self.start('--ganesha.restart=on-failure')
        self.assert_serves(supervisor)
        metrics = supervisor.metrics()
        self.assertLessEqual(sample(metrics, 'ganesha_supervisor_restarts_total'), MOST_DEATHS)
        self.assertEqual(sample(metrics, 'ganesha_supervisor_last_exit_code'), ABORTED)
        self.assertEqual(supervisor.end(), 0)

    def test_ends_its_container_three_times_at_most(self):
        """Without restarts the exporter exits with its server; the list remains."""
        for _ in range(MOST_DEATHS):
            supervisor = self.start()
            self.assertEqual(supervisor.process.wait(PATIENCE), ABORTED, supervisor.log)
        supervisor = self.start()
        self.assert_serves(supervisor)
        self.assertEqual(supervisor.end(), 0)

    def test_is_announced_before_the_start(self):
        supervisor = self.start()
        self.assertEqual(supervisor.process.wait(PATIENCE), ABORTED, supervisor.log)
        warnings = supervisor.log_lines('UTF-8')
        self.assertEqual(len(warnings), 1)
        self.assertLess(supervisor.log.index(warnings[0]), supervisor.log.index('Started NFS-Ganesha'))


class Ends(SupervisorTest):
    """The exit is known here: a server that was stopped or killed makes no method suspect."""

    def test_by_SIGTERM_and_SIGKILL_make_no_method_suspect(self):
        state = self.enterContext(tempfile.TemporaryDirectory())
        supervisor = self.supervise(f'--state.path={state}', '--poll.interval=1ms', '--poll.max-duty-ratio=1',
                                    '--ganesha.restart=on-failure')
        for times in 1, 2:
            supervisor.kill_one('ganesha.nfsd')
            wait_until(lambda times=times: supervisor.get('/-/ready').status == 200
                       and sample(supervisor.metrics(), 'ganesha_supervisor_restarts_total') == times, PATIENCE)
            self.assertEqual(sample(supervisor.metrics(), 'ganesha_owner_changes_total'), times)
        self.assertEqual(supervisor.end(), 0)
        self.assertEqual(supervisor.log_lines('while calls were open'), [])
        self.assertEqual(os.listdir(state), [])


if __name__ == '__main__':
    run_tests()
