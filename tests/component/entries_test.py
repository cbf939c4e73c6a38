#!/usr/bin/python3
"""Exports, clients and counters change while the exporter polls: the page follows."""
import time

from component import ComponentTest, families, run_tests, sample
from harness import PROTOCOLS, io_figures, parse_text_format

IO_FAMILIES = {f'ganesha_{owner}_{figure}' for owner in ('export', 'client') for figure in (
    'requested_bytes_total', 'transferred_bytes_total', 'operations_total', 'operation_errors_total')}
ACTIVE_SECONDS = 300


def labels_of(metrics, family):
    return [dict(labels) for name, labels in metrics if name == family]


def clients_of(metrics):
    return {labels['client'] for labels in labels_of(metrics, 'ganesha_client_last_activity_timestamp_seconds')}


class Entries(ComponentTest):
    def setUp(self):
        super().setUp()
        self.fake, self.exporter = self.start_both(clients=2, exports=2)

    def next_page(self):
        return self.wait_next_poll(self.exporter)

    def operations(self, metrics, protocol='NFSv3', **labels):
        owner = 'client' if 'client' in labels else 'export'
        return sample(metrics, f'ganesha_{owner}_operations_total', protocol=protocol, operation='read',
                      **labels)


class AnExport(Entries):
    def test_added_and_removed_comes_and_goes_with_its_series(self):
        self.fake.control('AddExport', 'qs', 77, '/new')
        metrics = self.next_page()
        self.assertEqual(sample(metrics, 'ganesha_exports'), 3)
        self.assertEqual(self.operations(metrics, export_id='77', path='/new'),
                         io_figures(77, 'NFSv3', 'read')['operations_total'])
        self.fake.control('RemoveExport', 'q', 77)
        self.fake.control('RemoveExport', 'q', 1)
        metrics = self.next_page()
        self.assertEqual(sample(metrics, 'ganesha_exports'), 1)
        left = {labels['export_id'] for name, labels in ((name, dict(labels)) for name, labels in metrics)
                if 'export_id' in labels}
        self.assertEqual(left, {'2'})

    def test_with_an_odd_path_is_served_as_it_is(self):
        odd = '/a "quoted" \\ back slash,\n a new line, } ünïcode \t tab'
        self.fake.control('AddExport', 'qs', 78, odd)
        self.assertIsNotNone(self.operations(self.next_page(), export_id='78', path=odd))

    def test_with_the_path_of_another_is_distinguished_by_its_id(self):
        self.fake.control('AddExport', 'qs', 79, '/export/1')
        metrics = self.next_page()
        self.assertNotEqual(self.operations(metrics, export_id='79', path='/export/1'),
                            self.operations(metrics, export_id='1', path='/export/1'))

    def test_is_missed_by_nobody_when_the_last_one_goes(self):
        for export_id in 1, 2:
            self.fake.control('RemoveExport', 'q', export_id)
        metrics = self.next_page()
        self.assertEqual(sample(metrics, 'ganesha_exports'), 0)
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_success', collector='exports'), 1)


class AnExportListedTwice(ComponentTest):
    def test_is_asked_and_counted_once(self):
        fake, exporter = self.start_both('--collector.export_details', layout='15.2', recorded='15.2', exports=1)

        def operations(page):
            return sample(page, 'ganesha_export_other_operations_total', export_id='1', path='/export/1',
                          protocol='NFSv41')
        before = operations(exporter.metrics())
        self.assertGreater(before, 0)
        fake.control('AddExport', 'qs', 1, '/export/1')
        page = self.wait_next_poll(exporter)
        self.assertEqual(operations(page), before)
        self.assertEqual(sample(page, 'ganesha_exports'), 2, 'as Ganesha lists them')
        calls = fake.calls()
        self.assertLessEqual(calls['exportstats.GetExportDetails'], calls['exportmgr.ShowExports'])


