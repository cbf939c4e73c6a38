#!/usr/bin/python3
"""The image of the exporter alone: small, not root, works on a bus with Ganesha's own policy."""
import unittest

import images
from container import Container
from harness import (
    DROP_IN, FakeGanesha, PolicedBus, TerminalProgram, know_the_exporters_user, nfs_namespace, sample, wait_until)

MOST_BYTES = 120e6
QUICK = '--poll.interval=200ms', '--poll.max-duty-ratio=1'


def bytes_of(root):
    return sum(path.lstat().st_blocks * 512 for path in root.rglob('*'))


def is_whole(metrics):
    success = [value for (name, _), value in metrics.items() if name == 'ganesha_exporter_collector_success']
    return sample(metrics, 'ganesha_up') == 1 and bool(success) and all(success)


class Sidecar(Container):
    """Beside a Ganesha whose bus it reaches through /run/dbus; its own files are read-only."""

    def __init__(self, bus, *flags, **options):
        super().__init__(images.EXPORTER, *QUICK, *flags, volumes={bus.run: '/run/dbus'}, capabilities=(),
                         read_only=True, **options)


class TheImage(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PolicedBus(DROP_IN))

    def sidecar(self, *flags, **options):
        return self.enterContext(Sidecar(self.bus, *flags, **options))

    def test_is_small(self):
        self.assertLess(bytes_of(self.sidecar().root), MOST_BYTES)

    def test_prints_its_version_and_the_revision_it_was_built_from(self):
        sidecar = self.sidecar()
        told = sidecar.run('--version')
        version = sidecar.config['Labels']['org.opencontainers.image.version']
        self.assertEqual(told.stdout.partition('\n')[0], f'ganesha_exporter {version} ({images.REVISION})', told.stderr)

    def test_is_not_root_and_may_do_nothing(self):
        status = self.sidecar().inside('cat', '/proc/1/status').stdout
        self.assertIn('\nUid:\t19587\t19587\t19587\t19587\n', status)
        for kind in 'Prm', 'Eff', 'Bnd', 'Amb':
            self.assertIn(f'\nCap{kind}:\t0000000000000000\n', status)

    def test_polls_by_the_bus_that_is_mounted(self):
        sidecar = self.sidecar()
        self.assertEqual(sample(sidecar.metrics(), 'ganesha_up'), 0)
        self.enterContext(FakeGanesha(self.bus, layout='6.5'))
        wait_until(lambda: is_whole(sidecar.metrics()), what='a whole page')

    def test_polls_as_root_without_capabilities_too(self):
        bus = self.enterContext(PolicedBus())
        self.enterContext(FakeGanesha(bus, layout='6.5'))
        sidecar = self.enterContext(Sidecar(bus, user='0:0'))
        wait_until(lambda: is_whole(sidecar.metrics()), what='a whole page')

    def test_shows_its_tables_in_a_terminal(self):
        sidecar = self.sidecar()
        top = ['env', 'TERM=xterm-256color', 'ganesha_exporter', 'top']
        with TerminalProgram(*sidecar.entering(top)) as terminal:
            terminal.wait_for('^NFS-Ganesha ')
            terminal.wait_for('^q quit')
            terminal.press('q')
            self.assertEqual(terminal.wait(), 0)

    def test_brings_the_bus_policy(self):
        shipped = self.sidecar().root / 'usr/share/ganesha-exporter/dbus.conf'
        self.assertEqual(shipped.read_bytes(), DROP_IN.read_bytes())

    def test_ends_when_asked(self):
        self.assertEqual(self.sidecar().stop(), 0)


if __name__ == '__main__':
    images.prepare(images.EXPORTER)
    nfs_namespace()
    know_the_exporters_user()
    unittest.main(verbosity=2)
