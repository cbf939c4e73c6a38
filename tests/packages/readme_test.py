#!/usr/bin/python3
"""README.md's commands: each is known here with the test that runs it, and the files that it names are in dist/."""
import glob
import re
import unittest

from dist import DIST, REPOSITORY, VERSION

# What each line of a shell block does, and which test runs the same.
COMMANDS = {
    'make run': 'tests/integration/harness_test.py',
    'make test': 'scripts/test',
    'sudo apt install ./ganesha-exporter_*~deb12_amd64.deb': 'tests/packages/debian12_test.py',
    'sudo dnf install ./ganesha-exporter-*.x86_64.rpm && sudo systemctl enable --now ganesha-exporter':
        'tests/packages/rpm_test.py',
    'tar -xzf ganesha_exporter-*.linux-amd64.tar.gz && sudo ganesha_exporter-*.linux-amd64/install.sh':
        'tests/packages/portable_install_test.py',
    'make images && docker run -d -v /run/dbus:/run/dbus -p 19587:19587 ganesha_exporter': 'tests/container/exporter_test.py',
    'kubectl apply -k deploy/kubernetes/server': 'tests/deploy/schemas_test.py',
    'make build && sudo cmake --install build/release --component program --prefix /usr/local': 'tests/container/build_test.py',
    'systemctl status ganesha-exporter': 'tests/component/notify_test.py',
    'curl http://localhost:19587/-/ready': 'tests/component/http_test.py',
    'curl http://localhost:19587/metrics': 'tests/component/http_test.py',
    'sudo ganesha_exporter --ganesha.run --ganesha.config-file=/etc/ganesha/ganesha.conf': 'tests/supervisor/run_test.py',
    'docker run -d --cap-add DAC_READ_SEARCH -p 2049:2049 -p 19587:19587 -v /srv/files:/export ganesha_server':
        'tests/container/server_test.py',
}


def commands(text):
    blocks = re.findall(r'^```sh\n(.*?)^```', text, re.M | re.S)
    lines = (re.sub(r'(^|\s+)#.*', '', line) for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


class TheReadme(unittest.TestCase):
    def setUp(self):
        self.commands = commands((REPOSITORY / 'README.md').read_text())

    def test_has_only_commands_that_are_known_here(self):
        self.assertEqual([command for command in self.commands if command not in COMMANDS], [])

    def test_has_all_commands_that_are_known_here(self):
        self.assertEqual([command for command in COMMANDS if command not in self.commands], [])

    def test_has_commands_that_a_test_runs(self):
        for command, test in COMMANDS.items():
            self.assertTrue((REPOSITORY / test).exists(), f'{command}: {test}')

    def test_names_targets_that_make_has(self):
        makefile = (REPOSITORY / 'Makefile').read_text()
        for target in set(re.findall(r'\bmake ([\w-]+)', '\n'.join(self.commands))):
            self.assertRegex(makefile, rf'(?m)^{target}:')

    def test_names_files_that_a_release_has(self):
        patterns = set(re.findall(r'(?:\./)?(ganesha[\w-]*[_-]\*\S+\.(?:deb|rpm|tar\.gz))', '\n'.join(self.commands)))
        self.assertEqual(len(patterns), 3)
        for pattern in patterns:
            found = glob.glob(pattern, root_dir=DIST)
            self.assertEqual(len(found), 1, f'{pattern}: {found}')
            self.assertIn(VERSION, found[0])


if __name__ == '__main__':
    unittest.main(verbosity=2)
