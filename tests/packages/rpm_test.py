#!/usr/bin/python3
"""The RPM package, installed by rpm into a bare tree: files, rights, scriptlets, upgrade, removal; and what it requires."""
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from dist import REPOSITORY, VERSION, in_dist, run
from portable import FLOORS, LIBRARIES, LIBRARIES_OF_PROGRAM, version_of_symbol

PACKAGE = 'ganesha-exporter'
CONFIG = 'etc/default/ganesha-exporter'
# Those of the libraries are the portable archive's.
LICENCES = f'usr/share/licenses/{PACKAGE}'
FILES = (pathlib.Path(__file__).parent / 'rpm_files').read_text().splitlines()
# What the tree has besides the package: what EL 9 has at this point and the scriptlets call.
PROGRAMS = '/bin/sh', '/usr/bin/getent', '/usr/sbin/groupadd', '/usr/sbin/useradd'
LINKS = 'bin', 'sbin', 'lib', 'lib64'
# As systemctl where systemd does not run, but with a record of its arguments.
SYSTEMCTL = """#!/bin/sh
echo "$*" >>/systemctl.log
echo "System has not been booted with systemd as init system. Can't operate." >&2
exit 1
"""
INSTALL = ['reload dbus.service', 'daemon-reload', '--no-reload preset ganesha-exporter.service']
UPGRADE = ['reload dbus.service', 'daemon-reload', 'daemon-reload',
           'try-restart ganesha-exporter.service ganesha-exporter@*.service']
ERASE = ['--no-reload disable --now ganesha-exporter.socket ganesha-exporter.service',
         '--no-reload disable ganesha-exporter@.service', 'stop ganesha-exporter@*.service', 'daemon-reload']
# In the words of rpm's log.
BEFORE, AFTER, BEFORE_REMOVAL, AFTER_REMOVAL = '%prein', '%post', '%preun', '%postun'
OTHERS = {'/bin/sh', 'rtld(GNU_HASH)', 'dbus-common', 'shadow-utils', 'systemd', 'rpmlib(CompressedFileNames)',
          'rpmlib(FileDigests)', 'rpmlib(PayloadFilesHavePrefix)', 'rpmlib(PayloadIsZstd)', f'config({PACKAGE})'}


def package():
    return in_dist(f'{PACKAGE}-{{version}}-1.x86_64.rpm')


def spdx_names():
    """Of the licences and of the exceptions to them, in the table of the libraries inside."""
    pairs = [library.licence.split(' WITH ') for library in LIBRARIES_OF_PROGRAM]
    return sorted({licence for licence, *_ in pairs}), sorted({one for _, *exception in pairs for one in exception})


def libraries_of(program):
    return re.findall(r'(/\S+) \(0x', run('ldd', program, check=True).stdout)


def copy_program(program, root):
    for file in program, *libraries_of(program):
        (root / file[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / file[1:])


def links_in(folder):
    return {str(link.relative_to(folder)) for link in folder.rglob('*') if link.is_symlink()}


def bare_tree(root):
    """A root directory in which the scriptlets can run, and nothing else."""
    for link in LINKS:
        (root / 'usr' / link).mkdir(parents=True)
        (root / link).symlink_to(f'usr/{link}')
    for folder in 'etc', 'dev', 'tmp', 'var/lib/rpm':
        (root / folder).mkdir(parents=True)
    (root / 'dev/null').touch()
    (root / 'etc/passwd').write_text('root:x:0:0::/root:/bin/sh\n')
    (root / 'etc/group').write_text('root:x:0:\n')
    (root / 'etc/login.defs').write_text('')
    for program in PROGRAMS:
        copy_program(program, root)
    systemctl = root / 'usr/bin/systemctl'
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)


def older_package(folder):
    """The package of version 0.0.1, with other defaults."""
    name, older = (f'ganesha_exporter-{version}.linux-amd64' for version in (VERSION, '0.0.1'))
    run('tar', '-C', folder, '-xf', in_dist(f'{name}.tar.gz'), check=True)
    (folder / name).rename(folder / older)
    with open(folder / older / 'etc/default/ganesha-exporter', 'a') as defaults:
        defaults.write('# Of an older version.\n')
    run('tar', '-C', folder, '-czf', folder / f'{older}.tar.gz', older, check=True)
    run(REPOSITORY / 'packaging/rpm/build', folder / f'{older}.tar.gz', check=True)
    return folder / f'{PACKAGE}-0.0.1-1.x86_64.rpm'


