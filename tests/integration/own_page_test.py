#!/usr/bin/python3
"""The page of metrics that a real server has itself. Debian 12 and 13 have no server with one: `make test-unstable` runs
this and other tests with the server of Debian unstable."""
import contextlib
import re
import subprocess
import unittest

from integration import QUICK, is_whole, libnfs_traffic, page_after_poll, page_when, run_tests, session_traffic, wait_until
from harness import (
    LOOPBACK, Export, Exporter, Ganesha, HarnessError, PrivateBus, Rpcbind, families, free_port, ganesha_version, http_get,
    nfs_read, parse_openmetrics, parse_text_format, sample, skip)
from prometheus_test import OPENMETRICS

FIRST = (15, 2)  # Debian's is built with the page.
OFF_BY_DEFAULT = ('procedures', 'procedures_detailed', 'client_ops', 'client_procedures', 'export_details', 'layouts',
                  'delegations', 'fds', 'fsal', 'auth', 'drc')
STATISTICS = {f'Enable_{name}_Stats': 'true' for name in ('FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps')}
SHOWN = 'ganesha_rpcs_received_total'
# Of the server's page, and of ours.
EQUAL = {
    'nfsv4__op_count': ('ganesha_procedure_results_total', {'protocol': 'NFSv4'}),
    'nfsv4__op_latency_count': ('ganesha_procedure_duration_seconds_count', {'protocol': 'NFSv4'}),
    'nfs_latency_ms_by_export_count': ('ganesha_export_procedure_duration_seconds_count', {}),
    'nfs_requests_by_export_total': ('ganesha_export_procedure_calls_total', {}),
    'nfs_request_size_bytes_sum': ('ganesha_request_size_bytes_sum', {}),
    'compound__latency_count': ('ganesha_compound_duration_seconds_count', {}),
    'compound__ops_count_sum': ('ganesha_compound_operations_sum', {}),
    'mdcache_cache_hits_total': ('ganesha_mdcache_operation_hits_total', {}),
    'mdcache_cache_misses_total': ('ganesha_mdcache_misses_total', {}),
    'clients__confirmed_count': ('ganesha_clients_confirmed', {}),
    'rpcs_received_total': (SHOWN, {})}


def total(page, name, **labels):
    return sum(value for (found, with_labels), value in page.items()
               if found == name and labels.items() <= dict(with_labels).items())


def read(text):
    """As parse_text_format(), of a page that is less strict."""
    found = {}
    for name, labels, value in re.findall(r'(?m)^(\w+)(?:\{(.*)\})? (\S+)$', text):
        found[name, frozenset(re.findall(r'(\w+)="([^"]*)"', labels))] = float(value)
    return found


def received(page):
    return sample(page, SHOWN)


