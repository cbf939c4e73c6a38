"""The package on a Debian that boots: installed beside a running Ganesha, upgraded, removed. See debian12_test.py."""
import pathlib
import re
import sys
import tempfile
import unittest

from dist import REPOSITORY, in_dist
from machine import run  # First: it finds the harness.
from file_server import DEFAULTS, PORT, FileServer, server_tree, supported, with_version
from harness import EXPORTER_USER, LOOPBACK, HarnessError, nfs_namespace, skip_unless, unit_settings, wait_until
from harness.http import accepts

PROGRAM = '/usr/bin/ganesha_exporter'
POLICY = '/usr/share/dbus-1/system.d/ganesha-exporter.conf'
STATE = '/var/lib/ganesha-exporter'
GANESHA = 'nfs-ganesha'
CREDENTIAL = '/run/credentials/ganesha-exporter.service/web.key'
OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep'
OTHER_PORT = 19600
LOWER = '0.0.9-1'
BOTH_CONFFILES_CHANGED = '-o', 'Dpkg::Options::=--force-confold'
# What apt, dpkg, systemd and Ganesha keep of what was done, whatever the package: no name in it is of this one.
KEPT_BY_OTHERS = re.compile('/var/((cache|lib)/(apt|dpkg|man)/|lib/nfs/|log/)|'
                            '/run/(log/|systemd/(ask-password-block|journal/|units/))')
OURS = re.compile('ganesha.exporter')


