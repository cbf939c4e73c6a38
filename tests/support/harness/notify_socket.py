"""A service manager's notify socket: what it is told, in order."""
import contextlib
import pathlib
import shutil
import socket
import tempfile
import threading
import uuid

from .process import wait_until


class NotifySocket:
    """`address` is for NOTIFY_SOCKET. Without `read` nobody reads until read() is called."""

    def __init__(self, abstract=False, read=True):
        self.abstract = abstract
        self.reads = read
        self.messages = []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='notify-'))
        name = f'notify-{uuid.uuid4().hex}'
        self.address = f'@{name}' if self.abstract else f'{self.folder / name}'
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f'\0{name}' if self.abstract else self.address)
        self.reader = threading.Thread(target=self._read)
        if self.reads:
            self.read()
        return self

    def __exit__(self, *_exception):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RD)
        if self.reader.is_alive():
            self.reader.join()
        self.socket.close()
        shutil.rmtree(self.folder)

    def read(self):
        self.reader.start()

    def _read(self):
        while message := self.socket.recv(65536):
            self.messages.append(message.decode())

    def fill(self):
        """Until it takes no more."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, contextlib.suppress(BlockingIOError):
            sender.setblocking(False)
            while True:
                sender.sendto(b'X_FILLED=1', self.socket.getsockname())

    def count(self, message):
        return self.messages.count(message)

    def wait(self, start, timeout=60):
        """For a message that begins so; returns the first."""
        return wait_until(lambda: next((each for each in self.messages if each.startswith(start)), None), timeout,
                          f'{start} among {self.messages}')

    def wait_more(self, message, timeout=60):
        """For two more of them: the first may have been on its way."""
        before = self.count(message)
        wait_until(lambda: self.count(message) >= before + 2, timeout, f'{message} after {before} of them')
