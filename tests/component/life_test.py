#!/usr/bin/python3
"""Ganesha and its bus start, stop and restart: ganesha_up follows and no stale values are served."""
import contextlib
import pathlib
import signal
import socket
import tempfile
import time

from component import (
    A_SECOND, BEAT_MS, POLL_SECONDS, QUICK, ComponentTest, calls_with, families, is_whole, run_tests, sample)
from harness import Exporter, busctl, stays, wait_until

BACK = A_SECOND + POLL_SECONDS


class AServersLife(ComponentTest):
    def test_it_may_be_absent_at_the_start(self):
        exporter = self.start_exporter()
        metrics = self.wait_for(
            exporter, lambda page: sample(page, 'ganesha_exporter_dbus_connected'), 'the bus')
        self.assert_nothing_of_ganesha(metrics)
        self.assertEqual(exporter.get('/-/ready').status, 503)
        self.start_fake()
        with self.within(BACK, 'back after the first heartbeat'):
            metrics = self.wait_whole(exporter)
        self.assertEqual(sample(metrics, 'ganesha_owner_changes_total'), 0, 'the first start is no restart')

    def test_a_lost_name_is_down_at_once(self):
        fake, exporter = self.start_both()
        fake.control('ReleaseName')
        with self.within(A_SECOND / 2, 'down when the name is lost'):
            self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        self.assertTrue(stays(lambda: sample(exporter.metrics(), 'ganesha_up') == 0, 3 * BEAT_MS / 1000),
                        'a heartbeat without the name counts')
        fake.control('TakeName')
        with self.within(BACK, 'back when the name is owned again'):
            metrics = self.wait_whole(exporter)
        self.assertEqual(sample(metrics, 'ganesha_owner_changes_total'), 0, 'the same process took it')

    def test_a_restart_is_reported_and_its_counters_are_reset(self):
        fake, exporter = self.start_both()
        fake.control('Tick', 'u', 9)
        self.wait_next_poll(exporter)
        fake.stop()
        self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        fake.start()
        with self.within(BACK, 'back after the first heartbeat'):
            metrics = self.wait_whole(exporter)
        self.assertEqual(sample(metrics, 'ganesha_owner_changes_total'), 1)
        self.assertEqual(sample(metrics, 'ganesha_client_operations_total', client='10.0.0.1', protocol='NFSv3',
                                operation='read'), 11)

    def test_a_killed_server_is_down_at_once(self):
        fake, exporter = self.start_both()
        fake.kill()
        with self.within(A_SECOND / 2, 'down when the server is killed'):
            self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        fake.start()
        with self.within(BACK, 'back after the first heartbeat'):
            self.wait_whole(exporter)


class TheHeartbeat(ComponentTest):
    def test_its_silence_is_down_after_the_timeout_and_not_before(self):
        timeout, clocks = 1.0, 0.05
        fake, exporter = self.start_both(f'--heartbeat.timeout={timeout:g}s')
        fake.control('SetHeartbeat', 'b', False)
        up = True
        while up:
            before, metrics, after = time.time(), exporter.metrics(), time.time()
            beat = sample(metrics, 'ganesha_last_heartbeat_timestamp_seconds')
            up = sample(metrics, 'ganesha_up')
            if up:
                self.assertLess(before, beat + timeout + clocks, 'up without a heartbeat')
            else:
                self.assertGreater(after, beat + timeout - clocks, 'down too early')
        self.assert_nothing_of_ganesha(metrics)
        self.assertIn('ganesha_last_heartbeat_timestamp_seconds', families(metrics))
        self.assertEqual(exporter.get('/-/ready').status, 503)
        fake.control('SetHeartbeat', 'b', True)
        with self.within(BACK, 'back after the first heartbeat'):
            self.wait_whole(exporter)

    def test_counts_only_when_the_owner_of_the_name_sends_it(self):
        an_hour = 3_600_000
        fake = self.start_fake(heartbeat_ms=an_hour)
        exporter = self.start_exporter()
        self.wait_for(exporter, lambda page: calls_with(page, 'ok') > 0, 'the first calls')
        self.assertEqual(sample(exporter.metrics(), 'ganesha_heartbeats_total'), 0, 'it was too early')
        busctl(self.bus.address, 'emit', '/org/ganesha/nfsd/heartbeat', 'org.ganesha.nfsd.admin', 'heartbeat',
               'b', 'true')
        # The bus keeps the order: when this heartbeat has come, the foreign one has come too.
        fake.control('SetHeartbeat', 'b', True)
        metrics = self.wait_up(exporter)
        self.assertEqual(sample(metrics, 'ganesha_heartbeats_total'), 1)


