"""A fleet under traffic and the Prometheus that scrapes it, for tests and pictures of dashboards.

files1 is a real Ganesha that its exporter runs; files2 plays 15.2, for what only newer servers tell;
files3 plays 2.5, for what only older ones tell, and goes down; files4 loses its exporter. `golden` serves a
page with every family there is, its counters growing, for what needs GPFS or a kernel's client.
"""
import contextlib
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'support'), str(TESTS / 'supervisor')]
from harness import (  # noqa: E402
    LOOPBACK, Background, Export, Exporter, FakeGanesha, PrivateBus, Prometheus, nfs_read, nfs_write, sample,
    wait_until)
from nfs41 import Nfs41, Nfs41Error  # noqa: E402
from exporter_pages import PageOfEach  # noqa: E402
from supervisor import Configuration, Supervisor  # noqa: E402

SECONDS = 20
COLLECTORS = [f'--collector.{name}' for name in ('export_details', 'layouts', 'delegations', 'fds', 'fsal')]
QUICK = '--poll.interval=1s', '--poll.max-duty-ratio=1', '--heartbeat.timeout=2s', *COLLECTORS
STATISTICS = 'FSAL', 'FULLV3', 'FULLV4', 'AUTH'
SERVED = '/srv'
GOLDEN_PAGES = [TESTS / f'fixtures/pages/{name}.txt' for name in ('everything_measured', 'built_in_15_2')]


def families_of(page):
    """The text of each family of a page, by its name."""
    return {text.split()[2]: text for text in re.split(r'(?m)^(?=# HELP )', page.read_text()) if text}


def with_nfsv3(page):
    """With durations of NFSv3: the recorded server had those of NFSv4 alone."""
    return re.sub(r'(?m)^(ganesha_procedure_duration_seconds_.*protocol=")NFSv4(".*\n)', r'\1NFSv4\2\1NFSv3\2', page)


class GoldenPage(PageOfEach):
    """Golden pages of the unit tests as one; their counters grow by 10 % per second."""

    began = time.time()
    text = with_nfsv3(''.join(
        {name: text for page in reversed(GOLDEN_PAGES) for name, text in families_of(page).items()}.values()))

    def page(self, _name):
        growth = 1 + (time.time() - self.began) / 10
        return re.sub(r'^(\w+_(?:total|bucket|sum|count)(?:\{.*\})?) (\S+)$',
                      # What was never counted counts too: 1 instead of 0 keeps histograms whole.
                      lambda line: f'{line[1]} {(float(line[2]) or 1) * growth}', self.text, flags=re.MULTILINE)


class Workload(Background):
    """Repeats work(round), at most once per this many seconds, until its block ends, and reports failures."""

    def __init__(self, seconds, work):
        super().__init__()
        self.seconds, self.work, self.failure = seconds, work, None

    def __exit__(self, *exception):
        super().__exit__(*exception)
        if self.failure:
            raise self.failure

    def run(self):
        number = 0
        try:
            while not self.done.wait(self.seconds):
                self.work(number)
                number += 1
        except Exception as failure:
            self.failure = failure


def swelling(number, period):
    """From 0 to 1 and back."""
    return (1 - math.cos(2 * math.pi * number / period)) / 2


