#!/usr/bin/python3
"""`ganesha_exporter record DIR` beside a real server: every reply, without the names of its site."""
import json
import pathlib
import tempfile
import unittest

from integration import libnfs_traffic, run_tests, session_traffic
from harness import Export, Ganesha, PrivateBus, ganesha_version, run_exporter

SWITCHES = 'FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps'


class ARecordOfARealServer(unittest.TestCase):
    def test_has_every_reply_and_no_name(self):
        bus = self.enterContext(PrivateBus())
        ganesha = self.enterContext(Ganesha(bus, [Export(1, 'MEM'), Export(2, 'MEM')],
                                            core={f'Enable_{name}_Stats': 'true' for name in SWITCHES}))
        session_traffic(ganesha, 1, ganesha.exports[0], 1000)
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        done = run_exporter('record', folder, f'--dbus.address={bus.address}')
        self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout)
        self.assertNotIn('failed', done.stdout)
        text = (folder / 'replies.json').read_text()
        lines = json.loads(text)
        client_ops = 'GetAllClientIOops' if ganesha_version() >= (15, 2) else 'GetClientIOops'
        self.assertLess({'ShowExports', 'ShowClients', 'DisplayExport', 'GetNFSIO', 'GetNFSv41IO', client_ops,
                         'GetExportDetails', 'StatusStats', 'get_grace', 'GetDelegations'},
                        {line['method'] for line in lines if 'reply' in line})
        self.assertIn(f'{".".join(map(str, ganesha_version()))}', text)
        for name in ('127.0.0.1', *(path for export in ganesha.exports for path in (export.path, export.pseudo))):
            self.assertNotIn(f'"{name}"', text.replace('::ffff:', ''))
        self.assertTrue(ganesha.process.running)


if __name__ == '__main__':
    run_tests()
