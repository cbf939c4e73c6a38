#!/usr/bin/python3
"""The alerts of dashboards/: described, each with its runbook and its tests, on metrics that exist."""
import collections
import functools
import importlib.util
import json
import pathlib
import re
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = REPOSITORY / 'dashboards'
sys.path.insert(0, str(DASHBOARDS))
import make_alerts_table  # noqa: E402

LIST = 'docs/alerts.md'
RUNBOOKS = 'docs/runbooks.md'
PARTS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation']
# Metrics of Prometheus itself.
OF_PROMETHEUS = {'up', 'scrape_duration_seconds'}


@functools.cache
def load(file):
    import yaml
    return yaml.safe_load((DASHBOARDS / file).read_text())


def rules(file):
    return [rule for group in load(file)['groups'] for rule in group['rules']]


def alerts():
    return {rule['alert']: rule for rule in rules('ganesha.alerts.yml')}


def sections():
    """Title and text of each runbook."""
    parts = re.split(r'^## (.*)\n', (REPOSITORY / RUNBOOKS).read_text(), flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def known_metrics():
    reference = (REPOSITORY / 'docs/metrics.md').read_text()
    recorded = {rule['record'] for rule in rules('ganesha.rules.yml')}
    histograms = re.findall(r'^\| `(\w+)` \| histogram', reference, re.M)
    parts = {name + part for name in histograms for part in ('_bucket', '_count', '_sum')}
    return set(re.findall(r'^\| `(\w+)` \|', reference, re.M)) | parts | recorded | OF_PROMETHEUS


def metrics_in(expression):
    """Names in the position of a metric. Quoted text is no metric, except in {__name__=~"…"}."""
    named = re.findall(r'__name__=~"([^"]*)"', expression)
    bare = re.sub(r'"[^"]*"|\[[^]]*\]|\b(by|on|without|ignoring|group_left) ?\([^)]*\)', '', expression)
    words = re.findall(r'(?<![\w:])((?:up|scrape|process|ganesha|\w+:)[\w:]*)\b(?!\()', bare)
    return set(words) | {name for names in named for name in names.split('|')}


def recorded_in(dashboard):
    """Names such as a:b:c; where a part of one is a choice of the reader, with each of its options."""
    choices = [each for each in json.loads(dashboard)['templating']['list'] if each['type'] == 'custom']
    chosen = [dashboard.replace(f'${{{each["name"]}}}', option['value']) for each in choices for option in each['options']]
    return set(re.findall(r'\b\w+:\w+:\w+\b', ' '.join([dashboard, *chosen])))


class TheAlerts(unittest.TestCase):
    def test_have_severity_summary_description_and_runbook(self):
        for name, alert in alerts().items():
            with self.subTest(name):
                self.assertRegex(name, r'^NFSGanesha([A-Z][a-z]+)+$')
                self.assertEqual(alert['labels'].keys(), {'severity'})
                self.assertIn(alert['labels']['severity'], ('critical', 'warning', 'info'))
                annotations = alert['annotations']
                self.assertEqual(annotations.keys(), {'summary', 'description', 'runbook_url'})
                self.assertRegex(annotations['summary'], r'^[A-Z][^\n]*\.$')
                self.assertRegex(annotations['description'], r'\$value|\.Value')
                self.assertEqual(annotations['runbook_url'], f'{RUNBOOKS}#{name.lower()}')

    def test_are_the_same_in_kubernetes(self):
        groups = load('ganesha.rules.yml')['groups'] + load('ganesha.alerts.yml')['groups']
        resource = load('../deploy/kubernetes/prometheusrule/prometheusrule.yaml')
        self.assertEqual(resource['spec']['groups'], groups)

    def test_are_named_once(self):
        names = collections.Counter(rule['alert'] for rule in rules('ganesha.alerts.yml'))
        self.assertEqual([name for name, count in names.items() if count > 1], [])

    def test_use_metrics_that_exist(self):
        expressions = [rule['expr'] for rule in rules('ganesha.rules.yml') + rules('ganesha.alerts.yml')]
        for page in RUNBOOKS, 'docs/operations.md':
            expressions += re.findall(r'```promql\n(.*?)```', (REPOSITORY / page).read_text(), re.S)
        for expression in expressions:
            with self.subTest(expression):
                self.assertTrue(metrics_in(expression))
                self.assertEqual(metrics_in(expression) - known_metrics(), set())

    def test_use_every_recorded_metric_that_no_dashboard_uses(self):
        used = set().union(*(metrics_in(alert['expr']) for alert in alerts().values()))
        for file in DASHBOARDS.glob('*.json'):
            used |= recorded_in(file.read_text())
        for rule in rules('ganesha.rules.yml'):
            used |= metrics_in(rule['expr'])
        self.assertEqual({rule['record'] for rule in rules('ganesha.rules.yml')} - used, set())

    def test_have_tests_for_firing_and_for_not_firing(self):
        fires, silent = set(), set()
        for file in DASHBOARDS.glob('tests/*.test.yml'):
            for group in load(file.relative_to(DASHBOARDS))['tests']:
                for case in group.get('alert_rule_test', ()):
                    (fires if case['exp_alerts'] else silent).add(case['alertname'])
        self.assertEqual(fires, set(alerts()))
        self.assertEqual(silent, set(alerts()))

    def test_are_listed_as_the_rules_describe_them(self):
        self.assertTrue((REPOSITORY / LIST).read_text().endswith(make_alerts_table.table()), 'run make docs')

    def test_are_listed_with_their_runbooks(self):
        text = (REPOSITORY / LIST).read_text()
        rows = re.findall(r'^\| \[`(NFSGanesha\w+)`\]\((.*?)\) \| (\w+) \|', text, re.M)
        listed = [(name, f'docs/{link}', severity) for name, link, severity in rows]
        self.assertEqual(listed, [(name, alert['annotations']['runbook_url'], alert['labels']['severity'])
                                  for name, alert in alerts().items()])


class TheRunbooks(unittest.TestCase):
    def test_have_one_section_for_each_alert_in_their_order(self):
        self.assertEqual([title for title, _ in sections()], list(alerts()))

    def test_have_meaning_impact_diagnosis_and_mitigation(self):
        for title, text in sections():
            with self.subTest(title):
                self.assertEqual(re.findall(r'^\*\*(\w+)\.\*\* ', text, re.M), PARTS)
                diagnosis = text[text.index('**Diagnosis.**'):text.index('**Mitigation.**')]
                self.assertRegex(diagnosis, r'```(sh|promql)\n')

    def test_link_to_their_own_sections(self):
        titles = {title.lower() for title, _ in sections()}
        for _, text in sections():
            self.assertLessEqual(set(re.findall(r'\(#(\w+)\)', text)), titles)


if __name__ == '__main__':
    if not importlib.util.find_spec('yaml'):
        print('python3-yaml is missing: run scripts/install-deps')
        sys.exit(77)
    unittest.main(verbosity=2)
