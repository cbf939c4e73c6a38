#!/usr/bin/python3
"""A real Prometheus runs the configurations of examples/prometheus, and reads created timestamps."""
import hashlib
import json
import pathlib
import unittest

from component import BEAT_MS, QUICK, run_tests_of, sample
from harness import (
    LOOPBACK, REPOSITORY, Exporter, FakeGanesha, LoopbackServer, PrivateBus, Prometheus, free_port, prometheus_version,
    skip_unless, wait_until)

skip_unless(modules=('yaml',))
import yaml  # noqa: E402

EXAMPLES = REPOSITORY / 'examples/prometheus'
SERVERS = 6


class Example(Prometheus):
    """Runs examples/prometheus/NAME, as a Prometheus or as an agent, each second and with other targets.

    `change` gets the configuration, which it may change further. `rules` become rules.yml beside it.
    """

    def __init__(self, name, targets, change=lambda config: None, rules=()):
        self.config_of_example = yaml.safe_load((EXAMPLES / name).read_text())
        self.rules_of_example = list(rules)
        self.agent = name == 'agent.yml'
        self.targets = targets
        change(self.config_of_example)
        super().__init__({})

    def prepare(self):
        super().prepare()
        targets = self.folder / 'targets/nfs.yml'
        targets.parent.mkdir()
        targets.write_text(json.dumps([{'targets': self.targets, 'labels': {'building': 'east'}}]))
        self.config_of_example['global'] |= {'scrape_interval': '1s', 'scrape_timeout': '1s'}
        for job in self.config_of_example['scrape_configs']:
            job.pop('scrape_timeout', None)
        self.config.write_text(json.dumps(self.config_of_example))
        (self.folder / 'rules.yml').write_text(json.dumps({'groups': [{'name': 'test', 'rules': self.rules_of_example}]}))

    def flags(self):
        if not self.agent:
            # Alerts that fire before Alertmanager is known are sent again.
            return [*super().flags(), '--rules.alert.resend-delay=1s']
        agent = '--agent' if prometheus_version() >= (3,) else '--enable-feature=agent'
        return [agent, f'--storage.agent.path={self.folder / "data"}']


class Receiver(Prometheus):
    """A Prometheus that others write to."""

    def flags(self):
        return [*super().flags(), '--web.enable-remote-write-receiver']


def values(prometheus, promql, label):
    return sorted(result['metric'].get(label) for result in prometheus.query(promql))


def shard_of(address, shards=2):
    """As Prometheus computes it."""
    return int.from_bytes(hashlib.md5(address.encode()).digest()[8:], 'big') % shards


def addresses_of_both_shards():
    """An address for each server, with a port at which no shard is without one."""
    while True:
        port = free_port()
        addresses = [f'127.0.0.{number}:{port}' for number in range(1, SERVERS + 1)]
        if len(set(map(shard_of, addresses))) == 2:
            return addresses


class AlertsReceived(LoopbackServer):
    """In place of Alertmanager: `labels` of the alerts that it got."""

    def __init__(self):
        self.labels = []

    def post(self, request):
        alerts = json.loads(request.rfile.read(int(request.headers['Content-Length'])))
        self.labels += (alert['labels'] for alert in alerts)
        request.send_response(200)
        request.send_header('Content-Length', '0')
        request.end_headers()


