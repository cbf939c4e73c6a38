#!/usr/bin/env python3
"""Starts that cannot succeed: one clear log line, exit code 1 soon, and no process left."""
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import time

from supervisor import Export, SupervisorTest, run_tests
from harness import BUS_NAME, LOOPBACK, Ganesha, PrivateBus, binary, busctl

# Much less than the start timeout, and enough for a busy machine.
A_MOMENT = 10


class AWrongStart(SupervisorTest):
    def assert_fails(self, supervisor, *patterns, within=A_MOMENT):
        start = time.monotonic()
        self.assert_ends(supervisor, 1)
        self.assertLess(time.monotonic() - start, within)
        self.assert_one_error(supervisor, *patterns)

    def script(self, name, text):
        """A program of that name; returns its folder."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / name).write_text(f'#!/bin/sh\n{text}\n')
        (folder / name).chmod(0o755)
        return folder

    def test_names_a_missing_binary(self):
        supervisor = self.supervise('--ganesha.binary=no.such.nfsd', wait=False)
        self.assert_fails(supervisor, 'cannot start no.such.nfsd: No such file or directory')

    def test_names_a_binary_that_is_none(self):
        supervisor = self.supervise('--ganesha.binary=/etc/passwd', wait=False)
        self.assert_fails(supervisor, 'cannot start /etc/passwd: Permission denied')

    def test_names_a_missing_configuration(self):
        supervisor = self.supervise('--ganesha.config-file=/no/such.conf', wait=False)
        self.assert_fails(supervisor, 'cannot read /no/such.conf: No such file or directory')

    def test_names_a_configuration_that_cannot_be_read(self):
        supervisor = self.supervise('--ganesha.config-file=/etc', wait=False)
        self.assert_fails(supervisor, 'cannot read /etc: Is a directory')

    def test_names_a_configuration_that_is_no_regular_file(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        os.mkfifo(folder / 'fifo')
        with open(folder / 'large', 'wb') as large:
            large.truncate((16 << 20) + 1)
        for file, why in ((folder / 'fifo', 'not a regular file'), ('/dev/zero', 'not a regular file'),
                          (folder / 'large', 'larger than 16 MiB')):
            supervisor = self.supervise(f'--ganesha.config-file={file}', wait=False)
            self.assert_fails(supervisor, f'cannot read {file}: {why}')

    def test_shows_what_the_server_finds_wrong(self):
        configuration = self.configure(core={'NFS_Port': 'nonsense'})
        supervisor = self.supervise(configuration=configuration, wait=False)
        self.assert_fails(supervisor, 'ended with exit code 2 before it was initialized', 'Expected a number')

    def test_shows_that_the_port_is_taken(self):
        configuration = self.configure()
        with socket.create_server((LOOPBACK, configuration.port)):
            supervisor = self.supervise(configuration=configuration, wait=False)
            self.assert_fails(supervisor, 'ended with exit code 2 before it was initialized',
                              'Address already in use')

    def test_shows_why_its_bus_cannot_start(self):
        folder = self.script('dbus-daemon', 'echo no bus today >&2; exit 3')
        supervisor = self.supervise(env={'PATH': f'{folder}:/usr/bin:/usr/sbin'}, wait=False)
        self.assert_fails(supervisor, 'private dbus-daemon cannot be started: it ended with exit code 3',
                          'no bus today')

    def test_names_a_missing_dbus_daemon(self):
        folder = self.script('unused', '')
        (folder / 'setpriv').symlink_to(shutil.which('setpriv'))
        supervisor = self.supervise(env={'PATH': str(folder)}, wait=False)
        self.assert_fails(supervisor, 'cannot start the private dbus-daemon: No such file or directory')

    def test_names_a_bus_that_was_asked_for_and_is_not_there(self):
        supervisor = self.supervise('--dbus.address=unix:path=/no/bus', wait=False)
        self.assert_fails(supervisor, 'bus at unix:path=/no/bus cannot be reached')

    def test_names_a_server_that_has_its_name_already(self):
        bus = self.enterContext(PrivateBus())
        self.enterContext(Ganesha(bus, [Export(1, 'MEM')]))
        supervisor = self.supervise(f'--dbus.address={bus.address}', wait=False)
        self.assert_fails(supervisor, f'another NFS-Ganesha owns org.ganesha.nfsd on the bus at {bus.address}')
        self.assertTrue(bus.has_owner(BUS_NAME))

    def test_waits_for_a_bus_no_longer_than_for_the_server(self):
        folder = self.script('dbus-daemon', 'echo one moment; exec sleep 60')
        supervisor = self.supervise('--ganesha.start-timeout=500ms', env={'PATH': f'{folder}:/usr/bin:/usr/sbin'},
                                    wait=False)
        self.assert_fails(supervisor, 'private dbus-daemon cannot be started: it does not answer', 'one moment',
                          within=4)

    def test_can_be_stopped_while_the_bus_starts(self):
        folder = self.script('dbus-daemon', 'echo one moment; exec sleep 60')
        supervisor = self.supervise(env={'PATH': f'{folder}:/usr/bin:/usr/sbin'}, wait=False)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('one moment'), 'the bus to be started')
        supervisor.process.signal(signal.SIGTERM)
        self.assert_ends(supervisor, 0, timeout=4)
        self.assertEqual(supervisor.own_lines('error'), [])

    def test_shows_why_rpcbind_cannot_start(self):
        folder = self.script('rpcbind', 'echo no ports today; exit 4')
        supervisor = self.supervise(env={'PATH': f'{folder}:/usr/bin:/usr/sbin'},
                                    configuration=self.configure(nfs3=True), wait=False)
        self.assert_fails(supervisor, 'rpcbind cannot be started: it ended with exit code 4', 'no ports today')

    def test_gives_up_at_the_start_timeout(self):
        folder = self.script('slow', 'echo taking my time; exec sleep 60')
        supervisor = self.supervise(f'--ganesha.binary={folder}/slow', '--ganesha.start-timeout=1s', wait=False)
        self.assert_fails(supervisor, 'was not initialized within 1s: it is still starting', 'taking my time',
                          within=1 + A_MOMENT)

    def test_gives_up_at_the_start_timeout_though_the_server_hangs(self):
        bus = self.enterContext(PrivateBus())
        folder = self.script('server', f'exec {binary("fake_ganesha")} --address={bus.address}')
        supervisor = self.supervise(f'--ganesha.binary={folder}/server', f'--dbus.address={bus.address}',
                                    '--ganesha.start-timeout=2s', '--dbus.timeout=1m', wait=False)
        supervisor.process.wait_ready(lambda: bus.has_owner(BUS_NAME), 'the server on the bus')
        busctl(bus.address, 'call', BUS_NAME, '/test', 'test.Control', 'SetSilent', 'b', 'true')
        self.assert_fails(supervisor, 'was not initialized within 2s: it does not answer on the bus')

    def test_is_not_repeated(self):
        configuration = self.configure(core={'NFS_Port': 'nonsense'})
        supervisor = self.supervise('--ganesha.restart=on-failure', configuration=configuration, wait=False)
        self.assert_fails(supervisor, 'before it was initialized')

    def test_begins_nothing_where_the_exporters_own_port_is_taken(self):
        with socket.create_server((LOOPBACK, 0)) as taken:
            port = taken.getsockname()[1]
            supervisor = self.supervise(f'--web.listen-address={LOOPBACK}:{port}', wait=False)
            self.assert_ends(supervisor, 1)
        self.assertIn('--web.listen-address', supervisor.log)
        self.assertNotIn('Started', supervisor.log)


if __name__ == '__main__':
    run_tests()
