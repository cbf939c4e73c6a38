#!/usr/bin/python3
"""README.md's commands: those that install and show the service are run as they stand there, beside a running Ganesha;
each other one is known here, with the test that does the same in its own way. What docs/install.md adds is run too."""
import glob
import os
import pathlib
import re
import tempfile
import unittest

import machine  # noqa: F401  Finds the harness.
from debian import OURS
from dist import DIST, REPOSITORY, VERSION, in_dist, run
from file_server import FileServer, server_tree
from harness import nfs_namespace, skip_unless, wait_until
from portable import NAME, archive

PACKAGE = 'sudo apt install ./dist/ganesha-exporter_*~deb12_amd64.deb'
ARCHIVE = 'tar -xzf dist/ganesha_exporter-*.linux-amd64.tar.gz && sudo ./ganesha_exporter-*.linux-amd64/install.sh'
SOURCE = 'make build && sudo cmake --install build/release --component program --prefix /usr/local'
STATUS = 'systemctl status ganesha-exporter'
# And what they print.
PAGES = {'curl http://localhost:19587/-/ready': 'NFS-Ganesha is up and polled',
         'curl http://localhost:19587/metrics': '\nganesha_up 1\n'}
# A small Debian has no sudo.
AS_ROOT = 'sudo() { "$@"; }'
RUN_HERE = PACKAGE, ARCHIVE, SOURCE, STATUS, *PAGES
NOT_RUN_HERE = {
    'make run': 'tests/integration/harness_test.py',
    'make test': 'scripts/test',
    'sudo dnf install ./dist/ganesha-exporter-*.x86_64.rpm && sudo systemctl enable --now ganesha-exporter':
        'tests/packages/rpm_test.py',
    'make images && docker run -d -v /run/dbus:/run/dbus -p 19587:19587 ganesha_exporter': 'tests/container/exporter_test.py',
    'kubectl apply -k deploy/kubernetes/server': 'tests/deploy/schemas_test.py',
    'sudo ganesha_exporter --ganesha.run --ganesha.config-file=/etc/ganesha/ganesha.conf': 'tests/supervisor/run_test.py',
    'docker run -d --cap-add DAC_READ_SEARCH -p 2049:2049 -p 19587:19587 -v /srv/files:/export ganesha_server':
        'tests/container/server_test.py',
}


def blocks(page):
    """The shell blocks, each as its lines."""
    for block in re.findall(r'^```sh\n(.*?)^```', (REPOSITORY / page).read_text(), re.M | re.S):
        lines = (re.sub(r'(^|\s+)#.*', '', line) for line in block.splitlines())
        yield [line for line in lines if line]


def commands():
    return [line for block in blocks('README.md') for line in block]


class TheReadme(unittest.TestCase):
    def test_has_the_commands_that_are_known_here_and_no_others(self):
        self.assertEqual(sorted(commands()), sorted([*RUN_HERE, *NOT_RUN_HERE]))

    def test_has_tests_for_what_is_not_run_here(self):
        for command, test in NOT_RUN_HERE.items():
            self.assertTrue((REPOSITORY / test).exists(), f'{command}: {test}')

    def test_names_targets_that_make_has(self):
        makefile = (REPOSITORY / 'Makefile').read_text()
        for target in set(re.findall(r'\bmake ([\w-]+)', '\n'.join(commands()))):
            self.assertRegex(makefile, rf'(?m)^{target}:')

    def test_names_files_that_a_release_has(self):
        patterns = re.findall(r'\bdist/(\S+)', '\n'.join(commands()))
        self.assertEqual(len(patterns), 3)
        for pattern in patterns:
            found = glob.glob(pattern, root_dir=DIST)
            self.assertEqual(len(found), 1, f'{pattern}: {found}')
            self.assertIn(VERSION, found[0])


class TheCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(FileServer(TREE))
        cls.server.path('/etc/apt/apt.conf.d/yes').write_text('APT::Get::Assume-Yes "true";\n')
        cls.server.path('/tmp/dist').mkdir()

    def run_there(self, command):
        """In a folder with dist/."""
        return self.server.run('sh', '-euc', f'{AS_ROOT}\ncd /tmp\n{command}')

    def install_what_was_built(self, command):
        """Into a folder; building is not repeated."""
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        done = run('sh', '-euc', f'{AS_ROOT}\nmake() {{ :; }}\n{command}', cwd=REPOSITORY,
                   env={**os.environ, 'DESTDIR': str(root)})
        self.assertEqual(done.returncode, 0, done.stderr)
        return root

    def copy(self, file):
        (self.server.path('/tmp/dist') / file.name).write_bytes(file.read_bytes())

    def assert_serves(self):
        self.server.wait_whole()
        wait_until(lambda: 'Ganesha is up; last poll' in self.run_there(STATUS), what='the state in systemctl status')
        for command, text in PAGES.items():
            self.assertIn(text, run('sh', '-c', command, check=True).stdout)

    def test_install_the_package(self):
        self.copy(PACKAGE_FILE)
        self.run_there(PACKAGE)
        self.addCleanup(self.server.apt_get, 'purge', 'ganesha-exporter')
        self.assert_serves()

    def test_install_the_archive(self):
        self.copy(archive())
        self.run_there(ARCHIVE)
        self.addCleanup(self.server.run, f'/tmp/{NAME}/install.sh', '--uninstall')
        self.assert_serves()

    def test_install_the_program_that_was_built(self):
        root = self.install_what_was_built(SOURCE)
        shown = run(root / 'usr/local/bin/ganesha_exporter', '--version', check=True).stdout
        self.assertTrue(shown.startswith(f'ganesha_exporter {VERSION} '), shown)

    def test_install_the_service_that_was_built_and_remove_it(self):
        installing, removing = list(blocks('docs/install.md'))[-2:]
        self.server.apt_get('satisfy', run('dpkg-deb', '-f', PACKAGE_FILE, 'Depends', check=True).stdout)
        before, users = self.server.files(), self.server.run('getent', 'passwd')
        built = [line for line in installing if re.match('make|sudo cmake', line)]
        tree = self.install_what_was_built('\n'.join(built))
        run('cp', '-r', *tree.iterdir(), self.server.path('/'), check=True)
        self.run_there('\n'.join(installing[len(built):]))
        self.assert_serves()
        self.run_there('\n'.join(removing))
        self.assertEqual([path for path in self.server.files() - before if OURS.search(path)], [])
        self.assertEqual(self.server.run('getent', 'passwd'), users)


if __name__ == '__main__':
    skip_unless('cmake', 'curl', 'nfs-cp', root=True)
    PACKAGE_FILE = in_dist('ganesha-exporter_{version}-1~deb12_amd64.deb')
    TREE = server_tree(12)
    nfs_namespace()
    unittest.main(verbosity=2)
