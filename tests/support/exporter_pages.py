"""The page of a real exporter, and a server of a page for each instance, for a Prometheus to scrape."""
import contextlib

from harness import Exporter, FakeGanesha, LoopbackServer, PrivateBus, wait_until

POLL = '--poll.interval=1s', '--poll.max-duty-ratio=1'


def real_page(*flags, shows, change=lambda fake: None, **of_fake):
    """Of an exporter with these flags and a fake server, as soon as the page of clients has the text `shows`.

    `change` gets the fake server before the exporter starts.
    """
    with PrivateBus() as bus, FakeGanesha(bus, **of_fake) as fake:
        change(fake)
        with Exporter(f'--dbus.address={bus.address}', *POLL, *flags) as exporter:
            wait_until(lambda: exporter.get('/-/ready').status == 200, 120, 'the first poll')
            wait_until(lambda: shows in exporter.get('/metrics?collect[]=clients').text, 60, shows)
            return exporter.get().text


class PageOfEach(LoopbackServer):
    """Serves page(NAME), which a subclass defines, as /NAME; None is an error."""

    # Prometheus' configuration: each instance has the path of its name.
    relabel = {'source_labels': ['instance'], 'regex': '(.*)', 'target_label': '__metrics_path__', 'replacement': '/$1'}

    def get(self, request):
        page = self.page(request.path.strip('/'))
        request.send_response(503 if page is None else 200)
        request.send_header('Content-Type', 'text/plain; version=0.0.4')
        request.end_headers()
        # The scrape may have timed out.
        with contextlib.suppress(ConnectionError):
            request.wfile.write((page or '').encode())
