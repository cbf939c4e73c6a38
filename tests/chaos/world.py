"""What the actions act on: a real server on a private bus, an exporter beside it, traffic, a scraper."""
import contextlib
import threading

from checks import QuietPoint, Usage
from clients import BadClients
from harness import Export, Exporter, Ganesha, HarnessError, PrivateBus, Rpcbind
from report import Report
from scraper import Scraper
from traffic import Traffic, is_same, libnfs_round, session_round
from truth import BEATING, CHANGING, HEARTBEAT_SECONDS, TIMEOUT_SECONDS, Truth

POLL = '--poll.interval=200ms', '--poll.max-duty-ratio=1', f'--heartbeat.timeout={TIMEOUT_SECONDS}s'
OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal'
COUNTED = {f'Enable_{name}_Stats': 'true' for name in ('FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps')}
WATCH_SECONDS = 0.02
# Lines of Ganesha about connections that a client closed.
NOISE = 'svc_vc_wait'
PROBE = b'the last probe'
# Of each kind.
BAD_CLIENTS = 30
# Further quiet points.
BAD_CLIENTS_STAY = 1


class World(contextlib.ExitStack):
    def __init__(self, seed):
        super().__init__()
        self.report, self.truth = Report(), Truth()
        self.seed = seed
        self.bad_clients = None
        self.disabled = set()
        self.next_export = 100
        self._done = threading.Event()

    def start(self):
        self.bus = self.enter_context(PrivateBus())
        self.enter_context(Rpcbind())
        self.ganesha = self.enter_context(Ganesha(
            self.bus, [Export(1, 'VFS'), Export(2, 'MEM')], nfs3=True, core=COUNTED,
            heartbeat_ms=HEARTBEAT_SECONDS * 1000))
        self.exporter = self.enter_context(Exporter(
            f'--dbus.address={self.bus.address}', *POLL, *(f'--collector.{name}' for name in OFF_BY_DEFAULT)))
        self.truth.becomes(BEATING)
        watch = threading.Thread(target=self._watch, name='watch', daemon=True)
        watch.start()
        self.callback(lambda: (self._done.set(), watch.join()))
        self.traffic = self.enter_context(Traffic(self.ganesha, self.truth, self.report, self.seed))
        self.scraper = self.enter_context(Scraper(self.exporter, self.truth, self.report))
        self.callback(self.end_bad_clients)

    def quiet_point(self):
        """Traffic pauses, every value of the page is compared with the server's own."""
        with self.traffic.paused():
            count = QuietPoint(self.ganesha, self.exporter).check()
        self.report.say(f'    quiet: {count} series as the server has them')

    def usage(self):
        return Usage(self.bus, self.exporter)

    @property
    def extra_exports(self):
        return self.ganesha.exports[2:]

    def last_probe(self):
        """NFS still works over both versions of libnfs and over sessions."""
        for export in self.ganesha.exports:
            rounds = {'NFSv3': libnfs_round(self.ganesha, 3, export, 'last-3', PROBE),
                      'NFSv4.0': libnfs_round(self.ganesha, 4, export, 'last-4', PROBE),
                      'NFSv4.1': session_round(self.ganesha, 1, export, 'last-session', PROBE)}
            for version, back in rounds.items():
                if not is_same(export, PROBE, back):
                    raise HarnessError(f'the last probe over {version} read other bytes than it wrote')

    @contextlib.contextmanager
    def server_changes(self, afterwards=BEATING):
        """Whatever ends or starts the server happens in here; its end is then the suite's own deed."""
        self.truth.becomes(CHANGING)
        yield
        self.truth.becomes(afterwards)

    def start_server(self):
        with self.server_changes():
            self.ganesha.start()
        self.disabled.clear()

    def begin_bad_clients(self):
        self.end_bad_clients()
        self.bad_clients, self.bad_clients_age = BadClients(self.exporter.port, BAD_CLIENTS), 0
        self.bad_clients.start()

    def age_bad_clients(self):
        """At each quiet point."""
        if self.bad_clients:
            self.bad_clients_age += 1
            if self.bad_clients_age > BAD_CLIENTS_STAY:
                self.end_bad_clients()

    def end_bad_clients(self):
        if self.bad_clients:
            self.bad_clients.stop()
            self.report.say(f'    {self.bad_clients.opened} bad connections were opened')
        self.bad_clients = None

    def last_lines(self, number):
        """Of the logs of exporter and server, where they were started."""
        for service, log in (self.exporter, self.exporter.process.log), (self.ganesha, self.ganesha.log):
            lines = [line for line in log.read_text(errors='replace').splitlines() if NOISE not in line]
            yield '\n'.join([f'{type(service).__name__}: {log}', *lines[-number:]])

    def _watch(self):
        """No process ends but by the suite."""
        while not self._done.wait(WATCH_SECONDS):
            exporter = self.exporter.process
            if not exporter.running:
                self.report.fail(f'the exporter ended with {exporter.returncode}')
                return
            server = self.ganesha.process
            if self.truth.must_run and not server.running and self.truth.must_run and server is self.ganesha.process:
                self.report.fail(f'Ganesha ended with {server.returncode}, and not by the hand of the suite')
                return

