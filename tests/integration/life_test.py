#!/usr/bin/python3
"""A real server starts, stops, dies, freezes and restarts; its configuration and exports vary."""
import json
import time
import unittest

from integration import (
    BACK, QUICK, exporter_for, is_whole, page_after_poll, page_when, run_tests, sample, session_traffic)
from harness import BUS_NAME, LOOPBACK, Export, Exporter, Ganesha, PrivateBus, families, stays, wait_until

ALWAYS_THERE = {'ganesha_up', 'ganesha_heartbeats_total', 'ganesha_last_heartbeat_timestamp_seconds',
                'ganesha_owner_changes_total', 'ganesha_up_source'}
AT_ONCE = BACK / 2
WINDOW = 32
ODD = 'a "quoted" \\ back slash,\n a new line, ünïcode'


def is_down(metrics):
    return sample(metrics, 'ganesha_up') == 0


def last_beat(metrics):
    return sample(metrics, 'ganesha_last_heartbeat_timestamp_seconds') or 0


class Life(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())

    def start_ganesha(self, **options):
        return self.enterContext(Ganesha(self.bus, [Export(1, 'VFS'), Export(2, 'MEM')], **options))

    def start_exporter(self, *flags):
        return self.enterContext(exporter_for(self.bus, *flags))

    def start_both(self, *flags, **options):
        ganesha = self.start_ganesha(**options)
        exporter = self.start_exporter(*flags)
        page_when(exporter, is_whole, 'a whole page')
        return ganesha, exporter

    def assert_down_at_once(self, exporter):
        start = time.monotonic()
        metrics = page_when(exporter, is_down, 'ganesha_up 0')
        self.assertLess(time.monotonic() - start, AT_ONCE)
        self.assert_nothing_of_ganesha(metrics)

    def assert_nothing_of_ganesha(self, metrics):
        ganeshas = families(metrics, 'ganesha_') - families(metrics, 'ganesha_exporter_')
        self.assertLessEqual(ganeshas, ALWAYS_THERE)
        self.assertTrue(is_down(metrics))

    def assert_back_after_the_first_beat(self, exporter, gone, come_back):
        """`come_back` starts what was gone at that time; the page is complete soon after the first heartbeat."""
        come_back()
        first_beat = last_beat(page_when(exporter, lambda page: last_beat(page) > gone, 'a heartbeat'))
        metrics = page_when(exporter, is_whole, 'a whole page')
        self.assertLess(time.time() - first_beat, BACK)
        return metrics


class AServer(Life):
    def test_may_be_absent_at_the_start(self):
        exporter = self.start_exporter()
        self.assert_nothing_of_ganesha(exporter.metrics())
        self.assert_back_after_the_first_beat(exporter, time.time(), self.start_ganesha)

    def test_that_stops_is_down_at_once_and_back_at_once(self):
        ganesha, exporter = self.start_both()
        self.assertEqual(ganesha.stop(), 0)
        self.assert_down_at_once(exporter)
        metrics = self.assert_back_after_the_first_beat(exporter, time.time(), ganesha.start)
        self.assertEqual(sample(metrics, 'ganesha_owner_changes_total'), 1)

    def test_that_is_killed_is_down_at_once_and_back_at_once(self):
        ganesha, exporter = self.start_both()
        ganesha.kill()
        self.assert_down_at_once(exporter)
        self.assert_back_after_the_first_beat(exporter, time.time(), ganesha.start)

    def test_that_is_restarted_resets_its_counters(self):
        ganesha, exporter = self.start_both()
        session_traffic(ganesha, 1, ganesha.exports[0], 100_000)
        metrics = page_after_poll(exporter)
        self.assertIn('ganesha_export_transferred_bytes_total', families(metrics))
        gone = time.time()
        ganesha.stop()
        metrics = self.assert_back_after_the_first_beat(exporter, gone, ganesha.start)
        self.assertNotIn('ganesha_export_transferred_bytes_total', families(metrics))

    def test_that_ends_with_its_bus_is_back_with_it(self):
        ganesha, exporter = self.start_both()
        self.bus.stop()
        self.assertEqual(ganesha.process.wait(), 1)
        self.assert_down_at_once(exporter)
        self.assertEqual(sample(exporter.metrics(), 'ganesha_exporter_dbus_connected'), 0)

        def come_back():
            self.bus.start()
            ganesha.start()
        self.assert_back_after_the_first_beat(exporter, time.time(), come_back)


class AnExporterThatComesLater(Life):
    def test_shows_since_when_the_server_counts_and_not_when_it_was_seen(self):
        before = time.time()
        self.start_ganesha()
        started = time.time()
        # The start of the counters and our start must differ by more than the clocks do.
        wait_until(lambda: time.time() > started + 2)
        exporter = self.start_exporter()
        page_when(exporter, is_whole, 'a whole page')
        status = json.loads(exporter.get('/api/v1/status').text)
        self.assertEqual(status['since_kind'], 'counting')
        self.assertTrue(before - 0.1 <= status['since'] <= started + 0.1, status['since'])
        self.assertIn('counting since', exporter.get('/').text)


