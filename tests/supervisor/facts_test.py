#!/usr/bin/env python3
"""A server is judged by what it does, not by its configuration; a working server is never stopped."""
import os
import pathlib
import signal
import subprocess
import tempfile
import uuid

from supervisor import Export, SupervisorTest, run_tests, sample, stays, wait_until
from harness import (
    PrivateBus, binary, nfs_read, nfs_write)

START = '--ganesha.start-timeout=2s'
QUICK = '--heartbeat.timeout=1500ms'


class NamelessBus(PrivateBus):
    """A bus on which nobody may own a name, as without Ganesha's policy."""

    def prepare(self):
        super().prepare()
        text = self.config.read_text()
        self.config.write_text(text.replace('</busconfig>', '<policy context="default"><deny own="*"/></policy>'
                                            '<policy user="root"><deny own="*"/></policy></busconfig>'))


class FactsTest(SupervisorTest):
    def configure(self, **options):
        return super().configure(**{'exports': [Export(1, 'VFS')], **options})

    def assert_serves(self, configuration):
        data = os.urandom(1000)
        export, name = configuration.exports[0], uuid.uuid4().hex
        nfs_write(configuration, 4, export, name, data)
        self.assertEqual(nfs_read(configuration, 4, export, name), data)


class AServer(FactsTest):
    def nfs_port(self, supervisor):
        """The port that was found."""
        line = supervisor.process.wait_ready(lambda: supervisor.log_lines('msg="NFS port answers"'), 'the port')[0]
        return int(line.rpartition(':')[2])

    def test_is_found_by_its_socket_however_the_port_is_written(self):
        for write in hex, lambda port: f'0{port:o}', str:
            configuration = self.configure()
            configuration.core['NFS_Port'] = write(configuration.port)
            configuration.write_config()
            supervisor = self.supervise(START, configuration=configuration)
            self.assertEqual(self.nfs_port(supervisor), configuration.port)
            self.assertEqual(supervisor.end(), 0)

    def test_is_found_where_it_chose_its_port_itself(self):
        configuration = self.configure(core={'NFS_Port': 0})
        supervisor = self.supervise(START, configuration=configuration)
        configuration.port = self.nfs_port(supervisor)
        self.assert_serves(configuration)

    def test_is_found_on_ipv6_alone(self):
        # Ganesha accepts an IPv6 address only if the machine has one besides loopback.
        subprocess.run('ip address add 2001:db8::1/128 dev lo'.split(), check=True)
        for address in '::1', '::', '2001:db8::1':
            configuration = self.configure(core={'Bind_addr': address})
            self.assertEqual(self.nfs_port(self.supervise(START, configuration=configuration)), configuration.port)

    def test_is_found_with_nfsv3_alone(self):
        configuration = self.configure(nfs3=True, core={'Protocols': 3}, exports=[Export(1, 'VFS', protocols='3')])
        self.assertEqual(self.nfs_port(self.supervise(START, configuration=configuration)), configuration.port)

    def test_is_found_where_its_settings_are_in_a_folder(self):
        configuration = self.configure()
        parts = configuration.folder / 'conf.d'
        parts.mkdir()
        (parts / '10-all.conf').write_text(configuration.config.read_text())
        configuration.config.write_text(f'%dir {parts}\n')
        supervisor = self.supervise(START, configuration=configuration)
        self.assertEqual(self.nfs_port(supervisor), configuration.port)
        self.assertNotIn('rpcbind', supervisor.left().values())

    def test_is_ready_with_its_log_elsewhere(self):
        configuration = self.configure()
        log = configuration.folder / 'ganesha.log'
        for arguments in f'-L {log}', '-N NIV_MAJ':
            supervisor = self.supervise(f'--ganesha.extra-args={arguments}', configuration=configuration)
            self.assertNotIn('INITIALIZED', supervisor.log)
            self.assert_serves(configuration)
            supervisor.process.signal(signal.SIGHUP)
            self.assertEqual(supervisor.end(), 0)

    def test_serves_on_with_its_log_elsewhere_and_its_bus_frozen(self):
        configuration = self.configure()
        bus = self.enterContext(PrivateBus())
        supervisor = self.supervise(
            f'--ganesha.extra-args=-L {configuration.folder}/log', f'--dbus.address={bus.address}',
            '--ganesha.start-timeout=8s', configuration=configuration, wait=False)
        wait_until(lambda: bus.has_owner('org.ganesha.nfsd'))
        bus.freeze()
        supervisor.process.wait_ready(lambda: supervisor.log_lines('initialized but not ready'), 'the warning')
        self.assertEqual(supervisor.own_lines('error'), [])
        self.assert_serves(configuration)
        bus.thaw()
        supervisor.process.wait_ready(lambda: supervisor.log_lines('NFS-Ganesha is ready'), 'the server to be ready')

    def test_without_a_socket_that_can_be_asked_is_ready_with_a_warning(self):
        bus = self.enterContext(PrivateBus())
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        script = folder / 'server'
        script.write_text(f'#!/bin/sh\nexec {binary("fake_ganesha")} --address={bus.address} --heartbeat-ms=100\n')
        script.chmod(0o755)
        supervisor = self.supervise(f'--ganesha.binary={script}', f'--dbus.address={bus.address}', QUICK)
        self.assertEqual(len(supervisor.log_lines('The NFS port of NFS-Ganesha cannot be checked')), 1)
        os.kill(supervisor.pid_of('fake_ganesha'), signal.SIGSTOP)
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_up') == 0)
        self.assertTrue(stays(lambda: supervisor.get('/-/healthy').status == 200, 3), 'it cannot be judged')
        os.kill(supervisor.pid_of('fake_ganesha'), signal.SIGCONT)


