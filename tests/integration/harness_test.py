#!/usr/bin/python3
"""The harness against a real server: bytes sent over each NFS version are the bytes that DBus reports."""
import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import (  # noqa: E402
    BUS_NAME, CLIENT_MGR, DBusError, Export, Exporter, Ganesha, HarnessError, PrivateBus,
    Prometheus, Rpcbind, nfs_namespace, nfs_read, nfs_write, parse_text_format,
    sample, skip_unless, wait_until)
from nfs41 import Nfs41, Nfs41Error  # noqa: E402

REQUESTED, TRANSFERRED, OPERATIONS, ERRORS = range(4)
IDLE = ([0] * 6, [0] * 6)


class ARealServer(unittest.TestCase):
    """One server for all traffic: every test checks only its own part."""

    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        cls.enterClassContext(Rpcbind())
        cls.ganesha = cls.enterClassContext(Ganesha(cls.bus, nfs3=True))
        cls.vfs, cls.mem = cls.ganesha.exports

    def assert_counts(self, export, protocol, size, traffic):
        """`traffic` writes and then reads `size` bytes: DBus must report exactly these."""
        key = export.id, protocol
        before = self.ganesha.nfs_io().get(key, IDLE)
        traffic()
        after = self.ganesha.nfs_io()[key]
        for direction, (old, new) in enumerate(zip(before, after)):
            with self.subTest(export=export.path, protocol=protocol, written=bool(direction)):
                self.assertEqual(new[TRANSFERRED] - old[TRANSFERRED], size)
                self.assertGreater(new[OPERATIONS], old[OPERATIONS])
                self.assertEqual(new[ERRORS], old[ERRORS])

    def libnfs_traffic(self, version, export, size):
        def traffic():
            data, name = os.urandom(size), f'by-libnfs-v{version}'
            nfs_write(self.ganesha, version, export, name, data)
            self.assert_same(export, data, nfs_read(self.ganesha, version, export, name))
        return traffic

    def session_traffic(self, minor, export, size):
        def traffic():
            data, path = os.urandom(size), f'{export.pseudo}/by-session-v4.{minor}'
            with Nfs41('127.0.0.1', self.ganesha.port, minor) as client:
                client.write(path, data)
                self.assert_same(export, data, client.read(path))
                client.remove(path)
        return traffic

    def assert_same(self, export, written, read):
        # FSAL_MEM keeps the size of a file but not its content.
        self.assertEqual(len(read), len(written))
        if export.fsal == 'VFS':
            self.assertEqual(read, written)

    def test_counts_the_bytes_of_nfsv3(self):
        for export in self.vfs, self.mem:
            self.assert_counts(export, 'NFSv3', 300_000, self.libnfs_traffic(3, export, 300_000))

    def test_counts_the_bytes_of_nfsv40(self):
        for export in self.vfs, self.mem:
            self.assert_counts(export, 'NFSv40', 3_000, self.libnfs_traffic(4, export, 3_000))

    def test_counts_the_bytes_of_nfsv41_and_nfsv42(self):
        for minor in 1, 2:
            for export in self.vfs, self.mem:
                self.assert_counts(export, f'NFSv4{minor}', 300_000,
                                   self.session_traffic(minor, export, 300_000))

    def test_reports_a_refusal_by_its_nfs_name(self):
        with Nfs41('127.0.0.1', self.ganesha.port) as client:
            with self.assertRaisesRegex(Nfs41Error, 'OPEN: NFS4ERR_NOENT'):
                client.read(f'{self.vfs.pseudo}/nobody-wrote-this')

    def test_adds_and_removes_an_export_while_it_runs(self):
        export = Export(77, 'VFS')
        self.ganesha.add_export(export)
        self.assertIn(export.path, self.ganesha.exported_paths())
        self.session_traffic(1, export, 1_000)()
        self.ganesha.remove_export(export)
        self.assertNotIn(export.path, self.ganesha.exported_paths())

    def test_serves_a_path_of_odd_characters(self):
        odd = self.ganesha.folder / 'a "quoted" \\ back slash,\n a new line, ünïcode'
        export = Export(78, 'VFS', path=str(odd), pseudo='/odd')
        self.ganesha.add_export(export)
        self.addCleanup(self.ganesha.remove_export, export)
        self.assertIn(export.path, self.ganesha.exported_paths())


