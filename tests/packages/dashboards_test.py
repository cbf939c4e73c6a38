#!/usr/bin/python3
"""The archive of the dashboards: its files, that Prometheus takes the rules, and that no link of the runbooks is broken."""
import pathlib
import re
import tarfile
import tempfile
import unittest

from dist import REPOSITORY, VERSION, in_dist, run

NAME = f'ganesha_exporter-dashboards-{VERSION}'
FILES = ['LICENSE', 'README.md', 'dashboards/clients.json', 'dashboards/exporter.json', 'dashboards/exports.json',
         'dashboards/overview.json', 'dashboards/server.json', 'rules/gandi.rules.yml', 'rules/ganesha.alerts.yml',
         'rules/ganesha.rules.yml', 'runbooks/runbooks.md']


class TheArchive(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        with tarfile.open(in_dist(f'{NAME}.tar.gz')) as archive:
            self.members = archive.getmembers()
            archive.extractall(folder)
        self.root = pathlib.Path(folder, NAME)

    def test_has_these_files(self):
        self.assertEqual(sorted(str(file.relative_to(self.root)) for file in self.root.rglob('*') if file.is_file()), FILES)

    def test_belongs_to_root_and_can_be_read_by_all(self):
        self.assertEqual({(member.uid, member.gid) for member in self.members}, {(0, 0)})
        self.assertEqual({member.mode for member in self.members if member.isfile()}, {0o644})

    def test_has_the_dashboards_and_rules_of_this_source(self):
        for folder in 'dashboards', 'rules':
            for file in (self.root / folder).iterdir():
                self.assertEqual(file.read_bytes(), (REPOSITORY / 'dashboards' / file.name).read_bytes(), file.name)

    def test_has_rules_that_prometheus_accepts(self):
        done = run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', *sorted(self.root.glob('rules/*.yml')))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_has_runbooks_that_link_to_its_own_files(self):
        runbooks = self.root / 'runbooks/runbooks.md'
        links = re.findall(r'\]\(([^)#]+)', runbooks.read_text())
        self.assertEqual(links, ['../rules/ganesha.alerts.yml'])
        for link in links:
            self.assertTrue((runbooks.parent / link).exists(), link)


if __name__ == '__main__':
    unittest.main(verbosity=2)
