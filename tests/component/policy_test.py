#!/usr/bin/python3
"""The exporter as a non-root user on a bus with Ganesha's own policy: what the drop-in allows."""
import pathlib
import re
import subprocess
import tempfile

from component import BEAT_MS, QUICK, ComponentTest, families, is_whole, run_tests, sample
from harness import (
    BUS_NAME, DROP_IN, EXPORTER_UID, EXPORTER_USER, FakeGanesha, PolicedBus, UserExporter, know_the_exporters_user,
    nfs_namespace)
from harness.policed_bus import of_ganesha

STRANGER = 65534
LAYOUTS = '2.8', '3.5', '4.3', '5.9', '6.5', '15.2'


class Policy(ComponentTest):
    def setUp(self):
        """Each test starts the bus it needs."""

    def export(self, uid, *drop_ins, **fake_flags):
        self.bus = self.enterContext(PolicedBus(*drop_ins))
        self.enterContext(FakeGanesha(self.bus, heartbeat_ms=BEAT_MS, **fake_flags))
        return self.enterContext(UserExporter(uid, f'--dbus.address={self.bus.address}', *QUICK))

    def call_as_user(self, method):
        return subprocess.run(
            ['setpriv', f'--reuid={EXPORTER_UID}', f'--regid={EXPORTER_UID}', '--clear-groups', 'busctl',
             f'--address={self.bus.address}', 'call', 'org.ganesha.nfsd', '/org/ganesha/nfsd/admin',
             'org.ganesha.nfsd.admin', method], capture_output=True, text=True)

    def test_with_the_drop_in_all_collectors_work(self):
        for layout in LAYOUTS:
            with self.subTest(layout):
                exporter = self.export(EXPORTER_UID, DROP_IN, layout=layout)
                metrics = self.wait_for(exporter, is_whole, 'a whole page')
                self.assertIn('ganesha_client_operations_total', families(metrics))
                self.assertEqual(exporter.problems(), [])

    def test_without_it_the_log_says_what_is_wrong(self):
        exporter = self.export(EXPORTER_UID)
        metrics = self.wait_for(exporter, is_denied, 'a failing poll')
        self.assertEqual(sample(metrics, 'ganesha_up'), 1, 'the heartbeat needs no policy')
        lines = exporter.log_lines('Collector failed')
        named = [re.search(r'collector=(\w+)', line)[1] for line in lines]
        self.assertEqual(len(named), len(set(named)), exporter.log)
        self.assertLessEqual({'server', 'exports', 'clients'}, set(named))
        for line in lines:
            self.assertIn("the bus's policy denies the call: Introspect", line)

    def test_it_may_be_added_while_all_run(self):
        exporter = self.export(EXPORTER_UID)
        self.wait_for(exporter, is_denied, 'a failing poll')
        self.bus.add(DROP_IN)
        self.wait_for(exporter, is_whole, 'a whole page')

    def test_lets_nobody_else_in(self):
        exporter = self.export(STRANGER, DROP_IN)
        self.wait_for(exporter, is_denied, 'a failing poll')

    def test_a_user_whom_the_bus_does_not_know_cannot_even_connect(self):
        exporter = self.export(EXPORTER_UID + 1, DROP_IN)
        metrics = self.wait_for(exporter, lambda _: exporter.log_lines('DBus connection failed'), 'a warning')
        self.assertEqual(sample(metrics, 'ganesha_exporter_dbus_connected'), 0)
        self.assertRegex(exporter.log, 'Transport endpoint is not connected|Connection reset by peer')

    def test_of_a_server_with_a_prefix_is_a_copy_with_its_name(self):
        """As docs/configuration.md says; Ganesha's own policy needs the same."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        copies = []
        for number, policy in enumerate((DROP_IN, of_ganesha())):
            copies.append(folder / f'{number}.conf')
            copies[-1].write_text(policy.read_text().replace(f'"{BUS_NAME}"', f'"fast.{BUS_NAME}"'))
        self.bus = self.enterContext(PolicedBus(*copies))
        self.enterContext(FakeGanesha(self.bus, heartbeat_ms=BEAT_MS, name=f'fast.{BUS_NAME}'))
        self.wait_whole(self.enterContext(UserExporter(
            EXPORTER_UID, f'--dbus.address={self.bus.address}', f'--dbus.service-name=fast.{BUS_NAME}', *QUICK)))

    def test_root_is_told_once_how_to_run_it_otherwise(self):
        self.bus = self.enterContext(PolicedBus(DROP_IN))
        told = self.start_exporter().log_lines('Running as root')
        self.assertEqual(len(told), 1)
        self.assertIn('level=warn', told[0])
        self.assertIn(f'setpriv --reuid={EXPORTER_USER} ', told[0])
        self.assertEqual(self.export(EXPORTER_UID).log_lines('Running as root'), [])

    def test_lets_the_user_change_nothing(self):
        self.export(EXPORTER_UID, DROP_IN)
        self.assertEqual(self.call_as_user('get_grace').returncode, 0)
        for method in 'shutdown', 'purge_gids', 'grace':
            self.assertIn('Access denied', self.call_as_user(method).stderr)


def is_denied(metrics):
    success = [value for (name, _), value in metrics.items() if name == 'ganesha_exporter_collector_success']
    return sample(metrics, 'ganesha_up') == 1 and success and not any(success)


if __name__ == '__main__':
    nfs_namespace()
    know_the_exporters_user()
    run_tests()
