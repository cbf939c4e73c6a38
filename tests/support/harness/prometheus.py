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

    `rules` are rule files, `scrape` goes into each scrape configuration.
    """

    def __init__(self, jobs, rules=(), scrape=None):
        super().__init__()
        self.jobs, self.rules, self.scrape = jobs, rules, scrape or {}

    def prepare(self):
        self.port = free_port()
        self.config = self.folder / 'prometheus.yml'
        jobs = [{'job_name': name, 'static_configs': [{'targets': list(addresses)}], **self.scrape}
                for name, addresses in self.jobs.items()]
        # JSON is YAML too.
        self.config.write_text(json.dumps({
            'global': {'scrape_interval': '1s', 'scrape_timeout': '1s', 'evaluation_interval': '1s'},
            'rule_files': [str(pathlib.Path(rule).resolve()) for rule in self.rules],
            'scrape_configs': jobs}))

    def start(self):
        self.process = Process(
            ['prometheus', f'--config.file={self.config}', f'--storage.tsdb.path={self.folder / "data"}',
             f'--web.listen-address={LOOPBACK}:{self.port}', '--log.level=warn'],
            self.folder / 'prometheus.log', cwd=self.folder)
        self.process.wait_ready(self._ready, 'Prometheus to be ready')

    def query(self, promql):
        """The result of an instant query: [{'metric': labels, 'value': [time, text]}]."""
        path = '/api/v1/query?' + urllib.parse.urlencode({'query': promql})
        answer = json.loads(http_get(LOOPBACK, self.port, path).body)
        if answer['status'] != 'success':
            raise HarnessError(f'{promql}: {answer["error"]}')
        return answer['data']['result']

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return http_get(LOOPBACK, self.port, '/-/ready').status == 200
