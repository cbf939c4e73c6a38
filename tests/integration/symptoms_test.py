#!/usr/bin/python3
"""The symptoms of docs/operations.md on a real server: what the page quotes is what one sees, and what it advises helps."""
import unittest

from integration import QUICK, is_whole, page_when, run_confined_tests, sample, session_traffic
from harness import (
    BUS_NAME, DROP_IN, EXPORTER_UID, REPOSITORY, ConfinedExporter, Exporter, Ganesha, PolicedBus, PrivateBus,
    UserExporter, families, wait_until)

PAGE = (REPOSITORY / 'docs/operations.md').read_text()


class Nameless(Ganesha):
    """A server that does not own the usual name."""

    def start(self):
        self.launch()
        self.process.wait_ready(lambda: 'NFS SERVER INITIALIZED' in self.written(), 'the server to be initialized')

    def written(self):
        return self.log.read_text(errors='replace') if self.log.exists() else ''


class Symptoms(unittest.TestCase):
    def exporter(self, bus, *flags, kind=Exporter):
        return self.enterContext(kind(f'--dbus.address={bus.address}', *QUICK, *flags))

    def assert_quoted(self, *texts):
        for text in texts:
            self.assertIn(text, PAGE)

    def wait_for_reason(self, exporter, reason):
        self.assert_quoted(reason)
        wait_until(lambda: exporter.get('/-/ready').text.startswith(reason), 20, reason)
        self.assertEqual(sample(exporter.metrics(), 'ganesha_up'), 0)

    def whole(self, exporter):
        return page_when(exporter, is_whole, 'a whole page')


class GaneshaUpIs0(Symptoms):
    def test_without_heartbeats(self):
        bus = self.enterContext(PrivateBus())
        self.enterContext(Ganesha(bus, heartbeat_ms=0))
        self.wait_for_reason(self.exporter(bus), 'no heartbeat of NFS-Ganesha yet')
        self.whole(self.exporter(bus, '--heartbeat.timeout=0'))

    def test_under_another_name(self):
        bus = self.enterContext(PrivateBus())
        self.enterContext(Nameless(bus, core={'Dbus_Name_Prefix': '"east"'}))
        self.wait_for_reason(self.exporter(bus), 'NFS-Ganesha is not on the bus')
        self.whole(self.exporter(bus, f'--dbus.service-name=east.{BUS_NAME}'))

    def test_of_a_server_that_may_not_have_its_name(self):
        bus = self.enterContext(PolicedBus())
        server = self.enterContext(Nameless(bus, core={'Dbus_Name_Prefix': '"east"'}))
        self.wait_for_reason(self.exporter(bus), 'NFS-Ganesha is not on the bus')
        self.assertRegex(server.written(), ':DBUS :CRIT :server bus reg failed .*not allowed to own the service')
        self.assert_quoted('server bus reg failed', 'not allowed to own the service', ':DBUS :CRIT')

    def test_of_a_user_whom_the_bus_does_not_know(self):
        bus = self.enterContext(PolicedBus(DROP_IN))
        stranger = self.enterContext(UserExporter(EXPORTER_UID + 1, f'--dbus.address={bus.address}', *QUICK))
        self.wait_for_reason(stranger, 'not connected to DBus')
        self.assertRegex(stranger.get('/-/ready').text, 'Connection reset by peer|Transport endpoint is not connected')
        self.assert_quoted('Connection reset by peer', 'Transport endpoint is not connected')


class AccessDenied(Symptoms):
    def test_is_reported_while_heartbeats_arrive_and_ends_with_the_policy(self):
        bus = self.enterContext(PolicedBus())
        self.enterContext(Ganesha(bus))
        exporter = self.exporter(bus, kind=ConfinedExporter)
        page = page_when(exporter, lambda page: sample(page, 'ganesha_up') == 1, 'a heartbeat')
        self.assertEqual(sample(page, 'ganesha_exporter_collector_success', collector='exports'), 0)
        self.assertGreater(sample(page, 'ganesha_exporter_dbus_calls_total', result='access_denied'), 0)
        denied = "the bus's policy denies the call"
        self.assertTrue(exporter.log_lines(denied))
        self.assert_quoted(denied, 'ganesha_exporter_dbus_calls_total{result="access_denied"}')
        bus.add(DROP_IN)
        self.whole(exporter)


class WhatIsMissing(Symptoms):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        cls.server = cls.enterClassContext(Ganesha(cls.bus))
        session_traffic(cls.server, 1, cls.server.exports[0], 1000)

    def test_is_a_client_that_a_filter_leaves_out(self):
        page = self.whole(self.exporter(self.bus, '--collector.clients.include=10.0.0.0/8'))
        self.assertEqual(sample(page, 'ganesha_clients'), 1)
        self.assertEqual(families(page, 'ganesha_client_'), set())

    def test_is_each_client_without_its_collector(self):
        page = self.whole(self.exporter(self.bus, '--no-collector.clients'))
        self.assertIsNone(sample(page, 'ganesha_clients'))

    def test_is_the_latency_of_clients_but_not_of_exports(self):
        found = families(self.whole(self.exporter(self.bus)))
        self.assertNotIn('ganesha_client_operation_latency_seconds_total', found)
        self.assertIn('ganesha_export_operation_latency_seconds_total', found)

    def test_is_an_export_that_a_filter_leaves_out(self):
        page = self.whole(self.exporter(self.bus, '--collector.exports.exclude=/mem2'))
        shown = {dict(labels)['path'] for name, labels in page if name == 'ganesha_export_info'}
        self.assertEqual(shown, {'/', self.server.exports[0].path})

    def test_is_all_latency_with_fast_statistics(self):
        bus = self.enterContext(PrivateBus())
        server = self.enterContext(Ganesha(bus, core={'Enable_Fast_Stats': 'true'}))
        session_traffic(server, 1, server.exports[0], 1000)
        found = families(self.whole(self.exporter(bus)))
        self.assertNotIn('ganesha_export_operation_latency_seconds_total', found)
        self.assertIn('ganesha_export_operations_total', found)


if __name__ == '__main__':
    run_confined_tests()
