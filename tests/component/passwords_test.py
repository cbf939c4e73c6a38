#!/usr/bin/python3
"""Passwords, the rate limit and added headers of the web configuration, with real curl; and what a thousand wrong
passwords a second cost others. ATTACK_SECONDS sets how long each attack takes."""
import ast
import base64
import contextlib
import http.client
import os
import pathlib
import statistics
import subprocess
import sys
import time

from component import ComponentTest, run_tests_of
from harness import LOOPBACK, REPOSITORY, Process, memory_bytes, sanitized, wait_until

SECONDS = float(os.environ.get('ATTACK_SECONDS') or 4)
USER, PASSWORD = 'prometheus', 'prometheus-password'
SALT = 'abcdefghijklmnopqrstuu'
QUICK_HASH = f'$2y$04${SALT}ebck8Sc2ch9pyeXHtF37im9h8m1K5ue'
USUAL_HASH = f'$2y$10${SALT}un0OIPoWn4Q0ebls.BXs9fmuMWCoby.'
HASH_OF_LATE = f'$2y$10${SALT}5ma8w2jYoib1yKWFcyUW2FNkuB1Z5Ou'  # late-password
SLOW_HASH = QUICK_HASH.replace('$04$', '$18$')  # a check takes about 15 s
ELSEWHERE = '127.0.0.2'
A_LONG_TIME = 60
ATTEMPTS = 4  # Times on a machine that does other things too: one good measurement says that it can be reached.
TWICE = 2.0
FAR_SLOWER = 1000.0
LEAST_RATE = 500  # Wrong passwords a second: on a busy machine fewer than a thousand come.


def users(**hashes):
    return 'basic_auth_users:\n' + ''.join(f'  {user}: {value}\n' for user, value in hashes.items())


def basic(user, password):
    return {'Authorization': 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()}


def cpu_seconds(pid):
    """Of all threads, in nanoseconds' precision."""
    tasks = pathlib.Path(f'/proc/{pid}/task').iterdir()
    return sum(int((task / 'schedstat').read_text().split()[0]) for task in tasks) / 1e9


class WithAWebConfiguration(ComponentTest):
    def start_with(self, text, *flags):
        file = self.bus.folder / 'web.yml'
        file.write_text(text)
        return self.start_exporter(f'--web.config.file={file}', *flags)

    def get(self, exporter, user=USER, password=PASSWORD, path='/metrics', source=LOOPBACK):
        connection = http.client.HTTPConnection(LOOPBACK, exporter.port, timeout=A_LONG_TIME, source_address=(source, 0))
        with contextlib.closing(connection):
            connection.request('GET', path, headers=basic(user, password))
            response = connection.getresponse()
            response.read()
            return response.status

    def curl(self, exporter, *arguments, path='/metrics'):
        """The status and the head of the response."""
        done = subprocess.run(['curl', '--silent', '--include', '--max-time', str(A_LONG_TIME), *arguments,
                               f'http://{exporter.address}{path}'], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[1]), done.stdout.split('\n\n')[0].split('\r\n\r\n')[0]


