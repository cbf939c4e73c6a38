#!/usr/bin/python3
"""All collectors: what each server supports, and that no unnecessary calls are made."""
import json
import re
import time

from component import BEAT_MS, QUICK, ComponentTest, collector_success, families, run_tests, sample
from harness import Exporter, wait_until
from harness.exporter import run_exporter
from harness.fake import io_figures
from harness.metrics_page import MetricsPage, recorded_page

OFF = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep'
ALL = tuple(f'--collector.{name}' for name in OFF)
# Recorded servers and the collectors that they do not support.
SINCE_15_2 = {'client_procedures', 'drc', 'memory'}
LACKING = {'2.8': {*SINCE_15_2, 'fds', 'client_ops', 'export_details'}, '3.5': {*SINCE_15_2, 'auth', 'fds'},
           '4.3': {*SINCE_15_2, 'fds'}, '5.9': {*SINCE_15_2, 'auth', 'fds', 'ninep'}, '6.5': SINCE_15_2,
           '15.2': {'ninep'}}
# Metrics that no recording has (GPFS, delegations), and those of --ganesha.run.
NOT_SHOWN = 'ganesha_fsal_', 'ganesha_client_delegation_', 'ganesha_process_', 'ganesha_supervisor_'
LONG_AGO = 3600
ONLY_ENTRIES = '--collector.disable-defaults', '--collector.exports', '--collector.clients'


class CollectorsTest(ComponentTest):
    def start(self, *flags, **fake_flags):
        fake = self.start_fake(**{'heartbeat_ms': BEAT_MS, **fake_flags})
        exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *QUICK, *flags))
        self.wait_whole(exporter)
        return fake, exporter

    def make_idle(self, fake, *addresses):
        # Not at one moment, which would mean that they never were.
        last = int(time.time()) - LONG_AGO
        for seconds, address in enumerate(addresses):
            fake.control('SetClientActivity', 'st', address, last - seconds)


