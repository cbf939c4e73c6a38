#!/usr/bin/python3
"""docs/metrics.md is what --help-metrics prints; GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
import json
import pathlib
import re
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from generated import GeneratedFile  # noqa: E402

REFERENCE = REPOSITORY / 'docs/metrics.md'
DETAIL = '## Detail of clients'


class TheReferenceOfMetrics(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-metrics', REFERENCE

    def test_has_the_same_columns_in_every_table(self):
        for line in REFERENCE.read_text().partition(DETAIL)[0].splitlines():
            if line.startswith('|'):
                self.assertEqual(len(re.findall(r'(?<!\\)\|', line)), 8, line)

    def test_says_of_each_metric_of_clients_at_which_detail_it_is_served(self):
        metrics, _, detail = REFERENCE.read_text().partition(DETAIL)
        names = re.compile(r'^\| `(ganesha_client_\w+)`', re.M)
        self.assertEqual(set(names.findall(detail)), set(names.findall(metrics)))
        served = [line.split('|')[4:7] for line in detail.splitlines() if names.match(line)]
        self.assertEqual([sum(level[number] == ' yes ' for level in served) for number in range(3)],
                         [len(served) - 1, 2, 1])

    def test_names_every_method_that_was_recorded(self):
        recorded = {record['method'] for file in (REPOSITORY / 'tests/fixtures/wire').glob('*/replies.json')
                    for record in json.loads(file.read_text())}
        self.assertGreater(len(recorded), 30)
        named = set(re.findall(r'\w+', REFERENCE.read_text()))
        self.assertEqual(recorded - named, {'GetAll'}, 'which gives the VERSION_RELEASE')


if __name__ == '__main__':
    unittest.main(verbosity=2)
