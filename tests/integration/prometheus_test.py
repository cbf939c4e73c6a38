#!/usr/bin/python3
"""A real Prometheus scrapes the exporter of a real server in both formats, and answers PromQL."""
import contextlib
import subprocess
import unittest

from integration import (
    exporter_for, is_whole, page_after_poll, page_when, run_tests, session_traffic, wait_until)
from harness import (
    LOOPBACK, Export, Ganesha, LoopbackServer, PrivateBus, Prometheus, http_get, parse_text_format)

OPENMETRICS = 'application/openmetrics-text'
TEXT = 'text/plain;version=0.0.4'
ODD = 'a "quoted" \\ back slash,\n a new line, ünïcode'


class Proxy(LoopbackServer):
    """Forwards scrapes, with another Accept header if set; `seen` and `content_types` hold what was answered."""

    def __init__(self, exporter, accept=None):
        self.exporter, self.accept, self.seen, self.content_types = exporter, accept, [], []

    def get(self, request):
        headers = {name: request.headers[name] for name in ('Accept', 'Accept-Encoding')}
        if self.accept:
            headers['Accept'] = self.accept
        answer = http_get(LOOPBACK, self.exporter.port, request.path, headers)
        self.content_types.append(answer.headers['Content-Type'])
        self.seen.append((answer.headers['Content-Type'].split(';')[0], answer.headers['Content-Encoding']))
        request.send_response(answer.status)
        for name in 'Content-Type', 'Content-Encoding', 'Content-Length':
            if answer.headers[name]:
                request.send_header(name, answer.headers[name])
        request.end_headers()
        with contextlib.suppress(BrokenPipeError):
            request.wfile.write(answer.body)


class Scraped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        cls.ganesha = cls.enterClassContext(Ganesha(cls.bus, [Export(1, 'VFS'), Export(2, 'MEM')]))
        cls.odd = Export(78, 'VFS', path=str(cls.ganesha.folder / ODD), pseudo='/odd')
        cls.ganesha.add_export(cls.odd)
        cls.exporter = cls.enterClassContext(exporter_for(cls.bus))
        page_when(cls.exporter, is_whole, 'a whole page')
        cls.send_traffic()
        page_after_poll(cls.exporter)

    @classmethod
    def send_traffic(cls):
        for export in cls.ganesha.exports:
            session_traffic(cls.ganesha, 1, export, 50_000)


class APrometheus(Scraped):
    JOBS = 'openmetrics', 'text'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxies = [cls.enterClassContext(Proxy(cls.exporter, accept)) for accept in (None, TEXT)]
        cls.prometheus = cls.enterClassContext(Prometheus(
            {job: [proxy.address] for job, proxy in zip(cls.JOBS, cls.proxies)}))

    def value(self, promql):
        """The number of the only result, None while there is none."""
        results = self.prometheus.query(promql)
        self.assertLessEqual(len(results), 1, promql)
        return float(results[0]['value'][1]) if results else None

    def wait_value(self, promql, holds, timeout=30):
        def value():
            number = self.value(promql)
            return number is not None and holds(number) and [number]
        return wait_until(value, timeout, promql)[0]

    def test_gets_both_formats_and_both_packed(self):
        for job, proxy, wanted in zip(self.JOBS, self.proxies, (OPENMETRICS, 'text/plain')):
            self.wait_value(f'up{{job="{job}"}}', lambda up: up == 1)
            self.assertEqual(set(proxy.seen), {(wanted, 'gzip')})

    def test_reads_every_sample_of_the_page(self):
        page = page_after_poll(self.exporter)
        for job in self.JOBS:
            self.wait_value(f'scrape_samples_scraped{{job="{job}"}}',
                            lambda number: abs(number - len(page)) < 3)

    def test_reads_what_the_page_says(self):
        page = page_after_poll(self.exporter)
        for job in self.JOBS:
            for (name, labels), number in page.items():
                if name == 'ganesha_export_transferred_bytes_total':
                    results = wait_until(
                        lambda: [result for result in self.prometheus.query(f'{name}{{job="{job}"}}')
                                 if labels <= set(result['metric'].items())], what=name)
                    self.assertEqual(len(results), 1, 'an odd path is one series')
        self.assertIn(self.odd.path, {dict(labels).get('path') for _, labels in page})

    def test_answers_promql_under_traffic(self):
        rate = 'sum(rate(ganesha_export_transferred_bytes_total{{job="{}",operation="write"}}[10s])) > 0'

        def moves(job):
            self.send_traffic()
            return self.value(rate.format(job))

        for job in self.JOBS:
            self.assertEqual(self.wait_value(f'ganesha_up{{job="{job}"}}', lambda up: up == 1), 1)
            wait_until(lambda: moves(job), 30, 'a rate under traffic')
            total = sum(number for (name, labels), number in page_after_poll(self.exporter).items()
                        if name == 'ganesha_client_transferred_bytes_total')
            self.wait_value(f'sum(ganesha_client_transferred_bytes_total{{job="{job}"}})',
                            lambda number: number == total)


class AServerThatStops(Scraped):
    def test_is_down_in_prometheus_too_and_the_exporter_is_up(self):
        with Prometheus({'ganesha': [self.exporter.address]}) as prometheus:
            def value(promql):
                results = prometheus.query(promql)
                return results[0]['value'][1] if results else None

            wait_until(lambda: value('ganesha_up') == '1' and value('ganesha_exports') == '4', 30,
                       'ganesha_up 1')
            self.ganesha.stop()
            wait_until(lambda: value('ganesha_up') == '0', 30, 'ganesha_up 0')
            wait_until(lambda: value('ganesha_exports') is None, 30, 'the exports to vanish')
            self.assertEqual(value('up'), '1')


class TheLivePage(Scraped):
    def test_is_fine_for_promtool(self):
        page = self.exporter.get().body
        done = subprocess.run(['promtool', 'check', 'metrics'], input=page, capture_output=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b''))

    def test_would_not_be_fine_with_a_mistake(self):
        """Shows that promtool can find errors."""
        page = self.exporter.get().body.replace(b'ganesha_heartbeats_total', b'ganesha_heartbeats')
        done = subprocess.run(['promtool', 'check', 'metrics'], input=page, capture_output=True)
        self.assertIn(b'ganesha_heartbeats', done.stdout + done.stderr)

    def test_is_fine_for_the_strict_openmetrics_parser(self):
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        page = self.exporter.get(headers={'Accept': f'{OPENMETRICS};version=1.0.0'}).text
        read = {(sample.name, frozenset(sample.labels.items()))
                for family in text_string_to_metric_families(page) for sample in family.samples}
        self.assertEqual(read, set(parse_text_format(self.exporter.get().text)))
        self.assertIn(self.odd.path, {dict(labels).get('path') for _, labels in read})


if __name__ == '__main__':
    run_tests('prometheus', 'promtool', modules=['prometheus_client'])
