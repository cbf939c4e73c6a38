#!/usr/bin/env python3
"""The exporter as PID 1 of a container."""
import pathlib
import re
import signal
import subprocess

from supervisor import Export, Supervisor, SupervisorTest, run_tests, wait_until
from harness import PrivateBus, Process, Rpcbind, Service, binary, only_child, skip_unless
import nlm

CLEAN_OR_KILLED = 0, 128 + signal.SIGKILL
CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']


class PidOne(Supervisor):
    def launch(self):
        """Through a script, because the flags follow the program's name."""
        script = self.folder / 'container'
        script.write_text(f'#!/bin/sh\nexec {" ".join(CONTAINER)} {binary("ganesha_exporter")} "$@"\n')
        script.chmod(0o755)
        self.binary = script
        super().launch()

    @property
    def inner_pid(self):
        """Its process id outside."""
        return only_child(self.process.pid)

    def kill_inside(self, name):
        self.inside(f"kill -9 $(grep -lx {name} /proc/[0-9]*/comm | cut -d/ -f3)")

    def signal_inner(self, number):
        subprocess.run(['kill', f'-{int(number)}', str(self.inner_pid)], check=True)

    def inside(self, command):
        return subprocess.run(['nsenter', '--target', str(self.inner_pid), '--pid', '--mount', '--root',
                               'sh', '-c', command], capture_output=True, text=True, check=True).stdout


class Statd(Service):
    """The rpc.statd of a host."""

    def start(self):
        self.process = Process(['rpc.statd', '-F', '-d'], self.folder / 'log')
        self.process.wait_ready(self._registered, 'rpc.statd to be registered')

    @staticmethod
    def _registered():
        return 'status' in subprocess.run(['rpcinfo', '-p', '127.0.0.1'], capture_output=True, text=True).stdout


class AsPidOne(SupervisorTest):
    def setUp(self):
        self.container = self.enterContext(PidOne(self.configure(nfs3=True)))

    def test_it_ends_cleanly(self):
        self.container.signal_inner(signal.SIGTERM)
        self.assertEqual(self.container.process.wait(20), 0)
        self.assertIn('regular exit', self.container.log[-4000:])
        self.assert_nothing_left(self.container)

    def test_it_passes_the_servers_death_on(self):
        self.container.kill_one('ganesha.nfsd')
        self.assertEqual(self.container.process.wait(20), 128 + signal.SIGKILL)
        self.assert_nothing_left(self.container)

    def test_it_reaps_orphans(self):
        self.container.inside('for i in 1 2 3; do (sleep 0.2 &); done')
        wait_until(lambda: not self.sleepers(), what='the orphans to be gone')

    def test_it_passes_hang_up_on(self):
        self.container.signal_inner(signal.SIGHUP)
        wait_until(lambda: self.container.log_lines('SIGHUP_HANDLER'), what='the server to tell of SIGHUP')

    def test_its_bus_is_the_system_bus_of_the_container(self):
        reply = self.container.inside(
            'dbus-send --system --print-reply --dest=org.ganesha.nfsd /org/ganesha/nfsd/ExportMgr'
            ' org.ganesha.nfsd.exportmgr.ShowExports')
        self.assertIn('"/mem1"', reply)
        self.container.signal_inner(signal.SIGTERM)
        self.assertEqual(self.container.process.wait(20), 0)
        self.assertFalse(pathlib.Path('/run/dbus/system_bus_socket').exists())

    def sleepers(self):
        """Running processes and zombies: both have their names."""
        # A process may exit between listing and reading.
        listing = self.container.inside('cat /proc/[0-9]*/stat 2>/dev/null; :')
        self.assertIn('(ganesha_exporte)', listing)
        return [line for line in listing.splitlines() if '(sleep)' in line]


