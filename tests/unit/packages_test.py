#!/usr/bin/python3
"""scripts/packages, packaging/debian/build and their helpers in a folder where small scripts stand for the tools: what they
take, leave and refuse."""
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
STEPS = 'packaging/debian/build', *(f'packaging/{name}/build' for name in ('portable', 'rpm', 'dashboards'))
# Stands for dpkg-buildpackage: keeps the files that it is to build from, and makes a package beside them.
BUILDER = """#!/bin/sh
find . -type f >"$TMPDIR/../files"
touch ../ganesha-exporter_7.8.9-1_amd64.deb
"""


class InAFolder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.folder / 'source'
        for script in 'scripts/packages', 'scripts/version', 'scripts/source-files', 'scripts/reproducible.sh':
            (self.root / script).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / script, self.root / script)
        self.write('CMakeLists.txt', 'project(ganesha_exporter VERSION 7.8.9 LANGUAGES CXX)\n')

    def write(self, name, text, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def script(self, name, text):
        self.write(name, f'#!/bin/sh\n{text}\n', 0o755)

    def run_in_root(self, *command, **environment):
        # No configuration of this machine's user, and no repository around this one.
        environment |= {'HOME': str(self.folder), 'GIT_CEILING_DIRECTORIES': str(self.folder)}
        return subprocess.run(command, cwd=self.root, env={'PATH': os.environ['PATH'], **environment},
                              capture_output=True, text=True, timeout=120)


class TheSteps(InAFolder):
    def setUp(self):
        super().setUp()
        for step in STEPS:
            self.script(step, f'touch dist/{pathlib.Path(step).parent.name}')
        self.script('packaging/sbom/build', 'touch dist/x.spdx.json')

    def in_dist(self):
        return {file.name for file in (self.root / 'dist').iterdir()}

    def make(self, *steps):
        done = self.run_in_root('scripts/packages', *steps)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return self.in_dist()

    def test_leave_no_sums_and_no_list_of_what_they_replaced(self):
        parts = {'debian', 'portable', 'rpm', 'dashboards'}
        self.assertEqual(self.make(), parts | {'x.spdx.json', 'SHA256SUMS'})
        self.assertEqual(self.make('sums'), parts | {'x.spdx.json', 'SHA256SUMS'})
        self.assertEqual(self.make('sbom'), parts | {'x.spdx.json'})
        self.assertEqual(self.make('rpm', 'sums'), parts | {'SHA256SUMS'})
        self.assertEqual(self.make('sums', 'deb12'), parts)

    def test_fail_if_one_is_missing(self):
        (self.root / 'packaging/rpm/build').unlink()
        done = self.run_in_root('scripts/packages', 'dashboards', 'rpm', 'sums')
        self.assertEqual(done.returncode, 1)
        self.assertIn('packages: rpm failed, see build/packages/rpm.log\n', done.stderr)
        self.assertEqual(self.in_dist(), {'dashboards'})

    def test_refuse_one_that_nobody_knows_before_the_first_is_made(self):
        done = self.run_in_root('scripts/packages', 'dashboards', 'deb14')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('packages: unknown step deb14; there are: deb12 ', done.stderr)
        self.assertFalse((self.root / 'dist').exists())


class TheDebianPackage(InAFolder):
    def setUp(self):
        super().setUp()
        shutil.copytree(REPOSITORY / 'packaging/debian', self.root / 'packaging/debian')
        self.write('.gitignore', '/build/\n/dist/\n')
        self.write('a name\nof two lines', '')
        self.write('build/object', '')
        self.write('dist/package', '')
        self.temporary = self.folder / 'temporary'
        self.temporary.mkdir()

    def build(self, builder):
        """By other tools than the real ones."""
        tools = self.folder / 'tools'
        tools.mkdir(exist_ok=True)
        for name, text in {'dpkg-buildpackage': builder, 'lintian': '#!/bin/sh\n', 'ccache': '#!/bin/sh\n'}.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        release = subprocess.run('. /etc/os-release; echo "$VERSION_ID"', shell=True, stdout=subprocess.PIPE, text=True)
        return self.run_in_root('packaging/debian/build', release.stdout.strip(), PATH=f'{tools}:{os.environ["PATH"]}',
                                TMPDIR=str(self.temporary), SOURCE_DATE_EPOCH='1700000000', GANESHA_EXPORTER_REVISION='x')

    def test_is_built_of_the_same_files_with_and_without_git(self):
        done = self.build(BUILDER)
        self.assertEqual(done.returncode, 0, done.stderr)
        without = (self.folder / 'files').read_text().splitlines()
        self.assertIn('./debian/changelog', without)
        self.assertIn('./a name', without)
        self.assertFalse([name for name in without if name.startswith(('./build/', './dist/'))])
        self.run_in_root('git', 'init', '--quiet')
        self.run_in_root('git', 'add', 'CMakeLists.txt', 'scripts')
        self.assertEqual(self.build(BUILDER).returncode, 0)
        self.assertEqual(sorted((self.folder / 'files').read_text().splitlines()), sorted(without))

    def test_leaves_nothing_in_the_folder_for_temporary_files(self):
        for builder, status in (BUILDER, 0), ('#!/bin/sh\nexit 3\n', 3):
            self.assertEqual(self.build(builder).returncode, status)
            self.assertEqual(list(self.temporary.iterdir()), [])


@unittest.skipUnless(os.geteuid() == 0, 'scripts/debian13 needs root')
class TheOtherDebian(InAFolder):
    def test_is_waited_for_when_another_checkout_with_a_link_to_it_uses_it(self):
        for script in 'debian13', 'namespace.sh':
            shutil.copy(REPOSITORY / 'scripts' / script, self.root / 'scripts')
        tree = self.folder / 'trixie'
        tree.mkdir()
        (self.root / 'build').mkdir()
        (self.root / 'build/trixie').symlink_to(tree)
        with open(f'{tree}.lock', 'w') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # In a group of its own, which is ended while it waits.
            with subprocess.Popen([self.root / 'scripts/debian13', 'true'], stdout=subprocess.PIPE, text=True,
                                  start_new_session=True) as waiting:
                first = waiting.stdout.readline()
                os.killpg(waiting.pid, signal.SIGKILL)
        self.assertEqual(first, 'Waiting for another debian13 to finish\n')
        self.assertEqual(list(tree.iterdir()), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
