"""Plain HTTP requests to a server on this machine."""
import contextlib
import http.client
import http.server
import socket
import threading
from typing import NamedTuple

from .process import LOOPBACK


class Response(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()


def http_get(host, port, path, headers=None, method='GET', timeout=10):
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return Response(answer.status, answer.headers, answer.read())


def accepts(port):
    """Whether something listens on this loopback port."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True


class LoopbackServer:
    """An HTTP server for a test, on a free loopback port: `address`.

    A subclass defines `get` or `post`, which take the http.server request and answer it.
    """

    port = 0

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """On the same port as before, if it was stopped."""
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                owner.get(self)

            def do_POST(self):
                owner.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((LOOPBACK, self.port), Handler)
        self.port = self.server.server_port
        self.address = f'{LOOPBACK}:{self.port}'
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
