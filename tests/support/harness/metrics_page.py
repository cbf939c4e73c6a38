"""A stand-in for the page of metrics that a Ganesha serves itself, as a test wants it."""
import collections
import contextlib
import re

from .http import LoopbackServer
from .process import REPOSITORY

RECORDED = REPOSITORY / 'tests/fixtures/built_in'
VALUE = re.compile(r'(?m)^([^#\n].*) (\S+)$')

CLIENT_LINE = re.compile(r'(?m)^([^#\n]*client=")[^"]*(".*)\n')


def recorded_page(version='15.2'):
    return (RECORDED / f'{version}.txt').read_text()


def grown(text, times):
    """The page with all values multiplied, so that its histograms remain whole."""
    return VALUE.sub(lambda line: f'{line[1]} {float(line[2]) * times:.17g}', text)


def with_clients(count):
    """The recorded page, in which each line of a client is repeated for `count` more clients: 1.6 MB for 2,900."""
    networks = collections.Counter()  # By what is left without client and value: no two series must become equal.

    def repeated(line):
        series = line[1] + line[2].rpartition(' ')[0]
        network = networks[series]
        networks[series] += 1
        return ''.join([line[0], *(f'{line[1]}10.{network}.{i >> 8}.{i & 255}{line[2]}\n' for i in range(count))])

    return CLIENT_LINE.sub(repeated, recorded_page())


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