class InATree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.older = older_package(cls.folder)

    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        bare_tree(self.root)
        self.before = self.files()

    def try_rpm(self, *arguments):
        """Runs rpm. Nothing provides what the package requires."""
        return run('rpm', '-vv', '--force-debian', '--nodeps', '--root', self.root, '--dbpath', '/var/lib/rpm', *arguments)

    def rpm(self, *arguments):
        """Runs rpm, whose log has the exit statuses of the scriptlets."""
        done = self.try_rpm(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        statuses = re.findall(r'(%\w+)\(\S+\): waitpid\(\d+\) rc \d+ status (\d+)', done.stdout + done.stderr)
        self.assertEqual({status for _, status in statuses}, {'0'})
        return {scriptlet for scriptlet, _ in statuses}

    def files(self):
        """Rights, owner and name of all but what rpm, useradd and systemctl keep."""
        theirs = ('var/lib/rpm', 'var/tmp/rpm-tmp', 'etc/passwd', 'etc/group', 'etc/shadow', 'etc/gshadow', 'etc/subuid',
                  'etc/subgid', 'etc/.pwd.lock', 'systemctl.log')
        names = {str(file.relative_to(self.root)): file.lstat() for file in self.root.rglob('*')}
        return [f'{stat.st_mode:o} {stat.st_uid}:{stat.st_gid} /{name}' for name, stat in sorted(names.items())
                if not name.startswith(theirs)]

    def systemctl_calls(self):
        log = self.root / 'systemctl.log'
        calls = log.read_text().splitlines()
        log.unlink()
        return calls

    def edit_config(self):
        (self.root / CONFIG).write_text('ARGS="--poll.interval=7s"\n')

    def test_installs_these_files_with_these_rights(self):
        self.rpm('-i', package())
        # rpm also makes the directories above, which other packages of EL own.
        ours = [line for line in self.files() if PACKAGE in line or 'ganesha_exporter' in line]
        licences = [line for line in ours if f'/{LICENCES}/' in line and line not in FILES]
        self.assertEqual([line for line in ours if line not in licences], FILES)
        self.assertEqual({line.rsplit(' ', 1)[0] for line in licences}, {'100644 0:0', '40755 0:0'})

    def test_makes_a_system_user_without_a_shell(self):
        self.rpm('-i', package())
        users = [line.split(':') for line in (self.root / 'etc/passwd').read_text().splitlines()]
        name, _, uid, _, comment, home, shell = users[-1]
        self.assertEqual((name, comment, home, shell),
                         (PACKAGE, 'Prometheus exporter for NFS-Ganesha', '/', '/usr/sbin/nologin'))
        self.assertLess(int(uid), 1000)

    def test_keeps_a_user_that_is_there(self):
        user = f'{PACKAGE}:x:4711:4711::/elsewhere:/bin/false\n'
        with open(self.root / 'etc/passwd', 'a') as passwd, open(self.root / 'etc/group', 'a') as group:
            passwd.write(user)
            group.write(f'{PACKAGE}:x:4711:\n')
        self.rpm('-i', package())
        self.assertEqual((self.root / 'etc/passwd').read_text().count(PACKAGE), 1)
        self.assertIn(user, (self.root / 'etc/passwd').read_text())

    def test_enables_on_installation_what_the_site_presets(self):
        self.assertEqual(self.rpm('-i', package()), {BEFORE, AFTER})
        self.assertEqual(self.systemctl_calls(), INSTALL)

    def test_restarts_what_runs_on_an_upgrade(self):
        self.rpm('-i', self.older)
        self.systemctl_calls()
        self.assertEqual(self.rpm('-U', package()), {BEFORE, AFTER, BEFORE_REMOVAL, AFTER_REMOVAL})
        self.assertEqual(self.systemctl_calls(), UPGRADE)

    def test_keeps_edited_defaults_on_an_upgrade(self):
        self.rpm('-i', self.older)
        self.edit_config()
        self.rpm('-U', package())
        self.assertEqual((self.root / CONFIG).read_text(), 'ARGS="--poll.interval=7s"\n')
        self.assertNotIn('older version', (self.root / f'{CONFIG}.rpmnew').read_text())

    def test_replaces_defaults_that_nobody_edited_on_an_upgrade(self):
        self.rpm('-i', self.older)
        self.assertIn('older version', (self.root / CONFIG).read_text())
        self.rpm('-U', package())
        self.assertNotIn('older version', (self.root / CONFIG).read_text())

    def test_stops_and_disables_on_removal(self):
        self.rpm('-i', package())
        self.systemctl_calls()
        self.assertEqual(self.rpm('-e', PACKAGE), {BEFORE_REMOVAL, AFTER_REMOVAL})
        self.assertEqual(self.systemctl_calls(), ERASE)

    def test_leaves_nothing_but_edited_defaults_on_removal(self):
        self.rpm('-i', package())
        self.edit_config()
        self.rpm('-e', PACKAGE)
        left = [line for line in self.files() if line not in self.before and not line.startswith('40')]
        self.assertEqual(left, [f'100644 0:0 /{CONFIG}.rpmsave'])
        self.assertEqual([line for line in self.files() if PACKAGE in line], left)

    def test_is_not_installed_beside_an_exporter_of_install_sh(self):
        for folder, name in ('etc/sysusers.d', 'ganesha-exporter.conf'), ('etc/systemd/system', 'ganesha-exporter.service'):
            self.rpm('-i', package())
            self.rpm('-e', PACKAGE)
            (self.root / folder).mkdir(parents=True, exist_ok=True)
            (self.root / folder / name).touch()
        there = self.files()
        done = self.try_rpm('-i', package())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ganesha-exporter: installed by install.sh already: run 'install.sh --uninstall' first\n",
                      done.stdout + done.stderr)
        self.assertEqual(self.files(), there)

    def test_enables_and_disables_units_by_the_real_systemctl(self):
        """The scriptlets ignore its failures, and those of the accounts' programs: here is what comes of the calls."""
        copy_program('/usr/bin/systemctl', self.root)
        presets, units = self.root / 'usr/lib/systemd/system-preset', self.root / 'etc/systemd/system'
        presets.mkdir(parents=True)
        (presets / '50-site.preset').write_text(f'enable {PACKAGE}.service\n')
        self.rpm('-i', package())
        self.assertEqual(links_in(units), {f'multi-user.target.wants/{PACKAGE}.service'})
        for name in f'{PACKAGE}.socket', f'{PACKAGE}@one.service':
            run('chroot', self.root, 'systemctl', 'enable', name, check=True)
        self.rpm('-U', '--replacepkgs', package())
        self.assertEqual(len(links_in(units)), 3)
        self.rpm('-e', PACKAGE)
        self.assertEqual(links_in(units), set())

    def test_is_installed_and_removed_without_systemctl(self):
        (self.root / 'usr/bin/systemctl').unlink()
        self.rpm('-i', package())
        self.rpm('-e', PACKAGE)


