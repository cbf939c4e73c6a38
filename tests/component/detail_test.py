#!/usr/bin/python3
"""--collector.clients.detail: what is served of each client, and what is not asked from the server."""
import json
import pathlib
import tempfile

from component import QUICK, ComponentTest, collector_success, families, is_whole, run_tests, sample
from harness import BUS_NAME, Exporter, run_exporter

CLIENTS = 5
ASKED_FOR_FULL = ('clientstats.GetClientIOops', 'clientstats.GetAllClientIOops', 'clientstats.GetAllClientAllops',
                  'clientstats.GetDelegations', 'clientstats.GetNFSv41Layouts')
USUAL = '--collector.client_ops', '--collector.client_procedures', '--collector.delegations'
LAYOUTS = '--collector.layouts',


def of_clients(metrics):
    return {key: value for key, value in metrics.items() if key[0].startswith('ganesha_client_')}


def bytes_by_client(metrics):
    sums = {}
    for (name, labels), value in metrics.items():
        if name == 'ganesha_client_transferred_bytes_total':
            client = dict(labels)['client']
            sums[client] = sums.get(client, 0) + value
    return sums


class Detail(ComponentTest):
    def page(self, *flags):
        exporter = self.start_exporter(*LAYOUTS, *flags)
        metrics = self.wait_for(exporter, lambda page: is_whole(page) and len(bytes_by_client(page)) == CLIENTS,
                                'a page with all clients')
        self.assertEqual(exporter.problems(), [])
        return metrics

    def start(self):
        return self.start_fake(layout='15.2', recorded='15.2', clients=CLIENTS, client_protocols='NFSv3,NFSv41')

    def calls_of(self, *flags):
        """What is called for a page with these flags, and the page."""
        fake = self.start()
        metrics = self.page(*flags)
        return fake.calls(), metrics

    def test_full_is_the_default(self):
        self.start()
        given = self.page(*USUAL, '--collector.clients.detail=full')
        self.assertEqual(of_clients(self.page(*USUAL)), of_clients(given))

    def test_full_asks_for_everything(self):
        calls, metrics = self.calls_of(*USUAL)
        self.assertGreaterEqual(len(set(calls) & set(ASKED_FOR_FULL)), 4)
        self.assertIn('ganesha_client_layout_operations_total', families(metrics))

    def test_io_has_bytes_and_operations_and_asks_for_nothing_else(self):
        calls, metrics = self.calls_of('--collector.clients.detail=io')
        self.assertEqual(families(metrics, 'ganesha_client_'),
                         {'ganesha_client_transferred_bytes_total', 'ganesha_client_operations_total'})
        self.assertEqual(len(of_clients(metrics)), CLIENTS * 2 * 2 * 2)
        self.assert_asks_for_io_and_exports_alone(calls, metrics)

    def test_totals_has_one_series_a_client(self):
        calls, metrics = self.calls_of('--collector.clients.detail=totals')
        self.assertEqual({name for name, _ in of_clients(metrics)}, {'ganesha_client_transferred_bytes_total'})
        self.assertEqual({tuple(dict(labels)) for _, labels in of_clients(metrics)}, {('client',)})
        self.assertEqual(len(of_clients(metrics)), CLIENTS)
        self.assert_asks_for_io_and_exports_alone(calls, metrics)

    def assert_asks_for_io_and_exports_alone(self, calls, metrics):
        self.assertEqual(set(calls) & set(ASKED_FOR_FULL), set())
        self.assertIn('clientstats.GetNFSv41IO', calls)
        self.assertIn('exportstats.GetNFSv41Layouts', calls)
        self.assertIn('ganesha_export_layout_operations_total', families(metrics))
        self.assertEqual(sample(metrics, 'ganesha_clients'), CLIENTS)

    def test_the_sums_of_each_client_are_the_same_at_each_level(self):
        self.start()
        sums = [bytes_by_client(self.page(f'--collector.clients.detail={level}')) for level in ('full', 'io', 'totals')]
        self.assertEqual(sums, [sums[0]] * 3)
        self.assertEqual(len(sums[0]), CLIENTS)

    def test_has_no_total_without_9p_if_that_fails(self):
        """It would be less than before, which Prometheus takes for a reset."""
        fake = self.start_fake(layout='4.3', clients=CLIENTS, client_protocols='NFSv41,9P')
        exporter = self.start_exporter('--collector.ninep', '--collector.clients.detail=totals')
        self.wait_whole(exporter)
        fake.control('Malform', 'sb', 'clientstats.Get9pIO', True)
        metrics = self.wait_for(exporter, lambda page: not of_clients(page), 'a page without clients')
        self.assertEqual(collector_success(metrics), {'server': 1, 'exports': 1, 'clients': 0, 'ninep': 0})
        fake.control('Malform', 'sb', 'clientstats.Get9pIO', False)
        self.wait_whole(exporter)

    def test_has_a_total_without_9p_if_that_is_suspended(self):
        """It stays so until Ganesha is upgraded or a person acts."""
        self.start_fake(layout='4.3', clients=CLIENTS, client_protocols='NFSv41,9P')
        state = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (state / f'{BUS_NAME}.methods.json').write_text(json.dumps(
            {'version': '4.3', 'suspects': [], 'single_suspect': False, 'suspended': ['ClientMgr.Get9pIO']}))
        exporter = self.start_exporter(f'--state.path={state}', '--collector.ninep', '--collector.clients.detail=totals')
        metrics = self.wait_for(exporter, of_clients, 'the clients')
        self.assertEqual(sample(metrics, 'ganesha_exporter_method_suspended', method='ClientMgr.Get9pIO'), 1)
        self.assertEqual(collector_success(metrics), {'server': 1, 'exports': 1, 'clients': 1, 'ninep': 0})

    def test_applies_to_networks_too(self):
        self.start()
        exporter = self.start_exporter('--collector.clients.detail=totals', '--collector.clients.aggregate=/24')
        metrics = self.wait_for(exporter, of_clients, 'the network')
        self.assertEqual([dict(labels) for _, labels in of_clients(metrics)], [{'client': '10.0.0.0/24'}])

    def test_leaves_out_collectors_that_are_on_by_default(self):
        self.start()
        exporter = self.enterContext(
            Exporter(f'--dbus.address={self.bus.address}', *QUICK, '--collector.clients.detail=io'))
        metrics = self.wait_whole(exporter)
        self.assertIsNone(sample(metrics, 'ganesha_exporter_collector_success', collector='client_ops'))
        self.assertEqual(exporter.get('/metrics?collect[]=client_ops').status, 400)

    def test_refuses_a_collector_that_would_serve_nothing(self):
        for level in 'io', 'totals':
            done = run_exporter('--collector.delegations', f'--collector.clients.detail={level}', '--config.check')
            self.assertEqual((done.returncode, done.stdout, done.stderr), (
                1, '', 'ganesha_exporter: --collector.delegations needs --collector.clients.detail=full: '
                       'nothing else serves its metrics; see --help\n'))


class CreatedTimestamps(ComponentTest):
    OPENMETRICS = {'Accept': 'application/openmetrics-text; version=1.0.0'}

    def test_are_the_start_of_counting_and_change_with_a_reset(self):
        fake = self.start_fake(layout='15.2', clients=CLIENTS)
        exporter = self.start_exporter('--web.openmetrics-created-timestamps')
        self.wait_whole(exporter)

        def starts():
            text = exporter.get(headers=self.OPENMETRICS).text
            return {line.rpartition(' ')[2] for line in text.splitlines() if '_created' in line.partition(' ')[0]}

        def start_of_nfs(page):
            return sample(page, 'ganesha_stats_start_timestamp_seconds', stats='nfs')

        before = starts()
        self.assertEqual(list(map(float, before)), [start_of_nfs(exporter.metrics())])
        fake.control('Reset')
        self.wait_for(exporter, lambda page: start_of_nfs(page) not in map(float, before) and is_whole(page), 'another start')
        self.assertEqual(list(map(float, starts())), [start_of_nfs(exporter.metrics())])


if __name__ == '__main__':
    run_tests()