class EveryCollector(CollectorsTest):
    def supported(self, metrics):
        return {dict(labels)['collector'] for (name, labels), value in metrics.items()
                if name == 'ganesha_exporter_collector_supported' and value}

    def test_gets_what_a_recorded_server_reports(self):
        for version, lacking in LACKING.items():
            with self.subTest(version):
                fake, exporter = self.start(*ALL, layout=version, recorded=version,
                                            client_protocols='NFSv3,NFSv41')
                metrics = exporter.metrics()
                self.assertEqual(set(collector_success(metrics).values()), {1})
                every = {dict(labels)['collector'] for name, labels in metrics
                         if name == 'ganesha_exporter_collector_supported'}
                self.assertEqual(every - self.supported(metrics), lacking)
                self.assertEqual(exporter.problems(), [])
                # It can crash the server, and the log recommends no statistic that only it could read.
                self.assertNotIn('clientstats.GetClientAllops', fake.calls())
                self.assertEqual(exporter.log_lines('Enable_CLNT_AllOps_Stats'), [])
                self.setUp()

    def test_leaves_out_the_call_that_could_crash_the_server_and_says_so_once(self):
        fake, exporter = self.start(*ALL, layout='4.3', recorded='4.3', client_protocols='NFSv42')
        metrics = self.wait_polls(exporter, 3)
        for method in 'GetFastOPS', 'GetFULLV4Stats':
            self.assertNotIn(f'exportstats.{method}', fake.calls())
            self.assertEqual(len(exporter.log_lines(f'method={method}')), 1)
        self.assertEqual(set(collector_success(metrics).values()), {1})

    def test_shows_every_family_of_the_reference(self):
        page = self.enterContext(MetricsPage(recorded_page() + recorded_page('16')))
        fake, exporter = self.start(*ALL, '--collector.built_in', f'--ganesha.metrics-url={page.url}', layout='15.2',
                                    recorded='15.2', exports=3)  # Those of the page.
        fake.control('AddClient', 's', '::ffff:127.0.0.1')  # The one that was recorded.
        shown = families(self.wait_for(
            exporter, lambda page: 'ganesha_client_procedure_calls_total' in families(page), 'the client'))
        shown |= {name.removesuffix('_bucket') for name in shown}
        reference = set(re.findall(r'^\| `(\w+)`', run_exporter('--help-metrics').stdout, re.MULTILINE))
        self.assertGreater(len(reference), 90)
        self.assertEqual({name for name in reference - shown if not name.startswith(NOT_SHOWN)}, {
            # 15.2 measures neither.
            'ganesha_client_operation_latency_seconds_total', 'ganesha_client_operation_queue_wait_seconds_total',
            'ganesha_export_operation_queue_wait_seconds_total',
            # The fake has called no procedure of NFSv3.
            'ganesha_procedure_timed_duplicates_total',
            # No method has ended the fake.
            'ganesha_exporter_method_suspended',
            # Only an exporter that runs its server knows the configuration.
            'ganesha_exports_missing',
            # Only with --web.config.file.
            'ganesha_exporter_config_last_reload_successful',
            'ganesha_exporter_config_last_reload_success_timestamp_seconds'})

    def test_of_exports_works_though_their_paths_cannot_be_had(self):
        fake, exporter = self.start(layout='15.2', recorded='15.2')
        fake.control('Malform', 'sb', 'exportmgr.DisplayExport', True)
        fake.control('AddExport', 'qs', 9, '/new')
        metrics = self.wait_for(exporter, lambda page: sample(page, 'ganesha_exports') == 2, 'the new export')
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_success', collector='exports'), 1)
        self.assertIn('ganesha_export_operations_total', families(metrics))
        self.assertNotIn('/new', {dict(labels)['path'] for name, labels in metrics if name == 'ganesha_export_info'})
        asked = fake.calls()['exportmgr.DisplayExport']
        self.wait_polls(exporter, 3)
        self.assertEqual(fake.calls()['exportmgr.DisplayExport'], asked, 'nor is it asked again in each poll')
        self.assertEqual(len(exporter.log_lines('Exports are shown without their pseudo paths')), 1)

    def test_of_exports_asks_for_the_paths_of_one_only_once(self):
        """Each call costs the server some memory."""
        fake, exporter = self.start(layout='15.2', recorded='15.2', exports=3)
        self.wait_polls(exporter, 3)
        self.assertEqual(fake.calls()['exportmgr.DisplayExport'], 3)
        fake.control('RemoveExport', 'q', 2)
        self.wait_for(exporter, lambda page: sample(page, 'ganesha_exports') == 2, 'it to go')
        fake.control('AddExport', 'qs', 2, '/export/2')
        self.wait_for(exporter, lambda page: sample(page, 'ganesha_exports') == 3, 'it to come back')
        self.wait_polls(exporter, 2)
        self.assertEqual(fake.calls()['exportmgr.DisplayExport'], 4)

    def test_of_9p_fails_alone(self):
        fake, exporter = self.start('--collector.ninep', layout='4.3', client_protocols='NFSv41,9P')
        self.assertIn('9P', self.protocols(exporter.metrics()))
        for interface in 'exportstats', 'clientstats':
            fake.control('Malform', 'sb', f'{interface}.Get9pIO', True)
        metrics = self.wait_for(exporter, lambda page: collector_success(page)['ninep'] == 0, 'the failure')
        success = collector_success(metrics)
        self.assertEqual((success['exports'], success['clients']), (1, 1))
        fake.control('Malform', 'sb', 'clientmgr.ShowClients', True)
        fake.control('Malform', 'sb', 'clientstats.Get9pIO', False)
        fake.control('Malform', 'sb', 'exportstats.Get9pIO', False)
        self.wait_for(exporter, lambda page: collector_success(page)['clients'] == 0, 'the clients to fail')
        self.assertEqual(collector_success(exporter.metrics())['ninep'], 0, 'what was not asked is no success')
        self.assertEqual(self.protocols(metrics) & {'9P', 'NFSv41'}, {'NFSv41'})

    def protocols(self, metrics):
        return {dict(labels)['protocol'] for name, labels in metrics if name == 'ganesha_client_operations_total'}

    def test_is_no_failure_where_the_server_lacks_it(self):
        _, exporter = self.start(*ALL, layout='2.5')
        metrics = exporter.metrics()
        self.assertEqual(self.supported(metrics), {'server', 'exports', 'clients'})
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_supported', collector='drc'), 0)
        self.assertEqual(exporter.problems(), [])


