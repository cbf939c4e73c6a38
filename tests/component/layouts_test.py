#!/usr/bin/python3
"""The layout of every version gives the same page, except for values that the version does not report."""
import dataclasses
import time

from component import ComponentTest, families, run_tests, sample
from harness import PROTOCOLS, io_figures, series

CLIENTS, EXPORTS = 5, 2
OPERATIONS = 'read', 'write'
SWITCHES = 'nfs', 'fsal', 'v3_full', 'v4_full', 'auth', 'client_all_ops'
# The others are off, as they are by default.
COUNTED = 'nfs', 'client_all_ops'
REQUESTED, LATENCY, QUEUE_WAIT = (
    'requested_bytes_total', 'operation_latency_seconds_total', 'operation_queue_wait_seconds_total')
# Their values are times of this run: present in each layout, and checked to lie in it.
TIMES = {'ganesha_stats_start_timestamp_seconds', 'ganesha_export_last_activity_timestamp_seconds',
         'ganesha_client_last_activity_timestamp_seconds', 'ganesha_last_heartbeat_timestamp_seconds'}


@dataclasses.dataclass
class Layout:
    """What a version reports; the defaults are those of the newest."""

    name: str
    version: str = None
    switches: int = len(SWITCHES)  # StatusStats
    nfsio: bool = True             # GetNFSIO: every protocol of an export
    nfsv42_io: bool = True         # GetNFSv42IO: without it no NFSv42 of clients
    client_latency: bool = False
    queue_wait: bool = False
    read_requested: bool = True
    states: bool = True

    def exports_protocols(self):
        return PROTOCOLS if self.nfsio or self.nfsv42_io else PROTOCOLS[:-1]

    def clients_protocols(self):
        return PROTOCOLS if self.nfsv42_io else PROTOCOLS[:-1]

    def tells(self, owner, figure, operation):
        return ((figure != LATENCY or owner == 'export' or self.client_latency)
                and (figure != QUEUE_WAIT or self.queue_wait)
                and (figure != REQUESTED or operation == 'write' or self.read_requested))


OLD = {'nfsv42_io': False, 'states': False}
OLDEST = OLD | {'client_latency': True}
LAYOUTS = [
    Layout('no-nfsio', '2.1', switches=0, nfsio=False, queue_wait=True, **OLDEST),
    Layout('2.5', switches=0, queue_wait=True, **OLDEST),
    Layout('2.7', switches=2, queue_wait=True, **OLDEST),
    Layout('2.8', switches=5, **OLDEST),
    Layout('3.0', switches=5, **OLD),
    Layout('3.5', **OLD),
    Layout('4.3', states=False),
    Layout('5.9', states=False),
    Layout('6.5', read_requested=False),
    Layout('15.2'),
    Layout('newer', '16.0'),
]


def expected_page(layout, steps):
    """Every series of Ganesha that this layout reports, with its value; times are None."""
    page = {
        series('ganesha_up'): 1,
        series('ganesha_up_source', source='heartbeat'): 1,
        series('ganesha_last_heartbeat_timestamp_seconds'): None,
        series('ganesha_owner_changes_total'): 0,
        series('ganesha_info', version=layout.version or layout.name): 1,
        series('ganesha_in_grace'): 0,
        series('ganesha_exports'): EXPORTS,
        series('ganesha_clients'): CLIENTS,
        series('ganesha_clients_active'): CLIENTS,
    }
    for switch in SWITCHES[:layout.switches]:
        page[series('ganesha_stats_enabled', stats=switch)] = int(switch in COUNTED)
    if layout.switches:
        page[series('ganesha_stats_start_timestamp_seconds', stats='nfs')] = None
    for index in range(1, EXPORTS + 1):
        labels = {'export_id': str(index), 'path': f'/export/{index}'}
        page |= expected_entry(layout, 'export', index, labels, layout.exports_protocols(), steps)
    for index in range(1, CLIENTS + 1):
        labels = {'client': f'10.0.0.{index}'}
        page |= expected_entry(layout, 'client', index, labels, layout.clients_protocols(), steps)
        if layout.states:
            for state, modulus in ('open', 7), ('lock', 3), ('delegation', 2):
                page[series('ganesha_client_state', state=state, **labels)] = index % modulus
    return page


def expected_entry(layout, owner, index, labels, protocols, steps):
    page = {series(f'ganesha_{owner}_last_activity_timestamp_seconds', **labels): None}
    for protocol in protocols:
        for operation in OPERATIONS:
            for figure, value in io_figures(index, protocol, operation, steps).items():
                if layout.tells(owner, figure, operation):
                    key = series(f'ganesha_{owner}_{figure}', protocol=protocol, operation=operation, **labels)
                    page[key] = value
    return page


def ganeshas_own(metrics):
    return {key: value for key, value in metrics.items()
            if key[0].startswith('ganesha_') and not key[0].startswith('ganesha_exporter_')
            and key[0] != 'ganesha_heartbeats_total'}


class EachLayout(ComponentTest):
    def check_page(self, metrics, layout, steps, start):
        page, expected = ganeshas_own(metrics), expected_page(layout, steps)
        self.assertEqual(page.keys() - expected.keys(), set(), 'more than this layout can tell')
        self.assertEqual(expected.keys() - page.keys(), set(), 'less than this layout can tell')
        for key, value in expected.items():
            if key[0] in TIMES:
                self.assertTrue(start - 1 <= page[key] <= time.time() + 1, (key, page[key]))
            else:
                self.assertEqual(page[key], value, key)

    def check_calls(self, calls, layout):
        self.assertNotIn('unknown_methods', calls)
        self.assertEqual('exportstats.GetNFSIO' in calls, layout.nfsio)
        self.assertEqual('exportstats.GetNFSv3IO' in calls, not layout.nfsio)
        self.assertEqual('clientstats.GetNFSv42IO' in calls, layout.nfsv42_io)

    def check(self, layout):
        start = time.time()
        fake, exporter = self.start_both(layout=layout.name, clients=CLIENTS, exports=EXPORTS,
                                         client_protocols=','.join(PROTOCOLS))
        self.check_page(exporter.metrics(), layout, 1, start)
        fake.control('Tick', 'u', 9)
        metrics = self.wait_next_poll(exporter)
        self.check_page(metrics, layout, 10, start)
        self.check_calls(fake.calls(), layout)
        for collector in 'server', 'exports', 'clients':
            self.assertEqual(sample(metrics, 'ganesha_exporter_collector_supported', collector=collector), 1)
        self.assertEqual(exporter.problems(), [])

    def test_the_newest_reports_all_but_what_newer_servers_do_not_measure(self):
        """Each family of the full page is in some layout."""
        told = {name for layout in LAYOUTS for name, _ in expected_page(layout, 1)}
        metrics = self.start_both()[1].metrics()
        self.assertEqual(told - families(metrics), {
            'ganesha_client_operation_latency_seconds_total',
            'ganesha_client_operation_queue_wait_seconds_total',
            'ganesha_export_operation_queue_wait_seconds_total'})


def add_test(layout):
    name = layout.name.replace('.', '_').replace('-', '_')
    setattr(EachLayout, f'test_{name}', lambda self: self.check(layout))


for each in LAYOUTS:
    add_test(each)


class AServerOfANamePrefix(ComponentTest):
    def test_is_found_by_its_name(self):
        name = 'site1.org.ganesha.nfsd'
        self.start_fake(name=name)
        self.wait_whole(self.start_exporter(f'--dbus.service-name={name}'))


if __name__ == '__main__':
    run_tests()
