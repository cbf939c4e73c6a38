"""A real Prometheus, and its API."""
import contextlib
import functools
import http.client
import json
import pathlib
import re
import subprocess
import urllib.parse

from .http import http_get
from .process import LOOPBACK, HarnessError, Process, Service, free_port

QUERY_SECONDS = 120
FORM = {'Content-Type': 'application/x-www-form-urlencoded'}


def static_configs(addresses):
    if isinstance(addresses, dict):
        return [{'targets': [address], 'labels': {'instance': instance}}
                for instance, address in addresses.items()]
    return [{'targets': list(addresses)}]


@functools.cache
def prometheus_version():
    """(2, 42, 0)."""
    done = subprocess.run(['prometheus', '--version'], capture_output=True, text=True)
    return tuple(map(int, re.search(r'version (\d+)\.(\d+)\.(\d+)', done.stdout + done.stderr).groups()))


class PrometheusApi:
    """The API of a Prometheus at `host`:`port`."""

    host = LOOPBACK

    def __init__(self, host, port):
        self.host, self.port = host, port

    def query(self, promql, time=None):
        """The result of an instant query: [{'metric': labels, 'value': [time, text]}]."""
        return self.ask('query', {'query': promql, **({'time': time} if time else {})})['result']

    def query_range(self, promql, start, end, step):
        """As above, with `values`, a list of such pairs."""
        return self.ask('query_range', {'query': promql, 'start': start, 'end': end, 'step': step})['result']

    def label_values(self, label, selector, **times):
        return self.ask(f'label/{label}/values', {'match[]': selector, **times})

    def rules_loaded(self):
        """Every rule as in /api/v1/rules: name, type, health, lastError."""
        return [rule for group in self.ask('rules')['groups'] for rule in group['rules']]

    def ask(self, what, parameters=()):
        """The data of an answer; an error is a HarnessError."""
        return self.read(what, parameters, self.body(what, parameters))

    def body(self, what, parameters=()):
        """The bytes of an answer. Queries are sent as Grafana sends them: they may be too long for a URL."""
        form, path = urllib.parse.urlencode(parameters), f'/api/v1/{what}'
        if what not in ('query', 'query_range'):
            return http_get(self.host, self.port, f'{path}?{form}').body
        connection = http.client.HTTPConnection(self.host, self.port, timeout=QUERY_SECONDS)
        with contextlib.closing(connection):
            connection.request('POST', path, form, FORM)
            return connection.getresponse().read()

    @staticmethod
    def read(what, parameters, body):
        answer = json.loads(body)
        if answer['status'] != 'success':
            raise HarnessError(f'{what} {parameters}: {answer["error"]}')
        return answer['data']


class Prometheus(Service, PrometheusApi):
    """A real Prometheus that scrapes `jobs` ({name: addresses}) each second.

    Addresses are a list, or {instance: address} to name the instances. `rules` are rule files, `scrape` goes
    into each scrape configuration, `alertmanagers` are addresses, `alert_relabel` is for what they get. `data` is
    the directory of its data if they shall outlive it; none of them is ever too old.
    """

    def __init__(self, jobs, rules=(), scrape=None, alertmanagers=(), alert_relabel=(), interval='1s', data=None):
        super().__init__()
        self.jobs, self.rules, self.scrape = jobs, rules, scrape or {}
        self.alertmanagers, self.alert_relabel = alertmanagers, list(alert_relabel)
        self.interval, self.data = interval, data

    def prepare(self):
        self.port = free_port()
        self.config = self.folder / 'prometheus.yml'
        jobs = [{'job_name': name, 'static_configs': static_configs(addresses), **self.scrape}
                for name, addresses in self.jobs.items()]
        # JSON is YAML too.
        self.config.write_text(json.dumps({
            'global': {'scrape_interval': self.interval, 'scrape_timeout': self.interval,
                       'evaluation_interval': self.interval},
            'rule_files': [str(pathlib.Path(rule).resolve()) for rule in self.rules],
            'alerting': {'alertmanagers': [{'static_configs': [{'targets': list(self.alertmanagers)}]}],
                         'alert_relabel_configs': self.alert_relabel},
            'scrape_configs': jobs}))

    def start(self):
        self.process = Process(
            ['prometheus', f'--config.file={self.config}', *self.flags(),
             f'--web.listen-address={LOOPBACK}:{self.port}', '--log.level=warn'],
            self.folder / 'prometheus.log', cwd=self.folder)
        self.process.wait_ready(self._ready, 'Prometheus to be ready', QUERY_SECONDS)

    def own(self, metric):
        """The sum of a metric of its own."""
        page = http_get(self.host, self.port, '/metrics').text
        return sum(map(float, re.findall(rf'^{metric}(?:{{.*}})? (\S+)$', page, re.M)))

    def flags(self):
        """Further ones."""
        return [f'--storage.tsdb.path={self.data or self.folder / "data"}', '--storage.tsdb.retention.time=100y']

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return http_get(LOOPBACK, self.port, '/-/ready').status == 200
