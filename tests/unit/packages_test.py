#!/usr/bin/python3
"""scripts/packages, scripts/images, packaging/debian/build and their helpers in a folder where small scripts stand for the
tools: what they take, leave and refuse."""
import fcntl
import gzip
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

    def build(self, builder, **environment):
        """By other tools than the real ones."""
        tools = self.folder / 'tools'
        tools.mkdir(exist_ok=True)
        for name, text in {'dpkg-buildpackage': builder, 'lintian': '#!/bin/sh\n', 'ccache': '#!/bin/sh\n'}.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        release = subprocess.run('. /etc/os-release; echo "$VERSION_ID"', shell=True, stdout=subprocess.PIPE, text=True)
        return self.run_in_root('packaging/debian/build', release.stdout.strip(), PATH=f'{tools}:{os.environ["PATH"]}',
                                TMPDIR=str(self.temporary), SOURCE_DATE_EPOCH='1700000000', GANESHA_EXPORTER_REVISION='0123456789ab',
                                **environment)

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

    def test_says_of_which_revision_it_is(self):
        keep_changelog = '#!/bin/sh\ncp debian/changelog "$TMPDIR/../changelog"\ntouch ../x.deb\n'
        self.assertEqual(self.build(keep_changelog).returncode, 0)
        self.assertIn('\n  * Version 7.8.9, revision 0123456789ab. What', (self.folder / 'changelog').read_text())

    def test_names_the_maintainer_that_the_environment_gives(self):
        keep_names = '#!/bin/sh\ngrep -h "@" debian/control debian/changelog >"$TMPDIR/../names"\ntouch ../x.deb\n'
        self.assertEqual(self.build(keep_names).returncode, 0)
        self.assertEqual((self.folder / 'names').read_text().count('maintainers@ganesha-exporter.invalid'), 2)
        self.assertEqual(self.build(keep_names, DEBFULLNAME='A & B', DEBEMAIL='ab@localhost').returncode, 0)
        control, changelog = (self.folder / 'names').read_text().splitlines()
        self.assertEqual(control, 'Maintainer: A & B <ab@localhost>')
        self.assertTrue(changelog.startswith(' -- A & B <ab@localhost>  '), changelog)


class TheImages(InAFolder):
    def setUp(self):
        super().setUp()
        shutil.copy(REPOSITORY / 'scripts/images', self.root / 'scripts')
        self.script('tools/buildah', 'printf "%s\\n" "$@"')

    def package(self, *, changelog='', program=True):
        """A package of another version than the source here."""
        tree = self.folder / 'package'
        for folder in 'DEBIAN', 'usr/bin', 'usr/share/doc/ganesha-exporter':
            (tree / folder).mkdir(parents=True)
        (tree / 'DEBIAN/control').write_text(
            'Package: ganesha-exporter\nVersion: 4.5.6-1~deb13\nArchitecture: amd64\nMaintainer: x <x@localhost>\n'
            'Description: x\n')
        with gzip.open(tree / 'usr/share/doc/ganesha-exporter/changelog.Debian.gz', 'wt') as file:
            file.write(changelog)
        if program:
            (tree / 'usr/bin/ganesha_exporter').touch(0o755)
        made = self.folder / 'x.deb'
        subprocess.run(['dpkg-deb', '--build', tree, made], check=True, stdout=subprocess.DEVNULL)
        return str(made)

    def build(self, **environment):
        return self.run_in_root('scripts/images', PATH=f'{self.root}/tools:{os.environ["PATH"]}',
                                SOURCE_DATE_EPOCH='1700000000', **environment)

    def assert_labels(self, version, revision, **environment):
        done = self.build(**environment)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for label in f'version={version}', f'revision={revision}':
            self.assertEqual(done.stdout.count(f'\norg.opencontainers.image.{label}\n'), 2, done.stdout)

    def test_have_the_version_and_revision_of_the_package_that_is_in_them(self):
        self.assert_labels('7.8.9', 'of-here', REVISION='of-here')
        package = self.package(changelog='x (4.5.6-1~deb13) trixie; urgency=medium\n\n'
                                         '  * Version 4.5.6, revision 0123456789ab. What changed\n')
        self.assert_labels('4.5.6', '0123456789ab', PACKAGE=package, REVISION='of-here')

    def test_are_not_built_of_a_package_that_lacks_the_program(self):
        done = self.build(PACKAGE=self.package(program=False))
        self.assertEqual((done.returncode, done.stderr),
                         (1, f'images: {self.folder}/x.deb has no usr/bin/ganesha_exporter\n'))

    def test_are_not_built_of_a_package_of_an_unknown_revision(self):
        done = self.build(PACKAGE=self.package())
        self.assertEqual((done.returncode, done.stderr),
                         (1, f'images: the changelog in {self.folder}/x.deb names no revision\n'))


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
