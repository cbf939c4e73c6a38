"""Shared by the tests of `top`: an exporter whose answers the test defines, and `top` connected to it."""
import contextlib
import copy
import http.server
import json
import threading
import unittest
import urllib.parse

from component import wait_until
from harness import LOOPBACK, REPOSITORY, TerminalProgram, binary, free_port

UP = json.loads((REPOSITORY / 'tests/fixtures/top/up.json').read_text())
INTERVAL = '--interval=100ms'


class CannedExporter:
    """Answers with `status`; `silent` keeps it from answering, `asked` are the queries so far."""

    def __init__(self):
        self.status = copy.deepcopy(UP)
        self.silent = threading.Event()
        self.end = threading.Event()
        self.asked = []
        self.answer = None  # (status, body) instead of the normal one.
        self.port = free_port()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.end.set()
        self.stop()

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query))
                if outer.silent.is_set():
                    outer.end.wait()
                code, body = outer.answer or (200, json.dumps(outer.status))
                with contextlib.suppress(ConnectionError):  # The client may have disconnected.
                    self.send_response(code)
                    self.end_headers()
                    self.wfile.write(body.encode())

            def log_message(self, *_arguments):
                pass

        self.server = http.server.ThreadingHTTPServer((LOOPBACK, self.port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.02}).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self):
        return f'{LOOPBACK}:{self.port}'

    def wait_asked(self, **expected):
        """Waits for a request with these parameters; __ stands for a dot."""
        wanted = {name.replace('__', '.'): [value] for name, value in expected.items()}
        wait_until(lambda: self.asked and wanted.items() <= self.asked[-1].items(), what=f'question {wanted}')


class TopTest(unittest.TestCase):
    def setUp(self):
        self.exporter = self.enterContext(CannedExporter())

    def start(self, *flags, **options):
        """Returns when the values are shown."""
        top = self.enterContext(TerminalProgram(
            binary('ganesha_exporter'), 'top', f'--exporter={self.exporter.address}', INTERVAL, *flags,
            **options))
        top.wait_for(r'^(Path|Client) ')
        return top

    def assert_left(self, top):
        self.assertEqual(top.wait(), 0)
        self.assertTrue(top.is_as_before(), top.raw[-80:])
