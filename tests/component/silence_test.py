#!/usr/bin/python3
"""A server that does not answer is not flooded, and without a heartbeat its answers decide."""
from component import (
    A_SECOND, POLL_SECONDS, ComponentTest, calls_with, collector_success, families, is_whole, run_tests, sample)
from harness import stays, wait_until

# Calls time out fast, so that a silent server is detected soon.
IMPATIENT = '--dbus.timeout=300ms'
BACK = A_SECOND + POLL_SECONDS
A_FAMILY_OF = {'clients': 'ganesha_client_operations_total', 'exports': 'ganesha_exports', 'server': 'ganesha_in_grace'}
A_POLLS_FIRST_CALLS = 4  # For one client, if the server becomes silent while they are pending.


class AServerWithoutAHeartbeat(ComponentTest):
    """Heartbeat_Freq = 0: with --heartbeat.timeout=0 an answer to get_grace counts."""

    def check(self, *flags):
        fake, exporter = self.start_both('--heartbeat.timeout=0', IMPATIENT, *flags, heartbeat_ms=0)
        fake.control('SetSilent', 'b', True)
        self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))
        self.assertIn('no answer of NFS-Ganesha to polls', exporter.get('/-/ready').text)
        wait_until(lambda: exporter.log_lines('msg="Ganesha is down" '), what='the line')
        self.assertIn('reason="no answer of NFS-Ganesha to polls"', exporter.log_lines('Ganesha is down')[0])
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

    def test_is_down_when_it_hangs_within_a_poll(self):
        """It has answered the first calls of the poll."""
        fake, exporter = self.start_both('--heartbeat.timeout=0', IMPATIENT, heartbeat_ms=0)
        fake.control('Lose', 'sb', 'ShowClients', True)
        self.assert_nothing_of_ganesha(self.wait_up(exporter, 0))

    def test_is_down_with_a_timeout(self):
        self.start_fake(heartbeat_ms=0)
        exporter = self.start_exporter()
        metrics = self.wait_for(exporter, lambda page: calls_with(page, 'ok') > 0, 'the first calls')
        self.assert_nothing_of_ganesha(metrics)


class AServerThatLosesAReply(ComponentTest):
    """After thirty timeouts it counts as lost, if another call is answered."""

    def test_is_polled_again(self):
        fake, exporter = self.start_both('--dbus.timeout=50ms')
        before = sample(exporter.metrics(), 'ganesha_exporter_polls_total')
        fake.control('Lose', 'sb', 'ShowClients', True)
        self.wait_for(exporter, lambda page: calls_with(page, 'timed_out') > 0, 'a timeout')
        fake.control('Lose', 'sb', 'ShowClients', False)
        metrics = self.wait_whole(exporter)
        self.assertGreater(sample(metrics, 'ganesha_exporter_polls_total'), before + 1)
        self.assertEqual(len(exporter.log_lines('Polls are paused')), 1)
        self.assertEqual(len(exporter.log_lines('Polls continue without the missing replies')), 1)
        self.assertEqual(sample(metrics, 'ganesha_owner_changes_total'), 0)

    def test_again_and_again_is_polled_all_the_same(self):
        """Lost replies must not fill the window forever."""
        fake, exporter = self.start_both('--dbus.timeout=5ms', '--dbus.window=4')
        fake.control('Lose', 'sb', 'ShowClients', True)
        wait_until(lambda: len(exporter.log_lines('Polls are paused')) > 6, 60, 'more lost replies than places')
        fake.control('Lose', 'sb', 'ShowClients', False)
        self.wait_whole(exporter)


class ASilentServer(ComponentTest):
    """With or without a heartbeat, a server that answers nothing is not flooded."""

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
        self.assertEqual(len(exporter.log_lines('Collector failed')), 1, 'the first timeout ends the poll')
        calls = fake.calls()
        self.assertTrue(stays(lambda: fake.calls() == calls, 10 * POLL_SECONDS), 'it was asked again')
        self.assertLessEqual(calls['max_unanswered'], A_POLLS_FIRST_CALLS)
        fake.control('SetSilent', 'b', False)
        with self.within(BACK, 'back after the late replies'):
            self.wait_whole(exporter)

    def test_holds_no_more_calls_than_the_window(self):
        """With many clients it becomes silent while many calls are pending."""
        window, held = 8, 0
        fake, exporter = self.start_both(IMPATIENT, '--poll.interval=1ms', f'--dbus.window={window}',
                                         clients=300)
        for _ in range(20):
            before = calls_with(exporter.metrics(), 'timed_out')
            fake.control('Tick', 'u', 1)  # Idle clients are not read.
            self.silence(fake, exporter)
            metrics = self.wait_for(exporter, lambda page: not is_whole(page), 'the poll to end')
            held = fake.calls()['max_unanswered']
            self.assertLessEqual(held, window)
            self.assertLessEqual(calls_with(metrics, 'timed_out') - before, window)
            fake.control('SetSilent', 'b', False)
            self.wait_whole(exporter)
            if held == window:
                break
        self.assertEqual(held, window, 'the window was never full')

    def test_leaves_out_what_it_did_not_report(self):
        fake, exporter = self.start_both(IMPATIENT)
        self.silence(fake, exporter)
        metrics = self.wait_for(exporter, lambda page: not is_whole(page), 'the poll to end')
        # A poll under way may have got some answers before the silence.
        for collector, family in A_FAMILY_OF.items():
            reported = collector_success(metrics)[collector] == 1
            self.assertEqual(family in families(metrics), reported, f'stale: {family}')

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


if __name__ == '__main__':
    run_tests()