class AlertsOfExamples(unittest.TestCase):
    """What reaches Alertmanager from a Prometheus that has no server: the alert of the real rules, and one beside it."""

    def alerts(self, name):
        received = self.enterContext(AlertsReceived())

        def hurry(config):
            config.pop('remote_write', None)
            config['global']['evaluation_interval'] = '1s'
            config['alerting']['alertmanagers'][0]['static_configs'][0]['targets'] = [received.address]
            config['rule_files'] = ['rules.yml']

        prometheus = self.enterContext(Example(name, [], hurry, rules=[self.absent(), {'alert': 'Other', 'expr': 'vector(1)'}]))
        wait_until(lambda: len(prometheus.query('ALERTS{alertstate="firing"}')) == 2, what='both alerts')
        # The rule evaluated last: the alert of the one before it is sent first.
        wait_until(lambda: any(labels['alertname'] == 'Other' for labels in received.labels), what='alerts to be sent')
        return {labels['alertname']: labels for labels in received.labels}

    @staticmethod
    def absent():
        """Without its ten minutes."""
        groups = yaml.safe_load((REPOSITORY / 'dashboards/ganesha.alerts.yml').read_text())['groups']
        rules = [rule for group in groups for rule in group['rules'] if rule.get('alert') == 'NFSGaneshaExporterAbsent']
        return {**rules[0], 'for': '0s'}

    def test_of_a_shard_without_servers_are_not_that_it_has_none(self):
        self.assertEqual(set(self.alerts('sharded.yml')), {'Other'})

    def test_of_replicas_have_no_label_of_the_replica(self):
        for name, label in ('thanos.yml', 'replica'), ('mimir.yml', '__replica__'):
            alerts = self.alerts(name)
            self.assertEqual(set(alerts), {'NFSGaneshaExporterAbsent', 'Other'})
            for labels in alerts.values():
                self.assertNotIn(label, labels)


class RealPrometheus(unittest.TestCase):
    """All of them start at once: each needs some seconds until it has found its targets."""

    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        cls.enterClassContext(FakeGanesha(cls.bus, clients=3, heartbeat_ms=BEAT_MS))
        cls.addresses = addresses_of_both_shards()
        cls.exporter = cls.enterClassContext(Exporter(
            f'--dbus.address={cls.bus.address}', *QUICK, '--web.openmetrics-created-timestamps',
            *(f'--web.listen-address={address}' for address in cls.addresses)))
        cls.of_files = cls.run_example('files.yml')
        cls.limited = cls.run_example('files.yml', cls.lower_the_limit)
        cls.shards = [cls.run_example('sharded.yml'), cls.run_example('sharded.yml', cls.take_the_other_shard)]
        cls.receiver = cls.enterClassContext(Receiver({}))
        cls.agent = cls.run_example('agent.yml', cls.send_to_receiver)

    @classmethod
    def run_example(cls, name, change=lambda config: None):
        return cls.enterClassContext(Example(name, cls.addresses, change))

    @staticmethod
    def lower_the_limit(config):
        config['scrape_configs'][0]['sample_limit'] = 10

    @staticmethod
    def take_the_other_shard(config):
        config['scrape_configs'][0]['relabel_configs'][1]['regex'] = '1'
        config['global']['external_labels']['shard'] = '1'

    @classmethod
    def send_to_receiver(cls, config):
        config['remote_write'][0]['url'] = f'http://{LOOPBACK}:{cls.receiver.port}/api/v1/write'
        del config['remote_write'][0]['basic_auth']

    def wait_all(self, prometheus, promql):
        wait_until(lambda: values(prometheus, promql, 'instance') == sorted(self.addresses), what=f'{promql} of all servers')

    def test_with_files_scrapes_what_they_name(self):
        self.wait_all(self.of_files, 'ganesha_up == 1')
        self.assertEqual(set(values(self.of_files, 'ganesha_up', 'building')), {'east'})

    def test_refuses_a_page_beyond_its_limit(self):
        self.wait_all(self.limited, 'up == 0')
        self.assertEqual(self.limited.query('ganesha_up'), [])

    def test_of_two_shards_scrapes_the_servers_that_the_other_one_does_not(self):
        for number, shard in enumerate(self.shards):
            own = sorted(address for address in self.addresses if shard_of(address) == number)
            wait_until(lambda: values(shard, 'ganesha_up', 'instance') == own, what=f'the servers of shard {number}')

    def test_as_an_agent_sends_what_it_scrapes(self):
        self.wait_all(self.receiver, 'ganesha_up{site="example"}')
        self.assertNotEqual(self.receiver.query('ganesha_client_transferred_bytes_total'), [])
        self.assertEqual(self.receiver.query('process_open_fds'), [], 'left out by write_relabel_configs')

    def test_that_does_not_use_created_timestamps_has_them_as_series(self):
        results = wait_until(lambda: self.of_files.query('ganesha_client_transferred_bytes_created'), what='created timestamps')
        start = sample(self.exporter.metrics(), 'ganesha_stats_start_timestamp_seconds', stats='nfs')
        self.assertEqual({float(result['value'][1]) for result in results}, {start})


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'prometheus', modules=('yaml',))