class AServerOfWhichNothingCanBeSeen(SupervisorTest):
    def script(self, name, text):
        path = self.configuration.folder / name
        path.write_text(f'#!/bin/sh\n{text}\n')
        path.chmod(0o755)
        return path

    def test_is_left_alone(self):
        self.configuration = self.configure()
        # As after it has acted for a user, for an exporter without CAP_SYS_PTRACE.
        hidden = 'import ctypes, time; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); time.sleep(60)'
        server = self.script('server', f"exec /usr/bin/python3 -c '{hidden}'")
        exporter = self.script('exporter',
                               f'exec setpriv --bounding-set=-sys_ptrace {binary("ganesha_exporter")} "$@"')
        supervisor = self.supervise(START, f'--ganesha.binary={server}', configuration=self.configuration,
                                    binary=exporter, wait=False)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('it keeps running'), 'the warning')
        self.assertIn('its sockets cannot be read in /proc', supervisor.log_lines('it keeps running')[0])
        self.assertTrue(stays(lambda: supervisor.pid_of('python3'), 2))
        self.assertEqual(supervisor.own_lines('error'), [])
        supervisor.process.signal(signal.SIGTERM)
        self.assertEqual(supervisor.process.wait(20), 0)


class AName(FactsTest):
    def test_is_taken_from_the_configuration(self):
        supervisor = self.supervise(configuration=self.configure(core={'Dbus_Name_Prefix': '"site1"'}))
        self.assertEqual(sample(supervisor.metrics(), 'ganesha_up'), 1)

    def test_that_is_given_counts_more_than_the_configuration(self):
        self.assert_reported(self.supervise(
            START, '--dbus.service-name=other.org.ganesha.nfsd', wait=False,
            configuration=self.configure(core={'Dbus_Name_Prefix': '"site1"'})),
            'other.org.ganesha.nfsd')

    def test_that_is_refused_is_reported_and_nfs_served_all_the_same(self):
        bus = self.enterContext(NamelessBus())
        configuration = self.configure()
        supervisor = self.supervise(START, QUICK, f'--dbus.address={bus.address}', wait=False,
                                    configuration=configuration)
        self.assert_reported(supervisor, 'org.ganesha.nfsd', bus.address, 'server bus reg failed')
        self.assert_serves(configuration)

    def assert_reported(self, supervisor, *texts):
        supervisor.address = supervisor.process.wait_ready(supervisor._listening, 'the exporter to listen')
        supervisor.process.wait_ready(lambda: supervisor.log_lines('does not own'), 'the line about the name')
        self.assertLess(supervisor.time_of('does not own') - supervisor.time_of('NFS SERVER INITIALIZED'), 2)
        for text in texts:
            self.assert_one_error(supervisor, text)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('initialized but not ready'), 'the warning')
        self.assertTrue(stays(lambda: supervisor.get('/-/healthy').status == 200, 4))
        ready = supervisor.get('/-/ready')
        self.assertEqual(ready.status, 503)
        self.assertIn(texts[0], ready.text)
        self.assertEqual(sample(supervisor.metrics(), 'ganesha_up'), 0)
        self.assertEqual(len(supervisor.log_lines('initialized but not ready')), 1)


