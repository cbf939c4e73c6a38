"""Shared by the tests of the exporter as its unit confines it.

The user, the capabilities, the limits and the filter of system calls are those of the shipped unit; what needs a
service manager, such as ProtectSystem=, is not part of it.
"""
import unittest

from component import BEAT_MS, QUICK, ComponentTest
from harness import (
    DROP_IN, ConfinedExporter, FakeGanesha, PolicedBus, know_the_exporters_user, nfs_namespace, skip_unless,
    skip_unless_confinable)

OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep'
ALL_COLLECTORS = [f'--collector.{name}' for name in OFF_BY_DEFAULT]


class ConfinedTest(ComponentTest):
    """Fails where the exporter made a system call that was denied."""

    def setUp(self):
        """start() and export() start what a test needs."""
        self.started = []

    def tearDown(self):
        for exporter in self.started:
            exporter.stop()
            self.assertEqual(exporter.denied(), [])

    def start(self, *flags, layout='4.3', env=None):
        self.bus = self.enterContext(PolicedBus(DROP_IN))
        self.enterContext(FakeGanesha(self.bus, heartbeat_ms=BEAT_MS, layout=layout))
        self.started.append(self.enterContext(ConfinedExporter(
            f'--dbus.address={self.bus.address}', *QUICK, *ALL_COLLECTORS, *flags, env=env)))
        return self.started[-1]

    def export(self, *flags, **options):
        """Returns when a whole page is there."""
        exporter = self.start(*flags, **options)
        self.wait_whole(exporter)
        return exporter

    def assert_allowed(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn('denied', done.stderr)


def run_confined_tests(*tools):
    skip_unless('dbus-daemon', *tools)
    skip_unless_confinable()
    nfs_namespace()
    know_the_exporters_user()
    unittest.main(verbosity=2)