class AClient(Entries):
    def test_added_and_removed_comes_and_goes_with_its_series(self):
        self.fake.control('AddClient', 's', '::ffff:192.0.2.7')
        metrics = self.next_page()
        self.assertEqual(sample(metrics, 'ganesha_clients'), 3)
        for protocol in PROTOCOLS:
            self.assertEqual(self.operations(metrics, protocol, client='192.0.2.7'),
                             io_figures(3, protocol, 'read')['operations_total'])
        self.fake.control('RemoveClient', 's', '::ffff:10.0.0.1')
        self.assertEqual(clients_of(self.next_page()), {'10.0.0.2', '192.0.2.7'})

    def test_of_any_name_is_served_as_it_is(self):
        names = ['<unknown>', 'a "quoted" \\ name', 'ünïcode', 'fe80::1%eth0', 'new\nline', '2001:db8::1']
        for name in names:
            self.fake.control('AddClient', 's', name)
        metrics = self.next_page()
        self.assertEqual(clients_of(metrics), {'10.0.0.1', '10.0.0.2', *names})
        for index, name in enumerate(names, 3):
            self.assertEqual(self.operations(metrics, client=name),
                             io_figures(index, 'NFSv3', 'read')['operations_total'])

    def test_listed_twice_by_one_name_is_counted_once(self):
        for _ in range(2):
            self.fake.control('AddClient', 's', '<unknown>')
        metrics = self.next_page()
        # Asked by name, the fake and a real server report the first of them both times. The list has both.
        self.assertEqual(sample(metrics, 'ganesha_client_state', client='<unknown>', state='open'), 3 % 7 + 4 % 7)
        self.assertEqual(self.operations(metrics, client='<unknown>'),
                         io_figures(3, 'NFSv3', 'read')['operations_total'])

    def test_shown_in_both_forms_of_its_address_is_summed(self):
        self.fake.control('AddClient', 's', '10.0.0.1')
        metrics = self.next_page()
        expected = {figure: value + io_figures(3, 'NFSv41', 'write')[figure]
                    for figure, value in io_figures(1, 'NFSv41', 'write').items()}
        for figure in 'transferred_bytes_total', 'operations_total', 'operation_errors_total':
            self.assertEqual(sample(metrics, f'ganesha_client_{figure}', client='10.0.0.1', protocol='NFSv41',
                                    operation='write'), expected[figure])
        # Open is 1 % 7 and 3 % 7.
        self.assertEqual(sample(metrics, 'ganesha_client_state', client='10.0.0.1', state='open'), 4)

    def test_is_active_for_five_minutes(self):
        now = int(time.time())
        self.assertEqual(sample(self.next_page(), 'ganesha_clients_active'), 2)
        for ago, active in (ACTIVE_SECONDS - 60, 2), (ACTIVE_SECONDS + 60, 1), (now, 1):
            self.fake.control('SetClientActivity', 'st', '::ffff:10.0.0.1', now - ago)
            metrics = self.next_page()
            self.assertEqual(sample(metrics, 'ganesha_clients_active'), active, f'{ago} s ago')
            self.assertEqual(sample(metrics, 'ganesha_clients'), 2)
        self.assertNotIn('10.0.0.1', clients_of(metrics), '(0,0) means never')

    def test_listed_twice_by_one_name_is_two_among_all(self):
        for _ in range(2):
            self.fake.control('AddClient', 's', '<unknown>')
        metrics = self.next_page()
        self.assertEqual((sample(metrics, 'ganesha_clients_active'), sample(metrics, 'ganesha_clients')), (4, 4))


class Counters(Entries):
    def test_follow_every_step(self):
        for steps in 2, 3, 4:
            self.fake.control('Tick', 'u', 1)
            metrics = self.next_page()
            for figure, value in io_figures(2, 'NFSv40', 'write', steps).items():
                if figure != 'operation_queue_wait_seconds_total':
                    self.assertEqual(sample(metrics, f'ganesha_export_{figure}', export_id='2', path='/export/2',
                                            protocol='NFSv40', operation='write'), value)

    def test_are_zero_after_a_reset_and_stay_on_the_page(self):
        before = families(self.next_page())
        self.fake.control('Reset')
        metrics = self.next_page()
        self.assertLessEqual(before, families(metrics))
        self.assertEqual(self.operations(metrics, client='10.0.0.1'), 0)

    def test_are_left_out_while_the_server_does_not_count(self):
        self.fake.control('SetStats', 'b', False)
        metrics = self.next_page()
        self.assertEqual(families(metrics) & IO_FAMILIES, set())
        self.assertEqual(sample(metrics, 'ganesha_stats_enabled', stats='nfs'), 0)
        self.assertNotIn('ganesha_stats_start_timestamp_seconds', families(metrics))
        self.assertEqual(sample(metrics, 'ganesha_exports'), 2)
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_success', collector='clients'), 1)
        self.fake.control('SetStats', 'b', True)
        self.assertEqual(families(self.next_page()) & IO_FAMILIES, IO_FAMILIES)

    def test_of_a_server_without_getnfsio_are_left_out_too(self):
        fake, exporter = self.fake, self.exporter
        fake.stop()
        self.wait_up(exporter, 0)
        old = self.start_fake(layout='no-nfsio', clients=2, exports=2)
        self.assertIn('ganesha_export_operations_total', families(self.wait_whole(exporter)))
        old.control('SetStats', 'b', False)
        self.assertEqual(families(self.next_page()) & IO_FAMILIES, set())

    def test_of_the_grace_period_follow(self):
        for grace in True, False:
            self.fake.control('SetGrace', 'b', grace)
            self.assertEqual(sample(self.next_page(), 'ganesha_in_grace'), int(grace))


class AnEmptyServer(ComponentTest):
    def test_is_reported_as_such(self):
        _, exporter = self.start_both(clients=0, exports=0)
        page = exporter.get().text
        metrics = parse_text_format(page)
        self.assertEqual(sample(metrics, 'ganesha_clients'), 0)
        self.assertEqual(sample(metrics, 'ganesha_exports'), 0)
        self.assertEqual(families(metrics) & IO_FAMILIES, set())


if __name__ == '__main__':
    run_tests()
