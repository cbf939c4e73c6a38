"""Shared by the component tests: a private bus, fakes and exporters on it, and checks of the page."""
import contextlib
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import (  # noqa: E402
    Exporter, FakeGanesha, PrivateBus, families, sample, sanitized, skip_unless, stays, wait_until)
from harness.exporter import seeks_races  # noqa: E402

BEAT_MS = 100
POLL_SECONDS = 0.1
# A wait ends when its condition holds: this is only for what never comes.
A_LONG_TIME = 60
# "Within a second", plus slack for a machine that runs other tests at the same time.
A_SECOND = A_LONG_TIME if seeks_races() else 3.0 if sanitized() else 1.5
ALWAYS_THERE = {'ganesha_up', 'ganesha_heartbeats_total', 'ganesha_last_heartbeat_timestamp_seconds',
                'ganesha_owner_changes_total', 'ganesha_up_source'}


class ComponentTest(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())

    def start_fake(self, **flags):
        return self.enterContext(FakeGanesha(self.bus, **{'heartbeat_ms': BEAT_MS, **flags}))

    def start_exporter(self, *flags, **options):
        """With the three collectors that every server supports, unless `flags` say otherwise."""
        return self.enterContext(
            Exporter(f'--dbus.address={self.bus.address}', *QUICK, *BASIC, *flags, **options))

    def start_both(self, *flags, **fake_flags):
        """Returns when the first poll is on the page."""
        fake = self.start_fake(**fake_flags)
        exporter = self.start_exporter(*flags)
        self.wait_whole(exporter)
        return fake, exporter

    def wait_up(self, exporter, up=1, timeout=A_LONG_TIME):
        """Waits for ganesha_up, returns the page."""
        def page():
            metrics = exporter.metrics()
            return metrics if sample(metrics, 'ganesha_up') == up else None
        return wait_until(page, timeout, f'ganesha_up {up}')

    def wait_whole(self, exporter, timeout=A_LONG_TIME):
        """Waits until Ganesha is up and all collectors work, returns the page."""
        return self.wait_for(exporter, is_whole, 'a whole page', timeout)

    def wait_for(self, exporter, holds, what, timeout=A_LONG_TIME):
        """Waits until holds(metrics), returns the page."""
        def page():
            metrics = exporter.metrics()
            return metrics if holds(metrics) else None
        return wait_until(page, timeout, what)

    def wait_polls(self, exporter, more):
        """Waits for this many more polls, returns the page."""
        goal = sample(exporter.metrics(), 'ganesha_exporter_polls_total') + more
        return self.wait_for(exporter, lambda metrics: polls(metrics) >= goal, f'{more} more polls')

    def wait_next_poll(self, exporter):
        """Waits for a poll that began after now, returns the page.

        Told by the time of the shown poll: the counter of polls is read a little later than the rest.
        """
        ends = set()

        def second_end_after_now(metrics):
            ends.add(sample(metrics, 'ganesha_exporter_last_poll_timestamp_seconds'))
            return len(ends) > 2

        return self.wait_for(exporter, second_end_after_now, 'a poll that began after now')

    @contextlib.contextmanager
    def within(self, seconds, what):
        start = time.monotonic()
        yield
        self.assertLess(time.monotonic() - start, seconds, what)

    def assert_nothing_of_ganesha(self, metrics):
        """Asserts that the server is down: only the families of the heartbeat are served."""
        self.assertLessEqual(families(metrics, 'ganesha_') - exporter_families(metrics), ALWAYS_THERE)
        self.assertEqual(sample(metrics, 'ganesha_up'), 0)


BASIC = ('--collector.disable-defaults', '--collector.server', '--collector.exports', '--collector.clients')
QUICK = '--poll.interval=100ms', '--poll.max-duty-ratio=1', '--heartbeat.timeout=1s'


def exporter_families(metrics):
    return families(metrics, 'ganesha_exporter_')


def polls(metrics):
    return sample(metrics, 'ganesha_exporter_polls_total')


def collector_success(metrics):
    return {dict(labels)['collector']: value for (name, labels), value in metrics.items()
            if name == 'ganesha_exporter_collector_success'}


def is_whole(metrics):
    success = collector_success(metrics)
    return sample(metrics, 'ganesha_up') == 1 and bool(success) and all(success.values())


def calls_with(metrics, result):
    return sample(metrics, 'ganesha_exporter_dbus_calls_total', result=result) or 0


def run_tests():
    run_tests_of('dbus-daemon', 'busctl', 'setpriv')


def run_tests_of(*tools, modules=()):
    skip_unless(*tools, modules=modules)
    unittest.main(verbosity=2)