class AStatisticThatIsOff(CollectorsTest):
    def test_is_reported_once_with_the_line_that_enables_it(self):
        _, exporter = self.start(layout='15.2')
        self.wait_polls(exporter, 5)
        lines = exporter.log_lines('Statistic disabled in Ganesha')
        self.assertEqual(len([line for line in lines if 'stats=v4_full' in line]), 1, lines)
        self.assertIn('NFS_CORE_PARAM { Enable_FULLV4_Stats = true; }', ' '.join(lines))
        metrics = exporter.metrics()
        self.assertEqual(sample(metrics, 'ganesha_stats_enabled', stats='v4_full'), 0)
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_success', collector='procedures_detailed'), 1)

    def test_leaves_nothing_frozen_on_the_page(self):
        fake, exporter = self.start(*ALL, layout='15.2', recorded='15.2')
        fake.control('SetStats', 'b', False)
        io = 'operations_total', 'other_operations_total', 'layout_operations_total'
        gone = {f'ganesha_{owner}_{name}' for owner in ('export', 'client') for name in io}
        gone |= {'ganesha_operations_total', 'ganesha_procedure_calls_total', 'ganesha_procedure_timed_calls_total'}
        self.wait_for(exporter, lambda page: not gone & families(page), 'the frozen figures to go')
        fake.control('SetStats', 'b', True)
        self.wait_for(exporter, lambda page: gone <= families(page), 'them to come back')


class ClientAllOpsThatAreOff(CollectorsTest):
    """15.2 refuses both bulk methods by default."""

    ADDRESS = '10.0.0.2'

    def start(self, **fake_flags):
        return super().start(layout='15.2', recorded='15.2', clients=20, **fake_flags)

    def other_operations(self, metrics):
        return sample(metrics, 'ganesha_client_other_operations_total', client=self.ADDRESS, protocol='NFSv41')

    def calls(self, fake, method):
        return fake.calls().get(f'clientstats.{method}', 0)

    def test_leave_the_clients_other_operations_on_the_page(self):
        fake, exporter = self.start(client_all_ops='off')
        metrics = self.wait_polls(exporter, 4)
        self.assertEqual(self.other_operations(metrics), 2 * 3 + 2 + 5)
        self.assertEqual(collector_success(metrics)['client_ops'], 1)
        self.assertEqual(exporter.log_lines('Collector failed'), [])
        self.assertEqual(self.calls(fake, 'GetAllClientIOops'), 1, 'the refusal is remembered')

    def test_are_asked_in_bulk_once_they_are_on(self):
        fake, exporter = self.start(client_all_ops='off')
        fake.control('SetClientAllOps', 'b', True)
        wait_until(lambda: self.calls(fake, 'GetAllClientIOops') > 2, what='bulk calls')
        one_by_one = self.calls(fake, 'GetClientIOops')
        metrics = self.wait_polls(exporter, 3)
        self.assertEqual(self.calls(fake, 'GetClientIOops'), one_by_one)
        self.assertEqual(self.other_operations(metrics), 2 * 3 + 2 + 5)
        fake.control('SetClientAllOps', 'b', False)
        wait_until(lambda: self.calls(fake, 'GetClientIOops') > one_by_one + 20, 10, 'calls for each client')
        metrics = self.wait_polls(exporter, 3)
        self.assertEqual(self.other_operations(metrics), 2 * 3 + 2 + 5)
        self.assertEqual(exporter.log_lines('Collector failed'), [])

    def test_leave_the_procedures_out_and_say_what_turns_them_on(self):
        fake, exporter = self.start(client_all_ops='off')
        metrics = self.wait_polls(exporter, 3)
        self.assertEqual(collector_success(metrics)['client_procedures'], 1)
        self.assertNotIn('ganesha_client_procedure_calls_total', families(metrics))
        self.assertEqual(self.calls(fake, 'GetAllClientAllops'), 0)
        self.assertEqual(len(exporter.log_lines('Enable_CLNT_AllOps_Stats = true')), 1)

    def test_are_off_too_where_only_the_call_itself_is_refused(self):
        fake, exporter = self.start()
        fake.control('Refuse', 'sb', 'clientstats.GetAllClientAllops', True)
        fake.control('AddClient', 's', '::ffff:127.0.0.1')  # The one that was recorded.
        self.wait_for(exporter, lambda page: sample(page, 'ganesha_clients') == 21, 'the client')
        metrics = self.wait_polls(exporter, 2)
        self.assertEqual(collector_success(metrics)['client_procedures'], 1)
        self.assertNotIn('ganesha_client_procedure_calls_total', families(metrics))
        self.assertEqual(exporter.log_lines('Collector failed'), [])
        self.assertEqual(len(exporter.log_lines('Enable_CLNT_AllOps_Stats = true')), 1)


