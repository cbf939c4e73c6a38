#!/usr/bin/python3
"""The units of packaging/systemd: what systemd says of them, and that the user, the files and the limits agree."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness import DROP_IN, EXPORTER_USER, binary, skip_unless, unit_settings  # noqa: E402

FOLDER = REPOSITORY / 'packaging/systemd'
SERVICE, TEMPLATE, SOCKET = (FOLDER / f'ganesha-exporter{ending}' for ending in ('.service', '@.service', '.socket'))
INSTALLED = '/usr/bin/ganesha_exporter'
# Of 10, the rating of a unit without any protection.
MOST_EXPOSED = 1.3


def run(*command):
    return subprocess.run([*map(str, command)], capture_output=True, text=True)


class TheUnits(unittest.TestCase):
    def setUp(self):
        """Copies that start the program which was built: systemd-analyze looks for it."""
        self.copies = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for unit in SERVICE, TEMPLATE, SOCKET:
            self.write(unit.name, unit.read_text().replace(INSTALLED, str(binary('ganesha_exporter'))))

    def write(self, name, text):
        (self.copies / name).write_text(text)

    def complaints(self, *names):
        done = run('systemd-analyze', 'verify', *(self.copies / name for name in names))
        # systemd says this where the machine has no IPv6, of any socket unit.
        return [line for line in (done.stdout + done.stderr).splitlines() if 'does not support IPv6' not in line]

    def exposure(self, name):
        done = run('systemd-analyze', 'security', '--offline=yes', self.copies / name)
        return float(re.search(r'Overall exposure level for \S+: ([\d.]+)', done.stdout)[1])

    def test_are_accepted(self):
        self.assertEqual(self.complaints(SERVICE.name, SOCKET.name), [])
        self.assertEqual(self.complaints('ganesha-exporter@fast.service'), [])

    def test_with_a_mistake_are_not(self):
        self.write(SERVICE.name, SERVICE.read_text().replace('NoNewPrivileges', 'NoNewPrivilege'))
        self.assertTrue(self.complaints(SERVICE.name))

    def test_expose_next_to_nothing(self):
        for name in SERVICE.name, TEMPLATE.name:
            self.assertLessEqual(self.exposure(name), MOST_EXPOSED)

    def test_differ_in_the_name_of_the_instance_alone(self):
        one, each = unit_settings(SERVICE), unit_settings(TEMPLATE)
        differing = {key for key in one | each if one.get(key) != each.get(key)}
        self.assertEqual(differing, {'Description', 'EnvironmentFile', 'StateDirectory', 'RuntimeDirectory'})
        for key in differing:
            self.assertIn('%i', each[key][0])

    def test_start_without_ganesha(self):
        for unit in SERVICE, TEMPLATE:
            settings = unit_settings(unit)
            self.assertEqual(settings.keys() & {'Requires', 'BindsTo', 'Requisite', 'PartOf'}, set())
            self.assertLessEqual({'dbus.service', 'nfs-ganesha.service'}, set(settings['After'][0].split()))

    def test_name_the_user_of_the_bus_policy(self):
        self.assertIn(f'<policy user="{EXPORTER_USER}">', DROP_IN.read_text())
        self.assertEqual(unit_settings(SERVICE)['User'], [EXPORTER_USER])


class TheOtherFiles(unittest.TestCase):
    @unittest.skipUnless(shutil.which('systemd-sysusers'), 'systemd-sysusers is missing')
    def test_make_a_system_user_without_a_shell(self):
        with tempfile.TemporaryDirectory() as root:
            pathlib.Path(root, 'etc').mkdir()
            done = run('systemd-sysusers', f'--root={root}', FOLDER / 'ganesha-exporter.sysusers')
            self.assertEqual(done.returncode, 0, done.stderr)
            users = [row.split(':') for row in pathlib.Path(root, 'etc/passwd').read_text().splitlines()]
        self.assertEqual([user[0] for user in users], [EXPORTER_USER])
        name, _, uid, *_, home, shell = users[0]
        self.assertLess(int(uid), 1000)
        self.assertEqual((home, shell), ('/', '/usr/sbin/nologin'))

    def test_give_no_arguments_by_default(self):
        settings = unit_settings(FOLDER / 'ganesha-exporter.default')
        self.assertEqual(settings, {'ARGS': ['""']})


if __name__ == '__main__':
    skip_unless('systemd-analyze')
    unittest.main(verbosity=2)
