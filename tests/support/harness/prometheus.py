"""A real Prometheus."""
import contextlib
import http.client
import json
import pathlib
import urllib.parse

from .http import http_get
from .process import LOOPBACK, HarnessError, Process, Service, free_port


def static_configs(addresses):
    if isinstance(addresses, dict):
        return [{'targets': [address], 'labels': {'instance': instance}}
                for instance, address in addresses.items()]
    return [{'targets': list(addresses)}]


class Prometheus(Service):
    """A real Prometheus that scrapes `jobs` ({name: addresses}) each second.

    Addresses are a list, or {instance: address} to name the instances. `rules` are rule files, `scrape` goes
    into each scrape configuration, `scrapes` ({name: settings}) into that of one job; `alertmanagers` are addresses.
    """

    def __init__(self, jobs, rules=(), scrape=None, scrapes=None, alertmanagers=()):
        super().__init__()
        self.jobs, self.rules, self.scrape, self.scrapes = jobs, rules, scrape or {}, scrapes or {}
        self.alertmanagers = alertmanagers

    def prepare(self):
        self.port = free_port()
        self.config = self.folder / 'prometheus.yml'
        jobs = [{'job_name': name, 'static_configs': static_configs(addresses), **self.scrape,
                 **self.scrapes.get(name, {})}
                for name, addresses in self.jobs.items()]
        # JSON is YAML too.
        self.config.write_text(json.dumps({
            'global': {'scrape_interval': '1s', 'scrape_timeout': '1s', 'evaluation_interval': '1s'},
            'rule_files': [str(pathlib.Path(rule).resolve()) for rule in self.rules],
            'alerting': {'alertmanagers': [{'static_configs': [{'targets': list(self.alertmanagers)}]}]},
            'scrape_configs': jobs}))

    def start(self):
        self.process = Process(
            ['prometheus', f'--config.file={self.config}', f'--storage.tsdb.path={self.folder / "data"}',
             f'--web.listen-address={LOOPBACK}:{self.port}', '--log.level=warn'],
            self.folder / 'prometheus.log', cwd=self.folder)
        self.process.wait_ready(self._ready, 'Prometheus to be ready')

    def query(self, promql, time=None):
        """The result of an instant query: [{'metric': labels, 'value': [time, text]}]."""
        return self._ask('query', {'query': promql, **({'time': time} if time else {})})['result']

    def query_range(self, promql, start, end, step):
        """As above, with `values`, a list of such pairs."""
        return self._ask('query_range', {'query': promql, 'start': start, 'end': end, 'step': step})['result']

    def label_values(self, label, selector):
        return self._ask(f'label/{label}/values', {'match[]': selector})

    def rules_loaded(self):
        """Every rule as in /api/v1/rules: name, type, health, lastError."""
        return [rule for group in self._ask('rules')['groups'] for rule in group['rules']]

    def _ask(self, what, parameters=()):
        path = f'/api/v1/{what}?{urllib.parse.urlencode(parameters)}'
        answer = json.loads(http_get(LOOPBACK, self.port, path).body)
        if answer['status'] != 'success':
            raise HarnessError(f'{what} {parameters}: {answer["error"]}')
        return answer['data']

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return http_get(LOOPBACK, self.port, '/-/ready').status == 200
