#!/usr/bin/python3
"""docs/flags.md is what --help-flags prints; GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
import pathlib
import re
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from generated import GeneratedFile  # noqa: E402
from harness.exporter import run_exporter  # noqa: E402

REFERENCE = REPOSITORY / 'docs/flags.md'


def flags_of(text, pattern):
    return set(re.findall(pattern, text, re.MULTILINE))


class TheReferenceOfFlags(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-flags', REFERENCE

    def test_has_every_flag_of_the_help_and_no_other(self):
        in_help = set()
        for arguments in (), ('top',):
            in_help |= flags_of(run_exporter(*arguments, '--help').stdout, r'^  (-.*)$')
        self.assertGreater(len(in_help), 60)
        self.assertEqual(flags_of(REFERENCE.read_text(), r'^\| `(-.*?)` \|'), in_help)

    def test_has_the_same_columns_in_every_table(self):
        for line in REFERENCE.read_text().splitlines():
            if line.startswith('|'):
                self.assertEqual(line.count('|'), 4, line)


if __name__ == '__main__':
    unittest.main(verbosity=2)
