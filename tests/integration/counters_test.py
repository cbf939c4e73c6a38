#!/usr/bin/python3
"""Real traffic over every NFS version: the page has exactly the values of plain DBus calls."""
import unittest

from integration import (
    exporter_for, is_whole, libnfs_traffic, page_after_poll, page_when, run_tests, sample, session_traffic)
from harness import CLIENT_MGR, EXPORT_MGR, Ganesha, PrivateBus, Rpcbind, families, ganesha_version, series
from server_values import (
    OPERATIONS, client_label, client_states, io_names, io_of_clients, io_of_exports, io_series, seconds, statistics,
    version_and_grace)

# A different size for each version; libnfs writes at most 3,500 bytes over v4.0.
SIZES = {'NFSv3': 300_001, 'NFSv40': 3_002, 'NFSv41': 200_003, 'NFSv42': 250_004}


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

    def check(self, names, expected):
        self.assertEqual({key: value for key, value in self.page.items() if key[0] in names}, expected)

    def test_of_exports_are_those_of_dbus(self):
        self.check(io_names('export'), io_series('export', io_of_exports(self.ganesha))[0])

    def test_of_clients_are_those_of_dbus(self):
        self.check(io_names('client'), io_series('client', io_of_clients(self.ganesha))[0])

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
                                    client=client_label(address)), seconds(last))

    def test_of_state_are_those_of_dbus(self):
        told = client_states(self.ganesha)
        self.assertEqual(bool(told), ganesha_version() >= (6, 0))
        self.check({'ganesha_client_state'}, told)

    def test_of_the_server_are_those_of_dbus(self):
        told = version_and_grace(self.ganesha) | statistics(self.ganesha)
        self.check({name for name, _ in told}, told)

    def test_are_asked_for_without_a_word_in_the_servers_log(self):
        log = self.ganesha.log.read_text(errors='replace')
        self.assertNotRegex(log, 'dbus.*:(MAJ|CRIT|WARN) :')


if __name__ == '__main__':
    run_tests(nfs3=True)
