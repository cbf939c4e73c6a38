#!/usr/bin/python3
"""The files that install.sh puts below --destdir, and its errors."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from portable import unpacked

NOBODY = 65534
LOADER = 'ganesha_exporter: error while loading shared libraries: libssl.so.3: cannot open shared object file'


class TheInstaller(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder.chmod(0o755)
        self.source = unpacked(self.folder)
        self.root = self.folder / 'root'

    def install(self, *arguments, **options):
        return subprocess.run([self.source / 'install.sh', *arguments], capture_output=True, text=True, **options)

    def stage(self, *arguments):
        done = self.install(f'--destdir={self.root}', *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout

    def staged(self):
        return {str(path.relative_to(self.root)) for path in self.root.rglob('*') if not path.is_dir()}

    def assert_error(self, done, pattern):
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, rf'\Ainstall.sh: {pattern}.*\n\Z')
        self.assertEqual(done.stderr.count('\n'), 1)

    def stub(self, name, text):
        """A program that comes first in the path which is returned."""
        folder = self.folder / 'stubs'
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f'#!/bin/sh\n{text}\n')
        (folder / name).chmod(0o755)
        return {**os.environ, 'PATH': f'{folder}:{os.environ["PATH"]}'}

    def test_puts_each_file_in_its_place(self):
        self.stage()
        self.assertLessEqual({
            'usr/local/bin/ganesha_exporter', 'usr/local/share/man/man1/ganesha_exporter.1',
            'usr/local/share/bash-completion/completions/ganesha_exporter',
            'usr/local/share/doc/ganesha-exporter/LICENSE', 'usr/local/share/doc/ganesha-exporter/licenses/sdbus-cpp',
            'usr/local/share/doc/ganesha-exporter/examples/web-config.yml',
            'usr/local/share/ganesha-exporter/dashboards/overview.json',
            'usr/local/share/ganesha-exporter/rules/ganesha.alerts.yml',
            'usr/local/share/ganesha-exporter/runbooks/runbooks.md',
            'etc/default/ganesha-exporter', 'etc/dbus-1/system.d/ganesha-exporter.conf',
            'etc/sysusers.d/ganesha-exporter.conf', 'etc/systemd/system/ganesha-exporter.service',
            'etc/systemd/system/ganesha-exporter@.service', 'etc/systemd/system/ganesha-exporter.socket',
        }, self.staged())

    def test_gives_the_unit_the_path_of_the_program(self):
        self.stage('--prefix=/opt/exporter')
        for unit in 'ganesha-exporter.service', 'ganesha-exporter@.service':
            text = (self.root / 'etc/systemd/system' / unit).read_text()
            self.assertIn('\nExecStart=/opt/exporter/bin/ganesha_exporter $ARGS\n', text)
            self.assertNotIn('/usr/bin/', text)
        self.assertTrue((self.root / 'opt/exporter/bin/ganesha_exporter').exists())

    def test_gives_nobody_but_its_owner_rights_to_write(self):
        os.umask(0o077)
        self.addCleanup(os.umask, 0o022)
        self.stage()
        for path in [self.root, *self.root.rglob('*')]:
            mode = path.stat().st_mode & 0o777
            program = path.is_dir() or path.name == 'ganesha_exporter' and path.parent.name == 'bin'
            self.assertEqual(oct(mode), oct(0o755 if program else 0o644), path)

    def test_removes_all_that_it_put_there(self):
        self.root.mkdir()
        self.stage()
        self.stage('--uninstall')
        self.assertEqual(list(self.root.iterdir()), [])

    def test_keeps_directories_that_were_there(self):
        (self.root / 'usr/local/bin').mkdir(parents=True)
        self.stage()
        self.stage()
        self.stage('--uninstall')
        self.assertEqual(list(self.root.rglob('*')), [self.root / 'usr', self.root / 'usr/local', self.root / 'usr/local/bin'])

    def test_explains_itself(self):
        for argument in '--help', '-h':
            done = self.install(argument)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            for option in '--prefix', '--destdir', '--uninstall':
                self.assertIn(option, done.stdout)

    def test_refuses_what_it_does_not_know(self):
        self.assert_error(self.install('--purge'), 'unknown argument --purge; see install.sh --help')
        self.assert_error(self.install('--prefix'), '--prefix needs a directory')
        self.assert_error(self.install('--prefix=opt'), "--prefix must be an absolute path .* not 'opt'")
        self.assert_error(self.install('--prefix=/a b'), "--prefix must be an absolute path .* not '/a b'")
        self.assert_error(self.install('--destdir=root'), "--destdir must be an absolute path, not 'root'")

    def test_needs_root(self):
        self.assert_error(self.install(user=NOBODY, group=NOBODY), 'must be run as root')

    def test_needs_the_machine_that_the_program_is_for(self):
        done = self.install(f'--destdir={self.root}', env=self.stub('uname', 'echo aarch64'))
        self.assert_error(done, 'this program is for x86_64, the machine is aarch64')

    def test_repeats_what_the_loader_says_and_names_all_that_is_needed(self):
        program = self.source / 'usr/bin/ganesha_exporter'
        program.unlink()
        program.write_text(f'#!/bin/sh\necho "{LOADER}" >&2\nexit 127\n')
        program.chmod(0o755)
        done = self.install(f'--destdir={self.root}')
        self.assert_error(done, f'ganesha_exporter does not start here: {LOADER}. It needs glibc 2.34')
        self.assertFalse(self.root.exists())


if __name__ == '__main__':
    unittest.main(verbosity=2)
