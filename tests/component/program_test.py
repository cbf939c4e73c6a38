#!/usr/bin/python3
"""The program and its flags: what it prints, what it refuses, how it ends."""
import contextlib
import json
import re
import signal
import socket
import time
import unittest

from component import A_SECOND, QUICK, ComponentTest, calls_with, families, is_whole, run_tests, sample
from harness import LOOPBACK, Exporter, free_port, parse_text_format, run_exporter, wait_until

SIGNALS = signal.SIGTERM, signal.SIGINT


class Once(ComponentTest):
    def once(self, *flags):
        start = time.monotonic()
        done = run_exporter('--once', f'--dbus.address={self.bus.address}', *flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        return parse_text_format(done.stdout), time.monotonic() - start

    def test_prints_one_scrape(self):
        self.start_fake()
        metrics, _ = self.once()
        self.assertTrue(is_whole(metrics))
        self.assertEqual(sample(metrics, 'ganesha_client_operations_total', client='10.0.0.1', protocol='NFSv3',
                                operation='read'), 11)
        self.assertEqual(families(metrics, 'process_'), set(), 'node_exporter has its own')

    def test_prints_ganesha_up_0_after_the_heartbeat_timeout(self):
        metrics, took = self.once('--heartbeat.timeout=1s')
        self.assert_nothing_of_ganesha(metrics)
        self.assertGreater(took, 0.9)
        self.assertLess(took, 1 + A_SECOND)

    def test_does_so_without_a_bus_too(self):
        self.bus.stop()
        metrics, took = self.once('--heartbeat.timeout=1s')
        self.assert_nothing_of_ganesha(metrics)
        self.assertLess(took, 1 + A_SECOND)

    def test_does_so_when_a_server_never_answers(self):
        fake = self.start_fake()
        fake.control('SetSilent', 'b', True)
        metrics, took = self.once('--heartbeat.timeout=1s')
        self.assertEqual(sample(metrics, 'ganesha_up'), 1, 'its heart beats')
        self.assertLess(took, 1 + A_SECOND)

    def test_works_without_a_heartbeat(self):
        self.start_fake(heartbeat_ms=0)
        metrics, _ = self.once('--heartbeat.timeout=0')
        self.assertTrue(is_whole(metrics))


class Healthcheck(ComponentTest):
    def check(self, address):
        done = run_exporter('--healthcheck', f'--web.listen-address={address}')
        self.assertEqual(len((done.stdout + done.stderr).splitlines()), 1, done)
        return done.returncode

    def test_is_0_when_it_is_ready_and_else_1(self):
        exporter = self.start_exporter()
        self.assertEqual(self.check(exporter.address), 1)
        self.start_fake()
        wait_until(lambda: exporter.get('/-/ready').status == 200, what='readiness')
        self.assertEqual(self.check(exporter.address), 0)

    def test_is_1_when_nobody_is_there(self):
        self.assertEqual(self.check(f'{LOOPBACK}:{free_port()}'), 1)


class WhatIsPrinted(unittest.TestCase):
    def test_the_version(self):
        done = run_exporter('--version')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertRegex(done.stdout, r'^ganesha_exporter \d+\.\d+\.\d+ \(\w+\)\n$')

    def test_the_help_explains_every_flag_and_its_default(self):
        for flag in '--help', '-h':
            done = run_exporter(flag)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
        for words in ('--dbus.address', '--web.listen-address', 'default: :19587', '--poll.interval',
                      'default: 5s', '--heartbeat.timeout', 'default: 10s', 'collector.clients', '--once',
                      '--dbus.window', 'default: 32', '--poll.max-duty-ratio', 'default: 0.1'):
            self.assertIn(words, done.stdout)

    def test_a_good_configuration_is_said_to_be_good(self):
        done = run_exporter('--config.check', '--poll.interval=1m30s')
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_a_bad_flag_is_one_line_that_says_what(self):
        bad = ['--nonsense', '--poll.interval=5', '--poll.interval=-1s', '--dbus.window=0', '--dbus.window=101',
               '--web.listen-address=nonsense', '--web.listen-address=:99999', '--log.level=loud',
               '--poll.max-duty-ratio=2', '--web.telemetry-path=metrics', '--collector.nonsense', 'argument',
               '--heartbeat.timeout', '--once=']
        for flag in bad:
            for check in [], ['--config.check']:
                with self.subTest(flag, check=bool(check)):
                    done = run_exporter(flag, *check)
                    self.assertEqual((done.returncode, done.stdout), (1, ''), done)
                    self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                    self.assertIn(flag.partition('=')[0].lstrip('-'), done.stderr)

    def test_a_taken_port_is_one_line_that_says_what_to_do(self):
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            address = f'{LOOPBACK}:{taken.getsockname()[1]}'
            done = run_exporter(f'--web.listen-address={address}', '--log.level=error')
        self.assertEqual((done.returncode, done.stdout), (1, ''), done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(address, done.stderr)
        self.assertIn('--web.listen-address', done.stderr, 'what to do')

    def test_an_address_of_another_machine_is_one_line(self):
        done = run_exporter('--web.listen-address=192.0.2.99:19587', '--log.level=error')
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done)
        self.assertIn('192.0.2.99:19587', done.stderr)


class TheEnd(ComponentTest):
    """SIGTERM and SIGINT: exit code 0 within a second; Exporter.stop() looks at the code."""

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
        for number in SIGNALS:
            with self.subTest(number.name):
                self.start_fake()
                self.check(self.start_exporter(), number)

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
        _, exporter = self.start_both(clients=1000)
        for number in SIGNALS:
            with self.subTest(number.name):
                exporter.restart()
                self.wait_whole(exporter)
                client = self.request(exporter, receive_buffer=4096)
                answer = client.recv(1000)
                length = int(re.search(rb'Content-Length: (\d+)', answer)[1])
                exporter.process.signal(number)
                wait_until(lambda: exporter.log_lines('Stopping'), what='the stop to begin')
                while piece := client.recv(65536):
                    answer += piece
                body = answer.partition(b'\r\n\r\n')[2]
                self.assertEqual(len(body), length, 'the scrape was cut off')
                parse_text_format(body.decode())
                exporter.process.wait()
                self.assertEqual(exporter.process.returncode, 0, exporter.log)

    def test_does_not_wait_for_a_reader_that_sleeps(self):
        _, exporter = self.start_both(clients=1000)
        self.request(exporter, receive_buffer=4096).recv(1000)
        self.check(exporter, signal.SIGTERM)

    def test_is_said_by_two_signals_as_by_one(self):
        exporter = self.start_exporter()
        exporter.process.signal(signal.SIGTERM)
        self.check(exporter, signal.SIGTERM)


class Collectors(ComponentTest):
    def served(self, *flags):
        exporter = self.start_exporter(*flags)
        metrics = self.wait_for(exporter, lambda page: sample(page, 'ganesha_up')
                                and sample(page, 'ganesha_exporter_polls_total'), 'a poll')
        named = {dict(labels).get('collector') for name, labels in metrics
                 if name == 'ganesha_exporter_collector_success'}
        by_family = {name for name, family in (
            ('server', 'ganesha_info'), ('exports', 'ganesha_exports'), ('clients', 'ganesha_clients'))
            if family in families(metrics)}
        self.assertEqual(named, by_family)
        return by_family

    def test_are_chosen_by_flags(self):
        fake = self.start_fake()
        self.assertEqual(self.served('--no-collector.clients'), {'server', 'exports'})
        self.assertNotIn('clientmgr.ShowClients', fake.calls())
        self.assertEqual(self.served('--collector.disable-defaults', '--collector.clients'), {'clients'})
        self.assertEqual(self.served('--collector.disable-defaults'), set())
        self.assertEqual(self.served('--no-collector.exports', '--collector.exports'),
                         {'server', 'exports', 'clients'})


class TheLog(ComponentTest):
    def test_is_logfmt_or_json(self):
        for log_format in 'logfmt', 'json':
            with self.subTest(log_format):
                exporter = self.start_exporter(f'--log.format={log_format}')
                wait_until(lambda: 'Connected' in exporter.log, what='a line more')
                exporter.stop()
                lines = exporter.log.splitlines()
                for line in lines:
                    if log_format == 'json':
                        self.assertLessEqual({'ts', 'level', 'msg'}, json.loads(line).keys())
                    else:
                        self.assertRegex(line, r'^ts=\S+Z level=(debug|info|warn|error) msg=("[^"]+"|\S+)')
                self.assertIn('Stopping', lines[-1])

    def test_keeps_to_its_level(self):
        port = free_port()
        exporter = self.enterContext(Exporter(
            f'--dbus.address={self.bus.address}', *QUICK, '--log.level=error',
            f'--web.listen-address={LOOPBACK}:{port}', listening=port))
        self.start_fake()
        self.wait_whole(exporter)
        exporter.stop()
        self.assertEqual(exporter.log, '')


class TheMachinesBus(ComponentTest):
    def test_is_the_default_and_named_by_the_environment(self):
        self.start_fake()
        exporter = self.enterContext(Exporter(*QUICK, env={'DBUS_SYSTEM_BUS_ADDRESS': self.bus.address}))
        metrics = self.wait_whole(exporter)
        self.assertEqual(calls_with(metrics, 'timed_out'), 0)


if __name__ == '__main__':
    run_tests()
