#!/usr/bin/python3
"""docs/collectors.md is what --help-collectors prints; GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
import pathlib
import re
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from generated import GeneratedFile  # noqa: E402
from harness.exporter import run_exporter  # noqa: E402

REFERENCE = REPOSITORY / 'docs/collectors.md'
METRICS = REPOSITORY / 'docs/metrics.md'


def rows():
    return [line for line in REFERENCE.read_text().splitlines() if line.startswith('| [')]


class TheReferenceOfCollectors(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-collectors', REFERENCE

    def test_has_a_row_for_every_flag_of_a_collector(self):
        flags = set(re.findall(r'--\[no-\]collector\.(\w+)', run_exporter('--help').stdout))
        self.assertGreater(len(flags), 10)
        self.assertEqual({re.match(r'\| \[`(\w+)`', row)[1] for row in rows()}, flags)

    def test_leads_to_the_metrics_of_each(self):
        sections = set(re.findall(r'^## Collector (\w+)$', METRICS.read_text(), re.MULTILINE))
        self.assertEqual({re.search(r'metrics\.md#collector-(\w+)', row)[1] for row in rows()}, sections)


if __name__ == '__main__':
    unittest.main(verbosity=2)
