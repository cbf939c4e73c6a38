#!/usr/bin/python3
"""The program and its flags: what it prints and what it refuses."""
import contextlib
import json
import signal
import socket
import subprocess
import time
import unittest

from component import QUICK, ComponentTest, calls_with, families, is_whole, run_tests, sample
from harness import LOOPBACK, Exporter, binary, free_port, http_get, parse_text_format, run_exporter, wait_until

EVERY_OTHER_TIMEOUT = 10  # Seconds; also on a slow machine it is the heartbeat's timeout that ends the wait.


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
        self.assertLess(took, EVERY_OTHER_TIMEOUT)

    def test_does_so_without_a_bus_too(self):
        self.bus.stop()
        metrics, took = self.once('--heartbeat.timeout=1s')
        self.assert_nothing_of_ganesha(metrics)
        self.assertLess(took, EVERY_OTHER_TIMEOUT)

    def test_does_so_when_a_server_never_answers(self):
        fake = self.start_fake()
        fake.control('SetSilent', 'b', True)
        metrics, took = self.once('--heartbeat.timeout=1s')
        self.assertEqual(sample(metrics, 'ganesha_up'), 1, 'its heart beats')
        self.assertLess(took, EVERY_OTHER_TIMEOUT)

    def test_works_without_a_heartbeat(self):
        self.start_fake(heartbeat_ms=0)
        metrics, _ = self.once('--heartbeat.timeout=0')
        self.assertTrue(is_whole(metrics))


class Signals(ComponentTest):
    def test_that_mean_nothing_end_nothing(self):
        exporter = self.start_exporter()
        for times in 1, 2:
            for number in signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGHUP:
                exporter.process.signal(number)
            wait_until(lambda times=times: len(exporter.log_lines('nothing to reload')) == times)
        self.assertEqual(exporter.get('/-/healthy').status, 200)


class WhatIsPrinted(unittest.TestCase):
    def test_the_version_and_what_it_was_built_with(self):
        done = run_exporter('--version')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        version, build, libraries = done.stdout.splitlines()
        self.assertRegex(version, r'^ganesha_exporter \d+\.\d+\.\d+ \(\w+\)$')
        self.assertRegex(build, r'^  build:      \w+, \w+ \d+\.[\d.]+$')
        self.assertRegex(libraries, r'^  built with: (\S+ \d[\w.]*, )+\S+ \d[\w.]*$')
        for library in 'Boost', 'OpenSSL', 'sdbus-c++':
            self.assertIn(f'{library} ', libraries)

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
               '--heartbeat.timeout', '--once=maybe', '--dbus.address= unix:path=/x', '--dbus.address=kernel:path=/x',
               '--web.listen-address=[fe80::1]:19587', '--ganesha.bus-path=bus',
               '--ganesha.bus-path=/a b']
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


class Collectors(ComponentTest):
    def served(self, *flags):
        exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *QUICK, *flags))
        # Not the counter of polls, which is read a little later than the rest.
        metrics = self.wait_for(exporter, lambda page: sample(page, 'ganesha_up')
                                and sample(page, 'ganesha_exporter_last_poll_timestamp_seconds'), 'a poll')
        families_of = {'server': 'ganesha_info', 'exports': 'ganesha_exports', 'clients': 'ganesha_clients'}
        named = {dict(labels).get('collector') for name, labels in metrics
                 if name == 'ganesha_exporter_collector_success'} & set(families_of)
        by_family = {name for name, family in families_of.items() if family in families(metrics)}
        self.assertEqual(named, by_family)
        return by_family

    def test_are_chosen_by_flags(self):
        fake = self.start_fake()
        no_clients = [f'--no-collector.{name}' for name in ('clients', 'client_ops', 'client_procedures')]
        self.assertEqual(self.served(*no_clients), {'server', 'exports'})
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

    def test_whose_reader_goes_away_is_no_reason_to_end(self):
        port = free_port()
        exporter = subprocess.Popen(
            [binary('ganesha_exporter'), f'--dbus.address={self.bus.address}', *QUICK,
             f'--web.listen-address={LOOPBACK}:{port}'], stderr=subprocess.PIPE)
        self.addCleanup(exporter.wait)
        self.addCleanup(exporter.kill)
        exporter.stderr.close()
        self.start_fake()  # It logs that Ganesha is up.
        wait_until(lambda: self.is_ready(port) or exporter.poll() is not None, what='readiness')
        exporter.terminate()
        self.assertEqual(exporter.wait(), 0)

    @staticmethod
    def is_ready(port):
        with contextlib.suppress(OSError):
            return http_get(LOOPBACK, port, '/-/ready').status == 200


class TheMachinesBus(ComponentTest):
    def test_is_the_default_and_named_by_the_environment(self):
        self.start_fake()
        exporter = self.enterContext(Exporter(*QUICK, env={'DBUS_SYSTEM_BUS_ADDRESS': self.bus.address}))
        metrics = self.wait_whole(exporter)
        self.assertEqual(calls_with(metrics, 'timed_out'), 0)


if __name__ == '__main__':
    run_tests()
