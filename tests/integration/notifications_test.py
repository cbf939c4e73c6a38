#!/usr/bin/python3
"""One notification per cause: a fleet of pages fails in many ways at once, and a real Alertmanager with the example's
configuration notifies, by the real rules with shorter times."""
import re
import tempfile
import time
import unittest
from pathlib import Path

from integration import run_tests, wait_until
from harness import REPOSITORY, Alertmanager, Prometheus, Webhook
from exporter_pages import PageOfEach

RULES = ('dashboards/ganesha.rules.yml', 'dashboards/ganesha.alerts.yml',
         'examples/high-availability/ganesha-ha.rules.yml')
# The time in which a cause reaches Alertmanager before what follows from it, on a slow machine too.
GROUP_WAIT = '5s'
INTERVAL = '2s'  # Of scrapes, which time out then.
IO = 'protocol="NFSv41",operation="read"'
EXPORTS = [f'export_id="{number}",path="/{number}"' for number in (1, 2, 3)]
WELL = {
    'ganesha_up': 1, 'ganesha_in_grace': 0, 'ganesha_exports': 4, 'ganesha_exports_missing': 0,
    'ganesha_owner_changes_total': 1, 'ganesha_fd_state{state="hard_limit"}': 0, 'ganesha_stats_enabled{stats="nfs"}': 1,
    'ganesha_exporter_collector_success{collector="exports"}': 1,
    'ganesha_exporter_collector_success{collector="clients"}': 1}
STORAGE_FAILS = {
    f'{name}{{{labels}}}': value for export in EXPORTS for name, labels, value in (
        ('ganesha_export_operations_total', f'{export},{IO}', lambda: time.monotonic() * 100),
        ('ganesha_export_operation_errors_total', f'{export},{IO}', lambda: time.monotonic() * 50),
        ('ganesha_export_operation_latency_seconds_total', f'{export},{IO}', lambda: time.monotonic() * 100),
        # In place of a week.
        ('export_operation:ganesha_operation_latency_seconds:usual', f'{export},operation="read"', 0.01))}
MANY_CLIENTS = {'ganesha_exporter_clients_dropped': 5}
DOWN = {
    'ganesha_up': 0, 'ganesha_in_grace': 1, 'ganesha_exports_missing': 3, 'ganesha_fd_state{state="hard_limit"}': 1,
    'ganesha_stats_enabled{stats="nfs"}': 0, **MANY_CLIENTS, **STORAGE_FAILS}
NO_ANSWER = {name: 0 for name in WELL if 'collector' in name}
FLAPPING = {'ganesha_owner_changes_total': 9}
UNREACHABLE = None
FAILURES = {
    'down': DOWN, 'storage-1': STORAGE_FAILS, 'storage-2': STORAGE_FAILS,
    'rack-1': UNREACHABLE, 'rack-2': UNREACHABLE, 'rack-3': UNREACHABLE,
    'silent': NO_ANSWER, 'full': {'ganesha_fd_state{state="hard_limit"}': 1}, 'flapping': FLAPPING,
    'missing': {'ganesha_exports_missing': 2, 'ganesha_exports': 2, 'ganesha_owner_changes_total': 2},
    'suspended': {'ganesha_exporter_method_suspended{method="ShowExports"}': 1,
                  'ganesha_exporter_collector_success{collector="exports"}': 0},
    'pair-a': UNREACHABLE, 'pair-b': {'ganesha_up': 1}, 'home-1': DOWN, 'home-2': {}, 'work-1': UNREACHABLE, 'work-2': {},
    'lost-a': UNREACHABLE, 'lost-b': DOWN}
BEFORE = {'pair-b': {'ganesha_up': 0}}
LAST = 'last'
EXPECTED = sorted([
    ('pager', 'critical', 'NFSGaneshaDown', ('down',)),
    ('pager', 'critical', 'NFSGaneshaExporterDown', ('rack-1', 'rack-2', 'rack-3')),
    ('pager', 'critical', 'NFSGaneshaExportsMissing', ('missing',)),
    ('pager', 'critical', 'NFSGaneshaOpenFilesAtLimit', ('full',)),
    ('pager', 'critical', 'NFSGaneshaGroupDown', ('lost',)),
    ('tickets', 'warning', 'NFSGaneshaFailedOver', ('home',)),
    ('tickets', 'warning', 'NFSGaneshaFailedOver', ('pair',)),
    ('tickets', 'warning', 'NFSGaneshaExporterDown', ('pair-a',)),
    # Whether only the exporter of an active node is down, or the node, is not known.
    ('tickets', 'warning', 'NFSGaneshaFailedOver', ('work',)),
    ('tickets', 'warning', 'NFSGaneshaExporterDown', ('work-1',)),
    ('tickets', 'warning', 'NFSGaneshaErrorRatioHigh', ('storage-1', 'storage-2')),
    ('tickets', 'warning', 'NFSGaneshaNotAnswering', ('silent',)),
    ('tickets', 'warning', 'NFSGaneshaFlapping', ('flapping',)),
    # In another cluster.
    ('tickets', 'warning', 'NFSGaneshaFlapping', (LAST,)),
    ('tickets', 'warning', 'NFSGaneshaMethodSuspended', ('suspended',)),
    ('tickets', 'warning', 'NFSGaneshaCollectorFailing', ('suspended',)),
    ('chat', 'info', 'NFSGaneshaRestarted', ('missing',))])
