#!/usr/bin/python3
"""The pages over real HTTP: paths, methods, formats, compression, selection by URL parameters, concurrency."""
import concurrent.futures
import contextlib
import gzip
import http.client
import re
import socket
import zlib

from component import ComponentTest, exporter_families, families, is_whole, run_tests, sample
from harness import LOOPBACK, parse_text_format, wait_until

OPENMETRICS = 'application/openmetrics-text'
# What Prometheus 2.42 and 3.x send.
ACCEPTS = {
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,'
    'text/plain;version=0.0.4;q=0.5,*/*;q=0.1': OPENMETRICS,
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,'
    'application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,'
    'text/plain;version=0.0.4;q=0.3,*/*;q=0.2': OPENMETRICS,
    'text/plain;version=0.0.4': 'text/plain',
    '*/*': 'text/plain',
    'image/png': 'text/plain',
}
COLLECTORS = {'server': 'ganesha_info', 'exports': 'ganesha_exports', 'clients': 'ganesha_clients'}
# Families whose values differ between two scrapes.
MOVING = ('process_', 'ganesha_exporter_', 'ganesha_heartbeats', 'ganesha_last_heartbeat')


def still(page):
    """The samples that two scrapes of one poll share."""
    return [line for line in page.splitlines() if not line.startswith(('#', *MOVING))]


class Pages(ComponentTest):
    # One poll is enough: the page does not change.
    FLAGS = ('--poll.interval=1h',)

    def setUp(self):
        super().setUp()
        self.fake, self.exporter = self.start_both(*self.FLAGS, clients=5, exports=2)


class ThePaths(Pages):
    def test_are_the_conventional_ones(self):
        for path, status in (('/', 200), ('/metrics', 200), ('/api/v1/status', 200), ('/-/healthy', 200),
                             ('/-/ready', 200), ('/nothing', 404), ('/metrics/', 404), ('/-/', 404),
                             ('/%6detrics', 200), ('/static/', 404)):
            with self.subTest(path):
                self.assertEqual(self.exporter.get(path).status, status)

    def test_take_head_and_no_other_method_than_get(self):
        for path in '/', '/metrics', '/-/healthy', '/-/ready', '/api/v1/status':
            with self.subTest(path):
                head = self.exporter.get(path, method='HEAD')
                self.assertEqual((head.status, head.body), (200, b''))
                self.assertGreater(int(head.headers['Content-Length']), 0)
                for method in 'POST', 'PUT', 'DELETE', 'OPTIONS':
                    answer = self.exporter.get(path, method=method)
                    self.assertEqual(answer.status, 405)
                    self.assertEqual(answer.headers['Allow'], 'GET, HEAD')
        self.assertEqual(self.exporter.get('/nothing', method='HEAD').status, 404)

    def test_lead_from_the_status_page(self):
        page = self.exporter.get('/')
        self.assertEqual(page.headers['Content-Type'], 'text/html; charset=utf-8')
        self.assertIn('href="./metrics"', page.text)
        self.assertIn('15.2', page.text, "Ganesha's version")

    def test_of_readiness_follows(self):
        self.fake.control('ReleaseName')
        wait_until(lambda: self.exporter.get('/-/ready').status == 503, what='503')
        self.assertEqual(self.exporter.get('/-/healthy').status, 200)
        self.assertIn('down', self.exporter.get('/').text)
        self.fake.control('TakeName')
        wait_until(lambda: self.exporter.get('/-/ready').status == 200, what='200')

    def test_are_counted_by_their_code(self):
        before = sample(self.exporter.metrics(), 'ganesha_exporter_http_requests_total', code='404') or 0
        self.exporter.get('/nothing')
        self.assertEqual(sample(self.exporter.metrics(), 'ganesha_exporter_http_requests_total', code='404'),
                         before + 1)


class AnotherTelemetryPath(ComponentTest):
    def test_moves_the_page_and_its_link(self):
        exporter = self.start_exporter('--web.telemetry-path=/nfs/ganesha')
        self.assertEqual(exporter.get('/metrics').status, 404)
        self.assertEqual(sample(exporter.metrics('/nfs/ganesha'), 'ganesha_up'), 0)
        self.assertIn('href="./nfs/ganesha"', exporter.get('/').text)