class TheBussLife(ComponentTest):
    def test_it_may_be_absent_at_the_start(self):
        self.bus.stop()
        self.bus.socket.unlink(missing_ok=True)
        exporter = self.start_exporter()
        metrics = exporter.metrics()
        self.assert_nothing_of_ganesha(metrics)
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 0)
        wait_until(lambda: exporter.log_lines('DBus connection failed'), what='a failed attempt')
        self.bus.start()
        self.start_fake()
        with self.within(BACK + 0.5, 'back after the first heartbeat'):
            self.wait_whole(exporter)
        self.assertEqual(len(exporter.log_lines('DBus connection failed')), 1, 'told once, not each attempt')

    def test_a_restart_of_the_bus_is_survived(self):
        fake, exporter = self.start_both()
        self.bus.kill()
        with self.within(A_SECOND / 2, 'down when the bus is lost'):
            metrics = self.wait_up(exporter, 0)
        wait_until(lambda: exporter.log_lines('msg="Ganesha is down" '), what='the line')
        self.assertIn('reason="not connected to DBus"', exporter.log_lines('Ganesha is down')[0])
        self.assertIn('not connected to DBus; last error: ', exporter.get('/-/ready').text)
        self.assert_nothing_of_ganesha(metrics)
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 0)
        self.assertEqual(fake.process.wait(), 1)
        self.bus.start()
        fake.start()
        with self.within(BACK + 0.5, 'back after the first heartbeat'):
            metrics = self.wait_whole(exporter)
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 1)

    def test_a_new_bus_gives_old_names_to_new_processes(self):
        """Each dbus-daemon counts from :1.0, so the new server may have the same unique name as the old one."""
        fake, exporter = self.start_both()
        old = fake.connection
        exporter.freeze()
        self.bus.stop()
        fake.process.wait()
        self.bus.start()
        fake.start()
        self.assertEqual(fake.connection, old)
        exporter.thaw()
        metrics = self.wait_for(exporter, lambda page: len(exporter.log_lines('Connected to the bus')) == 2
                                and is_whole(page), 'the new bus')
        self.assertEqual(sample(metrics, 'ganesha_owner_changes_total'), 1)


class ABusThatNeverAnswers(ComponentTest):
    def test_costs_neither_the_pages_nor_the_end(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        listener = self.enterContext(contextlib.closing(socket.socket(socket.AF_UNIX)))
        listener.bind(str(pathlib.Path(folder, 'bus')))
        listener.listen()
        for number in signal.SIGTERM, signal.SIGINT:
            with self.subTest(signal=number.name):
                exporter = self.enterContext(Exporter(f'--dbus.address=unix:path={folder}/bus', *QUICK))
                listener.settimeout(10)
                self.enterContext(contextlib.closing(listener.accept()[0]))
                metrics = exporter.metrics()
                self.assert_nothing_of_ganesha(metrics)
                self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 0)
                self.assertEqual(exporter.get('/-/healthy').status, 200)
                self.assertLess(exporter.seconds_to_end(number), A_SECOND)
                self.assertEqual(exporter.process.returncode, 0, exporter.log)


if __name__ == '__main__':
    run_tests()