class APassword(WithAWebConfiguration):
    def test_is_asked_for_on_all_pages_but_the_probes(self):
        exporter = self.start_with(users(prometheus=QUICK_HASH))
        for path in '/', '/metrics', '/api/v1/status', '/nothing', '/static/', '/-/reload':
            with self.subTest(path):
                status, head = self.curl(exporter, path=path)
                self.assertEqual(status, 401)
                self.assertIn('WWW-Authenticate: Basic realm="ganesha_exporter"', head)
        for path in '/-/healthy', '/-/ready':
            self.assertIn(self.curl(exporter, path=path)[0], (200, 503), path)

    def test_opens_the_pages_to_its_user_alone(self):
        for hashed in QUICK_HASH, QUICK_HASH.replace('2y', '2a', 1), QUICK_HASH.replace('2y', '2b', 1):
            exporter = self.start_with(users(prometheus=hashed, other=QUICK_HASH))
            with self.subTest(hashed):
                for credentials, status in ((f'{USER}:{PASSWORD}', 200), (f'other:{PASSWORD}', 200),
                                            (f'{USER}:', 401), (f'{USER}:{PASSWORD}x', 401), (f':{PASSWORD}', 401),
                                            (f'nobody:{PASSWORD}', 401), (f'Prometheus:{PASSWORD}', 401)):
                    for _ in range(2):  # checked, then known
                        self.assertEqual(self.curl(exporter, '--user', credentials)[0], status, credentials)

    def test_that_is_new_holds_after_a_reload(self):
        exporter = self.start_with(users(prometheus=QUICK_HASH, old=QUICK_HASH))
        self.assertEqual(self.get(exporter), 200)
        self.assertEqual(self.get(exporter, 'old'), 200)
        self.assertEqual(self.get(exporter, 'new'), 401)
        (self.bus.folder / 'web.yml').write_text(users(prometheus=QUICK_HASH, new=QUICK_HASH))
        wait_until(lambda: self.get(exporter, 'new') == 200, A_LONG_TIME, 'the reload')
        self.assertEqual(self.get(exporter, 'old'), 401)
        self.assertEqual(self.get(exporter), 200)

    def test_that_takes_long_to_check_does_not_delay_the_exit(self):
        exporter = self.start_with(users(prometheus=SLOW_HASH))
        with http_connection(exporter) as connection:
            connection.request('GET', '/metrics', headers=basic(USER, 'wrong'))
            wait_until(lambda: cpu_rises(exporter.pid), A_LONG_TIME, 'the check')
            self.assertEqual(self.curl(exporter, path='/-/healthy')[0], 200)
            self.assertLess(exporter.seconds_to_end(), 8)


@contextlib.contextmanager
def http_connection(exporter):
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, exporter.port, timeout=A_LONG_TIME)) as connection:
        yield connection


def cpu_rises(pid):
    """Whether some thread computes."""
    before = cpu_seconds(pid)
    time.sleep(0.1)
    return cpu_seconds(pid) - before > 0.02


class Responses(WithAWebConfiguration):
    def test_are_limited_in_their_rate(self):
        exporter = self.start_with('rate_limit: {interval: 1h, burst: 2}\n')
        self.assertEqual([self.curl(exporter)[0] for _ in range(3)], [200, 200, 429])
        self.assertIn('Retry-After: ', self.curl(exporter)[1])
        self.assertEqual(self.curl(exporter, path='/-/healthy')[0], 200)

    def test_have_the_headers_of_the_configuration(self):
        exporter = self.start_with(users(prometheus=QUICK_HASH) + 'http_server_config:\n  headers:\n'
                                   '    X-Frame-Options: deny\n    Strict-Transport-Security: max-age=60\n')
        for credentials in f'{USER}:{PASSWORD}', f'{USER}:wrong':
            for path in '/metrics', '/', '/-/healthy':
                head = self.curl(exporter, '--user', credentials, path=path)[1]
                self.assertEqual(head.count('X-Frame-Options: deny'), 1)
                self.assertEqual(head.count('Strict-Transport-Security: max-age=60'), 1)


class AnUnknownUser(WithAWebConfiguration):
    """Costs as much as a wrong password."""
    TIMES = 9
    KNOWN_TIMES = 150

    def setUp(self):
        super().setUp()
        self.exporter = self.start_with(users(prometheus=USUAL_HASH), '--poll.interval=1h')

    def cost(self, user, passwords):
        """Processor time of the exporter for these requests."""
        before = cpu_seconds(self.exporter.pid)
        for password in passwords:
            self.assertEqual(self.get(self.exporter, user, password), 401)
        return cpu_seconds(self.exporter.pid) - before

    def test_costs_as_much_to_check(self):
        known, unknown = [], []
        for number in range(self.TIMES):
            known.append(self.cost(USER, [f'wrong{number}']))
            unknown.append(self.cost(f'user{number}', [f'wrong{number}']))
        self.compare('checked', known, unknown)

    def test_costs_as_much_when_the_answer_is_known(self):
        known, unknown = [], []
        for number in range(self.TIMES):
            known.append(self.cost(USER, ['wrong'] * self.KNOWN_TIMES))
            unknown.append(self.cost('user', ['wrong'] * self.KNOWN_TIMES))
        self.compare('known', known, unknown)

    def compare(self, what, known, unknown):
        ratio = statistics.median(unknown) / statistics.median(known)
        print(f'unknown user, {what}: {statistics.median(unknown) * 1000:.2f} ms of processor time, '
              f'{ratio:.2f} times a wrong password')
        self.assertGreater(ratio, 0.6)
        self.assertLess(ratio, 1.6)


