#!/usr/bin/python3
"""The server's own page of metrics: how it is fetched, and what a bad one costs."""
import subprocess

from component import ComponentTest, collector_success, run_tests_of, sample
from harness import Exporter, families, parse_openmetrics, parse_text_format, run_exporter, wait_until
from harness import metrics_page
from harness.metrics_page import MetricsPage, grown, recorded_page

OPENMETRICS = {'Accept': 'application/openmetrics-text; version=1.0.0'}
AN_HOUR = '--ganesha.metrics-interval=1h'
SHOWN = 'ganesha_rpcs_received_total'
RECEIVED = 9550  # as recorded
FETCHED = 'ganesha_exporter_built_in_last_fetch_timestamp_seconds'


def received(metrics):
    return sample(metrics, SHOWN)


class BuiltInTest(ComponentTest):
    def setUp(self):
        super().setUp()
        self.page = self.enterContext(MetricsPage(recorded_page()))

    def flags(self, *more):
        return ('--collector.built_in', f'--ganesha.metrics-url={self.page.url}',
                '--ganesha.metrics-interval=1s', '--ganesha.metrics-timeout=1s', *more)

    def start_both(self, *flags, **fake_flags):
        """Returns when the page's values are shown too."""
        return super().start_both(*self.flags(*flags), **fake_flags)

    def check_pages(self, exporter):
        """Strict readers take the page in both formats, and promtool has nothing to say."""
        text = exporter.get().text
        parse_text_format(text)
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))
        parse_openmetrics(exporter.get(headers=OPENMETRICS).text)


class TheServersOwnPage(BuiltInTest):
    def test_is_shown_and_followed_as_it_grows(self):
        _, exporter = self.start_both()
        self.assertEqual(received(exporter.metrics()), RECEIVED)
        for times in 2, 3:
            self.page.text = grown(recorded_page(), times)
            self.wait_for(exporter, lambda page: received(page) == times * RECEIVED, 'the newer page')
            self.check_pages(exporter)
        self.assertEqual(exporter.problems(), [])

    def test_is_fetched_at_its_own_interval_and_never_by_a_scrape(self):
        _, exporter = self.start_both(AN_HOUR)
        for _ in range(10):
            exporter.get()
        self.wait_polls(exporter, 3)
        self.assertEqual(self.page.requests, 1)

    def test_is_forgotten_while_the_server_is_down_and_fetched_from_the_next_one_at_once(self):
        fake, exporter = self.start_both(AN_HOUR)
        fake.kill()
        self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        self.page.text = grown(recorded_page(), 2)
        fake.start()
        self.wait_for(exporter, lambda page: received(page) == 2 * RECEIVED, 'the page of the next server')
        self.assertEqual(self.page.requests, 2)

    def test_is_part_of_what_once_prints(self):
        self.start_fake()
        done = run_exporter(f'--dbus.address={self.bus.address}', '--once', *self.flags())
        self.assertEqual(received(parse_text_format(done.stdout)), RECEIVED, done.stderr)

    def test_is_no_reason_for_once_to_wait_where_it_cannot_be_had(self):
        self.start_fake()
        self.page.manner = metrics_page.refused
        done = run_exporter(f'--dbus.address={self.bus.address}', '--once', *self.flags())
        metrics = parse_text_format(done.stdout)
        self.assertEqual(collector_success(metrics)['built_in'], 0)
        self.assertIn('ganesha_exports', families(metrics))

    def test_has_the_exports_that_the_list_of_the_bus_selects_and_their_paths(self):
        _, exporter = self.start_both('--collector.exports.include=/export/[12]', '--no-collector.exports', exports=3)

        def exports(page):
            return {(labels['export_id'], labels['path']) for labels in
                    (dict(labels) for (name, labels) in page if name == 'ganesha_export_mdcache_hits_total')}
        self.assertEqual(exports(exporter.metrics()), {('2', '/export/2')}, 'the page has the exports 2 and 3')

    def test_names_the_families_that_are_not_known_once(self):
        self.page.text += '# TYPE new_total counter\nnew_total 1\n'
        _, exporter = self.start_both()
        metrics = self.wait_polls(exporter, 3)
        self.assertEqual(sample(metrics, 'ganesha_exporter_built_in_families_unknown'), 1)
        self.assertEqual(len(exporter.log_lines('family=new_total')), 1)
        self.assertNotIn('new_total', exporter.get().text)


class APageWhoseServerHasNoAddress(ComponentTest):
    def test_costs_its_own_values_alone(self):
        exporter = self.start_exporter('--collector.built_in', '--ganesha.metrics-url=http://nowhere.invalid:9587')
        self.start_fake()
        metrics = self.wait_for(
            exporter, lambda page: [name for name, good in collector_success(page).items() if not good] == ['built_in'],
            'the failure of this collector alone')
        self.assertIn('ganesha_exports', families(metrics))
        wait_until(lambda: exporter.log_lines('Collector failed'), 60, 'the failure in the log')
        self.assertIn('nowhere.invalid', exporter.log_lines('Collector failed')[0])


