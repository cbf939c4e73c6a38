#!/usr/bin/python3
"""Two servers on one host, as docs/operations.md says: the commands on that page make policies and arguments with which
each exporter, confined as by its unit, reads its own server and no other."""
import re
import shlex
import signal
import subprocess
import unittest

from integration import QUICK, TOOLS, is_whole, page_when, sample, session_traffic
from harness import (
    DROP_IN, LOOPBACK, REPOSITORY, ConfinedExporter, Export, Ganesha, PolicedBus, know_the_exporters_user, nfs_namespace,
    skip_unless, skip_unless_confinable)

PAGE = REPOSITORY / 'docs/operations.md'
NAMES = 'east', 'west'
SYSTEM, PACKAGES, DEFAULTS = '/etc/dbus-1/system.d/', '/usr/share/dbus-1/system.d/', '/etc/default/'


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


class TwoServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PolicedBus(DROP_IN))
        cls.run_the_commands(cls.bus.folder / 'defaults')
        cls.bus.process.signal(signal.SIGHUP)
        cls.servers = {name: cls.enterClassContext(Prefixed(cls.bus, name)) for name in NAMES}
        cls.exporters = {name: cls.enterClassContext(ConfinedExporter(
            f'--dbus.address={cls.bus.address}', *QUICK, *cls.arguments(name))) for name in NAMES}

    @classmethod
    def run_the_commands(cls, defaults):
        defaults.mkdir()
        cls.defaults = defaults
        # All policies of this bus are in one folder.
        script = commands()
        for place in SYSTEM, PACKAGES:
            script = script.replace(place, f'{cls.bus.policies}/')
        subprocess.run(['sh', '-euc', script.replace(DEFAULTS, f'{defaults}/')], check=True)

    @classmethod
    def arguments(cls, name):
        """Of the unit's file, which is of a shell's syntax here."""
        text = (cls.defaults / f'ganesha-exporter-{name}').read_text()
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
    skip_unless(*TOOLS, root=True)
    skip_unless_confinable()
    nfs_namespace()
    know_the_exporters_user()
    unittest.main(verbosity=2)
