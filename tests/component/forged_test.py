#!/usr/bin/python3
"""Heartbeats and replies that others than Ganesha send change nothing."""
import contextlib
import threading

from component import A_SECOND, ComponentTest, is_whole, run_tests, sample
from harness import BUS_NAME, PrivateBus, busctl, stays, wait_until
from harness.forger import Forger, name_of_process

ANY_REPLY = '<allow send_requested_reply="false"/><allow receive_requested_reply="false"/></policy>'


class PermissiveBus(PrivateBus):
    """Passes on replies to calls that were never made to the sender."""

    def prepare(self):
        super().prepare()
        self.config.write_text(self.config.read_text().replace('</policy>', ANY_REPLY))


class AForger(ComponentTest):
    def forger(self):
        return self.enterContext(contextlib.closing(Forger(self.bus)))

    def flood(self, forger, count, **options):
        """Forges heartbeats in a thread of its own."""
        thread = threading.Thread(target=forger.send_heartbeats, args=(count,), kwargs=options)
        thread.start()
        self.addCleanup(thread.join)
        return thread

    def test_does_not_beat_for_a_server_that_hangs(self):
        for options in {}, {'to': 'the exporter'}:
            with self.subTest(**options):
                fake, exporter = self.start_both()
                if options:
                    options = {'to': name_of_process(self.bus, exporter.pid)}
                fake.control('SetHeartbeat', 'b', False)
                flood = self.flood(self.forger(), 20_000, **options)
                self.wait_up(exporter, 0)
                flood.join()
                self.assertTrue(stays(lambda: sample(exporter.metrics(), 'ganesha_up') == 0, 0.3))
                exporter.stop()
                fake.stop()

    def test_reaches_nobody_with_heartbeats_to_everybody(self):
        """The bus delivers those of the owner alone: what else is sent costs no CPU time here."""
        _, exporter = self.start_both()
        rules, = busctl(self.bus.address, 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus',
                        'org.freedesktop.DBus.Debug.Stats', 'GetAllMatchRules')
        ours = [rule for rule in rules[name_of_process(self.bus, exporter.pid)] if "member='heartbeat'" in rule]
        self.assertEqual(len(ours), 1)
        self.assertIn(f"sender='{BUS_NAME}'", ours[0])

    def test_holds_nothing_up_with_heartbeats_that_the_bus_cannot_drop(self):
        _, exporter = self.start_both('--heartbeat.timeout=10s')
        flood = self.flood(self.forger(), 200_000, to=name_of_process(self.bus, exporter.pid))
        asked = 0
        while flood.is_alive() or asked == 0:
            with self.within(A_SECOND, 'an answer during the flood'):
                self.assertEqual(exporter.get('/-/healthy').status, 200)
            asked += 1
        self.wait_whole(exporter)


class AForgerOfReplies(ComponentTest):
    """On a bus that lets any process answer any call."""

    def setUp(self):
        super().setUp()
        self.bus = self.enterContext(PermissiveBus())

    def test_is_not_believed(self):
        # Longer than a slow machine needs to send 50,000 replies.
        fake, exporter = self.start_both('--poll.interval=1ms', '--dbus.timeout=1m')
        forger = self.enterContext(contextlib.closing(Forger(self.bus)))
        fake.control('SetSilent', 'b', True)
        wait_until(lambda: fake.calls()['max_unanswered'] > 0, what='a call without an answer')
        forger.send_replies(range(1, 50_000), name_of_process(self.bus, exporter.pid))
        fake.control('SetSilent', 'b', False)
        self.wait_for(exporter, is_whole, 'a whole page')
        self.wait_polls(exporter, 2)
        self.assertEqual(exporter.log_lines('Collector failed'), [])


if __name__ == '__main__':
    run_tests()
