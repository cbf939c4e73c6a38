#!/usr/bin/python3
"""A server without a bus: up by the answers to NULL calls, and everything says what is missing."""
import json
import unittest

from component import A_LONG_TIME, QUICK, run_tests_of
from harness import LOOPBACK, Exporter, NullServer, families, free_port, run_exporter, sample, wait_until
from harness import metrics_page
from harness.metrics_page import MetricsPage, grown, recorded_page

OWN = {'ganesha_up', 'ganesha_up_source'}
NO_BUS = '--dbus.address=none'
SHOWN = 'ganesha_rpcs_received_total'


def of_page(page):
    return ('--collector.built_in', f'--ganesha.metrics-url={page.url}', '--ganesha.metrics-interval=1s',
            '--ganesha.metrics-timeout=1s')


def of_ganesha(page):
    return families(page, 'ganesha_') - families(page, 'ganesha_exporter_')


def supported(page):
    return {dict(labels)['collector']: value for (name, labels), value in page.items()
            if name == 'ganesha_exporter_collector_supported'}


class AServerWithoutABus(unittest.TestCase):
    def setUp(self):
        self.nfs = self.enterContext(NullServer())

    def flags(self, *more):
        return NO_BUS, f'--ganesha.nfs-address={self.nfs.address}', *QUICK, *more

    def start(self, *more):
        return self.enterContext(Exporter(*self.flags(*more)))

    def wait_up(self, exporter, up=1):
        def page():
            metrics = exporter.metrics()
            return metrics if sample(metrics, 'ganesha_up') == up else None
        return wait_until(page, A_LONG_TIME, f'ganesha_up {up}')

    def status(self, exporter):
        return json.loads(exporter.get('/api/v1/status').body)

    def test_is_up_while_it_answers_and_down_when_it_refuses(self):
        exporter = self.start()
        page = self.wait_up(exporter)
        self.assertEqual(sample(page, 'ganesha_up_source', source='null_call'), 1)
        self.assertEqual(of_ganesha(page), OWN)
        self.assertNotIn('ganesha_exporter_dbus_connected', families(page))
        self.nfs.stop()
        page = self.wait_up(exporter, 0)
        self.assertEqual(sample(page, 'ganesha_up_source', source='null_call'), 0)
        self.assertEqual(len(exporter.log_lines('does not answer NULL calls')), 1)
        self.nfs.start()
        self.wait_up(exporter)

    def test_is_down_when_it_is_silent_and_has_no_second_call_meanwhile(self):
        exporter = self.start()
        self.wait_up(exporter)
        self.nfs.silent, before = True, self.nfs.calls
        self.wait_up(exporter, 0)
        self.assertLessEqual(self.nfs.calls - before, 3)
        self.nfs.silent = False
        self.wait_up(exporter)

    def test_supports_no_collector_of_the_bus_and_is_ready_without(self):
        exporter = self.start()
        wait_until(lambda: exporter.get('/-/ready').status == 200, A_LONG_TIME, 'readiness')
        page = exporter.metrics()
        self.assertTrue(supported(page))
        self.assertEqual(set(supported(page).values()), {0})
        self.assertNotIn('ganesha_exporter_collector_success', families(page))

    def test_is_explained_by_every_page_while_it_is_up(self):
        exporter = self.start()
        self.wait_up(exporter)
        status = self.status(exporter)
        self.assertEqual(status['signs_of_life'], [{'source': 'null_call', 'address': self.nfs.address, 'seen': True}])
        self.assertEqual((status['state'], status['heartbeats'], status['exporter']['dbus_connected']), ('up', None, None))
        html = exporter.get('/').body.decode()
        for part in f'NULL call to {self.nfs.address}</dt><dd>answered', 'needs DBus', '<dt>DBus</dt><dd>none':
            self.assertIn(part, html)
        self.assertNotIn('not connected to DBus', html)
        shown = run_exporter('top', '--batch', f'--exporter={exporter.address}')
        self.assertEqual((shown.returncode, shown.stderr), (0, ''))
        self.assertIn('no DBus: exports and clients are unknown', shown.stdout)

    def test_is_explained_by_every_page_while_it_is_down(self):
        self.nfs.stop()
        exporter = self.start()
        reason = f'NFS-Ganesha at {self.nfs.address} does not answer NULL calls'
        wait_until(lambda: self.status(exporter)['state'] == f'down: {reason}', A_LONG_TIME, 'the reason')
        ready = exporter.get('/-/ready')
        self.assertEqual((ready.status, ready.body.decode()), (503, reason + '\n'))
        self.assertEqual(exporter.get('/-/healthy').status, 200)
        self.assertIn(reason, exporter.get('/').body.decode())
        asked = run_exporter('--healthcheck', f'--exporter={exporter.address}')
        self.assertEqual((asked.returncode, asked.stderr), (1, reason + '\n'))

    def test_is_printed_once(self):
        done = run_exporter('--once', *self.flags())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('\nganesha_up 1\n', done.stdout)
        self.nfs.stop()
        done = run_exporter('--once', *self.flags())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('\nganesha_up 0\n', done.stdout)

    def test_is_up_only_once_its_page_is_read_too_if_that_is_asked_for(self):
        page = self.enterContext(MetricsPage(recorded_page()))
        page.manner = metrics_page.refused
        exporter = self.start(*of_page(page))
        reason = f'the metrics of NFS-Ganesha at {page.url} were not read in time'
        wait_until(lambda: self.status(exporter)['state'] == f'down: {reason}', A_LONG_TIME, 'the reason')
        self.assertEqual(sample(exporter.metrics(), 'ganesha_up_source', source='null_call'), 1)
        page.manner = metrics_page.whole
        self.wait_page(exporter)
        self.assertEqual(exporter.get('/-/ready').status, 200)
        self.nfs.stop()
        self.assertEqual(of_ganesha(self.wait_up(exporter, 0)), OWN)
        self.nfs.start()
        self.wait_page(exporter)
        page.manner = metrics_page.refused
        self.assertEqual(sample(self.wait_up(exporter, 0), 'ganesha_up_source', source='built_in_page'), 0)

    def test_is_not_shown_with_the_page_of_the_one_that_ended_as_soon_as_it_was_up(self):
        page = self.enterContext(MetricsPage(recorded_page()))
        exporter = self.start('--poll.interval=1h', *of_page(page))
        before = sample(self.wait_page(exporter), SHOWN)
        self.nfs.stop()
        self.assertEqual(of_ganesha(self.wait_up(exporter, 0)), OWN)
        page.text = grown(recorded_page(), 2)
        self.nfs.start()
        self.assertEqual(sample(self.wait_page(exporter), SHOWN), 2 * before)

    def test_is_up_by_its_page_alone(self):
        page = self.enterContext(MetricsPage(recorded_page()))
        exporter = self.enterContext(Exporter(NO_BUS, *QUICK, *of_page(page)))
        self.wait_page(exporter)
        page.stop()
        self.assertEqual(of_ganesha(self.wait_up(exporter, 0)), OWN)
        page.start()
        self.wait_page(exporter)
        done = run_exporter('--once', NO_BUS, *of_page(page))
        self.assertIn(f'\n{SHOWN} ', done.stdout, done.stderr)

    def test_is_down_at_the_first_connection_to_its_page_that_is_refused(self):
        page = self.enterContext(MetricsPage(recorded_page()))
        exporter = self.enterContext(Exporter(NO_BUS, *QUICK, *of_page(page), '--ganesha.metrics-timeout=1h'))
        self.wait_page(exporter)
        page.stop()
        self.wait_up(exporter, 0)

    def wait_page(self, exporter):
        """Waits until the values of the server's own page are shown; the page with them."""
        def shown():
            metrics = exporter.metrics()
            return metrics if SHOWN in families(metrics) else None
        page = wait_until(shown, A_LONG_TIME, 'the page')
        self.assertEqual((sample(page, 'ganesha_up'), supported(page)['built_in'], supported(page)['exports']), (1, 1, 0))
        self.assertEqual(sample(page, 'ganesha_up_source', source='built_in_page'), 1)
        return page

    def test_is_found_by_a_version_that_it_serves(self):
        self.nfs.versions = (3,)
        self.wait_up(self.start())


