#!/usr/bin/python3
"""Podman runs both images as the units say that its generator makes of deploy/quadlet.

Without a service manager and without a hierarchy of cgroups: these options are left out, and the network is that of the
test.
"""
import os
import pathlib
import subprocess
import tempfile
import types
import unittest

import images
import quadlet
from harness import (
    DROP_IN, LOOPBACK, Export, FakeGanesha, HarnessError, PolicedBus, Process, Service, http_get, know_the_exporters_user,
    nfs_namespace, nfs_read, parse_text_format, sample, skip, skip_unless, wait_until)

PORT, NFS_PORT = 19587, 2049
# Podman lowers its own limits to these, which only a process with CAP_SYS_RESOURCE can raise again.
LIMITS = 'nofile=1024:1024', 'nproc=1024:1024'
REPLACED = {'--cgroups=split': '--cgroups=disabled', '--sdnotify=conmon': '--sdnotify=ignore'}
LEFT_OUT = '-d', '--replace'
START_SECONDS = 120


def engine(*words):
    return subprocess.run(['podman', *words], env=images.environment(), capture_output=True, text=True,
                          timeout=START_SECONDS)


class Unit(Service):
    """The container of a unit, with these host's paths in place of those that the unit mounts."""

    def __init__(self, name, places):
        super().__init__()
        self.unit, self.places = quadlet.generate()[1][f'{name}.service'], places

    def start(self):
        words = quadlet.command(self.unit)
        self.name = words[words.index('--name') + 1]
        self.process = Process(['podman', *self.adapted(words[1:])], self.folder / 'log', env=images.environment())
        self.process.wait_ready(lambda: self.get('/-/healthy').status == 200, 'the container to serve', START_SECONDS)

    def adapted(self, words):
        run, *rest = (REPLACED.get(word, word) for word in words if word not in LEFT_OUT)
        yield from (run, '--network=host', *(f'--ulimit={limit}' for limit in LIMITS))
        rest = iter(rest)
        for word in rest:
            if word == '--publish':
                next(rest)
            elif word == '-v':
                source, _, inside = next(rest).partition(':')
                yield from (word, f'{self.places[source]}:{inside}')
            else:
                yield word.replace('%t', str(self.folder)).replace('%N', self.name)

    def stop(self):
        """As the unit does: `podman rm`, which waits for the stop timeout."""
        done = engine('rm', '-v', '-f', '-i', '-t', '45', f'--cidfile={self.folder}/{self.name}.cid')
        self.process.wait(START_SECONDS)
        if done.returncode:
            raise HarnessError(f'podman rm: {done.stderr}')

    def get(self, path):
        return http_get(LOOPBACK, PORT, path)

    def metrics(self):
        return parse_text_format(self.get('/metrics').text)

    def inside(self, *command):
        done = engine('exec', self.name, *command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def healthy(self):
        return engine('healthcheck', 'run', self.name).returncode == 0


class TheExporter(unittest.TestCase):
    def test_serves_metrics_of_the_host_with_no_capability_and_a_filter_of_system_calls(self):
        bus = self.enterContext(PolicedBus(DROP_IN))
        unit = self.enterContext(Unit('ganesha-exporter', {'/run/dbus': bus.run}))
        self.assertEqual(sample(unit.metrics(), 'ganesha_up'), 0)
        self.enterContext(FakeGanesha(bus, layout='6.5'))
        wait_until(lambda: sample(unit.metrics(), 'ganesha_up') == 1, what='Ganesha to be up')
        self.assertTrue(unit.healthy())
        status = unit.inside('cat', '/proc/1/status')
        self.assertIn('\nUid:\t19587\t19587\t19587\t19587\n', status)
        self.assertIn('\nNoNewPrivs:\t1\n', status)
        self.assertIn('\nSeccomp:\t2\n', status)
        for kind in 'Prm', 'Eff', 'Bnd', 'Amb':
            self.assertIn(f'\nCap{kind}:\t0000000000000000\n', status)


class TheServer(unittest.TestCase):
    def test_serves_files_and_metrics(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir='/var/tmp')))
        folder.chmod(0o755)
        for name in 'files', 'recovery':
            (folder / name).mkdir()
        (folder / 'files').chmod(0o777)
        data = os.urandom(3000)
        (folder / 'files/old').write_bytes(data)
        unit = self.enterContext(Unit('ganesha-server', {
            '/srv/files': folder / 'files', 'ganesha-recovery': folder / 'recovery'}))
        wait_until(lambda: unit.get('/-/ready').status == 200, START_SECONDS, 'the server to be ready')
        client = types.SimpleNamespace(port=NFS_PORT, mount_port=20048, folder=folder)
        self.assertEqual(nfs_read(client, 4, Export(1, path='/export', pseudo='/export'), 'old'), data)
        self.assertEqual(sample(unit.metrics(), 'ganesha_up'), 1)
        self.assertTrue(unit.healthy())


def only_the_unified_hierarchy():
    """In this mount namespace alone: with both hierarchies of cgroups mounted, as some machines have them, crun fails."""
    subprocess.run(['mount', '-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup'], check=True)


if __name__ == '__main__':
    skip_unless('podman')
    images.prepare(images.EXPORTER, images.SERVER)
    if not quadlet.generator():
        skip('no quadlet: run scripts/debian13 true')
    nfs_namespace()
    know_the_exporters_user()
    only_the_unified_hierarchy()
    unittest.main(verbosity=2)