class AsPidOneThatRestarts(SupervisorTest):
    def test_it_outlives_the_death_of_its_guard(self):
        """On a bus of others nobody but the server is in the guard's process group."""
        bus = self.enterContext(PrivateBus())
        container = self.enterContext(PidOne(self.configure(), '--ganesha.restart=on-failure',
                                             f'--dbus.address={bus.address}'))
        container.kill_one('ganesha-guard')
        wait_until(lambda: 'ganesha-guard' not in container.left().values())
        container.kill_one('ganesha.nfsd')
        wait_until(lambda: container.log_lines('Restarting NFS-Ganesha'), what='the line')
        wait_until(lambda: container.get('/-/ready').status == 200, 20, what='the restart')
        self.assertIn('ganesha-guard', container.left().values())
        container.signal_inner(signal.SIGTERM)
        self.assertEqual(container.process.wait(20), 0)
        self.assert_nothing_left(container)


class Locks(SupervisorTest):
    """Locks of NFSv3 need rpc.statd. After it granted one, 6.5 needs more time to exit than the timeout here."""

    def start(self, kind, *flags):
        configuration = self.configure(nfs3=True, nlm=True, exports=[Export(1, 'VFS')])
        pathlib.Path(configuration.exports[0].path, 'file').touch()
        return configuration, self.enterContext(kind(configuration, '--ganesha.stop-timeout=2s', *flags))

    def lock(self, configuration):
        port = int(re.search(r'NLM_Port = (\d+)', configuration.config.read_text())[1])
        return nlm.lock(configuration.exports[0].path, 'file', configuration.mount_port, configuration.port, port)

    def test_are_granted_in_a_container(self):
        configuration, container = self.start(PidOne)
        self.assertIn('rpc.statd', container.left().values())
        self.assertEqual(self.lock(configuration), nlm.GRANTED)
        container.signal_inner(signal.SIGTERM)
        self.assertIn(container.process.wait(20), CLEAN_OR_KILLED)
        self.assert_nothing_left(container)

    def test_are_lost_with_rpc_statd_and_no_more(self):
        configuration, container = self.start(PidOne)
        container.kill_inside('rpc.statd')
        container.process.wait_ready(lambda: container.log_lines('NFS-Ganesha continues without it'), 'the line')
        self.assertEqual(container.get('/-/ready').status, 200)

    def test_are_granted_again_after_the_deaths_of_rpcbind_and_the_server(self):
        configuration, container = self.start(PidOne, '--ganesha.restart=on-failure')
        container.kill_inside('rpcbind')
        container.process.wait_ready(lambda: container.log_lines('NFS-Ganesha continues without it'), 'the line')
        container.kill_one('ganesha.nfsd')
        container.process.wait_ready(lambda: container.log_lines('Restarting NFS-Ganesha'), 'the restart')
        container.process.wait_ready(lambda: container.get('/-/ready').status == 200, 'the server to be ready')
        self.assertEqual(self.lock(configuration), nlm.GRANTED)
        container.signal_inner(signal.SIGTERM)
        self.assertIn(container.process.wait(20), CLEAN_OR_KILLED)

    def test_are_refused_on_a_host_without_it_with_a_warning(self):
        configuration, supervisor = self.start(Supervisor)
        self.assertEqual(len([line for line in supervisor.own_lines('warn') if 'nfs-common' in line]), 1)
        self.assertNotIn('rpc.statd', supervisor.left().values())
        self.assertEqual(self.lock(configuration), nlm.DENIED_NOLOCKS)

    def test_use_the_rpc_statd_that_is_there(self):
        self.enterContext(Rpcbind())
        for folder in 'sm', 'sm.bak':
            pathlib.Path('/var/lib/nfs', folder).mkdir(exist_ok=True)
        statd = self.enterContext(Statd())
        configuration, supervisor = self.start(Supervisor)
        self.assertEqual([line for line in supervisor.own_lines('warn') if 'nfs-common' in line], [])
        self.assertEqual(self.lock(configuration), nlm.GRANTED)
        self.assertIn(supervisor.end(), CLEAN_OR_KILLED)
        self.assert_nothing_left(supervisor)
        self.assertTrue(statd.process.running)


if __name__ == '__main__':
    skip_unless('rpc.statd', 'rpcinfo', 'dbus-send')
    run_tests()
