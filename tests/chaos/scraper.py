"""A scraper that checks every page: answered in time, valid, and right about the server."""
import gzip
import http.client
import itertools
import statistics
import time

from harness import LOOPBACK, Background, http_get, sample
from pages import OPENMETRICS, check_html, check_json, check_with_promtool, parse_metrics

# The bound for every page, whatever others do; generous for a busy machine.
PAGE_SECONDS = 5
PROMTOOL_SECONDS = 5
BREATH_SECONDS = 0.05
# Path and headers; each answers 200, also while the server is down.
PAGES = (
    ('/metrics', {}), ('/metrics', {'Accept': f'{OPENMETRICS};version=1.0.0'}),
    ('/-/healthy', {}), ('/metrics', {'Accept-Encoding': 'gzip'}), ('/api/v1/status', {}),
    ('/metrics', {'Accept': f'{OPENMETRICS};version=1.0.0', 'Accept-Encoding': 'gzip'}), ('/', {}))


class Scraper(Background):
    def __init__(self, host, truth, report):
        super().__init__('scraper')
        self.host, self.truth, self.report = host, truth, report
        self.checked_by_promtool = 0
        self.times = []

    def run(self):
        for path, headers in itertools.cycle(PAGES):
            if self.done.wait(BREATH_SECONDS):
                return
            try:
                with self.host.exporter_there:
                    self._scrape(path, headers)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.report.fail(f'{path} {headers}: {error!r}')
                return

    def _scrape(self, path, headers):
        asked = time.monotonic()
        response = http_get(LOOPBACK, self.host.exporter.port, path, headers, timeout=PAGE_SECONDS)
        self.times.append(time.monotonic() - asked)
        up = self.truth.up(asked)
        if response.status != 200:
            raise ValueError(f'{response.status}: {response.body[:200]}')
        if response.headers['Content-Encoding'] == 'gzip':
            response = response._replace(body=gzip.decompress(response.body))
        if path == '/metrics':
            self._check_metrics(response, up, not headers)
        elif path == '/':
            check_html(response)
        elif path.startswith('/api'):
            check_json(response)

    def _check_metrics(self, response, up, is_plain):
        metrics = parse_metrics(response)
        told = sample(metrics, 'ganesha_up')
        if up is not None and told != up:
            self.report.fail(f'ganesha_up is {told}, must be {up}')
        if is_plain and time.monotonic() - self.checked_by_promtool > PROMTOOL_SECONDS:
            check_with_promtool(response.body)
            self.checked_by_promtool = time.monotonic()

    def summary(self):
        return (f'{len(self.times)} pages, the median in {statistics.median(self.times) * 1e3:.1f} ms, '
                f'the slowest in {max(self.times) * 1e3:.0f} ms')