class TheProceduresOfClients(CollectorsTest):
    def test_come_for_all_clients_by_one_call_a_poll(self):
        fake, exporter = self.start(layout='15.2', client_procedures='on', clients=3)

        def calls(metrics, client):
            return sample(metrics, 'ganesha_client_procedure_calls_total', client=client, protocol='NFSv4',
                          procedure='READ')
        figures = [io_figures(index, 'NFSv41', 'read')['operations_total'] for index in (1, 2, 3)]
        metrics = exporter.metrics()
        self.assertEqual([calls(metrics, f'10.0.0.{index}') for index in (1, 2, 3)], figures)
        self.assertEqual(sample(metrics, 'ganesha_client_procedure_duplicates_total', client='10.0.0.1',
                                protocol='NFSv3', procedure='WRITE'), 0)
        fake.control('Tick', 'u', 1)
        self.wait_for(exporter, lambda page: calls(page, '10.0.0.3') == 2 * figures[2], 'the new figure')
        self.assertLessEqual(fake.calls()['clientstats.GetAllClientAllops'],
                             sample(exporter.metrics(), 'ganesha_exporter_polls_total') + 1)


class IdleClients(CollectorsTest):
    IDLE = '::ffff:10.0.0.1'

    def asked(self, fake):
        return fake.calls().get('clientstats.GetNFSv41IO', 0)

    def start_idle(self, *flags, **fake_flags):
        fake = self.start_fake(**{'clients': 2, 'layout': '4.3', 'client_protocols': 'NFSv41', **fake_flags})
        self.make_idle(fake, self.IDLE, '::ffff:10.0.0.2')
        exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *QUICK, *flags))
        self.wait_whole(exporter)
        return fake, exporter

    def operations(self, metrics):
        return sample(metrics, 'ganesha_client_operations_total', client='10.0.0.1', protocol='NFSv41',
                      operation='read')

    def test_are_asked_once_and_shown_ever_after(self):
        fake, exporter = self.start_idle()
        self.wait_polls(exporter, 5)
        calls = fake.calls()
        self.assertEqual(calls['clientstats.GetNFSv41IO'], 2)
        self.assertEqual(calls['clientstats.GetClientIOops'], 2)
        self.assertEqual(self.operations(exporter.metrics()), io_figures(1, 'NFSv41', 'read')['operations_total'])

    def test_are_asked_again_when_they_wake(self):
        fake, exporter = self.start_idle()
        fake.control('Tick', 'u', 1)
        expected = io_figures(1, 'NFSv41', 'read', 2)['operations_total']
        self.wait_for(exporter, lambda page: self.operations(page) == expected, 'the new figure')

    def test_are_asked_again_after_a_reset(self):
        fake, exporter = self.start_idle()
        fake.control('Reset')
        self.make_idle(fake, self.IDLE)
        self.wait_for(exporter, lambda page: self.operations(page) == 0, 'the reset')

    def test_are_asked_every_time_where_a_reset_could_not_be_seen(self):
        fake, exporter = self.start_idle(layout='2.5')
        before = self.asked(fake)
        wait_until(lambda: self.asked(fake) >= before + 4, 10, 'further calls')

    def test_are_neither_carried_over_nor_left_out_where_the_server_notes_no_activity(self):
        fake, exporter = self.start('--collector.clients.max-idle=10m', clients=2, layout='2.8',
                                    client_protocols='NFSv41')
        start = int(time.time()) - LONG_AGO
        for address in self.IDLE, '::ffff:10.0.0.2':
            fake.control('SetClientActivity', 'st', address, start)
        self.wait_polls(exporter, 2)
        before = self.asked(fake)
        self.wait_polls(exporter, 3)
        self.assertGreaterEqual(self.asked(fake), before + 4)
        metrics = exporter.metrics()
        self.assertIsNotNone(self.operations(metrics))
        self.assertNotIn('ganesha_client_last_activity_timestamp_seconds', families(metrics))

    def test_are_asked_for_their_delegations_every_time(self):
        fake, exporter = self.start_idle('--collector.delegations', recorded='4.3')
        before = fake.calls()['clientstats.GetDelegations']
        self.wait_polls(exporter, 3)
        self.assertGreater(fake.calls()['clientstats.GetDelegations'], before + 2)

    def test_are_left_out_after_a_time(self):
        _, exporter = self.start_idle('--collector.clients.max-idle=10m')
        metrics = exporter.metrics()
        self.assertEqual(sample(metrics, 'ganesha_clients'), 2, 'it tells of those that the server knows')
        self.assertIsNone(self.operations(metrics))


