"""What the actions act on: a real server with its exporter, traffic, a scraper, bad clients, a watch."""
import contextlib
import threading

from checks import QuietPoint, Usage
from clients import BadClients
from harness import HarnessError
from report import Report
from scraper import Scraper
from traffic import Traffic, is_same, libnfs_round, session_round
from truth import BEATING, CHANGING, Truth

WATCH_SECONDS = 0.02
# Further quiet points.
BAD_CLIENTS_STAY = 1
# Lines of Ganesha about connections that a client closed.
NOISE = 'svc_vc_wait'
PROBE = b'the last probe'


class World(contextlib.ExitStack):
    def __init__(self, host, seed, number_of_bad_clients):
        super().__init__()
        self.host, self.seed, self.number_of_bad_clients = host, seed, number_of_bad_clients
        self.report, self.truth = Report(), Truth()
        self.bad_clients = None
        self.disabled = set()
        self.next_export = 100
        self._done = threading.Event()

    def start(self):
        self.enter_context(self.host)
        self.host.start()
        self.truth.becomes(BEATING)
        watch = threading.Thread(target=self._watch, name='watch', daemon=True)
        watch.start()
        self.callback(lambda: (self._done.set(), watch.join()))
        self.traffic = self.enter_context(Traffic(self.ganesha, self.truth, self.report, self.seed))
        self.scraper = self.enter_context(Scraper(self.host, self.truth, self.report))
        self.callback(self.end_bad_clients)

    @property
    def ganesha(self):
        return self.host.ganesha

    @property
    def extra_exports(self):
        return self.ganesha.exports[2:]

    def quiet_point(self):
        """Traffic pauses, every value of the page is compared with the server's own."""
        with self.traffic.paused():
            count = QuietPoint(self.ganesha, self.host.exporter).check()
        self.report.say(f'    quiet: {count} series as the server has them')

    def usage(self):
        return Usage(self.host.bus, self.host.exporter)

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

    def server_dies(self):
        self.truth.lives += 1
        return self.server_changes(self.host.after_death)

    def absence(self, seconds):
        """The server is dead and away for so long, unless the exporter starts it again; then it is started."""
        if self.host.after_death != CHANGING:
            self.report.say(f'    it is away for {seconds:.1f} s')
            self.report.pause(seconds)
        with self.server_changes():
            self.host.start_server()
        self.disabled.clear()

    def begin_bad_clients(self):
        self.end_bad_clients()
        self.bad_clients = BadClients(self.host.exporter.port, self.number_of_bad_clients)
        self.bad_clients_age = 0
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
        for log in self.host.logs():
            lines = [line for line in log.read_text(errors='replace').splitlines() if NOISE not in line]
            yield '\n'.join([str(log), *lines[-number:]])

    def _watch(self):
        """No process ends but by the suite."""
        while not self._done.wait(WATCH_SECONDS):
            with self.host.exporter_there:
                exporter = self.host.exporter.process
                if not exporter.running:
                    self.report.fail(f'the exporter ended with {exporter.returncode}')
                    return
            changes = self.truth.changes
            if not self.host.server_runs() and self.truth.must_run(changes):
                self.report.fail('Ganesha ended, and not by the hand of the suite')
                return
