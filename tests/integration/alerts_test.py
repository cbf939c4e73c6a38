#!/usr/bin/python3
"""A real server is stopped and started: a real Alertmanager tells so, by the very rules of dashboards/."""
import time
import unittest

from integration import exporter_for, is_whole, page_when, run_tests, wait_until
from harness import REPOSITORY, Alertmanager, Export, Ganesha, PrivateBus, Prometheus, Webhook

RULES = [REPOSITORY / 'dashboards' / name for name in ('ganesha.rules.yml', 'ganesha.alerts.yml')]
FOR_SECONDS = 60  # NFSGaneshaDown's.
# A scrape, an evaluation, what a busy machine adds.
DELAY_SECONDS = 15
RUNBOOK = 'docs/runbooks.md#nfsganeshadown'


class Site:
    """A server with its bus and exporter."""

    def __init__(self, test):
        self.bus = test.enterContext(PrivateBus())
        self.ganesha = test.enterContext(Ganesha(self.bus, [Export(1, 'MEM')]))
        self.exporter = test.enterContext(exporter_for(self.bus))
        page_when(self.exporter, is_whole, 'a whole page')


class AFleet(unittest.TestCase):
    def setUp(self):
        self.stopped, self.other = Site(self), Site(self)
        self.webhook = self.enterContext(Webhook())
        alertmanager = self.enterContext(Alertmanager(self.webhook))
        self.prometheus = self.enterContext(Prometheus(
            {'files': [site.exporter.address for site in (self.stopped, self.other)]}, rules=RULES,
            alertmanagers=[alertmanager.address]))

    def told(self, status, name, timeout):
        """The alert of the server that is stopped, once the webhook is told."""
        labels = {'alertname': name, 'job': 'files', 'instance': self.stopped.exporter.address}
        return wait_until(lambda: self.webhook.told(status, **labels), timeout, f'{name} {status}')[0]

    def assert_no_rule_fails(self):
        rules = self.prometheus.rules_loaded()
        # The group of the usual latencies is evaluated every two minutes only.
        self.assertGreaterEqual([rule['health'] for rule in rules].count('ok'), len(rules) - 1)
        self.assertEqual([(rule['name'], rule['lastError']) for rule in rules if rule.get('lastError')], [])

    def test_hears_of_a_server_that_stops_and_of_its_return(self):
        wait_until(lambda: len(self.prometheus.query('instance:ganesha_exporter:up == 1')) == 2, 30,
                   'both to be scraped')
        self.assertEqual(self.prometheus.query('ALERTS'), [])

        stopped = time.monotonic()
        self.stopped.ganesha.stop()
        down = self.told('firing', 'NFSGaneshaDown', FOR_SECONDS + DELAY_SECONDS)
        self.assertGreaterEqual(down['received'] - stopped, FOR_SECONDS)
        self.assertEqual(down['labels']['severity'], 'critical')
        self.assertEqual(down['annotations']['runbook_url'], RUNBOOK)
        self.assertIn(self.stopped.exporter.address, down['annotations']['summary'])
        self.assertIn('ganesha_up is 0', down['annotations']['description'])
        self.assertEqual(self.webhook.told('resolved'), [])

        self.stopped.ganesha.start()
        self.told('resolved', 'NFSGaneshaDown', DELAY_SECONDS)
        self.told('firing', 'NFSGaneshaRestarted', DELAY_SECONDS)

        self.assert_no_rule_fails()
        told = {(alert['labels']['alertname'], alert['labels']['instance']) for alert in self.webhook.alerts}
        self.assertEqual(told, {(name, self.stopped.exporter.address)
                                for name in ('NFSGaneshaDown', 'NFSGaneshaRestarted')})


if __name__ == '__main__':
    run_tests('prometheus', 'prometheus-alertmanager')
