"""Traffic over every NFS version, each in a thread of its own. It may fail only while the server is disturbed."""
import contextlib
import pathlib
import random
import tempfile
import threading
import time

from harness import LOOPBACK, Background, HarnessError, Process, nfs_url, wait_until
from nfs41 import Nfs41, Nfs41Error
from truth import BEATING

SIZES = {'v3': 100_000, 'v4.0': 3_500, 'v4.1': 100_000, 'v4.2': 100_000}
# Each is a client of its own to the server.
SOURCES = '127.0.0.1', '127.0.0.2'
COPY_SECONDS = 40
PAUSE_SECONDS = 60
# Between two rounds, so that the machine is not busy with traffic alone.
BREATH_SECONDS = 0.05


def copy(source, target, folder, is_abandoned=lambda: False):
    """nfs-cp, which does not end by itself if the server is another one now."""
    with tempfile.TemporaryDirectory(dir=folder) as logs:
        process = Process(['nfs-cp', source, target], pathlib.Path(logs, 'log'))
        try:
            wait_until(lambda: not process.running or is_abandoned(), COPY_SECONDS, 'end of nfs-cp')
        finally:
            process.kill() if process.running else process.wait()
        if process.returncode or not process.log.read_text(errors='replace').startswith('copied '):
            raise HarnessError(f'nfs-cp {source} {target}: {process.log_tail() or process.returncode}')


def libnfs_round(server, version, export, name, data, is_abandoned=lambda: False):
    """Writes and reads by libnfs over v3 or v4.0; a new file each time over v4.0, which cannot overwrite one."""
    url = nfs_url(server, version, export, name)
    with tempfile.TemporaryDirectory(dir=server.folder) as folder:
        source, back = pathlib.Path(folder, 'source'), pathlib.Path(folder, 'back')
        source.write_bytes(data)
        copy(source, url, folder, is_abandoned)
        copy(url, back, folder, is_abandoned)
        return back.read_bytes()


def session_round(server, minor, export, name, data, source=None):
    """Writes, reads and removes over v4.1 or v4.2, from this address."""
    path = f'{export.pseudo}/{name}'
    with Nfs41(LOOPBACK, server.port, minor, source=source) as client:
        client.write(path, data)
        back = client.read(path)
        client.remove(path)
        return back


def is_same(export, written, read):
    """MEM keeps the size of a file alone."""
    return len(read) == len(written) if export.fsal == 'MEM' else read == written


class Stream(Background):
    """Rounds of one version until it is stopped."""

    def __init__(self, version, server, truth, report, seed):
        super().__init__(f'traffic {version}')
        self.version, self.server, self.truth, self.report = version, server, truth, report
        self.random = random.Random(f'{seed} {version}')
        self.turn = threading.Lock()
        self.rounds = self.failed = 0

    def run(self):
        while not self.done.wait(BREATH_SECONDS) and not self.report.failures:
            with self.turn:
                self._round(time.monotonic())

    def _round(self, start):
        data = self.random.randbytes(self.random.randint(1, SIZES[self.version]))
        try:
            export = self.random.choice(self.server.exports[:2])
            if not is_same(export, data, self._transfer(export, data)):
                self.report.fail(f'NFS{self.version} read other bytes than it wrote')
            self.rounds += 1
        except (OSError, HarnessError, Nfs41Error, TimeoutError) as error:
            self.failed += 1
            if self.truth.is_stable(BEATING, start):
                self.report.fail(f'NFS{self.version} failed beside a server that nobody disturbed: {error!r}')

    def _transfer(self, export, data):
        name = f'{self.version}-{time.monotonic_ns()}'
        if self.version in ('v4.1', 'v4.2'):
            return session_round(self.server, int(self.version[-1]), export, name, data, self.random.choice(SOURCES))
        lives = self.truth.lives
        return libnfs_round(self.server, int(self.version[1]), export, name, data,
                            lambda: self.truth.lives != lives)


class Traffic:
    def __init__(self, server, truth, report, seed):
        self.report = report
        self.streams = [Stream(version, server, truth, report, seed) for version in SIZES]

    def __enter__(self):
        for stream in self.streams:
            stream.start()
        return self

    def __exit__(self, *_exception):
        for stream in self.streams:
            stream.done.set()
        for stream in self.streams:
            stream.join()

    @contextlib.contextmanager
    def paused(self):
        """Between two rounds of every version."""
        with contextlib.ExitStack() as stack:
            for stream in self.streams:
                if not stream.turn.acquire(timeout=PAUSE_SECONDS):
                    raise TimeoutError(f'{stream.name} did not end its round within {PAUSE_SECONDS} s')
                stack.callback(stream.turn.release)
            yield

    def summary(self):
        return ', '.join(f'{stream.version} {stream.rounds}' for stream in self.streams)
