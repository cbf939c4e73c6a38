"""A real Alertmanager, and a receiver of its notifications."""
import contextlib
import http.client
import json
import time

from .http import LoopbackServer, http_get
from .process import LOOPBACK, Process, Service, free_port


class Webhook(LoopbackServer):
    """Receives notifications. `alerts` holds each received alert, with `received`, the monotonic clock's time."""

    def __init__(self):
        self.alerts = []

    @property
    def url(self):
        return f'http://{self.address}/'

    def post(self, request):
        self.take(json.loads(request.rfile.read(int(request.headers['Content-Length']))))
        request.send_response(200)
        request.send_header('Content-Length', '0')
        request.end_headers()

    def take(self, notification):
        now = time.monotonic()
        self.alerts += ({**alert, 'received': now} for alert in notification['alerts'])

    def told(self, status, **labels):
        """The alerts with this status, firing or resolved, and these labels."""
        return [alert for alert in self.alerts
                if alert['status'] == status and labels.items() <= alert['labels'].items()]


class Alertmanager(Service):
    """A real Alertmanager that notifies a Webhook of each alert at once."""

    def __init__(self, webhook):
        super().__init__()
        self.webhook = webhook

    def prepare(self):
        self.port = free_port()
        self.address = f'{LOOPBACK}:{self.port}'
        self.config = self.folder / 'alertmanager.yml'
        # JSON is YAML too.
        self.config.write_text(json.dumps({
            'route': {'receiver': 'test', 'group_by': ['...'], 'group_wait': '0s', 'group_interval': '1s',
                      'repeat_interval': '1h'},
            'receivers': [{'name': 'test', 'webhook_configs': [
                {'url': self.webhook.url, 'send_resolved': True}]}]}))

    def start(self):
        # Without a cluster: otherwise it would search for an address.
        self.process = Process(
            ['prometheus-alertmanager', f'--config.file={self.config}',
             f'--storage.path={self.folder / "data"}', f'--web.listen-address={self.address}',
             '--cluster.listen-address=', '--log.level=warn'],
            self.folder / 'alertmanager.log', cwd=self.folder)
        self.process.wait_ready(self._ready, 'Alertmanager to be ready')

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return http_get(LOOPBACK, self.port, '/-/ready').status == 200
