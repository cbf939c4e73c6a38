"""Plain HTTP requests to a server on this machine."""
import contextlib
import http.client
import socket
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
