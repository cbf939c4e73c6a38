#!/usr/bin/python3
"""`ganesha_exporter record DIR`: the replies of a server as a fixture, without the names of its site."""
import json
import pathlib
import re
import tempfile

from component import ComponentTest, collector_success, run_tests
from harness import PrivateBus, parse_text_format, run_exporter
from harness import metrics_page
from harness.metrics_page import MetricsPage, recorded_page
from harness.fake import FakeGanesha

ORIGINALS = {'10.0.0.1', '10.0.0.2', '127.0.0.1', '/export/1', '/export/2', '/export', '/mem'}


def texts_in(value):
    """All texts of a JSON value, without ::ffff:."""
    if isinstance(value, str):
        yield value.removeprefix('::ffff:')
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)


class Record(ComponentTest):
    def setUp(self):
        super().setUp()
        self.parent = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder = self.parent / 'replies'

    def record(self, *flags, folder=None, bus=None):
        return run_exporter('record', folder or self.folder, f'--dbus.address={(bus or self.bus).address}', *flags,
                            timeout=60)

    def lines(self):
        return json.loads((self.folder / 'replies.json').read_text())

    def test_writes_what_the_server_replies_without_its_names(self):
        fake = self.start_fake(layout='15.2', recorded='15.2', clients=2, exports=2)
        done = self.record()
        self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout)
        self.assertIn(f'replies of NFS-Ganesha 15.2 to {self.folder}:\n', done.stdout)
        self.assertEqual({file.name for file in self.folder.iterdir()},
                         {'replies.json', *(f'introspect-{name}.xml' for name in (
                             'admin', 'ClientMgr', 'ExportMgr', 'MemMgr'))})
        # Calls of Control are made by the test.
        called = {name.split('.')[-1] for name in fake.calls() if '.' in name} - {'Control', 'Calls'}
        self.assertEqual({line['method'] for line in self.lines()} | {'Introspect'}, called)
        self.assertLess({'ShowClients', 'GetMemoryStats', 'GetAllClientAllops', 'ShowFDUsage'}, called)
        # It could crash the server.
        self.assertNotIn('GetFastOPS', called)
        self.assertLessEqual(called, set(re.findall(r'send_member="(\w+)"', run_exporter('--help-bus-policy').stdout)))
        self.assertEqual(set(texts_in(self.lines())) & ORIGINALS, set())
        [clients] = [line['reply'][1] for line in self.lines() if line['method'] == 'ShowClients']
        asked = {line['args'][0] for line in self.lines() if line['path'] == 'ClientMgr' and line['in'] == 's'}
        self.assertEqual(asked, {client[0] for client in clients})

    def test_can_be_played_as_a_fixture(self):
        self.start_fake(layout='15.2', recorded='15.2')
        self.assertEqual(self.record().returncode, 0)
        bus = self.enterContext(PrivateBus())
        self.enterContext(FakeGanesha(bus, layout='15.2', recorded=self.folder, heartbeat_ms=100))
        page = parse_text_format(run_exporter('--once', f'--dbus.address={bus.address}').stdout)
        self.assertEqual(set(collector_success(page).values()), {1})
        again = self.parent / 'again'
        self.assertEqual(self.record(folder=again, bus=bus).returncode, 0)
        signatures = [{(line['method'], line['signature']) for line in json.loads((folder / 'replies.json').read_text())}
                      for folder in (self.folder, again)]
        self.assertEqual(*signatures)

    def test_has_the_reply_that_no_decoder_knows(self):
        fake = self.start_fake(layout='15.2', recorded='15.2')
        fake.control('Malform', 'sb', 'exportstats.ShowMDCache', True)
        done = self.record('--collector.disable-defaults', '--collector.mdcache')
        self.assertEqual(done.returncode, 0)
        self.assertIn('The collector mdcache failed', done.stdout)
        self.assertEqual([(line['method'], line['signature'], line['reply'][3]) for line in self.lines()],
                         [('ShowMDCache', 'bs(tt)(ss)', ['not', 'numbers'])])

    def test_has_the_servers_own_page_with_the_same_names(self):
        self.start_fake(clients=2, exports=2)
        page = self.enterContext(MetricsPage(
            recorded_page() + '# TYPE seen gauge\nseen{path="/export/1",client="10.0.0.1"} 1\n'
            'seen{path="patients",export="of patients",user="root@SITE"} 2\n'))
        self.assertEqual(self.record(f'--ganesha.metrics-url={page.url}').returncode, 0)
        saved = (self.folder / 'built_in_metrics.txt').read_text()
        self.assertEqual(saved.count('\n'), page.text.count('\n'))
        [seen] = re.findall('^seen{path="(.*)",client="(.*)"} 1$', saved, re.MULTILINE)
        self.assertLessEqual(set(seen), set(texts_in(self.lines())), 'the names of the replies')
        self.assertEqual({name for name in re.findall('="([^"]*)"', saved)} & ORIGINALS, set())
        for name in 'patients', 'root@SITE', 'vm_NFS-Ganesha':
            self.assertIn(name, page.text)
            self.assertNotIn(name, saved)
        for word in 'NFS4ERR_NOENT', 'export_id=3', 'RPCSEC_GSS_SVC_PRIVACY':
            self.assertIn(f'"{word}"', saved)

    def test_does_without_a_page_that_cannot_be_had(self):
        self.start_fake()
        page = self.enterContext(MetricsPage(recorded_page()))
        page.manner = metrics_page.refused
        done = self.record(f'--ganesha.metrics-url={page.url}')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"The server's own page of metrics is missing: .*/metrics: it answers with status 503.*\n")
        self.assertFalse((self.folder / 'built_in_metrics.txt').exists())
        self.assertTrue(self.lines())

    def test_overwrites_nothing_and_calls_nothing_then(self):
        fake = self.start_fake()
        self.folder.mkdir()
        (self.folder / 'replies.json').write_text('mine')
        done = self.record()
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertEqual(done.stderr, f'ganesha_exporter: record: {self.folder} is not empty: name a directory that is '
                                      'empty or does not exist\n')
        self.assertEqual((self.folder / 'replies.json').read_text(), 'mine')
        self.assertNotIn('clientmgr.ShowClients', fake.calls())

    def test_says_that_no_server_answers(self):
        done = self.record('--dbus.timeout=500ms')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, '^ganesha_exporter: record: no NFS-Ganesha answers: .+; see --dbus.address and '
                                      '--dbus.service-name\n$')
        self.assertFalse(self.folder.exists())


if __name__ == '__main__':
    run_tests()
