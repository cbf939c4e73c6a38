#!/usr/bin/python3
"""Real servers stop, hang and come back: a real Alertmanager reports it, by the rules of dashboards/."""
import time
import unittest

from integration import exporter_for, is_whole, page_when, run_tests, wait_until
from harness import REPOSITORY, Alertmanager, Export, Ganesha, PrivateBus, Prometheus, Webhook, each_at_once

RULES = [REPOSITORY / 'dashboards' / name for name in ('ganesha.rules.yml', 'ganesha.alerts.yml')]
FOR_SECONDS = 60  # The `for` of NFSGaneshaDown.
HEARTBEAT_SECONDS = 8  # --heartbeat.timeout is 10 s; the last heartbeat is a second old, or two on a busy machine.
# A scrape, an evaluation, and slack for a busy machine.
DELAY_SECONDS = 15
RUNBOOK = 'docs/runbooks.md#nfsganeshadown'


class Site:
    """A server with its bus and exporter."""

    def __init__(self, test):
        self.bus = test.enterContext(PrivateBus())
        self.ganesha = test.enterContext(Ganesha(self.bus, [Export(1, 'MEM')]))
        self.exporter = test.enterContext(exporter_for(self.bus))
        page_when(self.exporter, is_whole, 'a whole page')

    @property
    def instance(self):
        return self.exporter.address


class AFleet(unittest.TestCase):
    def setUp(self):
        self.sites = self.stopped, self.frozen, self.well = Site(self), Site(self), Site(self)
        self.webhook = self.enterContext(Webhook())
        alertmanager = self.enterContext(Alertmanager(each_at_once(self.webhook)))
        self.prometheus = self.enterContext(Prometheus(
            {'files': [site.instance for site in self.sites]}, rules=RULES,
            alertmanagers=[alertmanager.address]))
        scraped = 'instance:ganesha_exporter:up == 1'
        wait_until(lambda: len(self.prometheus.query(scraped)) == len(self.sites), 30, 'all to be scraped')
        # Rules that ran before the first scrape miss the exporters for a moment.
        wait_until(lambda: not self.prometheus.query('ALERTS'), 30, 'no alert to be pending')

    def told(self, status, name, site, timeout=DELAY_SECONDS):
        """The alert of the site, once the webhook has received it."""
        labels = {'alertname': name, 'job': 'files', 'instance': site.instance}
        return wait_until(lambda: self.webhook.told(status, **labels), timeout, f'{name} {status}')[0]

    def assert_told_in_time(self, site, since, seconds):
        down = self.told('firing', 'NFSGaneshaDown', site, seconds + DELAY_SECONDS)
        self.assertGreaterEqual(down['received'] - since, seconds)
        self.assertLess(down['received'] - since, seconds + DELAY_SECONDS)
        self.assertEqual(down['labels']['severity'], 'critical')
        self.assertEqual(down['annotations']['runbook_url'], RUNBOOK)
        self.assertIn(site.instance, down['annotations']['summary'])
        self.assertIn('ganesha_up is 0', down['annotations']['description'])

    def assert_no_rule_fails(self):
        rules = self.prometheus.rules_loaded()
        # The group of the usual latencies is evaluated only every two minutes.
        self.assertGreaterEqual([rule['health'] for rule in rules].count('ok'), len(rules) - 1)
        self.assertEqual([(rule['name'], rule['lastError']) for rule in rules if rule.get('lastError')], [])

    def test_hears_of_servers_that_stop_or_hang_and_of_their_return(self):
        since = time.monotonic()
        self.frozen.ganesha.freeze()
        self.stopped.ganesha.stop()
        self.assert_told_in_time(self.stopped, since, FOR_SECONDS)
        self.assert_told_in_time(self.frozen, since, FOR_SECONDS + HEARTBEAT_SECONDS)
        self.assertEqual(self.webhook.told('resolved'), [])

        self.frozen.ganesha.thaw()
        self.stopped.ganesha.start()
        for site in self.stopped, self.frozen:
            self.told('resolved', 'NFSGaneshaDown', site)
        self.told('firing', 'NFSGaneshaRestarted', self.stopped)

        self.assert_no_rule_fails()
        told = {(alert['labels']['alertname'], alert['labels']['instance']) for alert in self.webhook.alerts}
        self.assertEqual(told, {
            ('NFSGaneshaDown', self.stopped.instance), ('NFSGaneshaDown', self.frozen.instance),
            ('NFSGaneshaRestarted', self.stopped.instance)})


if __name__ == '__main__':
    run_tests('prometheus', 'prometheus-alertmanager')