class BulkMethods(CollectorsTest):
    def test_serve_where_many_clients_are_active(self):
        fake, exporter = self.start(layout='15.2', clients=20)
        self.wait_polls(exporter, 3)
        self.assertNotIn('clientstats.GetClientIOops', fake.calls())
        self.assertGreater(fake.calls()['clientstats.GetAllClientIOops'], 1)
        self.assertEqual(sample(exporter.metrics(), 'ganesha_client_other_operations_total', client='10.0.0.2',
                                protocol='NFSv41'), 2 * 3 + 2 + 5)

    def calls_after_activity(self, fake):
        fake.control('SetClientActivity', 'st', '::ffff:10.0.0.1', int(time.time()))
        return fake.calls().get('clientstats.GetClientIOops', 0)

    def test_are_spared_where_few_are(self):
        fake = self.start_fake(layout='15.2', clients=20)
        idle = [f'::ffff:10.0.0.{i}' for i in range(2, 21)]
        self.make_idle(fake, *idle)
        exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *QUICK))
        self.wait_whole(exporter)
        self.wait_polls(exporter, 4)
        wait_until(lambda: self.calls_after_activity(fake) > 1, what='calls for single clients')
        self.assertEqual(fake.calls()['clientstats.GetAllClientIOops'], 1)
        self.assertEqual(sample(exporter.metrics(), 'ganesha_client_other_operations_total', client='10.0.0.2',
                                protocol='NFSv41'), 2 * 3 + 2 + 5)


