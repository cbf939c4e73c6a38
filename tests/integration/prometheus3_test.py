#!/usr/bin/python3
"""A Prometheus 3 scrapes the exporter of a real server by each protocol, with each escaping of names, and with created
timestamps. Debian 12 and 13 have none: `make test-prometheus3` runs this and other tests with that of Debian testing."""
import json
import unittest

from integration import exporter_for, is_whole, page_when, run_tests, sample, wait_until
from harness import Prometheus
from prometheus_test import OPENMETRICS, Proxy, Scraped

TEXT = 'text/plain'
# None has a fallback_scrape_protocol: a wrong Content-Type would fail the scrape.
JOBS = {
    'default': {},
    'openmetrics': {'scrape_protocols': ['OpenMetricsText1.0.0']},
    'text1': {'scrape_protocols': ['PrometheusText1.0.0']},
    'text0': {'scrape_protocols': ['PrometheusText0.0.4']},
    'underscores': {'metric_name_escaping_scheme': 'underscores'},
    'dots': {'metric_name_escaping_scheme': 'dots'},
    'values': {'metric_name_escaping_scheme': 'values'},
    'legacy': {'metric_name_validation_scheme': 'legacy', 'metric_name_escaping_scheme': 'underscores'}}
# Media type and escaping of the answer. Names with dots are no names of ours.
ANSWERS = {
    'default': (OPENMETRICS, 'allow-utf-8'), 'openmetrics': (OPENMETRICS, 'allow-utf-8'), 'text1': (TEXT, 'allow-utf-8'),
    'text0': (TEXT, 'underscores'), 'underscores': (OPENMETRICS, 'underscores'), 'dots': (OPENMETRICS, 'underscores'),
    'values': (OPENMETRICS, 'values'), 'legacy': (OPENMETRICS, 'underscores')}


class EachJobInItsWay(Prometheus):
    def prepare(self):
        super().prepare()
        config = json.loads(self.config.read_text())
        for job in config['scrape_configs']:
            job.update(JOBS[job['job_name']])
        self.config.write_text(json.dumps(config))


class FromTheCountersStart(Prometheus):
    def flags(self):
        return [*super().flags(), '--enable-feature=created-timestamp-zero-ingestion']


class APrometheus3(Scraped):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxies = {job: cls.enterClassContext(Proxy(cls.exporter)) for job in JOBS}
        cls.prometheus = cls.enterClassContext(EachJobInItsWay(
            {job: [proxy.address] for job, proxy in cls.proxies.items()}))
        wait_until(lambda: len(cls.prometheus.query('ganesha_up == 1')) == len(JOBS), 30, 'all to be scraped')

    def test_is_one(self):
        version = self.prometheus.ask('status/buildinfo')['version']
        self.assertRegex(version, r'^3\.')

    def test_is_answered_as_it_asks(self):
        def answer(proxy):
            kind, *parameters = proxy.content_types[-1].split('; ')
            return kind, dict(each.split('=') for each in parameters)['escaping']

        self.assertEqual({job: answer(proxy) for job, proxy in self.proxies.items()}, ANSWERS)

    def test_gets_the_same_series_in_every_way(self):
        def series():
            found = self.prometheus.query('count by (job) ({__name__=~"ganesha_.+"})')
            return {result['metric']['job']: result['value'][1] for result in found}

        wait_until(lambda: len(series()) == len(JOBS) and len(set(series().values())) == 1, 30, 'as many series in each')
        odd = self.prometheus.query('ganesha_export_info{export_id="78"}')
        self.assertEqual({result['metric']['path'] for result in odd}, {self.odd.path})
        self.assertEqual(len(odd), len(JOBS))

    def test_counts_from_the_start_of_a_counter_by_created_timestamps(self):
        """Its first value is 0, at the time when Ganesha began to count, so that increase() has what came before the
        first scrape too."""
        family = 'ganesha_export_transferred_bytes_total'
        exporter = self.enterContext(exporter_for(self.bus, '--web.openmetrics-created-timestamps'))
        page = page_when(exporter, is_whole, 'a whole page')
        start = sample(page, 'ganesha_stats_start_timestamp_seconds', stats='nfs')
        expected = {value for (name, _), value in page.items() if name == family}
        with FromTheCountersStart({'created': [exporter.address]}) as prometheus:
            found = wait_until(lambda: prometheus.query(f'{family}[1h]'), 30, 'a scrape')
            self.assertEqual(prometheus.query('{__name__=~".+_created"}'), [])
        for series in found:
            (first, zero), (_, value) = series['values'][:2]
            self.assertEqual(zero, '0')
            self.assertAlmostEqual(first, start, delta=0.001)
            self.assertIn(float(value), expected)


if __name__ == '__main__':
    run_tests('prometheus')
