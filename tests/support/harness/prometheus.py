"""A real Prometheus."""
import contextlib
import http.client
import json
import pathlib
import urllib.parse

from .http import http_get
from .process import LOOPBACK, HarnessError, Process, Service, free_port


class Prometheus(Service):
    """A real Prometheus that scrapes `jobs` ({name: addresses}) each second.

    `rules` are rule files, `scrape` goes into each scrape configuration, `alertmanagers` are addresses.
    """

    def __init__(self, jobs, rules=(), scrape=None, alertmanagers=()):
        super().__init__()
        self.jobs, self.rules, self.scrape = jobs, rules, scrape or {}
        self.alertmanagers = alertmanagers

    def prepare(self):
        self.port = free_port()
        self.config = self.folder / 'prometheus.yml'
        jobs = [{'job_name': name, 'static_configs': [{'targets': list(addresses)}], **self.scrape}
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

    def query(self, promql):
        """The result of an instant query: [{'metric': labels, 'value': [time, text]}]."""
        return self._ask('query?' + urllib.parse.urlencode({'query': promql}), promql)['result']

    def rules_loaded(self):
        """Every rule as /api/v1/rules tells it: name, type, health, lastError."""
        return [rule for group in self._ask('rules', 'rules')['groups'] for rule in group['rules']]

    def _ask(self, path, what):
        answer = json.loads(http_get(LOOPBACK, self.port, f'/api/v1/{path}').body)
        if answer['status'] != 'success':
            raise HarnessError(f'{what}: {answer["error"]}')
        return answer['data']

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return http_get(LOOPBACK, self.port, '/-/ready').status == 200
