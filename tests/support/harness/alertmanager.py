"""A real Alertmanager, and a receiver of its notifications."""
import contextlib
import http.client
import json
import time

from .http import LoopbackServer, http_get
from .process import LOOPBACK, Process, Service, free_port


class Webhook(LoopbackServer):
    """Receives notifications. `alerts` holds each received alert, with `received`, the monotonic clock's time;
    `notifications` holds what came in one request."""

    def __init__(self):
        self.alerts, self.notifications = [], []

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
        self.notifications.append(notification)
        self.alerts += ({**alert, 'received': now} for alert in notification['alerts'])

    def told(self, status, **labels):
        """The alerts with this status, firing or resolved, and these labels."""
        return [alert for alert in self.alerts
                if alert['status'] == status and labels.items() <= alert['labels'].items()]


def each_at_once(webhook):
    """The configuration to notify this Webhook of each alert at once."""
    return {
        'route': {'receiver': 'test', 'group_by': ['...'], 'group_wait': '0s', 'group_interval': '1s',
                  'repeat_interval': '1h'},
        'receivers': [{'name': 'test', 'webhook_configs': [{'url': webhook.url, 'send_resolved': True}]}]}


class Alertmanager(Service):
    """A real Alertmanager with this configuration."""

    def __init__(self, configuration):
        super().__init__()
        self.configuration = configuration

    def prepare(self):
        self.port = free_port()
        self.address = f'{LOOPBACK}:{self.port}'
        self.config = self.folder / 'alertmanager.yml'
        # JSON is YAML too.
        self.config.write_text(json.dumps(self.configuration))

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
