#!/usr/bin/python3
"""The exporter exits within a second of SIGTERM or SIGINT, whatever its clients and its bus do."""
import contextlib
import re
import signal
import socket

from component import A_SECOND, ComponentTest, run_tests
from harness import LOOPBACK, parse_text_format, sanitized, wait_until

# Clients, for a page that does not fit into the buffers; sanitizers make it slow to render and to send.
MANY, MORE = (100, 200) if sanitized() else (300, 1000)
SIGNALS = signal.SIGTERM, signal.SIGINT


class TheEnd(ComponentTest):
    def check(self, exporter, number):
        seconds = exporter.seconds_to_end(number)
        self.assertLess(seconds, A_SECOND)
        self.assertEqual(exporter.process.returncode, 0, exporter.log)

    def request(self, exporter, receive_buffer=None):
        client = self.enterContext(contextlib.closing(socket.socket()))
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(10)
        client.connect((LOOPBACK, exporter.port))
        client.sendall(b'GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n')
        return client

    def test_comes_at_once(self):
        _, exporter = self.start_both()
        for number in SIGNALS:
            with self.subTest(number.name):
                exporter.restart()
                self.wait_whole(exporter)
                self.check(exporter, number)

    def test_comes_without_ganesha_or_bus(self):
        self.check(self.start_exporter(), signal.SIGTERM)
        self.bus.stop()
        self.check(self.start_exporter(), signal.SIGTERM)

    def test_does_not_wait_for_idle_connections(self):
        for number in SIGNALS:
            with self.subTest(number.name):
                exporter = self.start_exporter()
                clients = [self.request(exporter) for _ in range(3)]
                for client in clients:
                    self.assertIn(b'200 OK', client.recv(65536))
                self.check(exporter, number)

    def test_does_not_wait_for_half_a_request(self):
        exporter = self.start_exporter()
        client = self.enterContext(socket.create_connection((LOOPBACK, exporter.port)))
        client.sendall(b'GET /metrics HT')
        self.check(exporter, signal.SIGTERM)

    def test_lets_a_slow_reader_finish(self):
        _, exporter = self.start_both(clients=MANY)
        for number in SIGNALS:
            with self.subTest(number.name):
                exporter.restart()
                self.wait_whole(exporter)
                client = self.request(exporter, receive_buffer=4096)
                answer = client.recv(1000)
                length = int(re.search(rb'Content-Length: (\d+)', answer)[1])
                exporter.process.signal(number)
                wait_until(lambda: exporter.log_lines('Stopping'), what='the stop to begin')
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # A slow machine must finish in time.
                while piece := client.recv(65536):
                    answer += piece
                body = answer.partition(b'\r\n\r\n')[2]
                if not sanitized():  # The program is slow, and waits less than a second at its end.
                    self.assertEqual(len(body), length, 'the scrape was cut off')
                    parse_text_format(body.decode())
                exporter.process.wait()
                self.assertEqual(exporter.process.returncode, 0, exporter.log)

    def test_does_not_wait_for_a_reader_that_sleeps(self):
        _, exporter = self.start_both(clients=MORE)
        self.request(exporter, receive_buffer=4096).recv(1000)
        self.check(exporter, signal.SIGTERM)


if __name__ == '__main__':
    run_tests()
