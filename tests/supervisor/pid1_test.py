#!/usr/bin/env python3
"""The exporter as PID 1 of a container."""
import pathlib
import signal
import subprocess

from supervisor import Supervisor, SupervisorTest, run_tests, wait_until
from harness import binary

CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']


class PidOne(Supervisor):
    def launch(self):
        """Behind a script, as the flags follow the program's name."""
        script = self.folder / 'container'
        script.write_text(f'#!/bin/sh\nexec {" ".join(CONTAINER)} {binary("ganesha_exporter")} "$@"\n')
        script.chmod(0o755)
        self.binary = script
        super().launch()

    @property
    def inner_pid(self):
        """Its process id outside."""
        return int(pathlib.Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children').read_text())

    def signal_inner(self, number):
        subprocess.run(['kill', f'-{int(number)}', str(self.inner_pid)], check=True)

    def inside(self, command):
        return subprocess.run(['nsenter', '--target', str(self.inner_pid), '--pid', '--mount', '--root',
                               'sh', '-c', command], capture_output=True, text=True, check=True).stdout


class AsPidOne(SupervisorTest):
    def setUp(self):
        self.container = self.enterContext(PidOne(self.configure(nfs3=True)))

    def test_it_ends_cleanly(self):
        self.container.signal_inner(signal.SIGTERM)
        self.assertEqual(self.container.process.wait(20), 0)
        self.assertIn('regular exit', self.container.log[-4000:])
        self.assert_nothing_left(self.container)

    def test_it_passes_the_servers_death_on(self):
        self.container.kill_one('ganesha.nfsd')
        self.assertEqual(self.container.process.wait(20), 128 + signal.SIGKILL)
        self.assert_nothing_left(self.container)

    def test_it_reaps_orphans(self):
        self.container.inside('for i in 1 2 3; do (sleep 0.2 &); done')
        wait_until(lambda: not self.sleepers(), what='the orphans to be gone')

    def test_it_passes_hang_up_on(self):
        self.container.signal_inner(signal.SIGHUP)
        wait_until(lambda: self.container.log_lines('SIGHUP_HANDLER'), what='the server to tell of SIGHUP')

    def sleepers(self):
        """Those that run and those that nobody has buried: both have their names."""
        # A process may end between its listing and its reading.
        listing = self.container.inside('cat /proc/[0-9]*/stat 2>/dev/null; :')
        self.assertIn('(ganesha_exporte)', listing)
        return [line for line in listing.splitlines() if '(sleep)' in line]


if __name__ == '__main__':
    run_tests()
