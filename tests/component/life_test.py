#!/usr/bin/python3
"""Ganesha and its bus come, go, fall silent and come back: ganesha_up follows and nothing stale is served."""
import contextlib
import pathlib
import signal
import socket
import tempfile
import time

from component import (
    A_SECOND, BEAT_MS, POLL_SECONDS, QUICK, ComponentTest, calls_with, families, is_whole, run_tests, sample)
from harness import Exporter, busctl, stays, wait_until

# Calls time out fast, so that a silent server is met soon.
IMPATIENT = '--dbus.timeout=300ms'
BACK = A_SECOND + POLL_SECONDS
WINDOW = 32


class AServersLife(ComponentTest):
    def test_it_may_be_absent_at_the_start(self):
        exporter = self.start_exporter()
        metrics = self.wait_for(exporter, lambda page: sample(page, 'ganesha_exporter_dbus_connected'), 'the bus')
        self.assert_nothing_of_ganesha(metrics)
        self.assertEqual(exporter.get('/-/ready').status, 503)
        self.start_fake()
        with self.within(BACK, 'back after the first heartbeat'):
            self.wait_whole(exporter)

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

    def test_a_restart_is_told_and_its_counters_are_new(self):
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
        self.assertEqual(sample(exporter.metrics(), 'ganesha_heartbeats_total'), 0, 'it was before the exporter')
        busctl(self.bus.address, 'emit', '/org/ganesha/nfsd/heartbeat', 'org.ganesha.nfsd.admin', 'heartbeat',
               'b', 'true')
        # The bus keeps their order: when this beat is there, the stranger's was too.
        fake.control('SetHeartbeat', 'b', True)
        metrics = self.wait_up(exporter)
        self.assertEqual(sample(metrics, 'ganesha_heartbeats_total'), 1)


class AServerWithoutAHeartbeat(ComponentTest):
    """Heartbeat_Freq = 0: with --heartbeat.timeout=0 an answer to get_grace counts."""

    def check(self, *flags):
        fake, exporter = self.start_both('--heartbeat.timeout=0', IMPATIENT, *flags, heartbeat_ms=0)
        fake.control('SetSilent', 'b', True)
        self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        fake.control('SetSilent', 'b', False)
        with self.within(BACK, 'back after the answer'):
            self.wait_whole(exporter)
        fake.control('ReleaseName')
        with self.within(A_SECOND / 2, 'down when the name is lost'):
            self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        fake.control('TakeName')
        with self.within(BACK, 'back when the name is owned again'):
            self.wait_whole(exporter)

    def test_is_up_while_it_answers(self):
        self.check()

    def test_is_up_while_it_answers_also_without_the_servers_collector(self):
        self.check('--no-collector.server')

    def test_is_down_with_a_timeout(self):
        self.start_fake(heartbeat_ms=0)
        exporter = self.start_exporter()
        metrics = self.wait_for(exporter, lambda page: calls_with(page, 'ok') > 0, 'the first calls')
        self.assert_nothing_of_ganesha(metrics)