class AServersLife(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())
        self.ganesha = self.enterContext(Ganesha(self.bus, [Export(1, 'MEM')]))

    def test_ends_cleanly_and_comes_back(self):
        self.assertEqual(self.ganesha.stop(), 0)
        self.assertFalse(self.bus.has_owner(BUS_NAME))
        self.ganesha.start()
        self.assertTrue(self.bus.has_owner(BUS_NAME))

    def test_is_killed_and_comes_back(self):
        self.assertEqual(self.ganesha.kill(), -signal.SIGKILL)
        wait_until(lambda: not self.bus.has_owner(BUS_NAME), what='the bus to miss the server')
        self.ganesha.start()
        self.assertEqual(self.ganesha.nfs_io(), {})

    def test_answers_again_after_a_freeze(self):
        self.ganesha.freeze()
        with self.assertRaises(DBusError):
            self.ganesha.call(CLIENT_MGR, 'ShowClients', timeout=1)
        self.assertTrue(self.bus.has_owner(BUS_NAME))
        self.ganesha.thaw()
        self.ganesha.call(CLIENT_MGR, 'ShowClients')

    def test_ends_when_frozen(self):
        self.ganesha.freeze()
        self.assertEqual(self.ganesha.stop(), 0)

    def test_ends_with_its_bus(self):
        self.bus.stop()
        self.assertEqual(self.ganesha.process.wait(), 1)
        self.bus.start()
        self.ganesha.start()


class AServerThatCannotStart(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())

    def test_is_reported_with_its_log(self):
        with self.assertRaisesRegex(HarnessError, 'ended with 2(.|\n)*Expected a number'):
            with Ganesha(self.bus, core={'NFS_Port': 'nonsense'}):
                self.fail('it started')

    def test_is_reported_when_an_export_is_missing(self):
        nowhere = Export(1, 'MEM', options={'FSAL': {'Name': 'NONE'}}, path='/nowhere')
        with self.assertRaisesRegex(HarnessError, "does not export {'/nowhere'}"):
            with Ganesha(self.bus, [nowhere]):
                self.fail('it started')


class APrometheus(unittest.TestCase):
    def test_scrapes_and_answers_promql(self):
        with Prometheus({}) as prometheus:
            self.assertEqual(prometheus.query('vector(1) + 1')[0]['value'][1], '2')


class TheTextFormatsParser(unittest.TestCase):
    HEAD = '# HELP a_total b\n# TYPE a_total counter\n'

    def test_reads_labels_with_every_escape(self):
        metrics = parse_text_format(self.HEAD + 'a_total{x="1",y="q\\"b\\\\n\\n, }"} 2\na_total 1e3\n')
        self.assertEqual(sample(metrics, 'a_total', x='1', y='q"b\\n\n, }'), 2)
        self.assertEqual(sample(metrics, 'a_total'), 1000)

    def test_refuses_what_prometheus_would_not_take(self):
        for complaint, page in (
                ('twice', self.HEAD + 'a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n'),
                ('twice', self.HEAD + 'a_total 1\n# HELP b b\n# TYPE b gauge\nb 1\n' + self.HEAD),
                ('HELP and TYPE', 'a 1\n'),
                ('HELP and TYPE', self.HEAD + 'b 1\n'),
                ('does not end', self.HEAD + 'a_total 1'),
                ('of type gauge', '# HELP a_total b\n# TYPE a_total gauge\na_total 1\n'),
                ('not a sample', self.HEAD + 'a_total{x="\\t"} 1\n'),
                ('not a sample', self.HEAD + 'a_total{x="1} 1\n')):
            with self.subTest(page), self.assertRaisesRegex(ValueError, complaint):
                parse_text_format(page)


class TheExporter(unittest.TestCase):
    """The harness reports it when a process does not exit as it should."""

    def test_that_exits_unexpectedly_is_reported_with_its_log(self):
        with self.assertRaisesRegex(HarnessError, 'ended with 1(.|\\n)*nonsense'):
            with Exporter('--nonsense'):
                self.fail('it started')

    def test_that_is_killed_is_a_failure(self):
        with self.assertRaisesRegex(HarnessError, 'ended with -9(.|\\n)*Listening'):
            with PrivateBus() as bus, Exporter(f'--dbus.address={bus.address}') as exporter:
                exporter.kill()


if __name__ == '__main__':
    skip_unless('ganesha.nfsd', 'dbus-daemon', 'busctl', 'setpriv', 'nfs-cp', 'prometheus', root=True)
    nfs_namespace()
    unittest.main(verbosity=2)
