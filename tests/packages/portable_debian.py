"""The portable archive on a Debian that boots, by its install.sh, beside a running Ganesha. See portable_debian12_test.py."""
import re
import unittest

import machine  # noqa: F401  Finds the harness.
from debian import DEFAULTS, GANESHA, KEPT_BY_OTHERS, OTHER_PORT, STATE
from file_server import FileServer, server_tree
from harness import EXPORTER_USER, LOOPBACK, nfs_namespace, skip_unless
from portable import NAME, archive

FOLDER = f'/root/{NAME}'
INSTALL = f'{FOLDER}/install.sh'
PROGRAM = '/usr/local/bin/ganesha_exporter'
UNIT = 'ganesha-exporter.service'


class OfTheInstaller(unittest.TestCase):
    """Each test has a server of its own."""

    def setUp(self):
        self.server = self.enterContext(FileServer(TREE))
        self.server.traffic()
        with self.server.copied(archive()) as inside:
            self.server.run('tar', '-C', '/root', '-xf', inside)
        self.ganesha = self.server.main_pid(GANESHA)
        self.before = self.server.files()
        self.users = self.server.run('getent', 'passwd'), self.server.run('getent', 'group')

    def tearDown(self):
        self.assertEqual(self.server.main_pid(GANESHA), self.ganesha, 'Ganesha was started again, or ended')

    def install(self, *arguments):
        return self.server.run(INSTALL, *arguments)

    def left(self):
        """The files that were not there before."""
        return {path for path in self.server.files() - self.before if not KEPT_BY_OTHERS.match(path)}

    def assert_as_before(self):
        self.assertEqual(self.left(), set())
        self.assertEqual(self.before - self.server.files(), set())
        self.assertEqual((self.server.run('getent', 'passwd'), self.server.run('getent', 'group')), self.users)

    def edit(self, path, pattern, text):
        file = self.server.path(path)
        file.write_text(re.sub(pattern, text, file.read_text(), flags=re.MULTILINE))


class TheInstaller(OfTheInstaller):
    """What systemd and other tools of the system have a part in: they differ from release to release."""

    def test_starts_a_service_of_the_system(self):
        self.install()
        self.server.wait_whole()
        self.assertEqual(self.server.unit('UnitFileState'), 'enabled')
        self.assertEqual(self.server.run('readlink', f'/proc/{self.server.main_pid()}/exe').strip(), PROGRAM)
        self.assertEqual(self.server.run('stat', '-c', '%U', STATE).strip(), EXPORTER_USER)
        self.assertEqual(self.server.run('systemd-analyze', 'verify', UNIT), '')

    def test_leaves_nothing_when_it_removes_what_it_installed_twice(self):
        self.install()
        self.install()
        self.server.wait_whole()
        self.assertEqual(self.install('--uninstall'), '')
        self.assert_as_before()
        self.assertIsNone(self.server.metrics())
        self.assertIn('not installed', self.install('--uninstall'))


class TheInstallerOnAnyDebian(OfTheInstaller):
    """What no release changes: one is enough."""

    def test_leaves_what_the_administrator_changed(self):
        self.install()
        self.edit(DEFAULTS, '^ARGS=.*', f'ARGS="--web.listen-address={LOOPBACK}:{OTHER_PORT}"')
        self.server.run('mkdir', '/etc/ganesha-exporter')
        printed = self.install('--uninstall')
        for kept in DEFAULTS, '/etc/ganesha-exporter', 'the user ganesha-exporter':
            self.assertIn(f'Left {kept}', printed)
        self.assertEqual(self.left(), {DEFAULTS, '/etc/ganesha-exporter'})

    def test_upgrades_and_keeps_edited_arguments(self):
        self.install()
        first = self.server.main_pid()
        self.edit(DEFAULTS, '^ARGS=.*', f'ARGS="--web.listen-address={LOOPBACK}:{OTHER_PORT}"')
        edited = self.server.path(DEFAULTS).read_text()
        self.edit(f'{FOLDER}/etc/default/ganesha-exporter', r'\A', '# Of another version.\n')
        self.assertIn(f'Kept {DEFAULTS}', self.install())
        self.assertEqual(self.server.path(DEFAULTS).read_text(), edited)
        self.server.wait_whole(port=OTHER_PORT)
        self.assertNotIn(self.server.main_pid(), (first, None))

    def test_upgrades_arguments_that_nobody_edited(self):
        self.install()
        self.edit(f'{FOLDER}/etc/default/ganesha-exporter', r'\A', '# Of another version.\n')
        self.assertNotIn('Kept', self.install())
        self.assertIn('# Of another version.', self.server.path(DEFAULTS).read_text())

    def test_starts_nothing_in_an_upgrade_that_was_disabled(self):
        self.install()
        self.server.run('systemctl', 'disable', '--now', UNIT)
        self.install()
        self.assertIsNone(self.server.main_pid())
        self.assertEqual(self.server.unit('UnitFileState'), 'disabled')

    def test_runs_from_another_prefix_and_finds_it_again(self):
        self.install('--prefix', '/opt/exporter')
        self.server.wait_whole()
        self.assertFalse(self.server.path(PROGRAM).exists())
        with self.assertRaisesRegex(machine.HarnessError, 'it is installed in /opt/exporter'):
            self.install('--uninstall')
        self.install('--uninstall', '--prefix=/opt/exporter')
        self.assert_as_before()

    def test_ends_instances_too(self):
        self.install()
        self.server.path(f'{DEFAULTS}-other').write_text(f'ARGS="--web.listen-address={LOOPBACK}:{OTHER_PORT}"\n')
        self.server.run('systemctl', 'enable', '--now', 'ganesha-exporter@other')
        self.server.wait_whole(port=OTHER_PORT)
        self.assertIn(f'Left {DEFAULTS}-other', self.install('--uninstall'))
        self.assertEqual(self.left(), {f'{DEFAULTS}-other'})
        self.assertIsNone(self.server.metrics(OTHER_PORT))


def run_tests(release, *tests):
    """Those of these classes, unless the command line names others."""
    global TREE
    skip_unless('nfs-cp', 'setpriv', root=True)
    TREE = server_tree(release)
    nfs_namespace()
    unittest.main(module='portable_debian', defaultTest=[test.__name__ for test in tests], verbosity=2)
