#!/usr/bin/env python3
"""The containers of deploy/kubernetes with a real server: they become ready, serve, and report when it is gone."""
import os
import pathlib
import signal
import subprocess
import unittest

from containers import USER, Kubelet, ServerContainer, SidecarExporter, SidecarGanesha, SystemBus
from manifests import pod

from harness import HarnessError, nfs_namespace, sample, skip_unless, wait_until


def nfs_copy(source, target):
    done = subprocess.run(['nfs-cp', source, target], capture_output=True, text=True, timeout=30)
    if done.returncode or done.stderr.strip():
        raise HarnessError(done.stderr)


def url(pod_, name, user):
    return f'nfs://127.0.0.1/export/{name}?version=4&nfsport={pod_.port_of_nfs}&uid={user}&gid={user}'


def status_of(process):
    """/proc/PID/status as a dictionary."""
    lines = pathlib.Path(f'/proc/{process.pid}/status').read_text().splitlines()
    return dict(line.split(':\t', 1) for line in lines)


class TheServersPod(unittest.TestCase):
    def setUp(self):
        self.pod = self.enterContext(ServerContainer())

    def test_passes_all_its_probes(self):
        for name in 'startupProbe', 'livenessProbe', 'readinessProbe':
            self.assertEqual(self.pod.probe(name), 200, name)
        self.assertEqual(sample(self.pod.metrics(), 'ganesha_up'), 1)

    def test_gives_the_server_all_that_it_wants_to_write(self):
        self.assertEqual(self.pod.log_lines('Read-only') + self.pod.log_lines('Could not create'), [])

    def test_serves_a_user_who_owns_the_volume(self):
        data = self.pod.folder / 'data'
        data.write_bytes(os.urandom(2000))
        nfs_copy(data, url(self.pod, 'file', USER))
        self.assertEqual((self.pod.export / 'file').read_bytes(), data.read_bytes())
        self.assertEqual((self.pod.export / 'file').stat().st_uid, USER)
        nfs_copy(url(self.pod, 'file', USER), self.pod.folder / 'copy')
        self.assertEqual((self.pod.folder / 'copy').read_bytes(), data.read_bytes())

    def test_keeps_the_state_of_its_clients_in_the_volume(self):
        self.assertTrue(list(self.pod.recovery.iterdir()))

    def test_ends_cleanly_in_its_time(self):
        self.assertLess(self.pod.seconds_to_end(), pod('server')['terminationGracePeriodSeconds'])
        self.assertEqual(self.pod.process.returncode, 0)


class TheKubelet(unittest.TestCase):
    """Time runs five times as fast, and so do the timeouts from the flags and defaults of the container."""

    SPEED = 5
    MINUTE = 60

    def setUp(self):
        self.pod = self.enterContext(ServerContainer('--ganesha.start-timeout=12s', '--heartbeat.timeout=2s'))
        self.kubelet = Kubelet(self.pod, self.SPEED)

    def test_lets_a_server_be_that_serves_though_its_bus_is_frozen_for_five_minutes(self):
        self.pod.signal_child('dbus-daemon', signal.SIGSTOP)
        wait_until(lambda: self.pod.probe('readinessProbe') == 503, what='the bus to be missed')
        self.assertFalse(self.kubelet.restarts_within(5 * self.MINUTE))
        self.assertEqual(sample(self.pod.metrics(), 'ganesha_up'), 0)
        self.pod.signal_child('dbus-daemon', signal.SIGCONT)
        wait_until(lambda: self.pod.probe('readinessProbe') == 200, what='the pod to be ready again')

    def test_restarts_a_server_that_hangs(self):
        # The sockets of a server that has acted for a user cannot be read any more: they must be known by then.
        data = self.pod.folder / 'data'
        data.write_bytes(os.urandom(2000))
        nfs_copy(data, url(self.pod, 'file', USER))
        self.assertFalse(self.kubelet.restarts_within(self.MINUTE / 2))
        self.pod.signal_child('ganesha.nfsd', signal.SIGSTOP)
        self.assertTrue(self.kubelet.restarts_within(3 * self.MINUTE))
        self.pod.signal_child('ganesha.nfsd', signal.SIGCONT)


class TheSidecar(unittest.TestCase):
    def setUp(self):
        self.enterContext(SystemBus())
        self.ganesha = self.enterContext(SidecarGanesha())
        self.exporter = self.enterContext(SidecarExporter())

    def wait_for(self, name, status):
        wait_until(lambda: self.exporter.probe(name) == status, what=f'{name} to see {status}')

    def test_sees_the_server_as_a_user_without_a_capability(self):
        self.wait_for('readinessProbe', 200)
        self.assertEqual(sample(self.exporter.metrics(), 'ganesha_up'), 1)
        status = status_of(self.exporter.process)
        self.assertNotIn('0', status['Uid'].split() + status['Gid'].split() + status['Groups'].split())
        self.assertEqual((int(status['CapBnd'], 16), status['NoNewPrivs']), (0, '1'))

    def test_stays_alive_without_the_server(self):
        self.wait_for('readinessProbe', 200)
        self.ganesha.stop()
        self.wait_for('readinessProbe', 503)
        self.assertEqual(self.exporter.probe('livenessProbe'), 200)
        self.assertEqual(sample(self.exporter.metrics(), 'ganesha_up'), 0)
        self.ganesha.start()
        self.wait_for('readinessProbe', 200)


if __name__ == '__main__':
    skip_unless('ganesha.nfsd', 'dbus-daemon', 'nfs-cp', 'unshare', 'setpriv', root=True)
    nfs_namespace()
    unittest.main(verbosity=2)
