#!/usr/bin/python3
"""What the user ganesha-exporter may do beside a real Ganesha: read statistics, confined as by its unit, and nothing
else. The bus has a system bus's rules, the policy of Debian's nfs-ganesha, and the one shipped here."""
import subprocess
import unittest
import xml.etree.ElementTree

from integration import (
    QUICK, is_whole, libnfs_traffic, page_after_poll, page_when, run_confined_tests, sample, session_traffic)
from harness import (
    BUS_NAME, DROP_IN, EXPORTER_UID, ConfinedExporter, DBusError, Ganesha, PolicedBus, Rpcbind, busctl)

OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep'
SWITCHES = 'FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps'
OBJECTS = 'admin', 'ExportMgr', 'ClientMgr', 'MemMgr', 'CBSIM'
PROPERTIES, INTROSPECTABLE = 'org.freedesktop.DBus.Properties', 'org.freedesktop.DBus.Introspectable'
# Beside what the server's description lists.
OF_THE_BUS = {(PROPERTIES, 'Set'), (PROPERTIES, 'GetAll'), ('org.freedesktop.DBus.Peer', 'Ping'),
              ('org.freedesktop.DBus.Peer', 'GetMachineId')}
# They change, end or may crash the server.
HARMFUL = {'shutdown', 'grace', 'purge_gids', 'AddExport', 'RemoveExport', 'ResetStats', 'EnableStats', 'DisableStats',
           'Set', 'AddClient', 'RemoveClient', 'GetClientAllops'}


def allowed_methods():
    """(interface, member) of each rule of the shipped policy."""
    rules = xml.etree.ElementTree.parse(DROP_IN).iter('allow')
    return {(rule.get('send_interface'), rule.get('send_member')) for rule in rules}


class TheUser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PolicedBus(DROP_IN))
        cls.enterClassContext(Rpcbind())
        core = {f'Enable_{name}_Stats': 'true' for name in SWITCHES}
        cls.ganesha = cls.enterClassContext(Ganesha(cls.bus, nfs3=True, core=core))

    def introspect(self, name):
        """(interface, member) of each method that the server says it has; none of an object that it lacks."""
        try:
            text = busctl(self.bus.address, 'call', BUS_NAME, f'/org/ganesha/nfsd/{name}', INTROSPECTABLE,
                          'Introspect')[0]
        except DBusError:
            return set()
        return {(interface.get('name'), method.get('name'))
                for interface in xml.etree.ElementTree.fromstring(text).iter('interface')
                for method in interface.iter('method')}

    def call(self, destination, path, interface, member, *arguments):
        """Standard error of the call, made as the user."""
        done = subprocess.run(
            ['setpriv', f'--reuid={EXPORTER_UID}', f'--regid={EXPORTER_UID}', '--clear-groups',
             'busctl', '--timeout=10', f'--address={self.bus.address}', 'call', destination, path, interface, member, *arguments],
            capture_output=True, text=True)
        return done.stderr

    def test_reads_all_that_the_server_supports_without_a_denied_system_call(self):
        exporter = self.enterContext(ConfinedExporter(
            f'--dbus.address={self.bus.address}', *QUICK, *(f'--collector.{name}' for name in OFF_BY_DEFAULT)))
        for export in self.ganesha.exports:
            libnfs_traffic(self.ganesha, 3, export, 1001)
            libnfs_traffic(self.ganesha, 4, export, 1002)
            session_traffic(self.ganesha, 1, export, 1003)
        page_when(exporter, is_whole, 'a whole page')
        page = page_after_poll(exporter)
        self.assertEqual(sample(page, 'ganesha_exporter_collector_supported', collector='clients'), 1)
        self.assertIn('ganesha_client_last_activity_timestamp_seconds', {name for name, _ in page})
        self.assertEqual(exporter.problems(), [])
        exporter.stop()
        self.assertEqual(exporter.denied(), [])

    def test_calls_nothing_beyond_the_list(self):
        allowed, refused = allowed_methods(), set()
        for name in OBJECTS:
            for interface, member in sorted((self.introspect(name) | OF_THE_BUS) - allowed):
                with self.subTest(name, method=f'{interface}.{member}'):
                    said = self.call(BUS_NAME, f'/org/ganesha/nfsd/{name}', interface, member)
                    self.assertIn('Access denied', said)
                    refused.add(member)
        self.assertLessEqual(HARMFUL, refused)
        self.assertTrue(self.ganesha.process.running)

    def test_cannot_pose_as_the_server(self):
        said = self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName', 'su',
                         'org.ganesha.nfsd.other', '0')
        self.assertRegex(said, 'not allowed to own|Access denied')


if __name__ == '__main__':
    run_confined_tests()