class WhatIsShown(CollectorsTest):
    def clients(self, metrics):
        return {dict(labels)['client'] for name, labels in metrics if name == 'ganesha_client_operations_total'}

    def test_is_every_client_of_a_long_list(self):
        _, exporter = self.start(clients=2100, client_protocols='NFSv41')
        metrics = exporter.metrics()
        self.assertEqual(sample(metrics, 'ganesha_clients'), 2100)
        self.assertEqual(len(self.clients(metrics)), 2100)

    def test_is_selected_by_network_and_expression(self):
        _, exporter = self.start('--collector.clients.include=10.0.0.0/30', '--collector.exports.exclude=/export/[12]',
                                 clients=6, exports=3)
        metrics = exporter.metrics()
        self.assertEqual(self.clients(metrics), {'10.0.0.1', '10.0.0.2', '10.0.0.3'})
        self.assertEqual({dict(labels)['path'] for name, labels in metrics
                          if name == 'ganesha_export_operations_total'}, {'/export/3'})
        self.assertEqual((sample(metrics, 'ganesha_clients'), sample(metrics, 'ganesha_exports')), (6, 3))

    def test_is_at_most_the_maximum_of_clients(self):
        fake = self.start_fake(clients=5)
        self.make_idle(fake, '::ffff:10.0.0.2', '::ffff:10.0.0.4')
        exporter = self.enterContext(
            Exporter(f'--dbus.address={self.bus.address}', *QUICK, '--collector.clients.max=3'))
        metrics = self.wait_whole(exporter)
        self.assertEqual(self.clients(metrics), {'10.0.0.1', '10.0.0.3', '10.0.0.5'})
        self.assertEqual(sample(metrics, 'ganesha_exporter_clients_dropped'), 2)

    def test_is_at_most_the_maximum_of_exports(self):
        _, exporter = self.start('--collector.exports.max=3', exports=5)
        metrics = exporter.metrics()
        self.assertEqual({dict(labels)['path'] for name, labels in metrics
                          if name == 'ganesha_export_operations_total'}, {'/export/3', '/export/4', '/export/5'})
        self.assertEqual(sample(metrics, 'ganesha_exports'), 5)
        self.assertEqual(sample(metrics, 'ganesha_exporter_exports_dropped'), 2)
        self.wait_for(exporter, lambda page: sample(page, 'ganesha_exporter_polls_total') > 3, 'more polls')
        self.assertEqual(len(exporter.log_lines('Not all exports are shown')), 1)

    def test_has_names_of_at_most_4096_bytes(self):
        names = [20000 * 'a' + end for end in 'bc']
        fake = self.start_fake(clients=0)
        for name in names:
            fake.control('AddClient', 's', name)
        exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *QUICK))
        metrics = self.wait_whole(exporter)
        shown = self.clients(metrics)
        self.assertEqual({len(name) for name in shown}, {4096})
        self.assertEqual(len(shown), 2)
        for index, name in enumerate(sorted(shown)):
            self.assertRegex(name, '^a+~[0-9a-f]{16}$')
        values = {sample(metrics, 'ganesha_client_operations_total', client=name, protocol='NFSv3', operation='read')
                  for name in shown}
        self.assertEqual(values, {io_figures(i, 'NFSv3', 'read')['operations_total'] for i in (1, 2)})

    def test_is_left_out_where_all_names_take_more_than_32_mib(self):
        # A reply on a system bus holds 32 MiB as well.
        self.start_fake(clients=7500, exports=1000, name_bytes=4103, client_protocols='NFSv3', heartbeat_ms=BEAT_MS)
        exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *QUICK, *ONLY_ENTRIES))

        def clients():
            # The page would take hundreds of megabytes. Under sanitizers a poll of it takes long too.
            return json.loads(exporter.get('/api/v1/status', timeout=60).text)['clients']
        wait_until(lambda: clients()['known'], 60, 'a poll')
        shown = clients()['matched']
        self.assertLess(shown, 7500)
        self.assertGreater(shown, 5000)
        self.assertEqual(len(exporter.log_lines(f'msg="Not all clients are shown" dropped={7500 - shown} ')), 1)

    def test_is_summed_by_network_and_never_falls_with_a_member(self):
        fake, exporter = self.start('--collector.clients.aggregate=/24', clients=3, client_protocols='NFSv41')

        def total(metrics):
            return sample(metrics, 'ganesha_client_operations_total', client='10.0.0.0/24', protocol='NFSv41',
                          operation='read')
        each = [io_figures(i, 'NFSv41', 'read')['operations_total'] for i in (1, 2, 3)]
        self.assertEqual(total(exporter.metrics()), sum(each))
        fake.control('RemoveClient', 's', '::ffff:10.0.0.2')
        self.wait_for(exporter, lambda page: sample(page, 'ganesha_clients') == 2, 'a client to go')
        self.assertEqual(total(exporter.metrics()), sum(each))
        fake.control('ReleaseName')
        self.wait_up(exporter, 0)
        fake.control('TakeName')
        self.assertEqual(total(self.wait_whole(exporter)), sum(each), 'the same process is there again')
        fake.control('Tick', 'u', 1)
        self.wait_for(exporter, lambda page: total(page) == 2 * sum(each) - each[1], 'the others to count on')

    def test_is_summed_where_addresses_mean_the_same_and_never_falls_with_one_of_them(self):
        fake, exporter = self.start(clients=2, client_protocols='NFSv41')

        def operations(metrics):
            return sample(metrics, 'ganesha_client_operations_total', client='10.0.0.1', protocol='NFSv41',
                          operation='read')
        alone = operations(exporter.metrics())
        fake.control('AddClient', 's', '10.0.0.1')
        both = operations(self.wait_for(exporter, lambda page: operations(page) > alone, 'the second'))
        fake.control('RemoveClient', 's', '10.0.0.1')
        metrics = self.wait_for(exporter, lambda page: sample(page, 'ganesha_clients') == 2, 'it to go')
        self.assertEqual(operations(metrics), both)


if __name__ == '__main__':
    run_tests()
