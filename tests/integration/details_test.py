#!/usr/bin/python3
"""Everything except reads and writes: with all statistics enabled, the page has the values of plain DBus calls."""
import unittest

from integration import (
    exporter_for, is_whole, libnfs_traffic, page_after_poll, page_when, run_tests, sample, session_traffic)
from harness import (
    CLIENT_MGR, CLIENT_STATS, EXPORT_MGR, EXPORT_STATS, Export, Ganesha, PrivateBus, Rpcbind, families, ganesha_version,
    series)
from server_values import answer, client_label, operations, other_operations, timed_procedures

COLLECTORS = 'procedures', 'export_details', 'layouts', 'delegations', 'fsal'
SWITCHES = 'FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps'
HEADERS = {'NFSv3:': 'NFSv3', 'NFSv4:': 'NFSv4', 'NLM:': 'NLMv4', 'MNT:': 'MNT', 'QUOTA:': 'RQUOTA'}
LAYOUTS = 'getdevinfo', 'get', 'commit', 'return', 'recall'


class TheDetails(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.maxDiff = None
        cls.bus = cls.enterClassContext(PrivateBus())
        cls.enterClassContext(Rpcbind())
        core = {f'Enable_{name}_Stats': 'true' for name in SWITCHES}
        cls.ganesha = cls.enterClassContext(Ganesha(cls.bus, nfs3=True, core=core))
        cls.exporter = cls.enterClassContext(
            exporter_for(cls.bus, *(f'--collector.{name}' for name in COLLECTORS)))
        # Before 6.1 procedures are not read after a client used NFSv4.2: docs/calls.md.
        minor_versions = (1, 2) if ganesha_version() >= (6, 1) else (1,)
        for export in cls.ganesha.exports:
            libnfs_traffic(cls.ganesha, 3, export, 1001)
            libnfs_traffic(cls.ganesha, 4, export, 1002)
            for minor in minor_versions:
                session_traffic(cls.ganesha, minor, export, 1002 + minor)
        page_when(cls.exporter, is_whole, 'a whole page')
        cls.page = page_after_poll(cls.exporter)
        cls.client = cls.ganesha.call(CLIENT_MGR, 'ShowClients')[1][0][0]
        cls.labels = {'client': client_label(cls.client)}

    def tells(self, method, *args, target=EXPORT_STATS):
        return answer(self.ganesha, method, *args, target=target)

    def check(self, expected):
        """Asserts that the page has exactly these series of their families."""
        self.assertTrue(expected)
        names = {key[0] for key in expected}
        self.assertEqual({key: value for key, value in self.page.items() if key[0] in names}, expected)

    def test_every_collector_works(self):
        self.assertEqual(self.exporter.problems(), [])
        self.assertEqual(self.exporter.log_lines('Statistic disabled in Ganesha'), [])

    def test_operations_by_protocol(self):
        told = operations(self.ganesha)
        self.assertGreater(told[series('ganesha_operations_total', protocol='NFSv41')], 5)
        self.check(told)

    def test_calls_by_procedure(self):
        expected, protocol, flat = {}, None, list(self.tells('GetFastOPS')[0])
        while flat:
            name = flat.pop(0).strip()
            if name in HEADERS:
                protocol = HEADERS[name]
            else:
                expected[series('ganesha_procedure_calls_total', protocol=protocol, procedure=name)] = flat.pop(0)
        self.assertIn(series('ganesha_procedure_calls_total', protocol='NFSv4', procedure='OPEN'), expected)
        self.check(expected)

    def test_times_by_procedure(self):
        expected = {}
        for protocol, method in ('NFSv3', 'GetFULLV3Stats'), ('NFSv4', 'GetFULLV4Stats'):
            expected |= timed_procedures(self.ganesha, protocol, method)
        self.assertEqual({key: round(value, 12) for key, value in self.page.items()
                          if key[0] in {name for name, _ in expected}},
                         {key: round(value, 12) for key, value in expected.items()})

    def test_requests_for_names(self):
        figures = self.tells('GetAuthStats')[0]
        self.check({series('ganesha_auth_requests_total', source=source): figures[4 * i]
                    for i, source in enumerate(('group_cache', 'winbind', 'dns'))})

    def test_metadata_cache(self):
        method = 'ShowMDCache' if ganesha_version() >= (5, 0) else 'ShowCacheInode'
        counts, state = (dict(zip((name.strip(' :') for name in told[::2]), told[1::2]))
                         for told in self.tells(method))
        for name, value in (('hits_total', counts['Cache Hits']), ('adds_total', counts['Cache Adds']),
                            ('mappings_total', counts['Cache Mapping']), ('entries', state['LRU entries in use']),
                            ('chunks', state['Chunks in use'])):
            self.assertEqual(sample(self.page, f'ganesha_mdcache_{name}'), value, name)
        self.assertEqual(sample(self.page, 'ganesha_fd_state', state='below_low'), 1)

    def test_other_operations(self):
        self.check(other_operations(self.ganesha))

    def test_procedures_of_a_client_are_left_to_servers_with_a_safe_call(self):
        safe = ganesha_version() >= (15, 2)
        self.assertEqual(
            sample(self.page, 'ganesha_exporter_collector_supported', collector='client_procedures'), safe)
        self.assertEqual('ganesha_client_procedure_calls_total' in families(self.page), safe)

    def test_layouts(self):
        expected = {}
        for protocol, method in ('NFSv41', 'GetNFSv41Layouts'), ('NFSv42', 'GetNFSv42Layouts'):
            blocks = self.tells(method, 's', self.client, target=CLIENT_STATS)
            for layout, block in zip(LAYOUTS, blocks):
                for name, value in zip(('operations', 'operation_errors', 'operation_delays'), block):
                    expected[series(f'ganesha_client_layout_{name}_total', protocol=protocol, layout=layout,
                                    **self.labels)] = value
        self.check(expected)
        self.assertIn('ganesha_export_layout_operations_total', families(self.page))

    def test_paths_of_exports(self):
        """4.3 reports the path instead of the pseudo path: the page has the value of the reply."""
        expected = {}
        for export_id, path, *_ in self.ganesha.call(EXPORT_MGR, 'ShowExports')[1]:
            _, real, pseudo, tag, _ = self.ganesha.call(EXPORT_MGR, 'DisplayExport', 'q', export_id)
            labels = {'path': path, 'pseudo': pseudo, 'tag': tag, 'real_path': '' if real == path else real}
            expected[series('ganesha_export_info', export_id=str(export_id), **labels)] = 1
        self.check(expected)

    def test_are_asked_for_without_a_word_in_the_servers_log(self):
        self.assertNotRegex(self.ganesha.log.read_text(errors='replace'), 'dbus.*:(MAJ|CRIT|WARN) :')


class ThePathsOfAnExport(unittest.TestCase):
    def test_are_the_pseudo_path_and_the_real_one_with_mount_path_pseudo(self):
        bus = self.enterContext(PrivateBus())
        ganesha = self.enterContext(Ganesha(bus, exports=[Export(1, path='/real', pseudo='/pseudo', fsal='MEM')],
                                            core={'Mount_Path_Pseudo': 'true'}))
        exporter = self.enterContext(exporter_for(bus))
        page = page_when(exporter, is_whole, 'a whole page')
        self.assertIn(series('ganesha_export_info', export_id='1', path='/pseudo', pseudo='/pseudo', tag='',
                             real_path='/real'), page)
        self.assertIn(series('ganesha_export_info', export_id='0', path='/', pseudo='/', tag='', real_path=''), page)
        self.assertTrue(ganesha.process.running)


if __name__ == '__main__':
    run_tests(nfs3=True)
