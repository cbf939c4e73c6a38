"""Clients that read and write continuously on a real server, each from its own address."""
import dataclasses
import math
import os
import threading
import time

import page  # noqa: F401  finds the modules beside it
from harness import LOOPBACK, Export
from nfs41 import Nfs41, Nfs41Error


@dataclasses.dataclass
class Load:
    """Who does how much: about every `pause` seconds it writes this many kilobytes and reads them.

    With a `swing` it does so more and less often, in turns of so many seconds.
    """

    client: str
    export: Export
    kilobytes: int
    pause: float
    minor: int = 1
    reads: int = 1
    swing: float = 0

    def next_pause(self):
        if not self.swing:
            return self.pause
        return self.pause * (1.2 + 0.7 * math.sin(2 * math.pi * time.monotonic() / self.swing))


class Traffic:
    """Runs until its block ends, also when the server goes away and comes back."""

    def __init__(self, server, loads):
        self.server, self.over = server, threading.Event()
        self.threads = [threading.Thread(target=self._go_on, args=[load], daemon=True) for load in loads]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_exception):
        self.over.set()
        for thread in self.threads:
            thread.join(20)

    def _go_on(self, load):
        while not self.over.is_set():
            try:
                self._one_session(load)
            except (OSError, Nfs41Error):
                self.over.wait(0.1)

    def _one_session(self, load):
        path, data = f'{load.export.pseudo}/{load.client}', os.urandom(load.kilobytes * 1024)
        with Nfs41(LOOPBACK, self.server.port, load.minor, timeout=5, source=load.client) as client:
            while not self.over.wait(load.next_pause()):
                client.write(path, data)
                for _ in range(load.reads):
                    client.read(path)
