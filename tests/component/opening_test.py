#!/usr/bin/python3
"""A bus that does not let the exporter in is reported after --dbus.timeout, and harms nothing."""
import contextlib
import pathlib

from component import A_SECOND, POLL_SECONDS, ComponentTest, run_tests, sample
from harness import wait_until
from harness.mute_bus import GREETINGS, MuteBus

TIMEOUT = 1.0
BACK = A_SECOND + POLL_SECONDS
BACK_OFF = 0.5


class ABusThatDoesNotLetUsIn(ComponentTest):
    def setUp(self):
        super().setUp()
        self.bus.stop()
        self.bus.socket.unlink(missing_ok=True)

    def mute(self, answers):
        return self.enterContext(contextlib.closing(MuteBus(self.bus.socket, answers)))

    def replace(self):
        """The honest bus takes the path; the mute one keeps what it has."""
        pathlib.Path(self.bus.socket).unlink()
        self.bus.start()
        self.start_fake()

    def wait_told(self, exporter):
        wait_until(lambda: exporter.log_lines('DBus connection failed'), 20, 'the line about the bus')

    def test_is_reported_after_the_timeout(self):
        for answers in GREETINGS:
            with self.subTest(answers=answers), contextlib.closing(MuteBus(self.bus.socket, answers)):
                exporter = self.start_exporter(f'--dbus.timeout={TIMEOUT:g}s')
                with self.within(2 * TIMEOUT + A_SECOND, 'the line about the bus'):
                    self.wait_told(exporter)
                self.assertIn('the bus does not answer', exporter.log_lines('DBus connection failed')[0])
                self.assertEqual(sample(exporter.metrics(), 'ganesha_exporter_dbus_connected'), 0)
                ready = exporter.get('/-/ready')
                self.assertEqual(ready.status, 503)
                self.assertIn('the bus does not answer', ready.text)
                self.assertEqual(exporter.get('/-/healthy').status, 200)
                self.assertLess(exporter.seconds_to_end(), A_SECOND)
                self.assertEqual(exporter.process.returncode, 0, exporter.log)
            self.bus.socket.unlink()

    def test_is_asked_by_few_connections_and_reported_once(self):
        """Also where each attempt hangs in a thread of its own."""
        most_hanging = 3
        for answers, per_attempt in ('nothing', 1), ('one hello', 2):
            with self.subTest(answers=answers), contextlib.closing(MuteBus(self.bus.socket, answers)) as mute:
                exporter = self.start_exporter(f'--dbus.timeout={TIMEOUT:g}s')
                wait_until(lambda: len(mute.accepted) >= 2 * per_attempt, 20, 'a second attempt')
                self.assertLessEqual(len(mute.accepted), most_hanging * per_attempt)
                self.wait_told(exporter)
                self.assertEqual(len(exporter.log_lines('DBus connection failed')), 1)
                exporter.stop()
            self.bus.socket.unlink()

    def test_gives_way_at_once_to_an_honest_one_at_its_path(self):
        for answers in 'nothing', 'authentication':
            with self.subTest(answers=answers):
                mute = self.mute(answers)
                exporter = self.start_exporter('--dbus.timeout=1m')
                wait_until(lambda: mute.accepted, what='a connection')
                self.replace()
                with self.within(BACK + BACK_OFF, 'connected to the honest bus'):
                    self.wait_whole(exporter)
                exporter.stop()
                self.bus.stop()
                self.bus.socket.unlink(missing_ok=True)

    def test_gives_way_after_the_timeout_where_it_said_hello(self):
        mute = self.mute('hello')
        exporter = self.start_exporter(f'--dbus.timeout={TIMEOUT:g}s')
        wait_until(lambda: mute.accepted, what='a connection')
        self.replace()
        with self.within(TIMEOUT + BACK + BACK_OFF, 'connected to the honest bus'):
            self.wait_whole(exporter)


class AFrozenBus(ComponentTest):
    def test_is_connected_to_when_it_goes_on(self):
        fake = self.start_fake()
        self.bus.freeze()
        exporter = self.start_exporter(f'--dbus.timeout={TIMEOUT:g}s')
        wait_until(lambda: exporter.log_lines('DBus connection failed'), 20, 'the line about the bus')
        self.bus.thaw()
        with self.within(BACK + BACK_OFF, 'connected'):
            self.wait_whole(exporter)
        self.assertTrue(fake.process.running)


if __name__ == '__main__':
    run_tests()
