#!/usr/bin/python3
"""What `cmake --install` puts where, by component, for the packages of distributions and for /usr/local."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness import DROP_IN, binary  # noqa: E402

BUILD = binary('ganesha_exporter').parent
UNITS = [f'ganesha-exporter{ending}' for ending in ('.service', '.socket', '@.service')]


class Installing(unittest.TestCase):
    def install(self, component, prefix):
        """The tree that a packager gets, and the paths of its files."""
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        done = subprocess.run(['cmake', '--install', BUILD, '--component', component, '--prefix', prefix],
                              env={**os.environ, 'DESTDIR': str(root)}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        files = [file for file in root.rglob('*') if not file.is_dir()]
        self.assertEqual([file for file in files if file.stat().st_mode & 0o022], [])
        return root, {f'/{file.relative_to(root)}' for file in files}

    def test_the_program_goes_below_the_prefix_with_its_page_and_completion(self):
        for prefix in '/usr', '/opt/exporter':
            _, files = self.install('program', prefix)
            self.assertEqual(files, {f'{prefix}/{file}' for file in (
                'bin/ganesha_exporter', 'share/man/man1/ganesha_exporter.1',
                'share/bash-completion/completions/ganesha_exporter',
                'share/doc/ganesha-exporter/examples/web-config.yml')})

    def test_the_dashboards_go_where_all_machines_may_share_them(self):
        _, files = self.install('dashboards', '/usr')
        folders = {kind: {pathlib.Path(file).name for file in files if file.startswith(f'/usr/share/ganesha-exporter/{kind}/')}
                   for kind in ('dashboards', 'rules', 'runbooks')}
        self.assertEqual(sum(map(len, folders.values())), len(files))
        sources = REPOSITORY / 'dashboards'
        self.assertEqual(folders['dashboards'], {file.name for file in sources.glob('*.json')})
        self.assertEqual(folders['rules'], {file.name for file in sources.glob('*.yml') if '.test.' not in file.name})
        self.assertEqual(folders['runbooks'], {'runbooks.md'})

    def test_the_files_of_a_package_go_where_systemd_and_the_bus_read_them(self):
        root, files = self.install('system', '/usr')
        self.assertEqual(files, {f'/usr/lib/systemd/system/{unit}' for unit in UNITS} | {
            '/usr/lib/sysusers.d/ganesha-exporter.conf', '/etc/default/ganesha-exporter',
            '/usr/share/dbus-1/system.d/ganesha-exporter.conf'})
        for unit in UNITS:
            self.assertEqual((root / f'usr/lib/systemd/system/{unit}').read_text(),
                             (REPOSITORY / 'packaging/systemd' / unit).read_text())
        self.assertEqual((root / 'usr/share/dbus-1/system.d/ganesha-exporter.conf').read_text(), DROP_IN.read_text())

    def test_below_usr_local_the_bus_and_the_units_read_etc(self):
        root, files = self.install('system', '/usr/local')
        self.assertEqual(files, {f'/usr/local/lib/systemd/system/{unit}' for unit in UNITS} | {
            '/usr/local/lib/sysusers.d/ganesha-exporter.conf', '/etc/default/ganesha-exporter',
            '/etc/dbus-1/system.d/ganesha-exporter.conf'})
        self.assert_unit_says(root / 'usr/local/lib/systemd/system', '/usr/local/bin', '/etc/default')

    def test_elsewhere_the_units_name_files_below_the_prefix(self):
        root, files = self.install('system', '/opt/exporter')
        self.assertEqual([file for file in files if not file.startswith('/opt/exporter/')], [])
        self.assert_unit_says(root / 'opt/exporter/lib/systemd/system', '/opt/exporter/bin', '/opt/exporter/etc/default')

    def test_settings_that_were_edited_stay(self):
        prefix = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        settings, shipped = prefix / 'etc/default/ganesha-exporter', REPOSITORY / 'packaging/systemd/ganesha-exporter.default'
        command = ['cmake', '--install', BUILD, '--component', 'system', '--prefix', prefix]
        environment = {name: value for name, value in os.environ.items() if name != 'DESTDIR'}
        for edited in None, shipped.read_text(), 'ARGS="--poll.interval=7s"\n':
            if edited:
                settings.write_text(edited)
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            kept = edited not in (None, shipped.read_text())
            self.assertEqual(f'Kept {settings}; this version\'s is {settings}.new' in done.stdout, kept)
            self.assertEqual({file.name for file in settings.parent.iterdir()},
                             {'ganesha-exporter', 'ganesha-exporter.new'} if kept else {'ganesha-exporter'})
            self.assertEqual(settings.read_text(), edited or shipped.read_text())
        self.assertEqual(settings.with_name('ganesha-exporter.new').read_text(), shipped.read_text())

    def assert_unit_says(self, folder, program_folder, settings_folder):
        for unit in UNITS[0], UNITS[2]:
            text = (folder / unit).read_text()
            self.assertEqual(re.findall('^ExecStart=(\\S+)', text, re.M), [f'{program_folder}/ganesha_exporter'])
            self.assertRegex(text, rf'(?m)^EnvironmentFile=-?{settings_folder}/ganesha-exporter')


if __name__ == '__main__':
    unittest.main(verbosity=2)