class Exports(SupervisorTest):
    class Missing(Export):
        """An export whose directory does not exist."""

        def place(self, folder):
            self.path, self.pseudo = '/no/such/folder', '/missing'

    def ready_after_start(self, supervisor):
        """The answer of /-/ready after the exports of the server were read."""
        supervisor.address = supervisor.process.wait_ready(supervisor._listening, 'the exporter to listen')
        return wait_until(lambda: self.judged(supervisor.get('/-/ready')))

    @staticmethod
    def judged(answer):
        return answer if answer.status == 200 or 'configured' in answer.text else None

    def test_that_are_all_missing_keep_it_from_being_ready_but_not_from_serving(self):
        for fsal, complaint in ('VFS', 'Could not create export for'), ('NOSUCH', 'Failed to load FSAL'):
            with self.subTest(fsal):
                configuration = self.configure(exports=[self.Missing(77, fsal)])
                bus = self.enterContext(PrivateBus())
                configuration.bus = bus
                supervisor = self.supervise(START, f'--dbus.address={bus.address}', configuration=configuration,
                                            wait=False)
                answer = self.ready_after_start(supervisor)
                self.assertEqual(answer.status, 503)
                self.assertIn('none of the 1 configured exports is served; the first missing: 77 (/no/such/folder): ',
                              answer.text)
                self.assertRegex(answer.text, f':CONFIG :CRIT :.*{complaint}')
                supervisor.process.wait_ready(lambda: supervisor.log_lines('initialized but not ready'),
                                              'the warning')
                self.assertEqual(supervisor.get('/-/healthy').status, 200)
                configuration.exports.clear()
                configuration.add_export(Export(5, 'MEM'))
                wait_until(lambda: supervisor.get('/-/ready').status == 200, what='one of AddExport to count')
                self.assertEqual(supervisor.end(), 0)

    def test_that_are_removed_from_the_configuration_are_not_waited_for(self):
        configuration = self.configure(exports=[self.Missing(77)])
        supervisor = self.supervise(START, configuration=configuration, wait=False)
        self.assertEqual(self.ready_after_start(supervisor).status, 503)
        configuration.exports.clear()
        configuration.write_config()
        supervisor.process.signal(signal.SIGHUP)
        wait_until(lambda: supervisor.get('/-/ready').status == 200, what='readiness without exports')

    def test_that_cannot_be_parsed_keep_it_from_being_ready(self):
        configuration = self.configure(exports=[Export(77, 'MEM', options={'Export_Id': 'nonsense'})])
        answer = self.ready_after_start(self.supervise(configuration=configuration, wait=False))
        self.assertEqual(answer.status, 503)
        self.assertRegex(answer.text, r'the first missing: without a valid Export_Id \(/mem77\): .*:CONFIG :CRIT :')

    def test_are_enough_where_one_is_served(self):
        self.supervise(configuration=self.configure(exports=[self.Missing(77, 'VFS'), Export(1, 'VFS')]))

    def test_are_not_waited_for_where_none_is_configured(self):
        configuration = self.configure()
        configuration.exports.clear()
        configuration.write_config()
        self.supervise(configuration=configuration)


