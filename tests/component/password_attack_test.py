#!/usr/bin/python3
"""What a thousand wrong passwords a second from one address cost others. ATTACK_SECONDS sets how long an attack takes."""
import ast
import contextlib
import os
import statistics
import sys
import time

from component import run_tests_of
from harness import LOOPBACK, REPOSITORY, Process, memory_bytes, wait_until
from passwords_test import (
    A_LONG_TIME, PASSWORD, SALT, USER, USUAL_HASH, WithAWebConfiguration, basic, http_connection, users)

SECONDS = float(os.environ.get('ATTACK_SECONDS') or 4)
HASH_OF_LATE = f'$2y$10${SALT}5ma8w2jYoib1yKWFcyUW2FNkuB1Z5Ou'  # late-password
ELSEWHERE = '127.0.0.2'
SECONDS_BETWEEN_SCRAPES = 0.01
ATTEMPTS = 6  # On a machine that does other things too: one good measurement shows that it can be reached.
TWICE = 2.0
FAR_SLOWER = 1000.0
LEAST_RATE = 500  # Wrong passwords a second: on a busy machine fewer than a thousand come.
MORE_MEMORY = 64e6


class AThousandWrongPasswordsASecond(WithAWebConfiguration):
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
                time.sleep(SECONDS_BETWEEN_SCRAPES)
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
        self.assertLess(memory_bytes(self.exporter.pid, 'VmHWM'), memory + MORE_MEMORY)

    def test_on_kept_connections_slow_no_scrape_down(self):
        self.check('kept')

    def test_on_new_connections_slow_no_scrape_down(self):
        self.check('new')

    def test_let_a_new_user_in_from_elsewhere(self):
        with self.attack('kept'):
            self.assertEqual(self.get(self.exporter, 'late', 'late-password', source=ELSEWHERE), 200)


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv')