class TheFlags(unittest.TestCase):
    ADDRESS = f'--ganesha.nfs-address={LOOPBACK}:{free_port()}'

    def check(self, *flags):
        done = run_exporter('--config.check', *flags)
        return done.returncode, done.stderr

    def test_are_checked_together(self):
        self.assertEqual(self.check(NO_BUS, self.ADDRESS), (0, ''))
        for flags, fault in (
                ([NO_BUS], '--dbus.address=none needs --ganesha.nfs-address=HOST:PORT or --ganesha.metrics-url=URL'),
                ([self.ADDRESS], '--ganesha.nfs-address needs --dbus.address=none'),
                ([NO_BUS, self.ADDRESS, '--ganesha.run'],
                 '--ganesha.run excludes --dbus.address=none: it starts a bus if there is none'),
                ([NO_BUS, self.ADDRESS, '--heartbeat.timeout=0'],
                 '--dbus.address=none excludes --heartbeat.timeout=0')):
            with self.subTest(flags):
                self.assertEqual(self.check(*flags), (1, f'ganesha_exporter: {fault}; see --help\n'))

    def test_must_name_a_host_that_is_known_at_the_start(self):
        done = run_exporter(NO_BUS, '--ganesha.nfs-address=nobody.invalid', f'--web.listen-address={LOOPBACK}:0')
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r'\Aganesha_exporter: cannot resolve nobody\.invalid: .+\n\Z')


if __name__ == '__main__':
    run_tests_of()
