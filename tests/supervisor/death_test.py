#!/usr/bin/env python3
"""Deaths of the exporter, of the server and of its bus: no orphans, and the documented exit code."""
import pathlib
import shutil
import signal

from supervisor import LOOPS, RUNTIME_FOLDERS, SupervisorTest, run_tests, sample, wait_until
from harness import PrivateBus, nfs_write

KILLED = 128 + signal.SIGKILL


class ADeath(SupervisorTest):
    def test_of_the_exporter_ends_all(self):
        for round_ in range(LOOPS):
            supervisor = self.supervise(configuration=self.configure(nfs3=bool(round_ % 2)))
            self.assertEqual(supervisor.process.kill(), -signal.SIGKILL)
            self.assert_nothing_left(supervisor)

    def test_of_the_exporter_ends_a_server_that_is_starting(self):
        for round_ in range(LOOPS):
            supervisor = self.supervise(wait=False)
            supervisor.process.wait_ready(lambda: 'ganesha.nfsd' in supervisor.left().values(), 'the server')
            self.assertEqual(supervisor.process.kill(), -signal.SIGKILL)
            self.assert_nothing_left(supervisor)

    def test_of_the_server_is_passed_on(self):
        for _ in range(LOOPS):
            supervisor = self.supervise()
            supervisor.kill_one('ganesha.nfsd')
            self.assert_ends(supervisor, KILLED)
            self.assert_one_error(supervisor, r'NFS-Ganesha ended with signal 9 \(Killed\)"')

    def test_of_the_server_by_its_own_will_is_a_clean_end(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        supervisor.kill_one('ganesha.nfsd', signal.SIGTERM)
        self.assert_ends(supervisor, 0)

    def test_of_its_bus_is_reported_by_name(self):
        for _ in range(LOOPS):
            supervisor = self.supervise()
            supervisor.kill_one('dbus-daemon')
            self.assert_ends(supervisor, 1)
            self.assert_one_error(supervisor, r'the private dbus-daemon ended with signal 9 \(Killed\)')

    def test_of_an_existing_bus_is_reported_too(self):
        bus = self.enterContext(PrivateBus())
        supervisor = self.supervise(f'--dbus.address={bus.address}')
        bus.kill()
        self.assert_ends(supervisor, 1)
        self.assert_one_error(supervisor, f'NFS-Ganesha ended with exit code 1; the bus at {bus.address} is gone')

    def test_of_rpcbind_leaves_the_server_running(self):
        configuration = self.configure(nfs3=True)
        supervisor = self.supervise(configuration=configuration)
        supervisor.kill_one('rpcbind')
        wait_until(lambda: supervisor.log_lines('rpcbind ended with signal 9 (Killed); NFS-Ganesha continues'))
        for version in 3, 4:
            nfs_write(configuration, version, configuration.exports[0], f'v{version}', b'still served')
        self.assertEqual(supervisor.get('/-/ready').status, 200)
        self.assertEqual(supervisor.own_lines('error'), [])
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)

    def test_of_the_guard_still_leaves_no_orphan_behind(self):
        supervisor = self.supervise()
        supervisor.kill_one('ganesha-guard')
        self.assertEqual(supervisor.process.kill(), -signal.SIGKILL)
        wait_until(lambda: not supervisor.left(), what='the kernel to end the children')
        for folder in pathlib.Path('/run').glob(RUNTIME_FOLDERS):
            shutil.rmtree(folder)


class ARestart(SupervisorTest):
    def restarted(self, supervisor, times):
        """Waits until it serves again, returns the metrics."""
        def page():
            metrics = supervisor.metrics()
            again = sample(metrics, 'ganesha_supervisor_restarts_total') == times
            return metrics if again and supervisor.get('/-/ready').status == 200 else None
        return wait_until(page, 20, f'restart {times}')

    def test_follows_the_servers_death(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        first = supervisor.pid_of('ganesha.nfsd')
        for times in 1, 2:
            supervisor.kill_one('ganesha.nfsd')
            metrics = self.restarted(supervisor, times)
            self.assertEqual(sample(metrics, 'ganesha_supervisor_last_exit_code'), KILLED)
        self.assertNotEqual(supervisor.pid_of('ganesha.nfsd'), first)
        self.assertLess(supervisor.log.index('wait=1s'), supervisor.log.index('wait=2s'))
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)

    def test_follows_the_buss_death_and_brings_that_first(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        first = supervisor.pid_of('dbus-daemon')
        supervisor.kill_one('dbus-daemon')
        self.restarted(supervisor, 1)
        self.assertNotEqual(supervisor.pid_of('dbus-daemon'), first)
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)

    def test_brings_an_rpcbind_back_that_died(self):
        supervisor = self.supervise('--ganesha.restart=on-failure', configuration=self.configure(nfs3=True))
        supervisor.kill_one('rpcbind')
        wait_until(lambda: 'rpcbind' not in supervisor.left().values())
        supervisor.kill_one('ganesha.nfsd')
        self.restarted(supervisor, 1)
        self.assertIn('rpcbind', supervisor.left().values())
        self.assertEqual(supervisor.end(), 0)

    def test_makes_its_folders_again_where_they_were_removed(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        shutil.rmtree('/run/ganesha_exporter')
        for folder in pathlib.Path('/run').glob(RUNTIME_FOLDERS):
            shutil.rmtree(folder)
        supervisor.kill_one('ganesha.nfsd')
        self.restarted(supervisor, 1)
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)

    def test_after_the_death_of_the_guard_brings_another_for_all(self):
        supervisor = self.supervise('--ganesha.restart=on-failure', configuration=self.configure(nfs3=True))
        supervisor.kill_one('ganesha-guard')
        supervisor.kill_one('ganesha.nfsd')
        self.restarted(supervisor, 1)
        self.assertEqual(supervisor.process.kill(), -signal.SIGKILL)
        self.assert_nothing_left(supervisor)

    def test_outlives_a_folder_that_cannot_be_made(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        folder, = pathlib.Path('/run').glob(RUNTIME_FOLDERS)
        shutil.rmtree(folder)
        folder.write_text('in its place')
        supervisor.kill_one('ganesha.nfsd')
        wait_until(lambda: supervisor.log_lines('cannot create /run/ganesha_exporter'), what='the reason')
        folder.unlink()
        self.restarted(supervisor, 1)
        self.assertEqual(supervisor.end(), 0)

    def test_is_tried_again_when_it_fails(self):
        configuration = self.configure()
        supervisor = self.supervise('--ganesha.restart=on-failure', configuration=configuration)
        text = configuration.config.read_text()
        configuration.config.write_text(text.replace('NFS_Port = ', 'NFS_Port = nonsense'))
        supervisor.kill_one('ganesha.nfsd')
        wait_until(lambda: supervisor.log_lines('before it was initialized'))
        configuration.config.write_text(text)
        self.restarted(supervisor, 2)

    def test_can_be_stopped_while_it_waits(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        supervisor.kill_one('ganesha.nfsd')
        wait_until(lambda: supervisor.log_lines('Restarting NFS-Ganesha'))
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)


if __name__ == '__main__':
    run_tests()
