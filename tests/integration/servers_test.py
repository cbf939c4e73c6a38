#!/usr/bin/python3
"""Two servers on one host, as docs/operations.md says: the commands on that page make policies and arguments with which
each exporter, confined as by its unit, reads its own server and no other."""
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

from integration import QUICK, is_whole, page_when, run_confined_tests, sample, session_traffic
from harness import (
    DROP_IN, LOOPBACK, REPOSITORY, ConfinedExporter, Export, Ganesha, PolicedBus)
from harness.policed_bus import of_ganesha

PAGE = REPOSITORY / 'docs/operations.md'
NAMES = 'east', 'west'
# Where the policies of Ganesha and of the exporter are. Those in /etc are the admin's, or of Debian 12.
SYSTEM, PACKAGES = 'etc/dbus-1/system.d', 'usr/share/dbus-1/system.d'
OF_DEBIAN, OF_GANESHA, OF_EXPORTER = 'nfs-ganesha-dbus.conf', 'org.ganesha.nfsd.conf', 'ganesha-exporter.conf'
HOSTS = {
    'Debian 12': (f'{SYSTEM}/{OF_DEBIAN}', f'{PACKAGES}/{OF_EXPORTER}'),
    'Debian 13': (f'{PACKAGES}/{OF_DEBIAN}', f'{PACKAGES}/{OF_EXPORTER}'),
    'Debian 13 with install.sh': (f'{PACKAGES}/{OF_DEBIAN}', f'{SYSTEM}/{OF_EXPORTER}'),
    'another Ganesha': (f'{SYSTEM}/{OF_GANESHA}', f'{PACKAGES}/{OF_EXPORTER}'),
}


class Prefixed(Ganesha):
    """A server with a Dbus_Name_Prefix."""

    def __init__(self, bus, name):
        super().__init__(bus, [Export(1, 'MEM', path=f'/{name}', pseudo=f'/{name}')],
                         core={'Dbus_Name_Prefix': f'"{name}"'})
        self.bus_name = f'{name}.org.ganesha.nfsd'

    def start(self):
        self.launch()
        self.process.wait_ready(self.ready, 'the server to be initialized', log_tail=self._complaints)

    def ready(self):
        return 'NFS SERVER INITIALIZED' in self.written() and self.bus.has_owner(self.bus_name)

    def written(self):
        return self.log.read_text(errors='replace') if self.log.exists() else ''


def commands():
    """The block of the page, without what a service manager does."""
    section = PAGE.read_text().split('## Several servers on a host')[1]
    block = re.search(r'```sh\n(.*?)```', section, re.S)[1]
    return '\n'.join(line for line in block.splitlines() if not line.startswith('systemctl '))


def run_the_commands(root, policies):
    """On a host below this folder with these policies."""
    for folder in SYSTEM, PACKAGES, 'etc/default':
        (root / folder).mkdir(parents=True)
    for place, policy in zip(policies, (of_ganesha(), DROP_IN)):
        shutil.copy(policy, root / place)
    subprocess.run(['sh', '-euc', re.sub('(?=/etc/|/usr/share/)', str(root), commands())], check=True)


class TheCommands(unittest.TestCase):
    def test_copy_both_policies_for_each_server_wherever_they_are(self):
        for host, policies in HOSTS.items():
            with self.subTest(host):
                root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
                run_the_commands(root, policies)
                made = {f'{SYSTEM}/{name}-{pathlib.Path(policy).name}' for policy in policies for name in NAMES}
                self.assertEqual({str(file.relative_to(root)) for file in root.rglob('*.conf')}, {*policies, *made})
                for file in made:
                    self.assertRegex((root / file).read_text(), rf'"{pathlib.Path(file).name[:4]}\.org\.ganesha\.nfsd"')


class TwoServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PolicedBus(DROP_IN))
        cls.host = cls.bus.folder / 'host'
        run_the_commands(cls.host, HOSTS['Debian 13'])
        for policy in (cls.host / SYSTEM).iterdir():
            cls.bus.add(policy)
        cls.servers = {name: cls.enterClassContext(Prefixed(cls.bus, name)) for name in NAMES}
        cls.exporters = {name: cls.enterClassContext(ConfinedExporter(
            f'--dbus.address={cls.bus.address}', *QUICK, *cls.arguments(name))) for name in NAMES}

    @classmethod
    def arguments(cls, name):
        """Of the unit's file, which is of a shell's syntax here."""
        text = (cls.host / f'etc/default/ganesha-exporter-{name}').read_text()
        (assignment,) = shlex.split(text)
        return assignment.removeprefix('ARGS=').replace('address=:', f'address={LOOPBACK}:').split()

    def page(self, name):
        return page_when(self.exporters[name], is_whole, 'a whole page')

    def paths(self, name):
        return {dict(labels)['path'] for metric, labels in self.page(name) if metric == 'ganesha_export_info'} - {'/'}

    def test_are_read_each_by_its_exporter(self):
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.paths(name), {f'/{name}'})
                self.assertEqual(self.exporters[name].problems(), [])
                self.assertEqual(self.exporters[name].denied(), [])

    def test_have_their_own_clients(self):
        server = self.servers['west']
        session_traffic(server, 1, server.exports[0], 1000)
        page_when(self.exporters['west'], lambda page: sample(page, 'ganesha_clients') == 1, 'the client')
        self.assertEqual(sample(self.page('east'), 'ganesha_clients'), 0)

    def test_listen_on_ports_of_their_own(self):
        self.assertEqual([self.exporters[name].port for name in NAMES], [19587, 19588])

    def test_end_one_without_the_other(self):
        self.addCleanup(self.servers['east'].start)
        self.servers['east'].process.signal(signal.SIGKILL)
        self.servers['east'].process.wait()
        page_when(self.exporters['east'], lambda page: sample(page, 'ganesha_up') == 0, 'the end of the server')
        self.assertEqual(sample(self.page('west'), 'ganesha_up'), 1)


if __name__ == '__main__':
    run_confined_tests()
