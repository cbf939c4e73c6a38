"""HTTP clients that do harm: idle ones, ones that send byte by byte, ones that never read."""
import contextlib
import itertools
import socket

from harness import Background

KINDS = 'idle', 'slow', 'unread'
REQUEST = b'GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n'
TURN_SECONDS = 0.1


class BadClient:
    """One connection; opened again when it was closed."""

    def __init__(self, kind, address):
        self.kind, self.address, self.socket = kind, address, None

    def step(self):
        """Returns whether it opened a connection."""
        if self.socket is None:
            self._open()
            return True
        try:
            self._send()
        except BlockingIOError:
            pass
        except OSError:
            self.close()
        return False

    def close(self):
        if self.socket:
            self.socket.close()
            self.socket = None

    def _open(self):
        self.socket = socket.socket()
        self.bytes = itertools.cycle(REQUEST[:-2])  # The end of the head never comes.
        if self.kind == 'unread':
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self.socket.connect(self.address)

    def _send(self):
        if self.kind == 'slow':
            self.socket.send(bytes([next(self.bytes)]))
        elif self.kind == 'unread':
            self.socket.send(REQUEST)
            return
        if not self.socket.recv(4096):
            self.close()


class BadClients(Background):
    """This many of each kind, until they are stopped."""

    def __init__(self, port, number):
        super().__init__('bad clients')
        self.clients = [BadClient(kind, ('127.0.0.1', port)) for kind in KINDS for _ in range(number)]
        self.opened = 0

    def run(self):
        while not self.done.wait(TURN_SECONDS):
            self.opened += sum(client.step() for client in self.clients)
        for client in self.clients:
            client.close()