class ASilentServer(ComponentTest):
    """Its heartbeat goes on or not, it answers nothing: it is not flooded."""

    def silence(self, fake, exporter):
        """Returns the page after the first timeout."""
        before = calls_with(exporter.metrics(), 'timed_out')
        fake.control('SetSilent', 'b', True)
        return self.wait_for(exporter, lambda page: calls_with(page, 'timed_out') > before, 'a timeout')

    def test_is_asked_nothing_more_after_the_first_timeout(self):
        fake, exporter = self.start_both(IMPATIENT)
        metrics = self.silence(fake, exporter)
        self.assertEqual(sample(metrics, 'ganesha_up'), 1, 'its heart beats')
        metrics = self.wait_for(exporter, lambda page: not is_whole(page), 'the poll to end')
        self.assertEqual(exporter.get('/-/ready').status, 503)
        calls = fake.calls()
        self.assertTrue(stays(lambda: fake.calls() == calls, 10 * POLL_SECONDS), 'it was asked again')
        self.assertLessEqual(calls['max_unanswered'], WINDOW)
        fake.control('SetSilent', 'b', False)
        with self.within(BACK, 'back after the late replies'):
            self.wait_whole(exporter)

    def test_holds_no_more_calls_than_the_window_and_one_poll_times_out(self):
        """With many clients the silence falls into the calls that are under way together."""
        fake, exporter = self.start_both(IMPATIENT, '--poll.interval=1ms', clients=300)
        for _ in range(5):
            before = calls_with(exporter.metrics(), 'timed_out')
            self.silence(fake, exporter)
            metrics = self.wait_for(exporter, lambda page: not is_whole(page), 'the poll to end')
            unanswered = fake.calls()['max_unanswered']
            self.assertLessEqual(unanswered, WINDOW)
            self.assertLessEqual(calls_with(metrics, 'timed_out') - before, WINDOW)
            fake.control('SetSilent', 'b', False)
            self.wait_whole(exporter)

    def test_leaves_out_what_it_did_not_tell(self):
        fake, exporter = self.start_both(IMPATIENT)
        self.silence(fake, exporter)
        metrics = self.wait_for(exporter, lambda page: not is_whole(page), 'the poll to end')
        for family in 'ganesha_client_operations_total', 'ganesha_exports', 'ganesha_in_grace':
            self.assertNotIn(family, families(metrics), 'stale')

    def test_is_whole_again_after_a_freeze(self):
        fake, exporter = self.start_both(IMPATIENT)
        fake.freeze()
        self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        fake.thaw()
        with self.within(BACK, 'back after the first heartbeat'):
            self.wait_whole(exporter)
        self.assertEqual(sample(exporter.metrics(), 'ganesha_owner_changes_total'), 0)

    def test_that_restarts_is_asked_again_at_once(self):
        fake, exporter = self.start_both(IMPATIENT)
        self.silence(fake, exporter)
        fake.restart()
        with self.within(BACK, 'back after the first heartbeat'):
            self.wait_whole(exporter)

    def test_does_not_keep_the_exporter_from_ending(self):
        fake, exporter = self.start_both('--dbus.timeout=1m')
        fake.control('SetSilent', 'b', True)
        wait_until(lambda: fake.calls()['max_unanswered'], what='a call without an answer')
        self.assertLess(exporter.seconds_to_end(), A_SECOND)


class TheBussLife(ComponentTest):
    def test_it_may_be_absent_at_the_start(self):
        self.bus.stop()
        self.bus.socket.unlink(missing_ok=True)
        exporter = self.start_exporter()
        metrics = exporter.metrics()
        self.assert_nothing_of_ganesha(metrics)
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 0)
        wait_until(lambda: exporter.log_lines('No connection to the bus'), what='a failed attempt')
        self.bus.start()
        self.start_fake()
        with self.within(BACK + 0.5, 'back after the first heartbeat'):
            self.wait_whole(exporter)
        self.assertEqual(len(exporter.log_lines('No connection to the bus')), 1, 'told once, not each attempt')

    def test_a_restart_of_the_bus_is_survived(self):
        fake, exporter = self.start_both()
        self.bus.stop()
        with self.within(A_SECOND / 2, 'down when the bus is lost'):
            metrics = self.wait_up(exporter, 0)
        self.assert_nothing_of_ganesha(metrics)
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 0)
        self.assertEqual(fake.process.wait(), 1)
        self.bus.start()
        fake.start()
        with self.within(BACK + 0.5, 'back after the first heartbeat'):
            metrics = self.wait_whole(exporter)
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 1)

    def test_a_new_bus_gives_old_names_to_new_processes(self):
        """Each dbus-daemon counts from :1.0, so the new server may be called as the old one was."""
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
