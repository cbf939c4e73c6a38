#!/usr/bin/python3
"""The Debian packages as files: what lintian and systemd say of them, what is in them and what their scripts do."""
import os
import pathlib
import platform
import re
import shutil
import sys
import tempfile
import unittest

from dist import REPOSITORY, in_dist, run
from portable import ENTER

sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness.hardening import HardenedProgram  # noqa: E402

RELEASES = 12, 13
ALWAYS = {
    '/etc/default/ganesha-exporter', '/usr/bin/ganesha_exporter', '/usr/lib/sysusers.d/ganesha-exporter.conf',
    '/usr/share/bash-completion/completions/ganesha_exporter', '/usr/share/dbus-1/system.d/ganesha-exporter.conf',
    '/usr/share/doc/ganesha-exporter/changelog.Debian.gz', '/usr/share/doc/ganesha-exporter/changelog.gz',
    '/usr/share/doc/ganesha-exporter/copyright', '/usr/share/doc/ganesha-exporter/examples/web-config.yml',
    '/usr/share/ganesha-exporter/rules/ganesha.alerts.yml', '/usr/share/ganesha-exporter/runbooks/runbooks.md',
    '/usr/share/man/man1/ganesha_exporter.1.gz'}
UNITS = {f'ganesha-exporter{ending}' for ending in ('.service', '.socket', '@.service')}
# Debian 12's debhelper looks for units there alone.
UNIT_FOLDERS = {12: '/lib/systemd/system', 13: '/usr/lib/systemd/system'}


def package(release, name='ganesha-exporter'):
    return in_dist(f'{name}_{{version}}-1~deb{release}_amd64.deb')


def on_debian(release):
    """What begins a command for a tool of this release; both systems have the same /tmp."""
    if platform.freedesktop_os_release()['VERSION_ID'] == str(release):
        return ()
    # Where packaging/debian/build made the package.
    return 'unshare', '--mount', 'sh', '-euc', ENTER, REPOSITORY / 'build/trixie'


class ThePackages(unittest.TestCase):
    def for_each_release(self):
        for release in RELEASES:
            with self.subTest(debian=release):
                folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
                run('dpkg-deb', '--raw-extract', package(release), folder, check=True)
                yield release, folder

    def test_are_accepted_by_the_lintian_of_their_release(self):
        with tempfile.TemporaryDirectory() as folder:
            for release in RELEASES:
                with self.subTest(debian=release):
                    for name in 'ganesha-exporter', 'ganesha-exporter-dbgsym':
                        shutil.copy(package(release, name), folder)
                    done = run(*on_debian(release), 'lintian', '--allow-root', '--fail-on', 'error,warning',
                               *pathlib.Path(folder).glob(f'*~deb{release}_*'))
                    self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)

    def test_hold_what_a_service_of_the_system_needs(self):
        for release, folder in self.for_each_release():
            files = {f'/{file.relative_to(folder)}' for file in folder.rglob('*') if file.is_file()}
            self.assertLessEqual(ALWAYS | {f'{UNIT_FOLDERS[release]}/{unit}' for unit in UNITS}, files)
            self.assertEqual((folder / 'DEBIAN/conffiles').read_text(), '/etc/default/ganesha-exporter\n')

    def test_hold_units_that_systemd_accepts(self):
        for release, folder in self.for_each_release():
            units = folder / UNIT_FOLDERS[release][1:]
            self.assertEqual({unit.name for unit in units.iterdir()}, UNITS)
            for unit in units.iterdir():
                unit.write_text(unit.read_text().replace('=/usr/bin/ganesha_exporter', f'={folder}/usr/bin/ganesha_exporter'))
            names = *sorted(UNITS - {'ganesha-exporter@.service'}), 'ganesha-exporter@one.service'
            done = run('systemd-analyze', 'verify', *(units / name for name in names))
            # systemd says this where the machine has no IPv6, of any socket unit.
            said = [line for line in done.stderr.splitlines() if 'does not support IPv6' not in line]
            self.assertEqual((done.returncode, said), (0, []))

    def test_start_the_service_and_leave_the_socket_to_the_administrator(self):
        for _, folder in self.for_each_release():
            script = (folder / 'DEBIAN/postinst').read_text()
            self.assertIn("deb-systemd-helper enable 'ganesha-exporter.service'", script)
            self.assertEqual(re.findall(r'deb-systemd-invoke \$_dh_action (.*?) >', script), ["'ganesha-exporter.service'"])
            # Nothing enables it unless an earlier version of the package knew it and somebody had enabled it.
            enabling = script.index("enable 'ganesha-exporter.socket'")
            self.assertIn("if deb-systemd-helper debian-installed 'ganesha-exporter.socket'", script[:enabling])

    def test_make_the_user_before_the_bus_reads_the_policy_and_the_service_starts(self):
        for _, folder in self.for_each_release():
            script = (folder / 'DEBIAN/postinst').read_text()
            steps = [script.index(step) for step in ('systemd-sysusers', 'ReloadConfig', 'deb-systemd-invoke')]
            self.assertEqual(steps, sorted(steps))

    def test_are_not_installed_beside_an_exporter_of_install_sh(self):
        for _, folder in self.for_each_release():
            def preinst(*arguments):
                return run('sh', folder / 'DEBIAN/preinst', *arguments, env={**os.environ, 'DPKG_ROOT': str(folder / 'root')})
            for name in 'etc/sysusers.d/ganesha-exporter.conf', 'etc/systemd/system/ganesha-exporter.service':
                done = preinst('install')
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                (folder / 'root' / name).parent.mkdir(parents=True)
                (folder / 'root' / name).touch()
            done = preinst('install')
            self.assertEqual((done.returncode, done.stderr), (
                1, "ganesha-exporter: installed by install.sh already: run 'install.sh --uninstall' first\n"))
            self.assertEqual(preinst('upgrade', '0.0.1').returncode, 0)

    def test_name_the_libraries_of_their_release(self):
        for release, folder in self.for_each_release():
            depends = re.search('^Depends: (.*)$', (folder / 'DEBIAN/control').read_text(), re.M)[1]
            self.assertIn({12: 'libsdbus-c++1 ', 13: 'libsdbus-c++2 '}[release], depends)

    def test_have_the_debugging_information_apart(self):
        for release, folder in self.for_each_release():
            notes = run('readelf', '--notes', folder / 'usr/bin/ganesha_exporter', check=True).stdout
            build_id = re.search(r'Build ID: (\w\w)(\w+)', notes)
            apart = run('dpkg-deb', '--contents', package(release, 'ganesha-exporter-dbgsym'), check=True).stdout
            self.assertIn(f'/usr/lib/debug/.build-id/{build_id[1]}/{build_id[2]}.debug\n', apart)


class ThePackedProgram(HardenedProgram):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        run('dpkg-deb', '--extract', package(cls.release), folder, check=True)
        cls.program = folder / 'usr/bin/ganesha_exporter'
        super().setUpClass()


class TheProgramOfDebian12(ThePackedProgram, unittest.TestCase):
    release = 12


class TheProgramOfDebian13(ThePackedProgram, unittest.TestCase):
    release = 13


if __name__ == '__main__':
    unittest.main(verbosity=2)
