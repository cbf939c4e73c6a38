#!/usr/bin/python3
"""Silent, slow and non-reading clients keep nobody out; few descriptors mean few connections."""
import contextlib
import http.client
import socket
import stat
import sys

from component import ComponentTest, run_tests, sample
from harness import LOOPBACK, REPOSITORY, Process, binary, sanitized, wait_until

ANOTHER_ADDRESS = '127.0.0.2'
FEWER_DESCRIPTORS = 300  # than attackers
ATTACKERS = 400 if sanitized() else 1000
ROUNDS = 5 if sanitized() else 10


def get(port, path, source):
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30, source_address=(source, 0))
    with contextlib.closing(connection):
        connection.request('GET', path)
        response = connection.getresponse()
        response.read()
        return response.status


def get_among_attackers(port, path):
    """From their address. On a busy machine this client may be the one that has sent nothing for longest: then again."""
    for _ in range(2):
        with contextlib.suppress(http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            return get(port, path, LOOPBACK)
    return get(port, path, LOOPBACK)


def closed(metrics):
    """Connections closed so far, by reason."""
    return {dict(labels)['reason']: value for (name, labels), value in metrics.items()
            if name == 'ganesha_exporter_connections_closed_total'}


class BoundsTest(ComponentTest):
    def start_limited(self, descriptors):
        """An exporter with this hard limit of open files."""
        wrapper = self.bus.folder / 'limited'
        wrapper.write_text(f'#!/bin/sh\nulimit -n {descriptors} && exec "{binary("ganesha_exporter")}" "$@"\n')
        wrapper.chmod(stat.S_IRWXU)
        return self.start_exporter(binary=wrapper)


class AnAttack(BoundsTest):
    def attack(self, kind, port):
        attack = Process([sys.executable, REPOSITORY / 'tests/support/http_attack.py', kind, port, f'--connections={ATTACKERS}'],
                         self.bus.folder / f'{kind}.log')
        self.addCleanup(attack.stop)
        wait_until(attack.log.read_text, 30, 'the report that all are connected')

    def check(self, kind, reasons):
        self.start_fake()
        exporter = self.start_limited(FEWER_DESCRIPTORS)
        self.wait_whole(exporter)
        self.attack(kind, exporter.port)

        def counted():
            # A scrape from the attackers' address may be evicted too.
            with contextlib.suppress(ConnectionError):
                return any(closed(exporter.metrics())[reason] for reason in reasons)
        wait_until(counted, 30, f'one of {reasons}')
        for _ in range(ROUNDS):
            for path in '/metrics', '/-/healthy':
                self.assertEqual(get_among_attackers(exporter.port, path), 200, f'{path} from the attackers\' address')
                self.assertEqual(get(exporter.port, path, ANOTHER_ADDRESS), 200, f'{path} from another address')

    def test_by_silent_clients_changes_only_a_counter(self):
        self.check('idle', ['idle_evicted'])

    def test_by_clients_that_send_slowly_changes_only_a_counter(self):
        self.check('slow', ['idle_evicted'])

    def test_by_clients_that_do_not_read_changes_only_a_counter(self):
        self.check('unread', ['idle_evicted', 'reader_evicted'])


class FewDescriptors(BoundsTest):
    def test_mean_few_connections_and_leave_some_for_the_bus(self):
        self.start_fake()
        exporter = self.start_limited(64)
        self.wait_whole(exporter)
        with contextlib.ExitStack() as clients:
            for _ in range(100):
                clients.enter_context(socket.create_connection((LOOPBACK, exporter.port)))
            self.bus.restart()
            metrics = self.wait_for(exporter, lambda _: len(exporter.log_lines('Connected to the bus')) == 2,
                                    'the restarted bus')
        self.assertGreater(closed(metrics)['idle_evicted'], 0)
        self.assertLess(sample(metrics, 'process_open_fds'), 64)
        self.assertEqual(exporter.log_lines('cannot accept'), [])


class TheCounterOfClosedConnections(ComponentTest):
    def test_has_all_reasons_from_the_start(self):
        metrics = self.start_exporter().metrics()
        self.assertEqual(closed(metrics), dict.fromkeys(
            ('first_byte_timeout', 'request_timeout', 'no_progress', 'write_timeout', 'idle_evicted',
             'reader_evicted', 'page_bytes', 'over_limit', 'error'), 0))


if __name__ == '__main__':
    run_tests()
