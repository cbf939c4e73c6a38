"""The package on a Debian that boots: installed beside a running Ganesha, upgraded, removed. See debian12_test.py."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import machine  # noqa: F401  Finds the harness.
from file_server import PORT, FileServer, supported, with_version
from harness import EXPORTER_USER, LOOPBACK, REPOSITORY, nfs_namespace, sample, skip_unless, unit_settings
from harness.http import accepts

DEFAULTS = '/etc/default/ganesha-exporter'
PROGRAM = '/usr/bin/ganesha_exporter'
POLICY = '/usr/share/dbus-1/system.d/ganesha-exporter.conf'
STATE = '/var/lib/ganesha-exporter'
GANESHA = 'nfs-ganesha'
ALWAYS_SUPPORTED = {'server', 'exports', 'clients'}
OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep'
OTHER_PORT = 19600
LOWER = '0.0.9-1'
BOTH_CONFFILES_CHANGED = '-o', 'Dpkg::Options::=--force-confold'
# What dpkg, apt and systemd keep of what was done, whatever the package.
KEPT_BY_OTHERS = re.compile(
    r'/var/(lib/dpkg/|lib/apt/|cache/apt/|log/apt|log/dpkg|log/journal|log/ganesha|lib/nfs/|cache/man|lib/systemd/timers)|'
    r'/run/(systemd/(journal|units)|log/)')


class ThePackage(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(FileServer(TREE))
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.ganesha = self.server.main_pid(GANESHA)
        self.server.traffic()

    def tearDown(self):
        self.assertEqual(self.server.main_pid(GANESHA), self.ganesha, 'Ganesha was started again, or ended')

    def install(self):
        self.server.install(PACKAGE_FILE)
        return self.server.wait_whole()

    def arguments(self, *flags):
        """Edits the defaults file, as an administrator does."""
        path = self.server.path(DEFAULTS)
        path.write_text(re.sub('(?m)^ARGS=.*', f'ARGS="{" ".join(flags)}"', path.read_text()))

    def exists(self, path):
        return bool(self.server.try_to_run('ls', '-d', path))

    def assert_restarted(self, before, unit='ganesha-exporter'):
        now = self.server.main_pid(unit)
        self.assertNotIn(now, (before, None))
        self.assertEqual(self.server.run('readlink', f'/proc/{now}/exe').strip(), PROGRAM)

    def assert_gone(self):
        self.assertFalse(accepts(PORT))
        self.assertEqual(self.server.try_to_run('pgrep', '-f', PROGRAM), '')
        self.assertFalse(self.exists(PROGRAM))
        self.assertEqual(self.server.unit('LoadState'), 'not-found')

    def test_serves_all_metrics_within_ten_seconds_of_its_installation(self):
        self.server.install(PACKAGE_FILE)
        page = self.server.wait_whole(timeout=10)
        self.assertLessEqual(ALWAYS_SUPPORTED, supported(page).keys())
        self.assertGreater(sample(page, 'ganesha_clients'), 0)
        self.assertEqual(self.server.problems(), [])

    def test_runs_as_its_unit_says(self):
        self.install()
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

    def test_starts_again_with_the_machine(self):
        self.install()
        self.assertEqual(self.server.unit('UnitFileState'), 'enabled')
        self.server.reboot()
        self.ganesha = self.server.main_pid(GANESHA)
        self.server.wait_whole()

    def test_serves_every_collector(self):
        self.install()
        self.arguments(*(f'--collector.{name}' for name in OFF_BY_DEFAULT))
        self.server.run('systemctl', 'restart', 'ganesha-exporter')
        page = self.server.wait_whole()
        self.assertLessEqual({'procedures', 'export_details', 'fsal'}, supported(page).keys())
        self.assertEqual(self.server.problems(), [])

    def test_keeps_edited_arguments_in_an_upgrade_without_a_question(self):
        self.server.install(with_version(PACKAGE_FILE, LOWER, self.folder))
        self.arguments(f'--web.listen-address={LOOPBACK}:{OTHER_PORT}')
        self.server.run('systemctl', 'restart', 'ganesha-exporter')
        before, edited = self.server.main_pid(), self.server.path(DEFAULTS).read_text()
        self.server.install(PACKAGE_FILE)
        self.assertEqual(self.server.path(DEFAULTS).read_text(), edited)
        self.server.wait_whole(port=OTHER_PORT)
        self.assert_restarted(before)

    def test_keeps_edited_arguments_where_the_new_version_has_others(self):
        def other_arguments(tree):
            (tree / DEFAULTS.lstrip('/')).write_text('# Of the version before.\nARGS=""\n')
        self.server.install(with_version(PACKAGE_FILE, LOWER, self.folder, other_arguments))
        self.arguments('--no-collector.clients')
        before, edited = self.server.main_pid(), self.server.path(DEFAULTS).read_text()
        self.server.install(PACKAGE_FILE, *BOTH_CONFFILES_CHANGED)
        self.assertEqual(self.server.path(DEFAULTS).read_text(), edited)
        self.assertTrue(self.exists(f'{DEFAULTS}.dpkg-dist'))
        self.assertNotIn('clients', supported(self.server.wait_whole()))
        self.assert_restarted(before)

    def test_leaves_its_configuration_when_removed_and_nothing_when_purged(self):
        before, users = self.server.files(), self.server.run('getent', 'passwd')
        self.install()
        self.arguments('--log.level=debug')
        self.server.apt_get('remove', 'ganesha-exporter')
        self.assert_gone()
        self.assertIn('--log.level=debug', self.server.path(DEFAULTS).read_text())
        self.server.apt_get('purge', '--autoremove', 'ganesha-exporter')
        left = {path for path in self.server.files() - before if not KEPT_BY_OTHERS.match(path)}
        self.assertEqual(left, set())
        self.assertEqual(before - self.server.files(), set())
        self.assertEqual(self.server.run('getent', 'passwd'), users)

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


def package_of(release):
    found = sorted((REPOSITORY / 'dist').glob(f'ganesha-exporter_*~deb{release}_*.deb'))
    if len(found) != 1:
        sys.exit(f'dist/ has {len(found) or "no"} packages for Debian {release}: run scripts/packages deb{release}')
    return found[0]


def run_tests(release):
    global PACKAGE_FILE, TREE
    skip_unless('debootstrap', 'dpkg-deb', 'nfs-cp', 'setpriv', root=True)
    PACKAGE_FILE = package_of(release)
    # It needs the network that nfs_namespace() takes away.
    made = subprocess.run([REPOSITORY / 'tests/packages/make_server', str(release), PACKAGE_FILE],
                          stdout=subprocess.PIPE, text=True)
    if made.returncode:
        sys.exit(made.returncode)
    TREE = made.stdout.strip()
    nfs_namespace()
    unittest.main(module='debian', verbosity=2)
