#!/usr/bin/python3
"""Real traffic over every NFS version: the page has exactly the values of plain DBus calls."""
import unittest

from integration import (
    exporter_for, is_whole, libnfs_traffic, page_after_poll, page_when, run_tests, sample, session_traffic)
from harness import (
    ADMIN, CLIENT_MGR, CLIENT_STATS, EXPORT_MGR, EXPORT_STATS, Ganesha, PrivateBus, Rpcbind, busctl,
    families, ganesha_version, series)

FIGURES = {'requested_bytes_total': 1, 'transferred_bytes_total': 1, 'operations_total': 1,
           'operation_errors_total': 1, 'operation_latency_seconds_total': 1e9,
           'operation_queue_wait_seconds_total': 1e9}
PROTOCOLS = 'NFSv3', 'NFSv40', 'NFSv41', 'NFSv42'
OPERATIONS = 'read', 'write'
SWITCHES = 'nfs', 'fsal', 'v3_full', 'v4_full', 'auth', 'client_all_ops'
STATES = {'Open': 'open', 'Lock': 'lock', 'Delegation': 'delegation'}
# A different size for each version; libnfs writes at most 3,500 bytes over v4.0.
SIZES = {'NFSv3': 300_001, 'NFSv40': 3_002, 'NFSv41': 200_003, 'NFSv42': 250_004}


def seconds(time):
    return time[0] + time[1] / 1e9


def label(address):
    return address.removeprefix('::ffff:')