# Alerts that others silence.
SILENCED = {
    ('NFSGaneshaStuckInGrace', 'down'), ('NFSGaneshaExportsMissing', 'down'), ('NFSGaneshaOpenFilesAtLimit', 'down'),
    ('NFSGaneshaStatsDisabled', 'down'), ('NFSGaneshaClientsDropped', 'down'), ('NFSGaneshaErrorRatioHigh', 'down'),
    ('NFSGaneshaLatencyHigh', 'down'), ('NFSGaneshaLatencyHigh', 'storage-1'), ('NFSGaneshaExportsLost', 'missing'),
    ('NFSGaneshaOpenFilesNearLimit', 'full'), ('NFSGaneshaRestarted', 'flapping'),
    ('NFSGaneshaClientsDropped', 'rack-1'), ('NFSGaneshaDown', 'home-1'),
    ('NFSGaneshaExporterDown', 'lost-a'), ('NFSGaneshaDown', 'lost-b')}


class Fleet(PageOfEach):
    """`pages` holds the samples of each, or UNREACHABLE."""

    def __init__(self):
        self.pages = {name: WELL | BEFORE.get(name, {}) for name in (*FAILURES, LAST)}

    def fail(self, name, failure):
        self.pages[name] = failure if failure is UNREACHABLE else WELL | failure

    def page(self, name):
        samples = self.pages[name]
        if samples is UNREACHABLE:
            return None
        return ''.join(f'{series} {value() if callable(value) else value}\n' for series, value in samples.items())


def shorter(rules):
    """These rules at each scrape, with means of 10 s for 5 minutes, and at most 8 s where a condition must hold for
    minutes; one failed scrape is no alert."""
    rules = re.sub(r'\binterval: \w+', f'interval: {INTERVAL}', rules)
    rules = re.sub(r'\b((?:rate|avg_over_time|min_over_time)\(\w+)\[5m\]', r'\1[10s]', rules)
    return re.sub(r'for: (\d+)m', lambda minutes: f'for: {min(8, 3 + int(minutes[1]))}s', rules)


def example(file):
    import yaml
    return yaml.safe_load((REPOSITORY / 'examples' / file).read_text())


def configuration(webhook):
    """The example, with the webhook in place of its receivers, and shorter times."""
    def hurry(route):
        route.update({name: time for name, time in (('group_wait', GROUP_WAIT), ('group_interval', '1s')) if name in route})
        for child in route.get('routes', ()):
            hurry(child)

    result = example('alertmanager/alertmanager.yml')
    hurry(result['route'])
    for receiver in result['receivers']:
        receiver['webhook_configs'][0]['url'] = webhook.url
    return result


def labels_of_targets():
    """By the name of the instance: pair-a is of the group pair."""
    def label(name, value, instances):
        return {'source_labels': ['instance'], 'regex': instances, 'target_label': name, 'replacement': value}

    return [PageOfEach.relabel, label('cluster', 'east', '.*'), label('cluster', 'west', LAST),
            label('ha_group', '$1', '(pair|home|work|lost)-.*'), label('ha_mode', 'active-passive', 'pair-.*'),
            label('ha_mode', 'active-active', '(home|work|lost)-.*')]


def in_short(notification):
    """Receiver, severity, alert, and the instances or the group; each alert is one of these."""
    firing = [alert['labels'] for alert in notification['alerts'] if alert['status'] == 'firing']
    common = notification['commonLabels']
    names = {labels.get('instance') or labels['ha_group'] for labels in firing}
    return notification['receiver'], common['severity'], common['alertname'], tuple(sorted(names))


class AFleet(unittest.TestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        rules = [folder / Path(file).name for file in RULES]
        for short, file in zip(rules, RULES):
            short.write_text(shorter((REPOSITORY / file).read_text()))
        self.fleet = self.enterContext(Fleet())
        self.webhook = self.enterContext(Webhook())
        alertmanager = self.enterContext(Alertmanager(configuration(self.webhook)))
        self.prometheus = self.enterContext(Prometheus(
            {'nfs': dict.fromkeys(self.fleet.pages, self.fleet.address)}, rules=rules, interval=INTERVAL,
            scrape={'relabel_configs': labels_of_targets()}, alertmanagers=[alertmanager.address],
            alert_relabel=example('high-availability/prometheus.yml')['alerting']['alert_relabel_configs']))
        wait_until(lambda: len(self.prometheus.query('instance:ganesha_exporter:up == 1')) == len(self.fleet.pages) and
                   len(self.prometheus.query('instance:ganesha_ha:up')) == 8, 30, 'all to be scraped')
        # Rules that ran before the first scrape miss the exporters for a moment.
        wait_until(lambda: not self.firing() - {('NFSGaneshaDown', 'pair-b')}, 30, 'no alert to fire')

    def firing(self):
        return {(alert['metric']['alertname'], alert['metric'].get('instance') or alert['metric'].get('ha_group'))
                for alert in self.prometheus.query('ALERTS{alertstate="firing"}')}

    def notified(self):
        return sorted(short for short in map(in_short, self.webhook.notifications) if short[-1])

    def test_gets_one_notification_per_cause(self):
        # Just before its machine is unreachable.
        self.fleet.fail('rack-1', MANY_CLIENTS)
        wait_until(lambda: self.prometheus.query('ganesha_exporter_clients_dropped'), 30, 'a scrape')
        for name, failure in FAILURES.items():
            self.fleet.fail(name, failure)
        causes = {(alert, name) for *_, alert, names in EXPECTED for name in names} - {('NFSGaneshaFlapping', LAST)}
        wait_until(lambda: causes | SILENCED <= self.firing(), 60, 'the causes, and what follows, to fire')
        # When this is reported, all that fired before it would have been.
        self.fleet.fail(LAST, FLAPPING)
        wait_until(lambda: any(LAST in short[-1] for short in self.notified()), 60, 'the last one')
        self.assertEqual(self.notified(), EXPECTED)


if __name__ == '__main__':
    run_tests('prometheus', 'prometheus-alertmanager', modules=['yaml'])
