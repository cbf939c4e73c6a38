#!/usr/bin/python3
"""Passwords, the rate limit and added headers of the web configuration, with real curl."""
import base64
import contextlib
import http.client
import pathlib
import statistics
import subprocess
import time

from component import A_LONG_TIME, ComponentTest, run_tests_of
from harness import LOOPBACK, sanitized, wait_until

USER, PASSWORD = 'prometheus', 'prometheus-password'
SALT = 'abcdefghijklmnopqrstuu'
QUICK_HASH = f'$2y$04${SALT}ebck8Sc2ch9pyeXHtF37im9h8m1K5ue'
USUAL_HASH = f'$2y$10${SALT}un0OIPoWn4Q0ebls.BXs9fmuMWCoby.'
SLOW_HASH = QUICK_HASH.replace('$04$', '$18$')  # a check takes about 15 s
END_SECONDS = 12 if sanitized() else 8


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
            before = cpu_seconds(exporter.pid)
            connection.request('GET', '/metrics', headers=basic(USER, 'wrong'))
            wait_until(lambda: cpu_seconds(exporter.pid) > before + 0.3, A_LONG_TIME, 'the check')
            self.assertEqual(self.curl(exporter, path='/-/healthy')[0], 200)
            self.assertLess(exporter.seconds_to_end(), END_SECONDS)


@contextlib.contextmanager
def http_connection(exporter):
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, exporter.port, timeout=A_LONG_TIME)) as connection:
        yield connection


class Responses(WithAWebConfiguration):
    def test_are_limited_in_their_rate(self):
        exporter = self.start_with('rate_limit: {interval: 1h, burst: 2}\n')
        self.assertEqual([self.curl(exporter)[0] for _ in range(3)], [200, 200, 429])
        self.assertEqual(exporter.log_lines('has no burst'), [])
        self.assertIn('Retry-After: ', self.curl(exporter)[1])
        self.assertEqual(self.curl(exporter, path='/-/healthy')[0], 200)

    def test_are_refused_without_a_burst_as_a_warning_says(self):
        exporter = self.start_with('rate_limit: {interval: 1s}\n')
        self.assertEqual([self.curl(exporter)[0] for _ in range(2)], [429, 429])
        self.assertEqual(len(exporter.log_lines('rate_limit has no burst')), 1)

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


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'curl')