class TheCounters(unittest.TestCase):
    """One server and one round of traffic for all tests; there is no traffic while they check."""

    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        cls.enterClassContext(Rpcbind())
        cls.ganesha = cls.enterClassContext(Ganesha(cls.bus, nfs3=True))
        cls.exporter = cls.enterClassContext(exporter_for(cls.bus))
        for export in cls.ganesha.exports:
            libnfs_traffic(cls.ganesha, 3, export, SIZES['NFSv3'])
            libnfs_traffic(cls.ganesha, 4, export, SIZES['NFSv40'])
            session_traffic(cls.ganesha, 1, export, SIZES['NFSv41'])
            session_traffic(cls.ganesha, 2, export, SIZES['NFSv42'])
        page_when(cls.exporter, is_whole, 'a whole page')
        cls.page = page_after_poll(cls.exporter)
        # A 6.x client's session may end a little later; a poll changes nothing.
        cls.again = page_after_poll(cls.exporter)

    def io_of_exports(self):
        """{labels: (read, write)} by GetNFSIO."""
        paths = {entry[0]: entry[1] for entry in self.ganesha.call(EXPORT_MGR, 'ShowExports')[1]}
        return {(('export_id', str(export_id)), ('path', paths[export_id]), ('protocol', protocol)): blocks
                for (export_id, protocol), blocks in self.ganesha.nfs_io().items()}

    def io_of_clients(self):
        """{labels: (read, write)} by GetNFSv3IO and the like, for every client and every protocol."""
        tables = {}
        for address, *_ in self.ganesha.call(CLIENT_MGR, 'ShowClients')[1]:
            for protocol in PROTOCOLS:
                told, _, *rest = self.ganesha.call(CLIENT_STATS, f'Get{protocol}IO', 's', address)
                if told:
                    tables[('client', label(address)), ('protocol', protocol)] = rest[1:]
        return tables

    def check_io(self, owner, tables):
        expected = {}
        measured = {(figure, direction): any(blocks[direction][number] for blocks in tables.values())
                    for number, figure in enumerate(FIGURES) for direction in range(2)}
        for labels, blocks in tables.items():
            for direction, operation in enumerate(OPERATIONS):
                for number, (figure, unit) in enumerate(FIGURES.items()):
                    always = figure in ('transferred_bytes_total', 'operations_total', 'operation_errors_total')
                    if always or measured[figure, direction]:
                        key = series(f'ganesha_{owner}_{figure}', operation=operation, **dict(labels))
                        expected[key] = blocks[direction][number] / unit
        names = {f'ganesha_{owner}_{figure}' for figure in FIGURES}
        self.assertEqual({key: value for key, value in self.page.items() if key[0] in names}, expected)

    def test_of_exports_are_those_of_dbus(self):
        self.check_io('export', self.io_of_exports())

    def test_of_clients_are_those_of_dbus(self):
        self.check_io('client', self.io_of_clients())

    def test_are_the_bytes_of_the_traffic(self):
        for export in self.ganesha.exports:
            for protocol, size in SIZES.items():
                for operation in OPERATIONS:
                    self.assertEqual(
                        sample(self.page, 'ganesha_export_transferred_bytes_total', export_id=str(export.id),
                               path=export.path, protocol=protocol, operation=operation), size)
        for protocol, size in SIZES.items():
            for operation in OPERATIONS:
                self.assertEqual(sample(self.page, 'ganesha_client_transferred_bytes_total', client='127.0.0.1',
                                        protocol=protocol, operation=operation), 2 * size)

    def test_do_not_change_without_traffic(self):
        moving = 'ganesha_heartbeats_total', 'ganesha_last_heartbeat_timestamp_seconds'
        one, other = ({key: value for key, value in page.items() if key[0].startswith('ganesha_')
                       and not key[0].startswith('ganesha_exporter_') and key[0] not in moving}
                      for page in (self.page, self.again))
        self.assertEqual(one, other)

    def test_of_what_this_version_does_not_measure_are_left_out(self):
        version, there = ganesha_version(), families(self.page)
        self.assertIn('ganesha_export_operation_latency_seconds_total', there)
        self.assertNotIn('ganesha_client_operation_latency_seconds_total', there)
        self.assertNotIn('ganesha_export_operation_queue_wait_seconds_total', there)
        read = series('ganesha_export_requested_bytes_total', export_id='1', path=self.ganesha.exports[0].path,
                      protocol='NFSv3', operation='read')
        self.assertEqual(read in self.page, not (6, 0) <= version <= (6, 5))

    def test_of_exports_and_clients_themselves_are_those_of_dbus(self):
        exports = self.ganesha.call(EXPORT_MGR, 'ShowExports')
        clients = self.ganesha.call(CLIENT_MGR, 'ShowClients')
        self.assertEqual(sample(self.page, 'ganesha_exports'), len(exports[1]))
        self.assertEqual(sample(self.page, 'ganesha_clients'), len(clients[1]))
        self.assertEqual(sample(self.page, 'ganesha_clients_active'), len(clients[1]))
        start = exports[0]
        for export_id, path, *_, last in exports[1]:
            expected = None if last in (start, [0, 0]) else seconds(last)
            self.assertEqual(sample(self.page, 'ganesha_export_last_activity_timestamp_seconds',
                                    export_id=str(export_id), path=path), expected)
        for address, *_, last in clients[1]:
            self.assertEqual(sample(self.page, 'ganesha_client_last_activity_timestamp_seconds',
                                    client=label(address)), seconds(last))

    def test_of_state_are_those_of_dbus(self):
        told = {}
        if ganesha_version() >= (6, 0):
            for address, _, states, _ in self.ganesha.call(CLIENT_MGR, 'ShowClients')[1]:
                for name, count in zip(states[::2], states[1::2]):
                    told[series('ganesha_client_state', client=label(address), state=STATES[name])] = count
            self.assertTrue(told)
        served = {key: value for key, value in self.page.items() if key[0] == 'ganesha_client_state'}
        self.assertEqual(served, told)

    def test_of_the_server_are_those_of_dbus(self):
        version = busctl(self.bus.address, 'get-property', 'org.ganesha.nfsd', '/org/ganesha/nfsd/admin',
                         'org.ganesha.nfsd.admin', 'VERSION_RELEASE')
        self.assertEqual(sample(self.page, 'ganesha_info', version=version), 1)
        self.assertEqual(sample(self.page, 'ganesha_in_grace'), int(self.ganesha.call(ADMIN, 'get_grace')[0]))
        _, _, *switches = self.ganesha.call(EXPORT_STATS, 'StatusStats')
        self.assertEqual(len(switches), len(SWITCHES))
        for name, (enabled, since) in zip(SWITCHES, switches):
            self.assertEqual(sample(self.page, 'ganesha_stats_enabled', stats=name), int(enabled))
            self.assertEqual(sample(self.page, 'ganesha_stats_start_timestamp_seconds', stats=name),
                             seconds(since) if enabled else None)

    def test_are_asked_for_without_a_word_in_the_servers_log(self):
        log = self.ganesha.log.read_text(errors='replace')
        self.assertNotRegex(log, 'dbus.*:(MAJ|CRIT|WARN) :')


if __name__ == '__main__':
    run_tests(nfs3=True)