class ThePackage(unittest.TestCase):
    def setUp(self):
        # Debian's rpm makes a database in the home.
        self.environment = os.environ | {'HOME': self.enterContext(tempfile.TemporaryDirectory())}

    def query(self, *arguments):
        return run('rpm', '-qp', *arguments, package(), check=True, env=self.environment).stdout.splitlines()

    def test_requires_only_what_el_9_has(self):
        for line in self.query('--requires'):
            name = line.split()[0]
            library = re.fullmatch(r'([^()]+)\((?:([A-Z]+)_([\d.]+))?\)\(64bit\)', name)
            with self.subTest(line):
                if not library:
                    self.assertIn(name, OTHERS)
                    continue
                self.assertIn(library[1], LIBRARIES)
                if library[2]:
                    self.assertLessEqual(version_of_symbol(library[3]), FLOORS[library[2]])

    def test_requires_what_it_cannot_do_without(self):
        names = {line.split()[0] for line in self.query('--requires')}
        self.assertLessEqual({'libc.so.6(GLIBC_2.34)(64bit)', 'libsystemd.so.0()(64bit)', 'libssl.so.3()(64bit)', 'systemd',
                              'shadow-utils', 'dbus-common'}, names)

    def test_has_the_files_of_the_debian_package(self):
        """But the program, which is linked otherwise, and the documents and licences of the distribution's kind."""
        own = 'usr/bin/', 'usr/share/doc/', 'usr/share/licenses/'
        with tempfile.TemporaryDirectory() as folder:
            rpm, deb = pathlib.Path(folder, 'rpm'), pathlib.Path(folder, 'deb')
            rpm.mkdir()
            run('bash', '-c', f'rpm2archive - <{package()} | tar -xz -C {rpm}', check=True)
            run('dpkg-deb', '--extract', in_dist(f'{PACKAGE}_{{version}}-1~deb13_amd64.deb'), deb, check=True)
            contents = [{str(file.relative_to(root)): file.read_bytes() for file in root.rglob('*') if file.is_file()}
                        for root in (rpm, deb)]
        rpm, deb = ({name: content for name, content in files.items() if not name.startswith(own)} for files in contents)
        self.assertEqual(sorted(rpm), sorted(deb))
        self.assertEqual([name for name in rpm if rpm[name] != deb[name]], [])

    def test_names_nothing_of_the_machine_that_built_it(self):
        self.assertEqual(self.query('--queryformat', '%{BUILDHOST} %{VERSION} %{RELEASE} %{ARCH}\n'),
                         [f'reproducible {VERSION} 1 x86_64'])

    def test_is_clean_by_rpmlint(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        shutil.copy(REPOSITORY / 'packaging/rpm/rpmlint.toml', folder)
        # rpmlint knows SPDX's licences only by a list of the distribution.
        licences, exceptions = spdx_names()
        (folder / 'licences.toml').write_text(f'ValidLicenses = {licences}\nValidLicenseExceptions = {exceptions}\n')
        done = run('rpmlint', '-c', folder, package(), env=self.environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r'1 packages .* 0 errors, 0 warnings')


if __name__ == '__main__':
    unittest.main(verbosity=2)