class ABadPage(BuiltInTest):
    MANNERS = {
        metrics_page.half_sent: 'cannot be reached', metrics_page.endless: 'it has more than 32 MiB',
        metrics_page.slow: 'timed out', metrics_page.refused: 'it answers with status 503'}

    def wait_failed(self, exporter):
        """Waits until the page's values are gone. Everything else is there."""
        metrics = self.wait_for(exporter, lambda page: not collector_success(page)['built_in'], 'the failure')
        self.assertNotIn(SHOWN, families(metrics))
        self.assertEqual([name for name, good in collector_success(metrics).items() if not good], ['built_in'])
        self.check_pages(exporter)

    def check_costs_its_own_values_alone(self, exporter, spoil, repair, reason):
        beats = sample(exporter.metrics(), 'ganesha_heartbeats_total')
        lines = len(exporter.log_lines('collector=built_in'))
        spoil()
        self.wait_failed(exporter)
        self.assertGreater(sample(exporter.metrics(), 'ganesha_heartbeats_total'), beats)
        self.wait_polls(exporter, 3)
        repair()
        self.wait_for(exporter, received, 'the page to be back')
        failed, recovered = wait_until(
            lambda: len(exporter.log_lines('collector=built_in')) > lines + 1
            and exporter.log_lines('collector=built_in')[lines:], what='both lines of the log')
        self.assertIn('Collector failed', failed)
        self.assertIn(reason, failed)
        self.assertIn('Collector recovered', recovered)

    def test_costs_its_own_values_alone(self):
        _, exporter = self.start_both()
        for manner, reason in self.MANNERS.items():
            with self.subTest(manner.__name__):
                self.check_costs_its_own_values_alone(
                    exporter, lambda: setattr(self.page, 'manner', manner),
                    lambda: setattr(self.page, 'manner', metrics_page.whole), reason)

    def test_is_refused_as_a_whole_where_one_line_is_wrong(self):
        _, exporter = self.start_both()
        for line in 'x one\n', 'x 1':
            with self.subTest(line):
                self.check_costs_its_own_values_alone(
                    exporter, lambda: setattr(self.page, 'text', recorded_page() + line),
                    lambda: setattr(self.page, 'text', recorded_page()), 'malformed reply')

    def test_that_is_gone_is_fetched_again_when_it_is_back(self):
        _, exporter = self.start_both()
        self.page.stop()
        self.wait_failed(exporter)
        self.assertIn('Connection refused', exporter.log_lines('Collector failed')[0])
        self.page.start()
        self.wait_for(exporter, received, 'the page to be back')

    def test_is_kept_over_a_fetch_that_fails(self):
        _, exporter = self.start_both('--ganesha.metrics-timeout=1m')
        self.page.manner = metrics_page.refused
        seen = self.page.requests
        wait_until(lambda: self.page.requests > seen + 1, 60, 'fetches that fail')
        metrics = self.wait_next_poll(exporter)
        self.assertEqual(received(metrics), RECEIVED)
        self.assertEqual(sample(metrics, FETCHED), sample(self.wait_next_poll(exporter), FETCHED))
        self.assertEqual(exporter.problems(), [])

    def test_that_ends_early_at_the_end_of_a_line_is_refused(self):
        _, exporter = self.start_both('--ganesha.metrics-timeout=1m')
        fetched = sample(exporter.metrics(), FETCHED)
        self.page.manner = metrics_page.cut_once(self.page, before='# HELP rpcs_received_total')
        wait_until(lambda: self.page.manner == metrics_page.whole, 60, 'the page that is cut')
        seen = set()

        def later():
            metrics = exporter.metrics()
            seen.add(received(metrics))
            return sample(metrics, FETCHED) > fetched + 1
        wait_until(later, 60, 'a later page')
        self.assertEqual(seen, {RECEIVED})

    def test_takes_no_time_of_a_poll(self):
        self.page.manner = metrics_page.slow
        self.start_fake()
        exporter = self.enterContext(Exporter(
            f'--dbus.address={self.bus.address}', '--poll.interval=100ms', '--poll.max-duty-ratio=1',
            *self.flags('--ganesha.metrics-timeout=1h')))
        self.wait_up(exporter)
        metrics = self.wait_polls(exporter, 3)
        self.assertEqual(collector_success(metrics)['built_in'], 0)
        self.assertEqual(collector_success(metrics)['server'], 1)
        self.assertEqual(exporter.problems(), [], 'what is awaited has not failed')


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'promtool', modules=['prometheus_client'])
