#!/usr/bin/python3
"""5,000 hostile connections, and unread pages of 10,000 clients: prints what they cost. ATTACK_SECONDS sets how long."""
import contextlib
import http.client
import os
import pathlib
import re
import socket
import statistics
import sys
import time

from component import ComponentTest, run_tests
from harness import LOOPBACK, REPOSITORY, Process, memory_bytes, wait_until

SECONDS = float(os.environ.get('ATTACK_SECONDS') or 4)
ATTACKERS = 5000
SOURCES = LOOPBACK, '127.0.0.2'
PATHS = '/metrics', '/-/healthy'
SECONDS_BETWEEN_REQUESTS = 0.02
SLOWER = 3.0  # A busy machine makes single requests slower: the median is compared.
LONGEST = 3.0  # Seconds of a single request.
SECONDS_THAT_SAY_NOTHING = 0.01  # The attack itself takes a processor: small times are noise.
UNREAD_PAGES_A_SECOND = 16
POLLS_WITH_A_PEAK = 2
MORE_MEMORY = 2.5
MEMORY_AFTERWARDS = 1.2
EVERY_SECOND = '--poll.interval=1s', '--poll.max-duty-ratio=1', '--collector.clients.max=0'


def timed_get(port, path, source):
    """The status and the seconds of one request on a connection of its own."""
    start = time.monotonic()
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30, source_address=(source, 0))
    with contextlib.closing(connection):
        connection.request('GET', path)
        response = connection.getresponse()
        response.read()
        return response.status, time.monotonic() - start


def measure(port, seconds):
    """(status, seconds) of many requests, by source and path."""
    results = {(source, path): [] for source in SOURCES for path in PATHS}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for (source, path), times in results.items():
            times.append(timed_get(port, path, source))
            time.sleep(SECONDS_BETWEEN_REQUESTS)
    return results


class FiveThousandConnections(ComponentTest):
    def check(self, kind):
        _, exporter = self.start_both(*EVERY_SECOND)
        alone = measure(exporter.port, SECONDS / 4)
        attack = Process([sys.executable, REPOSITORY / 'tests/support/http_attack.py', kind, exporter.port,
                          f'--connections={ATTACKERS}'], self.bus.folder / f'{kind}.log')
        self.addCleanup(attack.stop)
        wait_until(lambda: attack.log.read_text().startswith(f'{ATTACKERS} '), 30, 'the attack')
        for key, times in measure(exporter.port, SECONDS).items():
            self.assertEqual({status for status, _ in times}, {200}, key)
            self.compare(kind, key, [t for _, t in times], [t for _, t in alone[key]])

    def compare(self, kind, key, times, alone):
        median, longest = statistics.median(times), max(times)
        slower = median / statistics.median(alone)
        print(f'{kind:6} {key[0]} {key[1]:10}: {len(times)} requests, median {median * 1000:.1f} ms ({slower:.1f} times '
              f'as long as alone), longest {longest * 1000:.1f} ms ({longest / max(alone):.1f} times)')
        self.assertLess(longest, LONGEST, key)
        self.assertLess(median, max(SLOWER * statistics.median(alone), SECONDS_THAT_SAY_NOTHING), key)

    def test_that_are_silent_slow_nobody_down(self):
        self.check('idle')

    def test_that_send_byte_by_byte_slow_nobody_down(self):
        self.check('slow')

    def test_that_do_not_read_slow_nobody_down(self):
        self.check('unread')


class UnreadPages(ComponentTest):
    def test_hold_little_memory_and_give_it_back(self):
        fake, exporter = self.start_fake(clients=10_000), self.start_exporter(*EVERY_SECOND)
        self.wait_whole(exporter, 60)
        self.peak(fake, exporter)  # The start takes more.
        before = self.peak(fake, exporter)
        with contextlib.ExitStack() as readers:
            during = self.peak(fake, exporter, readers)
        self.peak(fake, exporter)
        after = self.peak(fake, exporter)
        print(f'resident memory: {before / 1e6:.0f} MB, with unread pages {during / 1e6:.0f} MB '
              f'({during / before:.2f} times), afterwards {after / 1e6:.0f} MB ({after / before:.2f} times)')
        self.assertLess(during, MORE_MEMORY * before)
        self.assertLess(after, MEMORY_AFTERWARDS * before)

    def peak(self, fake, exporter, readers=None):
        """The most memory it has while it polls and is scraped, and with `readers` while they take nothing.

        The peak is at the end of a poll, and on a busy machine a poll of 10,000 clients can take longer than SECONDS.
        """
        forget_peak(exporter.pid)
        first, end = polls_on(exporter.get()), time.monotonic() + SECONDS
        while time.monotonic() < end or polls_on(exporter.get()) < first + POLLS_WITH_A_PEAK:
            fake.control('Tick', 'u', 1)
            for _ in range(UNREAD_PAGES_A_SECOND if readers else 0):
                reader = readers.enter_context(socket.create_connection((LOOPBACK, exporter.port)))
                reader.sendall(b'GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n')
            exporter.get()
            time.sleep(1)
        return memory_bytes(exporter.pid, 'VmHWM')


def forget_peak(pid):
    """VmHWM is the most that was resident since then."""
    pathlib.Path(f'/proc/{pid}/clear_refs').write_text('5')


def polls_on(page):
    return int(re.search(r'^ganesha_exporter_polls_total (\d+)', page.text, re.M)[1])


if __name__ == '__main__':
    run_tests()
