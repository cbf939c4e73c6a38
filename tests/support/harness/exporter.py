"""The exporter under test. It and the fake Ganesha are in $GANESHA_BUILD_DIR."""
import functools
import os
import pathlib
import re
import signal
import subprocess
import time

from .http import accepts, http_get
from .process import LOOPBACK, REPOSITORY, HarnessError, Process, Service, text_tail
from .text_format import parse_text_format

AS_ROOT = 'Running as root'
REPORT_LINES = 60  # A sanitizer's report is long.
END_SECONDS = 60  # The test says how soon it must have ended.


def build_dir():
    return pathlib.Path(os.environ.get('GANESHA_BUILD_DIR') or REPOSITORY / 'build/release')


def binary(name):
    return build_dir() / name


def built_with(flag):
    cache = build_dir() / 'CMakeCache.txt'
    return cache.exists() and flag in cache.read_text(errors='replace')


@functools.cache
def sanitized():
    """Whether the programs are built with sanitizers: they are slow, and their memory use means nothing."""
    return bool(os.environ.get('GANESHA_SANITIZED')) or built_with('-fsanitize=')


@functools.cache
def seeks_races():
    """Whether that is the thread sanitizer: how long something takes means nothing either."""
    return built_with('-fsanitize=thread')


def run_exporter(*flags, timeout=30, env=None):
    """Runs the exporter until it exits, for flags that do not serve. Returns its subprocess.CompletedProcess."""
    return subprocess.run([binary('ganesha_exporter'), *map(str, flags)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout, env={**os.environ, **(env or {})})


class Exporter(Service):
    """ganesha_exporter with these flags, on a free loopback port unless a flag says where.

    Attributes: address (host:port; another one after a restart unless a flag names the port) and
    log, what it wrote on standard error since its latest start.
    """

    def __init__(self, *flags, binary=None, env=None, listening=None):
        """`listening` is its port if the log does not have it."""
        super().__init__()
        self.known_port = listening
        self.flags = [str(flag) for flag in flags]
        self.binary = binary
        self.env = env
        self.starts = 0

    def start(self):
        self.launch()
        self.address = self.process.wait_ready(self._listening, 'the exporter to listen')

    def launch(self):
        """Starts it without waiting."""
        listen = [] if any(flag.startswith('--web.listen-address') for flag in self.flags) else [
            f'--web.listen-address={LOOPBACK}:0']
        self.starts += 1
        self.process = Process([self.binary or binary('ganesha_exporter'), *listen, *self.flags],
                               self.folder / f'exporter.{self.starts}.log', env=self.env)

    def stop(self):
        """SIGTERM. Any exit code but 0, as after a sanitizer's report, is a HarnessError."""
        if self.process and super().stop():
            raise HarnessError(f'the exporter ended with {self.process.returncode}\n'
                               f'{text_tail(self.process.log, REPORT_LINES)}')

    def seconds_to_end(self, number=signal.SIGTERM):
        """Sends the signal and returns the time until the exit; stop() checks the exit code."""
        start = time.monotonic()
        self.process.signal(number)
        self.process.wait(END_SECONDS)
        return time.monotonic() - start

    @property
    def port(self):
        return int(self.address.rpartition(':')[2])

    @property
    def log(self):
        """All that was logged up to now."""
        self.process.wait_threads()
        return self.process.log.read_text(errors='replace')

    def log_lines(self, text):
        return [line for line in self.log.splitlines() if text in line]

    def problems(self):
        """The warnings and errors of the log, without the one that the test runs it as root."""
        return [line for level in ('warn', 'error') for line in self.log_lines(f'level={level}')
                if AS_ROOT not in line]

    def get(self, path='/metrics', headers=None, **options):
        host, _, port = self.address.rpartition(':')
        return http_get(host.strip('[]'), int(port), path, headers, **options)

    def metrics(self, path='/metrics'):
        response = self.get(path)
        if response.status != 200:
            raise HarnessError(f'{path} answers {response.status}: {response.text}')
        return parse_text_format(response.text)

    def _listening(self):
        if self.known_port:
            return f'{LOOPBACK}:{self.known_port}' if accepts(self.known_port) else None
        match = re.search(r'"?msg"?[=:]"?Listening"?.*?address"?[=:]"?([^\s"]+)', self.log)
        return match and match[1]
