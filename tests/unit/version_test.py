#!/usr/bin/python3
"""The version stands in CMakeLists.txt alone, so that the next one changes one line."""
import pathlib
import re
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness import run_exporter  # noqa: E402

PLACE = REPOSITORY / 'CMakeLists.txt'
# What was released, and how to come from one release to another.
HISTORY = {'CHANGELOG.md', 'UPGRADING.md'}
# Those of other programs, and of the formats of metrics.
OTHERS = {'tests/browser/package-lock.json', 'exporter/metrics/content_negotiation.cpp',
          'tests/unit/metrics/content_negotiation_test.cpp'}
NO_SOURCES = {'.git', 'build', 'dist', 'node_modules', '__pycache__'}


def version():
    return re.search(r'^project\(ganesha_exporter VERSION (\S+)', PLACE.read_text(), re.M)[1]


def sources(folder=REPOSITORY):
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and path.name not in NO_SOURCES:
            yield from sources(path)
        elif path.is_file():
            yield path


def names(text, what):
    """Whether the text has this version; `version=` is that of a format of metrics."""
    return re.search(rf'(?<![\d.])(?<!version=){re.escape(what)}(?![\d.])', text) is not None


class TheVersion(unittest.TestCase):
    def test_is_one_of_semantic_versioning(self):
        self.assertRegex(version(), r'^\d+\.\d+\.\d+$')

    def test_is_the_one_of_the_program(self):
        self.assertEqual(run_exporter('--version').stdout.split()[:2], ['ganesha_exporter', version()])

    def test_stands_in_no_other_file(self):
        files = list(sources())
        self.assertGreater(len(files), 500)
        found = {str(path.relative_to(REPOSITORY)) for path in files
                 if names(path.read_text(errors='replace'), version())}
        self.assertEqual(found - HISTORY - OTHERS, {PLACE.name})


class TheCheck(unittest.TestCase):
    def test_finds_a_version_among_others(self):
        for text in 'exporter_1.2.3-1_amd64.deb', 'v1.2.3', '"1.2.3"', 'VERSION 1.2.3 ':
            self.assertTrue(names(text, '1.2.3'), text)
        for text in '11.2.3', '1.2.34', '10.1.2.3', '1.2.3.4', '1.203', 'text/plain; version=1.2.3':
            self.assertFalse(names(text, '1.2.3'), text)


if __name__ == '__main__':
    unittest.main(verbosity=2)
