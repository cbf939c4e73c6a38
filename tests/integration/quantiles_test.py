#!/usr/bin/python3
"""A real Prometheus answers histogram_quantile() of the server's own page, in both formats, as the page's buckets do."""
import collections
import itertools
import math
import re
import unittest

from integration import QUICK, page_when, run_tests, wait_until
from prometheus_test import TEXT, Proxy
from harness import REPOSITORY, Background, Exporter, Prometheus, sample, skip_unless
from harness.metrics_page import MetricsPage, grown, recorded_page

skip_unless(modules=('yaml',))
import yaml  # noqa: E402

DURATION = 'ganesha_procedure_duration_seconds'
JOBS = {'openmetrics': None, 'text': TEXT}
GROWTH_SECONDS = 1


def page_of_both_versions():
    """The recorded page with a slow call of NFSv4, and with calls of NFSv3, whose buckets are others."""
    slow = re.sub(r'(nfsv4__op_latency_bucket\{op="RECLAIM_COMPLETE".*le="(\d+)"\}) 38',
                  lambda line: f'{line[1]} {37 if int(line[2]) <= 1024 else 38}', recorded_page())
    lines = re.findall(r'(?m)^nfs_latency_ms_\w+\{operation="read".*\n', recorded_page('5.9'))
    head = '# TYPE nfs_latency_ms histogram\n'
    return slow.replace(head, head + ''.join(lines).replace('"read"', '"fsinfo"'))


class Growing(Background):
    """The server serves more and more calls, of which the same share is slow."""

    def __init__(self, page):
        super().__init__()
        self.page, self.text = page, page.text

    def run(self):
        for times in itertools.count(2):
            self.page.text = grown(self.text, times)
            if self.done.wait(GROWTH_SECONDS):
                return


def buckets_by_protocol(page):
    """{protocol: {upper bound: number of calls}}, of all procedures."""
    found = collections.defaultdict(collections.Counter)
    for (name, labels), number in page.items():
        if name == f'{DURATION}_bucket':
            labels = dict(labels)
            found[labels['protocol']][float(labels['le'])] += number
    return found


def quantile(share, buckets):
    """As Prometheus documents it: calls are spread evenly in a bucket. None where all are in the last one."""
    rank, bounds = share * buckets[math.inf], sorted(buckets)
    bound = next(bound for bound in bounds if buckets[bound] >= rank)
    before = bounds[bounds.index(bound) - 1] if bound != bounds[0] else 0
    counted = buckets[before] if before else 0
    return before + (bound - before) * (rank - counted) / (buckets[bound] - counted) if bound < math.inf else None


class Quantiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own_page = cls.enterClassContext(MetricsPage(page_of_both_versions()))
        cls.exporter = cls.enterClassContext(Exporter(
            '--dbus.address=none', '--collector.built_in', f'--ganesha.metrics-url={cls.own_page.url}',
            '--ganesha.metrics-interval=1s', *QUICK))
        cls.buckets = buckets_by_protocol(page_when(cls.exporter, lambda page: sample(page, 'ganesha_up') == 1, 'the page'))
        cls.enterClassContext(Growing(cls.own_page))
        proxies = {job: [cls.enterClassContext(Proxy(cls.exporter, accept)).address] for job, accept in JOBS.items()}
        cls.prometheus = cls.enterClassContext(Prometheus(proxies))

    def answers(self, promql, protocols):
        """{(job, protocol): value}, once there is one of each of these."""
        wanted = {(job, protocol) for job in JOBS for protocol in protocols}

        def found():
            results = {(result['metric']['job'], result['metric'].get('protocol')): float(result['value'][1])
                       for result in self.prometheus.query(promql)}
            # Two scrapes of the same fetch have no rate yet.
            return results.keys() == wanted and not any(map(math.isnan, results.values())) and [results]
        return wait_until(found, 30, promql)[0]

    def assert_answers(self, share, promql, protocols):
        for (job, protocol), value in self.answers(promql, protocols).items():
            expected = quantile(share, self.buckets[protocol])
            self.assertAlmostEqual(value, expected, delta=expected * 1e-6, msg=(share, job, protocol))

    def test_are_those_of_the_pages_buckets(self):
        self.assertEqual(self.buckets.keys(), {'NFSv3', 'NFSv4'})
        # Of 100 calls of NFSv3 exactly 99 are in a bucket and below: at 0.99 rounding would decide.
        for share in 0.5, 0.95, 0.985:
            self.assert_answers(share, f'histogram_quantile({share}, sum by (job, protocol, le) (rate({DURATION}_bucket[10s])))',
                                self.buckets)

    def test_are_had_by_the_alert_for_the_protocol_that_is_slow(self):
        rules = yaml.safe_load((REPOSITORY / 'dashboards/ganesha.alerts.yml').read_text())
        expression = next(rule['expr'] for group in rules['groups'] for rule in group['rules']
                          if rule.get('alert') == 'NFSGaneshaTailLatencyHigh')
        self.assertIn(DURATION, expression)
        self.assertGreater(quantile(0.99, self.buckets['NFSv4']), 1)
        self.assert_answers(0.99, expression, ['NFSv4'])


if __name__ == '__main__':
    run_tests('prometheus')
