#!/usr/bin/python3
"""The version stands in CMakeLists.txt alone, so that the next one changes one line."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness import run_exporter  # noqa: E402

PLACE = REPOSITORY / 'CMakeLists.txt'
# What was released, and how to come from one release to another.
HISTORY = {'CHANGELOG.md', 'UPGRADING.md'}
# What may stand between our name and a version of ours: another version beside it is of another program.
OURS = r'ganesha[_-]exporter(-dashboards|-dbgsym|:amd64)?([ =:_@/-]|\s+version\s+)v?'


def version():
    return re.search(r'^project\(ganesha_exporter VERSION (\S+)', PLACE.read_text(), re.M)[1]


def sources():
    """What git knows or would add."""
    shown = subprocess.run([REPOSITORY / 'scripts/source-files'], stdout=subprocess.PIPE, check=True).stdout
    return [REPOSITORY / os.fsdecode(name) for name in shown.split(b'\0') if name]


def names(text, what):
    """Whether the text says that this is our version."""
    return re.search(rf'(?i){OURS}{re.escape(what)}(?![\d.]*\d)', text) is not None


class TheVersion(unittest.TestCase):
    def test_is_one_of_semantic_versioning(self):
        self.assertRegex(version(), r'^\d+\.\d+\.\d+$')

    def test_is_the_one_of_the_program(self):
        self.assertEqual(run_exporter('--version').stdout.split()[:2], ['ganesha_exporter', version()])

    def test_stands_in_no_other_file(self):
        files = sources()
        self.assertGreater(len(files), 500)
        found = {str(path.relative_to(REPOSITORY)) for path in files
                 if names(path.read_text(errors='replace'), version())}
        self.assertEqual(found - HISTORY, {PLACE.name})


class TheCheck(unittest.TestCase):
    def test_finds_a_version_among_others(self):
        for text in ('ganesha-exporter_1.2.3-1~deb12_amd64.deb', 'ganesha_exporter-1.2.3.linux-amd64.tar.gz',
                     'ganesha_exporter-dashboards-1.2.3.tar.gz', 'ganesha_exporter 1.2.3', 'ganesha_exporter:v1.2.3',
                     'project(ganesha_exporter VERSION 1.2.3 ', 'ganesha-exporter=1.2.3', 'Use ganesha_exporter 1.2.3.'):
            self.assertTrue(names(text, '1.2.3'), text)
        for text in ('ganesha_exporter 11.2.3', 'ganesha_exporter 1.2.34', 'ganesha_exporter 1.2.3.4', 'ganesha_exporter 1.203',
                     'prometheus-cpp 1.2.3', 'text/plain; version=1.2.3', 'ganesha_exporter with spdlog 1.2.3'):
            self.assertFalse(names(text, '1.2.3'), text)


if __name__ == '__main__':
    unittest.main(verbosity=2)
