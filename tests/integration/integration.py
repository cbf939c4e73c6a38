"""Shared by the integration tests: a real server with its exporter, traffic over every NFS version."""
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import (  # noqa: E402
    LOOPBACK, Background, Exporter, know_the_exporters_user, nfs_namespace, nfs_read, nfs_write, sample, sanitized,
    skip_unless, skip_unless_confinable, wait_until)
from nfs41 import Nfs41  # noqa: E402

POLL_SECONDS = 0.2
QUICK = f'--poll.interval={POLL_SECONDS * 1000:.0f}ms', '--poll.max-duty-ratio=1'
# "Within a second of the first heartbeat plus one poll", and slack for a busy machine.
BACK = (3.0 if sanitized() else 1.5) + POLL_SECONDS
TOOLS = 'ganesha.nfsd', 'dbus-daemon', 'busctl', 'setpriv', 'nfs-cp'


def exporter_for(bus, *flags):
    return Exporter(f'--dbus.address={bus.address}', *QUICK, *flags)


def page_when(exporter, holds, what, timeout=20):
    """Waits until holds(metrics), returns the page; every page is parsed strictly."""
    def page():
        metrics = exporter.metrics()
        return metrics if holds(metrics) else None
    return wait_until(page, timeout, what)


def is_whole(metrics):
    success = [value for (name, _), value in metrics.items()
               if name == 'ganesha_exporter_collector_success']
    return sample(metrics, 'ganesha_up') == 1 and bool(success) and all(success)


def page_after_poll(exporter):
    """The page of a poll that began after now."""
    goal = sample(exporter.metrics(), 'ganesha_exporter_polls_total') + 2
    return page_when(exporter, lambda page: sample(page, 'ganesha_exporter_polls_total') >= goal, 'a poll')


def libnfs_traffic(server, version, export, size):
    name = f'v{version}-{time.monotonic_ns()}'
    nfs_write(server, version, export, name, os.urandom(size))
    nfs_read(server, version, export, name)


def session_traffic(server, minor, export, size):
    path = f'{export.pseudo}/v4{minor}-{time.monotonic_ns()}'
    with Nfs41(LOOPBACK, server.port, minor) as client:
        client.write(path, os.urandom(size))
        client.read(path)
        client.remove(path)


class Traffic(Background):
    """Traffic of these kinds in turn, until its block ends. An error ends it and is stored."""

    def __init__(self, kinds):
        super().__init__()
        self.kinds, self.rounds, self.error = kinds, 0, None

    def run(self):
        try:
            while not self.done.is_set():
                for kind in self.kinds:
                    kind()
                self.rounds += 1
        except Exception as error:  # The test reports it.
            self.error = error


def run_tests(*more_tools, modules=(), nfs3=False):
    skip_unless(*TOOLS, *more_tools, root=True, modules=modules)
    if nfs3:
        nfs_namespace()
    unittest.main(verbosity=2)


def run_confined_tests():
    """Those of exporters that run as their unit does."""
    skip_unless(*TOOLS, root=True)
    skip_unless_confinable()
    nfs_namespace()
    know_the_exporters_user()
    unittest.main(verbosity=2)