class AFrozenServer(Life):
    TIMEOUT = 3

    def test_is_down_after_the_timeout_is_not_flooded_and_back_when_it_thaws(self):
        ganesha, exporter = self.start_both(f'--heartbeat.timeout={self.TIMEOUT}s', '--dbus.timeout=1s')
        ganesha.freeze()
        self.follow_to_the_end_of_the_timeout(exporter)
        self.assertTrue(self.bus.has_owner(BUS_NAME))
        calls = self.calls(exporter)
        self.assertLessEqual(calls.get('timed_out', 0), WINDOW)
        self.assertTrue(stays(lambda: self.calls(exporter) == calls, 1.5), 'it was asked again')
        self.assert_back_after_the_first_beat(exporter, time.time(), ganesha.thaw)

    def follow_to_the_end_of_the_timeout(self, exporter):
        clocks, up = 0.1, True
        while up:
            before, metrics, after = time.time(), exporter.metrics(), time.time()
            up = not is_down(metrics)
            if up:
                self.assertLess(before, last_beat(metrics) + self.TIMEOUT + clocks, 'up without a heartbeat')
        self.assertGreater(after, last_beat(metrics) + self.TIMEOUT - clocks, 'down too early')
        self.assert_nothing_of_ganesha(metrics)

    @staticmethod
    def calls(exporter):
        return {dict(labels)['result']: value for (name, labels), value in exporter.metrics().items()
                if name == 'ganesha_exporter_dbus_calls_total'}


class AServerThatDoesNotCount(Life):
    def test_is_reported_as_such(self):
        ganesha, exporter = self.start_both(stats=False)
        session_traffic(ganesha, 1, ganesha.exports[0], 100_000)
        metrics = page_after_poll(exporter)
        self.assertEqual(sample(metrics, 'ganesha_stats_enabled', stats='nfs'), 0)
        self.assertEqual([name for name in families(metrics) if name.startswith('ganesha_') and '_bytes' in name
                          and not name.startswith('ganesha_memory_')], [])
        self.assertEqual(sample(metrics, 'ganesha_exports'), 3)
        self.assertTrue(is_whole(metrics))


class AnExport(Life):
    def bytes_of(self, metrics, export):
        return sample(metrics, 'ganesha_export_transferred_bytes_total', export_id=str(export.id),
                      path=export.path, protocol='NFSv41', operation='write')

    def test_comes_and_goes_while_the_exporter_polls(self):
        ganesha, exporter = self.start_both()
        export = Export(77, 'VFS')
        ganesha.add_export(export)
        session_traffic(ganesha, 1, export, 10_000)
        metrics = page_after_poll(exporter)
        self.assertEqual(self.bytes_of(metrics, export), 10_000)
        self.assertEqual(sample(metrics, 'ganesha_exports'), 4)
        ganesha.remove_export(export)
        metrics = page_after_poll(exporter)
        self.assertNotIn('77', {dict(labels).get('export_id') for _, labels in metrics})
        self.assertEqual(sample(metrics, 'ganesha_exports'), 3)
        self.assertTrue(is_whole(metrics))

    def test_with_an_odd_path_is_served_as_it_is(self):
        ganesha, exporter = self.start_both()
        export = Export(78, 'VFS', path=str(ganesha.folder / ODD), pseudo='/odd')
        ganesha.add_export(export)
        session_traffic(ganesha, 1, export, 10_000)
        self.assertEqual(self.bytes_of(page_after_poll(exporter), export), 10_000)


class AServerWithoutAHeartbeat(Life):
    def test_is_up_while_it_answers(self):
        ganesha, exporter = self.start_both('--heartbeat.timeout=0', '--dbus.timeout=1s', heartbeat_ms=0)
        ganesha.freeze()
        self.assert_nothing_of_ganesha(page_when(exporter, is_down, 'ganesha_up 0'))
        ganesha.thaw()
        wait_until(lambda: is_whole(exporter.metrics()), BACK, 'a whole page')


class AServerThatIsAskedWithoutItsBus(Life):
    def test_is_up_while_its_nfs_port_answers(self):
        ganesha = self.start_ganesha()
        exporter = self.enterContext(Exporter(
            '--dbus.address=none', f'--ganesha.nfs-address={LOOPBACK}:{ganesha.port}', *QUICK, '--heartbeat.timeout=2s'))
        metrics = page_when(exporter, lambda page: not is_down(page), 'ganesha_up 1')
        self.assertEqual(sample(metrics, 'ganesha_up_source', source='null_call'), 1)
        for lose, win in (ganesha.freeze, ganesha.thaw), (ganesha.kill, ganesha.start):
            lose()
            self.assert_nothing_of_ganesha(page_when(exporter, is_down, 'ganesha_up 0'))
            win()
            page_when(exporter, lambda page: not is_down(page), 'ganesha_up 1')


if __name__ == '__main__':
    run_tests()