class Fleet(contextlib.ExitStack):
    """Attributes: prometheus, and start, end and scrape_interval, in whole seconds, of what it has recorded."""

    scrape_interval = 1

    def __enter__(self):
        try:
            self.start_servers()
            self.run_traffic()
        except BaseException:
            self.close()
            raise
        return self

    def start_servers(self):
        """In nfs_namespace(): there the folder has a name that a person would give it."""
        folder = self.enter_context(tempfile.TemporaryDirectory(dir='/var/tmp'))
        subprocess.run(['mount', '--bind', folder, SERVED], check=True)
        self.callback(subprocess.run, ['umount', SERVED], check=True)
        self.files1 = self.enter_context(Configuration(
            nfs3=True, core={f'Enable_{name}_Stats': 'true' for name in STATISTICS},
            exports=[Export(1, path=f'{SERVED}/home', pseudo='/home'),
                     Export(2, path=f'{SERVED}/projects', pseudo='/projects'),
                     Export(3, 'MEM', path='/scratch', pseudo='/scratch')]))
        real = self.enter_context(Supervisor(self.files1, *QUICK, '--ganesha.restart=on-failure'))
        self.end_once(real)
        self.web_config = self.enter_context(tempfile.NamedTemporaryFile('w', suffix='.yml'))
        print('http_server_config: {headers: {X-Frame-Options: deny}}', file=self.web_config, flush=True)
        self.files2, played = self.play(layout='15.2', recorded='15.2', client_procedures='on', clients=5,
                                       exports=4)
        self.files2.control('AddClient', 's', '::ffff:127.0.0.1')  # The one that was recorded.
        self.files3, old = self.play(layout='2.5', clients=2, exports=2)
        self.files4, self.lost = self.play(layout='6.5', clients=1, exports=1)
        golden = self.enter_context(GoldenPage())
        self.prometheus = self.enter_context(Prometheus({
            'ganesha': {'files1': real.address, 'files2': played.address, 'files3': old.address,
                        'files4': self.lost.address},
            'golden': {'golden': golden.address}}))

    @staticmethod
    def end_once(supervisor):
        """So that there is an exit code and a restart."""
        supervisor.kill_one('ganesha.nfsd')
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_supervisor_restarts_total') == 1, 20,
                   'the restart')
        wait_until(lambda: supervisor.get('/-/ready').status == 200, 30, 'the server to be ready again')

    def play(self, **flags):
        """A fake and its exporter on a bus of their own."""
        bus = self.enter_context(PrivateBus())
        fake = self.enter_context(FakeGanesha(bus, heartbeat_ms=500, **flags))
        return fake, self.enter_context(Exporter(f'--dbus.address={bus.address}', f'--web.config.file={self.web_config.name}',
                                                 *QUICK))

    def run_traffic(self):
        """Returns when all is recorded, with files3 and the exporter of files4 down for some seconds."""
        with contextlib.ExitStack() as traffic:
            for each in self.workloads():
                traffic.enter_context(Workload(*each))
            with Workload(0.5, self.later_lost):
                self.wait_recorded(SECONDS * 2 // 3)
            self.files3.kill()
            self.lost.stop()
            self.wait_recorded(SECONDS)

    def wait_recorded(self, seconds):
        """Waits until each server was seen up this often."""
        def recorded():
            self.end = int(time.time())
            return min(self.count('files1'), self.count('files2')) >= seconds
        wait_until(recorded, 60 + 2 * seconds, f'{seconds} s of figures')
        self.start = self.end - SECONDS

    def count(self, instance):
        result = self.prometheus.query(f'sum(count_over_time(ganesha_up{{instance="{instance}"}}[10m]))')
        return float(result[0]['value'][1]) if result else 0

    def workloads(self):
        home, projects, scratch = self.files1.exports
        return [
            (0.3, lambda number: self.stream(11, 1, home, int(1e6 + 3e6 * swelling(number, 60)))),
            # Not NFSv4.2: then the exporter does not read procedures of NFSv4 before 6.1.
            (0.2, lambda number: self.stream(
                12, 1, scratch, int(20_000 + 200_000 * swelling(number, 40)), 8192)),
            (0.2, lambda number: self.small_files(13, projects, 2 + int(10 * swelling(number, 50)))),
            (1.5, self.libnfs),
            (0.25, lambda number: self.files2.control('Tick', 'u', 1 + int(3.5 * swelling(number, 80)))),
            (1, lambda number: self.files2.control('TickSome', 'u', 2))]

    def session(self, host, minor=1):
        return Nfs41(LOOPBACK, self.files1.port, minor, source=f'127.0.0.{host}')

    def stream(self, host, minor, export, size, chunk=Nfs41.CHUNK):
        path = f'{export.pseudo}/stream-{host}'
        with self.session(host, minor) as client:
            client.write(path, os.urandom(size))
            client.read(path, chunk)

    def small_files(self, host, export, files):
        """Many opens, and a LOOKUP that finds nothing."""
        with self.session(host) as client:
            for number in range(files):
                path = f'{export.pseudo}/small-{number}'
                client.write(path, b'x' * 900)
                client.read(path)
                client.remove(path)
            with contextlib.suppress(Nfs41Error):
                client.read(f'{export.pseudo}/nothing')

    def later_lost(self, number):
        self.files3.control('Tick', 'u', 2 + int(8 * swelling(number, 30)))
        self.files4.control('Tick', 'u', 4)

    def libnfs(self, number):
        for version in 3, 4:
            name = f'v{version}-{number}'
            nfs_write(self.files1, version, self.files1.exports[1], name, os.urandom(3000))
            nfs_read(self.files1, version, self.files1.exports[1], name)