class TheFormats(Pages):
    def test_are_chosen_by_accept(self):
        for accept, wanted in ACCEPTS.items():
            with self.subTest(accept):
                answer = self.exporter.get(headers={'Accept': accept})
                self.assertEqual(answer.headers['Content-Type'].split(';')[0], wanted)
                self.assertEqual(answer.text.endswith('\n# EOF\n'), wanted == OPENMETRICS)
        self.assertEqual(self.exporter.get().headers['Content-Type'],
                         'text/plain; version=0.0.4; charset=utf-8; escaping=underscores')

    def test_hold_the_same_samples(self):
        text = self.exporter.get()
        openmetrics = self.exporter.get(headers={'Accept': f'{OPENMETRICS};version=1.0.0'})
        self.assertEqual(still(text.text), still(openmetrics.text))
        self.assertGreater(len(still(text.text)), 100)
        self.assertIn('\n# TYPE ganesha_client_operations counter\n', openmetrics.text)
        self.assertIn('\n# UNIT ganesha_client_transferred_bytes bytes\n', openmetrics.text)

    def test_are_compressed_when_the_client_takes_it(self):
        plain = self.exporter.get()
        self.assertIsNone(plain.headers['Content-Encoding'])
        for accept in {}, {'Accept': f'{OPENMETRICS};version=1.0.0'}:
            packed = self.exporter.get(headers={'Accept-Encoding': 'gzip', **accept})
            self.assertEqual(packed.headers['Content-Encoding'], 'gzip')
            self.assertLess(len(packed.body), len(plain.body) / 3)
            page = gzip.decompress(packed.body).decode()
            self.assertEqual(still(page), still(plain.text))
            # One member: what curl and others read is the whole page.
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            member.decompress(packed.body)
            self.assertTrue(member.eof)
            self.assertEqual(member.unused_data, b'')
        parse_text_format(gzip.decompress(self.exporter.get(headers={'Accept-Encoding': 'gzip'}).body).decode())

    def test_are_not_compressed_when_it_does_not(self):
        for encodings in 'gzip;q=0', 'identity', 'br', '*;q=0':
            answer = self.exporter.get(headers={'Accept-Encoding': encodings})
            self.assertIsNone(answer.headers['Content-Encoding'], encodings)
            parse_text_format(answer.text)


class TheChoiceOfCollectors(Pages):
    def served(self, query):
        metrics = self.exporter.metrics(f'/metrics?{query}')
        self.assertEqual(sample(metrics, 'ganesha_up'), 1)
        return {name for name, family in COLLECTORS.items() if family in families(metrics)}

    def test_is_made_on_the_url(self):
        for query, wanted in (
                ('', {'server', 'exports', 'clients'}), ('collect[]=clients', {'clients'}),
                ('collect[]=clients&collect[]=server', {'clients', 'server'}),
                ('collect%5B%5D=exports', {'exports'}), ('exclude[]=clients', {'server', 'exports'}),
                ('exclude[]=clients&exclude[]=server&exclude[]=exports', set()), ('other=1', set(COLLECTORS))):
            with self.subTest(query):
                self.assertEqual(self.served(query), wanted)

    def test_that_makes_no_sense_is_400(self):
        for query in 'collect[]=nonsense', 'exclude[]=', 'collect[]=clients&exclude[]=server':
            with self.subTest(query):
                answer = self.exporter.get(f'/metrics?{query}')
                self.assertEqual(answer.status, 400)
                self.assertEqual(len(answer.text.splitlines()), 1)


class ManyAtOnce(Pages):
    FLAGS = '--poll.interval=50ms', '--web.max-requests=40'

    def test_get_whole_pages_while_it_polls(self):
        def scrape(number):
            headers = {'Accept-Encoding': 'gzip'} if number % 2 else {}
            connection = http.client.HTTPConnection(LOOPBACK, self.exporter.port, timeout=30)
            with contextlib.closing(connection):
                for _ in range(20):
                    connection.request('GET', '/metrics', headers=headers)
                    answer = connection.getresponse()
                    body = answer.read()
                    page = gzip.decompress(body) if headers else body
                    self.assertTrue(is_whole(parse_text_format(page.decode())))
            return number

        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            self.assertEqual(list(pool.map(scrape, range(10))), list(range(10)))

    def test_are_answered_in_their_order_on_one_connection(self):
        with socket.create_connection((LOOPBACK, self.exporter.port), timeout=10) as client:
            client.sendall(b'GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n'
                           b'Connection: close\r\n\r\n')
            answer = b''
            while piece := client.recv(4096):
                answer += piece
        self.assertEqual(re.findall(rb'HTTP/1.1 (\d+)', answer), [b'200', b'404'])


class TheExportersOwnMetrics(ComponentTest):
    def test_are_on_the_page(self):
        _, exporter = self.start_both()
        own = families(exporter.metrics())
        self.assertLessEqual({
            'ganesha_exporter_build_info', 'ganesha_exporter_collector_duration_seconds',
            'ganesha_exporter_collector_success', 'ganesha_exporter_collector_supported',
            'ganesha_exporter_polls_total', 'ganesha_exporter_poll_duration_seconds',
            'ganesha_exporter_last_poll_timestamp_seconds', 'ganesha_exporter_dbus_connected',
            'ganesha_exporter_dbus_calls_total', 'ganesha_exporter_http_requests_total',
            'process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds',
            'process_start_time_seconds'}, own)

    def test_are_left_out_on_request(self):
        """As --help says; the metrics about collectors remain."""
        self.start_fake()
        exporter = self.start_exporter('--web.disable-exporter-metrics')
        metrics = self.wait_for(exporter, lambda page: 'ganesha_clients' in families(page), 'a poll')
        own = families(metrics, 'process_') | exporter_families(metrics)
        self.assertEqual(own, {'ganesha_exporter_build_info', 'ganesha_exporter_clients_dropped',
                               'ganesha_exporter_exports_dropped', 'ganesha_exporter_log_lines_dropped_total',
                               'ganesha_exporter_collector_success',
                               'ganesha_exporter_collector_supported',
                               'ganesha_exporter_collector_duration_seconds',
                               'ganesha_exporter_poll_duration_seconds',
                               'ganesha_exporter_last_poll_timestamp_seconds', 'ganesha_exporter_dbus_connected'})


if __name__ == '__main__':
    run_tests()
