"""Processes that a test starts, and waiting for them."""
import contextlib
import importlib.util
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SUPPORT = pathlib.Path(__file__).resolve().parents[1]
REPOSITORY = SUPPORT.parents[1]
LOOPBACK = '127.0.0.1'
POLL_SECONDS = 0.02
STOP_SECONDS = 30
# The leak check of gcc 12's sanitizer stops its own process with ptrace and may hang in a container.
# Set ASAN_OPTIONS to enable it; the soak test finds leaks without it.
os.environ.setdefault('ASAN_OPTIONS', 'detect_leaks=0')
START_SECONDS = 30
SKIPPED = 77


class HarnessError(Exception):
    """A process that the harness started failed; the message has the end of its log."""


def wait_until(condition, timeout=60, what='a condition'):
    """Polls `condition` until it returns something true, and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f'no {what} within {timeout} s')
        time.sleep(POLL_SECONDS)


def only_child(pid):
    """The process id of its child; 0 before there is one."""
    return int(pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text() or 0)


def is_stopped(pid):
    """Whether none of its threads runs: the kernel stops them one by one."""
    try:
        return all(stat.read_text().rpartition(')')[2].split()[0] == 'T'
                   for stat in pathlib.Path(f'/proc/{pid}/task').glob('*/stat'))
    except (FileNotFoundError, ProcessLookupError):
        return False  # one ended meanwhile


def stays(condition, seconds):
    """Whether `condition` holds all the time, for events that must not happen."""
    end = time.monotonic() + seconds
    while condition():
        if time.monotonic() > end:
            return True
        time.sleep(POLL_SECONDS)
    return False


def skip(reason):
    """Exits the test program; ctest shows the reason."""
    print(f'skipped: {reason}')
    sys.exit(SKIPPED)


def skip_unless(*tools, root=False, modules=()):
    """Call first in main: skips the test program unless these programs and Python modules are installed."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    missing += [module for module in modules if not importlib.util.find_spec(module)]
    if root and os.geteuid():
        skip('needs root')
    if missing:
        skip(f'{", ".join(missing)} missing: run scripts/install-deps')


def free_port():
    """A port that is free for TCP and UDP on loopback."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((LOOPBACK, 0))
            port = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind((LOOPBACK, port))
                return port


class Process:
    """A child in its own session; its output goes to the file `log`.

    setpriv lets the kernel kill it when the test dies: start it from a thread that stays.
    """

    def __init__(self, argv, log, env=None, cwd=None):
        self.name = pathlib.Path(argv[0]).name
        self.log = pathlib.Path(log)
        with open(self.log, 'ab') as output:
            self._popen = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', *map(str, argv)], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, env={**os.environ, **(env or {})}, cwd=cwd,
                start_new_session=True)
        self.pid = self._popen.pid

    @property
    def returncode(self):
        """None while it runs; minus the signal number if a signal ended it."""
        return self._popen.poll()

    @property
    def running(self):
        return self.returncode is None

    def wait(self, timeout=STOP_SECONDS):
        return self._popen.wait(timeout)

    def signal(self, number):
        """Sends a signal to the process and its children, unless it has been reaped."""
        if self.running:
            os.killpg(self.pid, number)

    def stop(self, timeout=STOP_SECONDS):
        """SIGTERM, then SIGKILL. Returns the exit code."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)  # A stopped process does not handle SIGTERM.
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(timeout)
        return self.kill()

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def log_tail(self):
        return text_tail(self.log)

    def wait_threads(self, timeout=1):
        """Until all threads but the first wait for work, for a short time: what it logs is written by one of them."""
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: all(map(self._waits, self._threads())), timeout)

    def _threads(self):
        tasks = pathlib.Path(f'/proc/{self.pid}/task')
        with contextlib.suppress(FileNotFoundError):
            return [task for task in tasks.iterdir() if task.name != str(self.pid)]
        return []

    @staticmethod
    def _waits(task):
        try:
            return (task / 'stat').read_text().rpartition(')')[2].split()[0] not in 'RD'
        except OSError:
            return True  # it has ended

    def wait_ready(self, condition, what, timeout=START_SECONDS, log_tail=None):
        """Waits for `condition` and returns it; if it cannot become true, the error has the end of the log."""
        log_tail = log_tail or self.log_tail
        try:
            return wait_until(lambda: condition() or not self.running and self._died(log_tail),
                              timeout, what)
        except TimeoutError as error:
            raise HarnessError(f'{self.name}: {error}\n{log_tail()}') from None

    def _died(self, log_tail):
        raise HarnessError(f'{self.name} ended with {self.returncode}\n{log_tail()}')


def memory_bytes(pid, field):
    """VmRSS, resident now, or VmHWM, the most that was."""
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(re.search(rf'^{field}:\s+(\d+) kB', status, re.M)[1]) * 1024


def text_tail(path, lines=15):
    return '\n'.join(path.read_text(errors='replace').splitlines()[-lines:])


class Service:
    """A context manager around one Process and its temporary folder. Subclasses say what to start."""

    parent_folder = None  # The system's temporary folder.

    def __init__(self):
        self.process = None
        self.folder = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(
            prefix=f'{type(self).__name__.lower()}-', dir=self.parent_folder))
        try:
            self.prepare()
            self.start()
        except BaseException:
            with contextlib.suppress(HarnessError):  # The first failure is the one to report.
                self._end()
            raise
        return self

    def __exit__(self, *_exception):
        self._end()

    def _end(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder)

    def prepare(self):
        """Writes what the process needs; once."""

    def start(self):
        """Starts the process and returns when it is ready."""
        raise NotImplementedError

    def stop(self):
        """Returns the exit code, None if it never started."""
        return self.process.stop() if self.process else None

    def kill(self):
        return self.process.kill()

    def restart(self):
        self.stop()
        self.start()

    def freeze(self):
        self.process.signal(signal.SIGSTOP)
        wait_until(lambda: is_stopped(self.pid), what='its threads to stop')

    def thaw(self):
        self.process.signal(signal.SIGCONT)

    @property
    def pid(self):
        return self.process.pid