class BesideGanesha(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.ganesha = self.server.main_pid(GANESHA)
        self.server.traffic()

    def tearDown(self):
        self.assertEqual(self.server.main_pid(GANESHA), self.ganesha, 'Ganesha was started again, or ended')


class OfThePackage(BesideGanesha):
    """Each test has a server of its own: one boots in a second, less than a removal takes."""

    def setUp(self):
        self.server = self.enterContext(FileServer(TREE))
        super().setUp()

    def install(self):
        self.server.install(PACKAGE_FILE)
        return self.server.wait_whole()

    def assert_restarted(self, before, unit='ganesha-exporter'):
        now = self.server.main_pid(unit)
        self.assertNotIn(now, (before, None))
        self.assertEqual(self.server.run('readlink', f'/proc/{now}/exe').strip(), PROGRAM)

    def assert_gone(self):
        self.assertFalse(accepts(PORT))
        self.assertEqual(self.server.try_to_run('pgrep', '-f', PROGRAM), '')
        self.assertFalse(self.server.exists(PROGRAM))
        self.assertEqual(self.server.unit('LoadState'), 'not-found')


class ThePackage(OfThePackage):
    """What dpkg, systemd and the scripts of debhelper have a part in: they differ from release to release."""

    def test_can_be_installed_where_no_systemd_runs(self):
        self.server.install_without_systemd(PACKAGE_FILE)
        self.assertIn('Status: install ok installed', self.server.run('dpkg', '--status', 'ganesha-exporter'))
        self.assertFalse(self.server.main_pid())
        self.assertEqual(self.server.unit('UnitFileState'), 'enabled')
        self.server.run('setpriv', '--reuid', EXPORTER_USER, '--clear-groups', PROGRAM, '--version')

    def test_starts_again_with_the_machine(self):
        self.install()
        self.assertEqual(self.server.unit('UnitFileState'), 'enabled')
        self.server.reboot()
        self.ganesha = self.server.main_pid(GANESHA)
        self.server.wait_whole()

    def test_keeps_edited_arguments_in_an_upgrade_without_a_question(self):
        self.server.install(with_version(PACKAGE_FILE, LOWER, self.folder))
        self.server.edit_arguments(f'--web.listen-address={LOOPBACK}:{OTHER_PORT}')
        self.server.run('systemctl', 'restart', 'ganesha-exporter')
        before, edited = self.server.main_pid(), self.server.path(DEFAULTS).read_text()
        self.server.install(PACKAGE_FILE)
        self.assertEqual(self.server.path(DEFAULTS).read_text(), edited)
        self.server.wait_whole(port=OTHER_PORT)
        self.assert_restarted(before)

    def test_leaves_its_configuration_when_removed_and_nothing_when_purged(self):
        before, users = self.server.files(), self.server.run('getent', 'passwd')
        self.install()
        self.server.edit_arguments('--log.level=debug')
        self.server.apt_get('remove', 'ganesha-exporter')
        self.assert_gone()
        self.assertIn('--log.level=debug', self.server.path(DEFAULTS).read_text())
        self.server.apt_get('purge', '--autoremove', 'ganesha-exporter')
        left = self.server.files() - before
        self.assertEqual({path for path in left if OURS.search(path) or not KEPT_BY_OTHERS.match(path)}, set())
        self.assertEqual(self.server.run('getent', 'passwd'), users)


class ThePackageOnAnyDebian(OfThePackage):
    """What no release changes: one is enough."""

    def test_keeps_edited_arguments_where_the_new_version_has_others(self):
        def other_arguments(tree):
            (tree / DEFAULTS.lstrip('/')).write_text('# Of the version before.\nARGS=""\n')
        self.server.install(with_version(PACKAGE_FILE, LOWER, self.folder, other_arguments))
        self.server.edit_arguments('--no-collector.clients')
        before, edited = self.server.main_pid(), self.server.path(DEFAULTS).read_text()
        self.server.install(PACKAGE_FILE, *BOTH_CONFFILES_CHANGED)
        self.assertEqual(self.server.path(DEFAULTS).read_text(), edited)
        self.assertTrue(self.server.exists(f'{DEFAULTS}.dpkg-dist'))
        self.assertNotIn('clients', supported(self.server.wait_whole()))
        self.assert_restarted(before)

    def test_has_an_instance_for_each_of_several_servers(self):
        self.server.install(with_version(PACKAGE_FILE, LOWER, self.folder))
        units = {}
        for name, port in ('fast', 3049), ('slow', 4049):
            self.server.start_ganesha(name, port)
            self.server.allow(POLICY, name)
            units[f'ganesha-exporter@{name}'] = port + 1
            self.server.path(f'{DEFAULTS}-{name}').write_text(
                f'ARGS="--dbus.service-name={name}.org.ganesha.nfsd --web.listen-address={LOOPBACK}:{port + 1}"\n')
            self.server.run('systemctl', 'enable', '--now', f'ganesha-exporter@{name}')
        for port in PORT, *units.values():
            self.server.wait_whole(port=port)
        before = {unit: self.server.main_pid(unit) for unit in units}
        self.server.install(PACKAGE_FILE)
        for unit, port in units.items():
            self.assert_restarted(before[unit], unit)
            self.server.wait_whole(port=port)
        self.server.apt_get('purge', 'ganesha-exporter')
        self.assert_gone()
        self.assertEqual(self.server.try_to_run('sh', '-c', 'ls /etc/systemd/system/*/ganesha-exporter*'), '')


class TheService(BesideGanesha):
    """What the unit's comments and docs/configuration.md promise, by systemd itself."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(FileServer(TREE))
        cls.server.install(PACKAGE_FILE)

    def start(self, *flags, settings=(), unit='ganesha-exporter.service'):
        """With these flags and further settings of [Service]."""
        self.server.run('systemctl', 'stop', 'ganesha-exporter.service', 'ganesha-exporter.socket')
        # Else systemd counts the starts of all tests as those of a service that ends again and again.
        self.server.run('systemctl', 'reset-failed')
        self.server.edit_arguments(*flags)
        self.server.edit_unit('ganesha-exporter', '[Service]', *settings)
        self.server.run('systemctl', 'start', unit)

    def test_runs_as_its_unit_says(self):
        self.start()
        status = dict(line.split(':', 1) for line in self.server.process_file('status').splitlines())
        user, group = (self.server.run('id', kind, EXPORTER_USER).strip() for kind in ('--user', '--group'))
        self.assertEqual([set(status[key].split()) for key in ('Uid', 'Gid', 'Groups')], [{user}, {group}, {group}])
        self.assertEqual([status[key].strip() for key in ('NoNewPrivs', 'Seccomp')], ['1', '2'])
        for kind in 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb':
            self.assertEqual(int(status[kind], 16), 0, kind)
        limit = unit_settings()['LimitNOFILE'][0]
        self.assertRegex(self.server.process_file('limits'), rf'Max open files +{limit} +{limit} ')
        root = next(line for line in self.server.process_file('mountinfo').splitlines() if line.split()[4] == '/')
        self.assertTrue(root.split()[5].startswith('ro'), root)
        self.assertEqual(self.server.run('stat', '-c', '%U', STATE).strip(), EXPORTER_USER)

    def test_serves_every_collector(self):
        self.start(*(f'--collector.{name}' for name in OFF_BY_DEFAULT))
        page = self.server.wait_whole()
        self.assertLessEqual({'procedures', 'export_details', 'fsal'}, supported(page).keys())
        self.assertEqual(self.server.problems(), [])

    def test_takes_the_port_that_systemd_opens(self):
        self.start('--web.systemd-socket', unit='ganesha-exporter.socket')
        self.assertIsNone(self.server.main_pid())
        self.server.wait_whole()

    def test_is_reached_by_a_unix_socket_in_its_folder(self):
        self.start('--web.listen-address=unix:/run/ganesha-exporter/http.sock')
        self.server.wait_up('--unix-socket', self.server.path('/run/ganesha-exporter/http.sock'), 'http://localhost')

    def test_has_a_key_that_only_root_may_read(self):
        run(REPOSITORY / 'tests/support/make_certificates', self.folder)
        place = self.server.path('/etc/ganesha-exporter')
        place.mkdir()
        for name in 'server.pem', 'server.key':
            (place / name).write_bytes((self.folder / name).read_bytes())
        (place / 'server.key').chmod(0o600)
        (place / 'web.yml').write_text(f'tls_server_config:\n  cert_file: server.pem\n  key_file: {CREDENTIAL}\n')
        self.start('--web.config.file=/etc/ganesha-exporter/web.yml',
                   settings=['LoadCredential=web.key:/etc/ganesha-exporter/server.key'])
        self.server.wait_up('--cacert', self.folder / 'ca.pem', f'https://localhost:{PORT}')

    def test_is_started_again_when_it_hangs(self):
        self.start(settings=['WatchdogSec=5s', 'RestartSec=0'])
        before = self.server.main_pid()
        self.server.run('kill', '-STOP', before)
        wait_until(lambda: self.server.main_pid() not in (before, None), what='another process')
        self.server.wait_whole()

    def test_has_flags_that_are_checked_as_the_page_on_upgrading_says(self):
        text = (REPOSITORY / 'UPGRADING.md').read_text()
        shipped = REPOSITORY / 'packaging/systemd/ganesha-exporter.default'
        check = re.search(r'^sudo (systemd-run .*?)\n```', text, re.M | re.S)[1]
        example = re.search(r'ARGS="(.*)"\.$', shipped.read_text(), re.M)[1]
        self.start(example)
        self.assertIn('valid', self.server.run('sh', '-c', check))
        self.server.edit_arguments('--no-such-flag')
        with self.assertRaisesRegex(HarnessError, 'no-such-flag'):
            self.server.run('sh', '-c', check)

    def test_reads_its_web_configuration_again(self):
        self.start()
        before = self.server.main_pid()
        self.server.run('systemctl', 'reload', 'ganesha-exporter')
        wait_until(lambda: 'SIGHUP' in self.server.journal(), what='line about the reload')
        self.assertEqual(self.server.main_pid(), before)


def package_of(release):
    try:
        return in_dist(f'ganesha-exporter_{{version}}-1~deb{release}_amd64.deb')
    except AssertionError as error:
        sys.exit(str(error))


def run_tests(release, *tests):
    """Those of these classes, unless the command line names others."""
    global PACKAGE_FILE, TREE
    skip_unless('dpkg-deb', 'nfs-cp', 'setpriv', root=True)
    PACKAGE_FILE, TREE = package_of(release), server_tree(release)
    nfs_namespace()
    unittest.main(module='debian', defaultTest=[test.__name__ for test in tests], verbosity=2)
