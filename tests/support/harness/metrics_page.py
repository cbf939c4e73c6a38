"""A stand-in for the page of metrics that a Ganesha serves itself, as a test wants it."""
import contextlib
import re

from .http import LoopbackServer
from .process import REPOSITORY

RECORDED = REPOSITORY / 'tests/fixtures/built_in'
VALUE = re.compile(r'(?m)^([^#\n].*) (\S+)$')

# An export that has each of these families in the recorded page.
BY_EXPORT = {'nfs_latency_ms_by_export': 3, 'nfs_request_size_by_export_bytes': 1, 'nfs_response_size_by_export_bytes': 1}


def recorded_page(version='15.2'):
    return (RECORDED / f'{version}.txt').read_text()


def grown(text, times):
    """The page with all values multiplied, so that its histograms remain whole."""
    return VALUE.sub(lambda line: f'{line[1]} {float(line[2]) * times:.17g}', text)


def with_exports(count):
    """The recorded page, in which `count` more exports are busy: each has calls of 20 procedures, reads and writes. The
    ids follow those of the recorded page. 1.6 MB for 18."""
    page = recorded_page()
    for family, recorded in BY_EXPORT.items():
        series = [line for line in page.splitlines(keepends=True)
                  if line.startswith(family) and f'export_id={recorded}' in line]
        create = [line for line in series if '"create"' in line]
        more = ''.join(
            line.replace(f'export_id={recorded}', f'export_id={4 + i}').replace('"create"', f'"procedure_{j}"')
            for i in range(count) for j in range(20 if create else 1) for line in create or series)
        page = re.sub(rf'# TYPE {family} .*\n', lambda head: head[0] + more, page)
    return page


class MetricsPage(LoopbackServer):
    """Serves `text` at /metrics. Attributes: `requests`, how many came; `manner`, how they are answered."""

    def __init__(self, text):
        self.text = text
        self.requests = 0
        self.manner = whole

    @property
    def url(self):
        return f'http://{self.address}/metrics'

    def get(self, request):
        self.requests += 1
        with contextlib.suppress(OSError):  # The client may leave at any time.
            self.manner(request, self.text.encode() if request.path == '/metrics' else b'')


def begin(request, status=200, length=None):
    request.send_response(status)
    if length is not None:
        request.send_header('Content-Length', length)
    request.end_headers()


def whole(request, page):
    begin(request, 200 if page else 404, len(page))
    request.wfile.write(page)


def half_sent(request, page):
    """The connection ends in the middle of the page."""
    begin(request, length=len(page))
    request.wfile.write(page[:len(page) // 2])


def cut_once(server, before):
    """The page up to this text, then whole pages. As Ganesha does, no length is sent."""
    def manner(request, page):
        server.manner = whole
        begin(request)
        request.wfile.write(page[:page.index(before.encode())])
    return manner


def endless(request, page):
    """Never ends, and never is too slow."""
    begin(request)
    while True:
        request.wfile.write(page)


def slow(request, page):
    """The rest never comes."""
    begin(request, length=len(page))
    request.wfile.write(page[:1])
    request.rfile.read()  # Until the client has given up.


def refused(request, _page):
    begin(request, 503, 0)
