#!/usr/bin/python3
"""The steps of make packages that compile nothing, repeated in another directory at another time: the same bytes again.
scripts/same-bytes repeats all of them, for a release."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from dist import DIST, REPOSITORY, VERSION, in_dist, run

ARCHIVE = f'ganesha_exporter-{VERSION}.linux-amd64.tar.gz'


class AnotherRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A copy of what git knows, without git: the time of the commit comes by the environment."""
        cls.source = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()), 'another', 'place')
        cls.source.mkdir(parents=True)
        files = run('git', 'ls-files', '-z', cwd=REPOSITORY, check=True).stdout
        archive = subprocess.run(['tar', '--null', '--files-from=-', '-cf', '-'], cwd=REPOSITORY, input=files.encode(),
                                 stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(['tar', '-C', cls.source, '-xf', '-'], input=archive, check=True)
        (cls.source / 'dist').mkdir()
        epoch = run('git', 'log', '-1', '--format=%ct', cwd=REPOSITORY, check=True).stdout.strip()
        cls.environment = os.environ | {'SOURCE_DATE_EPOCH': epoch, 'TZ': 'Pacific/Auckland', 'LC_ALL': 'C'}

    def again(self, name, *command):
        done = run(*command, cwd=self.source, env=self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.source / 'dist' / name).read_bytes(), in_dist(name).read_bytes())

    def test_packs_the_same_dashboards(self):
        self.again(f'ganesha_exporter-dashboards-{VERSION}.tar.gz', 'packaging/dashboards/build')

    def test_makes_the_same_rpm(self):
        (self.source / 'dist' / ARCHIVE).write_bytes(in_dist(ARCHIVE).read_bytes())
        self.again(f'ganesha-exporter-{VERSION}-1.x86_64.rpm', 'packaging/rpm/build')

    def test_writes_the_same_list(self):
        for file in DIST.iterdir():
            if not file.name.endswith('.spdx.json'):
                (self.source / 'dist' / file.name).write_bytes(file.read_bytes())
        self.again(f'ganesha_exporter-{VERSION}.spdx.json', 'packaging/sbom/build', REPOSITORY / 'build/portable')


if __name__ == '__main__':
    unittest.main(verbosity=2)
