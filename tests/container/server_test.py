#!/usr/bin/python3
"""The image of the server: its first process is the exporter, which runs NFS-Ganesha."""
import os
import pathlib
import signal
import tempfile
import types
import unittest

import images
from container import CAPABILITIES, Container
from harness import LOOPBACK, Export, nfs_namespace, nfs_read, nfs_write, sample, wait_until
from nfs41 import Nfs41

NFS_PORT = 2049
READY_SECONDS = 60
# As documented: the VFS FSAL opens files by handle.
NEEDED = CAPABILITIES | {'dac_read_search'}
OWN_CONFIGURATION = '''
NFS_CORE_PARAM {
    Protocols = 3, 4;
    Enable_NLM = false;
    Enable_RQUOTA = false;
    MNT_Port = 20048;
    Allow_Set_IO_Flusher_Fail = true;
}
EXPORT {
    Export_Id = 7;
    Path = "/srv/files";
    Pseudo = "/files";
    Access_Type = RW;
    Squash = No_Root_Squash;
    SecType = sys;
    FSAL { Name = VFS; }
}
'''


class Server(Container):
    def __init__(self, *flags, folder, at='/export', volumes=None, **options):
        super().__init__(images.SERVER, *flags, volumes={folder: at, **(volumes or {})}, capabilities=NEEDED,
                         **options)

    def start(self):
        super().start()
        self.process.wait_ready(lambda: self.get('/-/ready').status == 200, 'the server to be ready',
                                READY_SECONDS)

    def names(self):
        """The processes in it, by process id inside."""
        found = {}
        for line in self.inside('sh', '-c', 'grep -H . /proc/[0-9]*/comm').stdout.splitlines():
            path, _, name = line.partition(':')
            found[int(path.split('/')[2])] = name
        return found

    def signal_server(self, name):
        pid = next(pid for pid, found in self.names().items() if found == 'ganesha.nfsd')
        self.inside('sh', '-c', f'kill -{name} {pid}')


class TheServersImage(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir='/var/tmp')))
        self.folder.chmod(0o777)
        self.client = types.SimpleNamespace(port=NFS_PORT, mount_port=20048, folder=self.folder)

    def serve(self, *flags, **options):
        return self.enterContext(Server(*flags, folder=self.folder, **options))

    def test_serves_files_and_metrics(self):
        server = self.serve('--poll.interval=200ms')
        data = os.urandom(3000)
        (self.folder / 'old').write_bytes(data)
        export = Export(1, path='/export', pseudo='/export')
        self.assertEqual(nfs_read(self.client, 4, export, 'old'), data)
        with Nfs41(LOOPBACK, NFS_PORT, 2) as client:
            client.write('/export/new', data)
        self.assertEqual((self.folder / 'new').read_bytes(), data)

        def read_bytes(metrics):
            return sample(metrics, 'ganesha_export_transferred_bytes_total', export_id='1', path='/export',
                          protocol='NFSv40', operation='read')

        metrics = wait_until(lambda: read_bytes(server.metrics()) and server.metrics(), what='the traffic')
        self.assertEqual(read_bytes(metrics), len(data))
        self.assertEqual(sample(metrics, 'ganesha_up'), 1)
        self.assertEqual(sample(metrics, 'ganesha_info', version='6.5'), 1)

    def test_is_run_by_the_exporter_alone(self):
        names = self.serve().names()
        self.assertEqual(names[1], 'ganesha_exporte')
        self.assertIn('ganesha.nfsd', names.values())
        self.assertNotIn('rpcbind', names.values())

    def test_knows_its_health(self):
        server = self.serve('--heartbeat.timeout=2s', '--ganesha.start-timeout=20s')
        self.assertEqual(server.healthcheck(), 0)
        server.signal_server('STOP')
        wait_until(lambda: server.healthcheck() == 1, 60, 'the health check to fail')
        server.signal_server('CONT')
        wait_until(lambda: server.healthcheck() == 0, what='the health check to pass again')

    def test_knows_its_health_at_another_address(self):
        self.assertEqual(self.serve('--web.listen-address=:9100', port=9100).healthcheck(), 0)

    def test_ends_cleanly_when_asked(self):
        server = self.serve()
        self.assertEqual(server.stop(), 0)
        self.assertIn('regular exit', server.log)
        self.assertEqual(list((server.root / 'run').glob('ganesha_exporter.*')), [])

    def test_ends_with_its_server(self):
        server = self.serve()
        server.signal_server('KILL')
        self.assertEqual(server.process.wait(20), 128 + signal.SIGKILL)
        server.process = None

    def test_takes_a_configuration_with_nfsv3(self):
        config = self.folder / 'ganesha.conf'
        config.write_text(OWN_CONFIGURATION)
        server = self.serve(at='/srv/files', volumes={config: '/etc/ganesha/ganesha.conf'})
        self.assertIn('rpcbind', server.names().values())
        export = Export(7, path='/srv/files', pseudo='/files')
        for version in 3, 4:
            data = os.urandom(3000)
            nfs_write(self.client, version, export, f'v{version}', data)
            self.assertEqual((self.folder / f'v{version}').read_bytes(), data)

    def test_takes_settings_from_the_environment(self):
        server = self.serve(env=['GANESHA_LOG_LEVEL=NIV_INFO'])
        self.assertIn('NIV_INFO', server.log)


if __name__ == '__main__':
    images.prepare(images.SERVER)
    nfs_namespace()
    unittest.main(verbosity=2)
