#!/usr/bin/python3
"""scripts/release-check and scripts/same-bytes in a repository of their own: what is missing for a release is named, and
how to put it right."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CHANGELOG = '# Changelog\n\n## 7.8.9 - 2026-11-27\n\n### Added\n'
NAMES = ['ganesha-exporter_7.8.9-1~deb12_amd64.deb', 'ganesha-exporter_7.8.9-1~deb13_amd64.deb',
         'ganesha_exporter-7.8.9.linux-amd64.tar.gz', 'ganesha-exporter-7.8.9-1.x86_64.rpm',
         'ganesha_exporter-dashboards-7.8.9.tar.gz', 'ganesha_exporter-7.8.9.spdx.json']
# Stands for the real one: one package, of the source and of {more}.
PACKAGES = """#!/bin/sh
cd "$(dirname "$0")/.." && mkdir -p dist && cd dist
printf '%s\\n' "$(cat ../CMakeLists.txt)" {more} >package && sha256sum package >SHA256SUMS
"""
# Stands for the program in the archive.
PROGRAM = """#!/bin/sh
echo 'ganesha_exporter {version} (revision {revision})'
"""
# What a check runs, in place of the real ones, which have tests of their own.
CALLED = 'tests/packages/readme_test.py', 'tests/unit/documentation_test.py'


class InARepository(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.root / 'scripts').mkdir()
        for script in 'release-check', 'same-bytes', 'version':
            shutil.copy(REPOSITORY / 'scripts' / script, self.root / 'scripts')
        self.write('CMakeLists.txt', 'project(ganesha_exporter VERSION 7.8.9 LANGUAGES CXX)\n')
        self.write('.gitignore', '/build/\n/dist/\n')
        self.write('CHANGELOG.md', CHANGELOG)
        self.git('init', '--quiet')
        self.commit()

    def write(self, name, text):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def run_in_root(self, *command):
        # No configuration of this machine's user, and no repository around this one.
        environment = {'PATH': os.environ['PATH'], 'HOME': str(self.root), 'GIT_CEILING_DIRECTORIES': str(self.root.parent)}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=120)

    def git(self, *arguments):
        done = self.run_in_root('git', '-c', 'user.name=x', '-c', 'user.email=x@localhost', *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def commit(self):
        self.git('add', '--all')
        self.git('commit', '--quiet', '--message=x')


class TheReleaseCheck(InARepository):
    def run_check(self):
        return self.run_in_root('scripts/release-check', '--skip-tests')

    def check(self):
        """What it prints where a check fails."""
        done = self.run_check()
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def test_accepts_a_release_that_is_complete(self):
        for test in CALLED:
            self.write(test, '')
        self.write('scripts/same-bytes', '#!/bin/sh\n')
        self.commit()
        self.git('tag', 'v7.8.9')
        self.write_packages()
        done = self.run_check()
        self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout)
        self.assertEqual({line.split()[0] for line in done.stdout.splitlines()}, {'ok'})

    def test_names_packages_of_another_version(self):
        self.write_packages(version='7.8.8')
        self.assertIn('failed  the packages are of this commit: the program says "ganesha_exporter 7.8.8 ', self.check())

    def test_names_packages_of_another_commit(self):
        self.write_packages()
        self.write('more', '')
        self.commit()
        said = self.check()
        self.assertIn('failed  the packages are of this commit: the program says "ganesha_exporter 7.8.9 ', said)
        self.assertIn(f'but HEAD is 7.8.9, {self.revision()}: run make packages\n', said)

    def test_names_a_work_tree_that_is_not_clean(self):
        self.write('new', '')
        self.assertIn('failed  the work tree is clean: commit or remove what `git status` shows\n', self.check())

    def test_says_how_the_heading_must_be(self):
        self.write('CHANGELOG.md', CHANGELOG.replace('7.8.9 - 2026-11-27', 'Unreleased'))
        self.assertRegex(self.check(), r'failed .*: the newest heading is "## Unreleased"; rename it "## 7\.8\.9 - \d{4}-')

    def test_says_how_to_tag(self):
        self.assertIn("failed  the tag v7.8.9 is at HEAD: there is none; when all else is ok: git tag -s v7.8.9 -m 'Version "
                      "7.8.9'\n", self.check())

    def test_names_a_tag_at_another_commit(self):
        self.git('tag', 'v7.8.9')
        tagged = self.git('rev-parse', '--short', 'HEAD')
        self.write('more', '')
        self.commit()
        self.assertIn(f'failed  the tag v7.8.9 is at HEAD: it is at {tagged}', self.check())

    def test_names_packages_that_are_missing(self):
        self.assertIn(f'dist/ lacks {" ".join(NAMES)} SHA256SUMS: run make packages\n', self.check())

    def revision(self):
        return self.git('rev-parse', '--short=12', 'HEAD')

    def write_packages(self, version='7.8.9'):
        """Those of this commit, of a program of this version."""
        for name in NAMES:
            self.write(f'dist/{name}', name)
        folder = 'ganesha_exporter-7.8.9.linux-amd64'
        program = f'build/{folder}/usr/bin/ganesha_exporter'
        self.write(program, PROGRAM.format(version=version, revision=self.revision()))
        (self.root / program).chmod(0o755)
        done = self.run_in_root('tar', '-C', 'build', '-czf', f'dist/{folder}.tar.gz', folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        sums = subprocess.run(['sha256sum', *NAMES], cwd=self.root / 'dist', capture_output=True, text=True, check=True).stdout
        self.write('dist/SHA256SUMS', sums)

    def test_accepts_right_checksums(self):
        self.write_packages()
        self.assertIn('ok      SHA256SUMS is right\n', self.check())

    def test_names_a_file_whose_checksum_is_wrong(self):
        self.write_packages()
        self.write(f'dist/{NAMES[3]}', 'another')
        self.assertIn(f'failed  SHA256SUMS is right: {NAMES[3]}: FAILED', self.check())

    def test_names_a_file_without_a_checksum(self):
        self.write_packages()
        self.write('dist/stray', '')
        self.assertIn('failed  SHA256SUMS is right: SHA256SUMS lacks stray\n', self.check())

    def test_runs_what_must_pass_before_a_change_lands_unless_told_not_to(self):
        self.write('.ci/run', '#!/bin/sh\necho "Tests were skipped:"\nexit "$(cat status)"\n')
        (self.root / '.ci/run').chmod(0o755)
        for status, line in (0, 'ok      every test passes\n'), (
                1, 'failed  every test passes: see build/release-check/tests.log\n'):
            self.write('status', str(status))
            done = self.run_in_root('scripts/release-check')
            self.assertIn(line, done.stdout)
            self.assertEqual((self.root / 'build/release-check/tests.log').read_text(), 'Tests were skipped:\n')
        self.assertNotIn('every test passes', self.check())

    def test_refuses_other_arguments(self):
        done = self.run_in_root('scripts/release-check', '--skip')
        self.assertEqual((done.returncode, done.stderr), (1, 'usage: scripts/release-check [--skip-tests]\n'))


class TheSameBytes(InARepository):
    def compare(self, more):
        """The result for packages of which one also has what `more` says."""
        self.write('scripts/packages', PACKAGES.format(more=more))
        (self.root / 'scripts/packages').chmod(0o755)
        self.commit()
        self.assertEqual(self.run_in_root('scripts/packages').returncode, 0)
        done = self.run_in_root('scripts/same-bytes')
        self.assertEqual(list((self.root / 'build').iterdir()), [])
        return done

    def test_accepts_packages_that_follow_from_the_source(self):
        done = self.compare('always')
        self.assertEqual((done.returncode, done.stdout), (0, 'The same: 2 files\n'), done.stderr)

    def test_names_a_package_that_has_the_directory_of_the_build(self):
        done = self.compare('"$PWD"')
        self.assertEqual((done.returncode, done.stderr), (1, 'same-bytes: not the same: SHA256SUMS package\n'))

    def test_takes_nothing_that_the_first_build_compiled(self):
        self.assertEqual(self.compare('"${CCACHE_NAMESPACE:-}"').returncode, 1)

    def test_says_what_to_do_without_packages(self):
        done = self.run_in_root('scripts/same-bytes')
        self.assertEqual((done.returncode, done.stderr), (1, 'same-bytes: there is no dist/: run make packages\n'))


if __name__ == '__main__':
    unittest.main(verbosity=2)