class AThousandWrongPasswordsASecond(WithAWebConfiguration):
    SECOND_SCRAPES = 0.01

    def setUp(self):
        super().setUp()
        self.start_fake(clients=10_000)
        self.exporter = self.start_with(users(prometheus=USUAL_HASH, late=HASH_OF_LATE), '--collector.clients.max=0',
                                        '--poll.interval=1h')
        wait_until(lambda: self.page_bytes() > 1_000_000, A_LONG_TIME, 'the page of 10,000 clients')

    def page_bytes(self):
        return len(self.exporter.get(headers=basic(USER, PASSWORD)).text)

    @contextlib.contextmanager
    def attack(self, kind):
        process = Process([sys.executable, REPOSITORY / 'tests/support/password_attack.py', kind, self.exporter.port],
                          self.bus.folder / f'{kind}.{time.monotonic()}.log')
        try:
            wait_until(lambda: self.statuses(process).get(429, 0) > 100, A_LONG_TIME, 'the attack')
            yield process
        finally:
            process.stop()

    def statuses(self, process):
        lines = process.log.read_text().split('\n')[:-1]
        return ast.literal_eval(lines[-1]) if lines else {}

    def scrapes(self, seconds):
        """Seconds of each right scrape, gzip as Prometheus asks for it, on a kept-alive connection."""
        times, end = [], time.monotonic() + seconds
        headers = {**basic(USER, PASSWORD), 'Accept-Encoding': 'gzip'}
        with http_connection(self.exporter) as connection:
            while time.monotonic() < end:
                start = time.monotonic()
                connection.request('GET', '/metrics', headers=headers)
                response = connection.getresponse()
                response.read()
                times.append(time.monotonic() - start)
                self.assertEqual(response.status, 200)
                time.sleep(self.SECOND_SCRAPES)
        return times

    def ratio(self, kind):
        """How much longer a scrape takes with the attack, measured beside each other."""
        alone = self.scrapes(SECONDS / 2)
        with self.attack(kind) as process:
            before, start = sum(self.statuses(process).values()), time.monotonic()
            attacked = self.scrapes(SECONDS)
            rate = (sum(self.statuses(process).values()) - before) / (time.monotonic() - start)
            self.assertEqual(self.get(self.exporter, path='/-/healthy', password='wrong'), 200)
            self.assertLessEqual(set(self.statuses(process)), {401, 429})
        alone += self.scrapes(SECONDS / 2)
        ratio = statistics.median(attacked) / statistics.median(alone)
        print(f'{kind}: {rate:.0f} wrong passwords a second; a scrape takes {statistics.median(attacked) * 1000:.1f} ms, '
              f'{statistics.median(alone) * 1000:.1f} ms without: {ratio:.2f} times')
        return ratio if rate > LEAST_RATE else FAR_SLOWER

    def check(self, kind):
        memory = memory_bytes(self.exporter.pid, 'VmHWM')
        ratios = []
        while len(ratios) < ATTEMPTS and min(ratios, default=FAR_SLOWER) > TWICE:
            ratios.append(self.ratio(kind))
        self.assertLess(min(ratios), TWICE)
        self.assertLess(memory_bytes(self.exporter.pid, 'VmHWM'), memory + 64e6)

    def test_on_kept_connections_slow_no_scrape_down(self):
        self.check('kept')

    def test_on_new_connections_slow_no_scrape_down(self):
        self.check('new')

    def test_let_a_new_user_in_from_elsewhere(self):
        with self.attack('kept'):
            self.assertEqual(self.get(self.exporter, 'late', 'late-password', source=ELSEWHERE), 200)


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'curl')
