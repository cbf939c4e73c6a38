#!/usr/bin/env python3
"""The private bus has a path that others know."""
import pathlib
import signal

from supervisor import SupervisorTest, run_tests, wait_until
from harness import ADMIN, BUS_NAME, busctl

USUAL = pathlib.Path('/run/ganesha_exporter/bus')
WARNING = 'The private bus cannot have its usual path'


class TheBus(SupervisorTest):
    def ask(self, path=USUAL):
        """Whether the server is in grace, as any program asks it."""
        manager, interface = ADMIN
        return busctl(f'unix:path={path}', 'call', BUS_NAME, f'/org/ganesha/nfsd/{manager}',
                      f'{BUS_NAME}.{interface}', 'get_grace')[0]

    def warnings(self, supervisor):
        return [line for line in supervisor.own_lines('warn') if WARNING in line]

    def test_is_at_its_usual_path_while_the_server_runs(self):
        supervisor = self.supervise()
        self.assertEqual(self.ask(), False)
        self.assertEqual(self.warnings(supervisor), [])
        self.assertEqual(supervisor.end(), 0)
        self.assertFalse(USUAL.exists())

    def test_is_where_the_flag_says(self):
        configuration = self.configure()
        path = configuration.folder / 'new' / 'socket'
        self.supervise(f'--ganesha.bus-path={path}', configuration=configuration)
        self.assertEqual(self.ask(path), False)
        self.assertFalse(USUAL.exists())

    def test_is_not_taken_from_another(self):
        self.supervise()
        second = self.supervise()
        self.assertEqual(len(self.warnings(second)), 1)
        self.assertIn('another ganesha_exporter uses it', self.warnings(second)[0])
        self.assertEqual(second.end(), 0)
        self.assertEqual(self.ask(), False, 'the first one works')

    def test_replaces_the_socket_of_a_dead_one(self):
        first = self.supervise()
        first.process.kill()
        wait_until(lambda: not first.left(), what='the first one to be gone')
        self.assertTrue(USUAL.is_socket())
        second = self.supervise()
        self.assertEqual(self.warnings(second), [])
        self.assertEqual(self.ask(), False)

    def test_comes_back_at_its_path_when_it_is_restarted(self):
        supervisor = self.supervise('--ganesha.restart=on-failure')
        supervisor.kill_one('dbus-daemon', signal.SIGKILL)
        wait_until(lambda: supervisor.log_lines('Restarting NFS-Ganesha'), what='the restart')
        wait_until(lambda: supervisor.get('/-/ready').status == 200, 20, 'the server to be ready again')
        self.assertEqual(self.ask(), False)

    def test_is_elsewhere_where_its_path_cannot_be_written(self):
        supervisor = self.supervise('--ganesha.bus-path=/proc/none/bus')
        self.assertEqual(len(self.warnings(supervisor)), 1)
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)


if __name__ == '__main__':
    run_tests()