class AServerWithAPage(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())
        self.enterContext(Rpcbind())
        self.page_port = free_port()
        self.url = f'http://{LOOPBACK}:{self.page_port}/metrics'
        self.ganesha = self.enterContext(Ganesha(
            self.bus, [Export(1, 'VFS'), Export(2, 'MEM')], nfs3=True,
            core=STATISTICS | {'Enable_Metrics': 'true', 'Enable_Dynamic_Metrics': 'true', 'Monitoring_Addr': LOOPBACK,
                               'Monitoring_Port': self.page_port}))
        for export in self.ganesha.exports:
            for version in 3, 4:
                libnfs_traffic(self.ganesha, version, export, 3000)
            session_traffic(self.ganesha, 1, export, 50_000)
            session_traffic(self.ganesha, 2, export, 50_000)
        with contextlib.suppress(HarnessError):
            nfs_read(self.ganesha, 4, self.ganesha.exports[0], 'not there')

    def own_page(self):
        return http_get(LOOPBACK, self.page_port, '/metrics').text

    def exporter(self, *flags):
        return self.enterContext(Exporter(
            *QUICK, '--collector.built_in', f'--ganesha.metrics-url={self.url}', '--ganesha.metrics-interval=1s', *flags))

    def beside_the_bus(self, *flags):
        """An exporter whose page is whole."""
        exporter = self.exporter(f'--dbus.address={self.bus.address}', *flags)
        page_when(exporter, lambda page: is_whole(page) and received(page), 'a whole page')
        return exporter

    def check_formats(self, exporter):
        text = exporter.get().text
        parse_text_format(text)
        parse_openmetrics(exporter.get(headers={'Accept': f'{OPENMETRICS};version=1.0.0'}).text)
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))

    def test_has_no_family_that_is_unknown_and_all_counters_are_equal(self):
        exporter = self.beside_the_bus(*(f'--collector.{name}' for name in OFF_BY_DEFAULT))
        before = received(exporter.metrics())
        source, page = read(self.own_page()), page_after_poll(exporter)
        self.assertEqual(received(page), before, 'the server is quiet')
        self.assertEqual(sample(page, 'ganesha_exporter_built_in_families_unknown'), 0)
        self.assertTrue(all(sample(page, 'ganesha_exporter_collector_supported', collector=name)
                            for name in OFF_BY_DEFAULT))
        for of_page, (metric, labels) in EQUAL.items():
            self.assertGreater(total(source, of_page), 0, of_page)
            self.assertEqual(total(page, metric, **labels), total(source, of_page), metric)
        self.assertEqual(total(page, 'ganesha_procedure_results_total', protocol='NFSv3'),
                         total(source, 'nfs_errors_total', version='nfs3'))
        for operation, of_page in ('read', 'received'), ('write', 'sent'):
            self.assertEqual(total(page, 'ganesha_export_transferred_bytes_total', operation=operation),
                             total(source, f'nfs_bytes_{of_page}_by_export_total'))
        self.check_formats(exporter)
        self.assertEqual(exporter.problems(), [])

    def test_has_memory_by_component_over_the_bus(self):
        page = self.beside_the_bus().metrics()
        told = {name: dict(numbers) for name, numbers in self.ganesha.call(('MemMgr', 'memstats'), 'GetMemoryStats')[2]}
        self.assertEqual({dict(labels)['component'] for name, labels in page if name == 'ganesha_memory_active_bytes'},
                         set(told))
        for component in 'EXPORT', 'CLIENT':  # Others change with every call.
            self.assertGreater(told[component]['Current_Active_Bytes'], 0)
            for metric, number in (('active_bytes', 'Current_Active_Bytes'), ('peak_bytes', 'Peak_Active_Bytes'),
                                   ('allocations_total', 'Lifetime_Alloc_Calls'),
                                   ('freed_bytes_total', 'Lifetime_Freed_Bytes')):
                self.assertEqual(sample(page, f'ganesha_memory_{metric}', component=component), told[component][number])

    def test_is_filtered_as_the_bus_is(self):
        exporter = self.beside_the_bus('--collector.exports.exclude=/mem.*', '--collector.clients.aggregate=/8')
        page = page_after_poll(exporter)
        labels = [dict(labels) for _, labels in page]
        self.assertEqual({found['path'] for found in labels if 'path' in found}, {'/', self.ganesha.exports[0].path})
        self.assertEqual({found['client'] for found in labels if 'client' in found}, {'127.0.0.0/8'})

    def test_is_followed_when_it_is_killed_and_starts_again(self):
        exporters = [self.beside_the_bus(), self.exporter('--dbus.address=none',
                                                          f'--ganesha.nfs-address={LOOPBACK}:{self.ganesha.port}')]
        before = [received(page_when(exporter, received, 'the page')) for exporter in exporters]
        for exporter in exporters:
            self.check_formats(exporter)
        self.ganesha.kill()
        for exporter in exporters:
            down = page_when(exporter, lambda page: sample(page, 'ganesha_up') == 0, 'ganesha_up 0')
            self.assertNotIn(SHOWN, families(down))
        self.ganesha.start()
        for exporter, calls in zip(exporters, before):
            again = page_when(exporter, received, 'the page of the next server')
            self.assertLess(received(again), calls)
        for exporter in exporters:
            wait_until(lambda: is_whole(exporter.metrics()), 20, 'a whole page')


if __name__ == '__main__':
    if ganesha_version() < FIRST:
        skip('the server has no page of metrics')
    run_tests('promtool', modules=['prometheus_client'], nfs3=True)