class Signals(SupervisorTest):
    def test_that_mean_nothing_change_nothing(self):
        supervisor = self.supervise()
        for number in signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM:
            os.kill(supervisor.process.pid, number)
        self.assertTrue(stays(lambda: supervisor.get('/-/ready').status == 200, 1))
        self.assertEqual(supervisor.end(), 0)

    def test_to_hang_up_are_ignored_until_the_server_is_initialized(self):
        configuration = self.configure()
        slow = configuration.folder / 'slow'
        slow.write_text('#!/bin/sh\nsleep 1\nexec ganesha.nfsd "$@"\n')
        slow.chmod(0o755)
        supervisor = self.supervise(f'--ganesha.binary={slow}', configuration=configuration, wait=False)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('Started NFS-Ganesha'), 'the server')
        os.kill(supervisor.process.pid, signal.SIGHUP)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('Ignoring SIGHUP'), 'the line')
        supervisor.process.wait_ready(lambda: supervisor.log_lines('NFS-Ganesha is ready'), 'the server to be ready')
        self.assertEqual(supervisor.log_lines('SIGHUP_HANDLER'), [])

    def test_to_hang_up_reach_a_server_that_is_not_ready(self):
        supervisor = self.supervise(configuration=self.configure(exports=[Exports.Missing(77, 'VFS')]), wait=False)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('NFS port answers'), 'the server to be initialized')
        os.kill(supervisor.process.pid, signal.SIGHUP)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('SIGHUP_HANDLER'), 'the server to tell of SIGHUP')

    def test_of_ended_children_are_seen_though_they_were_ignored_at_the_start(self):
        configuration = self.configure(core={'NFS_Port': 'nonsense'})
        script = configuration.folder / 'ignoring'
        script.write_text('#!/usr/bin/python3\nimport os, signal, sys\n'
                          'signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n'
                          f'os.execv("{binary("ganesha_exporter")}", ["ganesha_exporter", *sys.argv[1:]])\n')
        script.chmod(0o755)
        supervisor = self.supervise(configuration=configuration, binary=script, wait=False)
        self.assert_ends(supervisor, 1)
        self.assert_one_error(supervisor, 'ended with exit code 2')


class Health(FactsTest):
    def test_does_not_hang_on_the_bus(self):
        configuration = self.configure()
        bus = self.enterContext(PrivateBus())
        supervisor = self.supervise(START, QUICK, f'--dbus.address={bus.address}', configuration=configuration)
        bus.freeze()
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_up') == 0)
        self.assertTrue(stays(lambda: supervisor.get('/-/healthy').status == 200, 8))
        self.assert_serves(configuration)
        bus.thaw()
        wait_until(lambda: supervisor.get('/-/ready').status == 200)

    def test_needs_no_heartbeat_to_detect_a_server_that_hangs(self):
        supervisor = self.supervise(START, '--heartbeat.timeout=0s', '--dbus.timeout=1s',
                                    configuration=self.configure(heartbeat_ms=0))
        supervisor.kill_one('ganesha.nfsd', signal.SIGSTOP)
        wait_until(lambda: supervisor.get('/-/healthy').status == 503, 20)
        supervisor.kill_one('ganesha.nfsd', signal.SIGCONT)
        wait_until(lambda: supervisor.get('/-/healthy').status == 200)


class ARestart(SupervisorTest):
    def test_follows_a_death_of_a_server_that_was_never_ready(self):
        configuration = self.configure(exports=[Exports.Missing(77, 'VFS')])
        supervisor = self.supervise('--ganesha.restart=on-failure', configuration=configuration, wait=False)
        supervisor.process.wait_ready(lambda: supervisor.log_lines('NFS port answers'), 'the server to be initialized')
        supervisor.kill_one('ganesha.nfsd', signal.SIGABRT)
        supervisor.process.wait_ready(lambda: len(supervisor.log_lines('NFS port answers')) == 2, 'the next life')


if __name__ == '__main__':
    run_tests()
