#!/usr/bin/env python3
"""A supervised server without errors: start, readiness, signals, clean exit."""
import os
import resource
import signal
import time

from supervisor import LOOPS, Export, SupervisorTest, run_tests, sample, stays, wait_until
from harness import PrivateBus, Rpcbind, nfs_read, nfs_write, sanitized
from harness.held_file import HeldFile

DAY = 86_400


class AStart(SupervisorTest):
    def test_brings_what_the_server_needs_and_takes_it_away_again(self):
        configuration = self.configure(nfs3=True, exports=[Export(1, 'VFS')])
        supervisor = self.supervise(configuration=configuration)
        self.assertEqual(sorted(supervisor.left().values()),
                         ['dbus-daemon', 'ganesha-guard', 'ganesha.nfsd', 'ganesha_exporte', 'rpcbind'])
        for version in 3, 4:
            data = os.urandom(3000)
            nfs_write(configuration, version, configuration.exports[0], f'v{version}', data)
            self.assertEqual(nfs_read(configuration, version, configuration.exports[0], f'v{version}'), data)
        self.assertEqual(supervisor.end(), 0)
        self.assertEqual(supervisor.own_lines('warn')[1:] + supervisor.own_lines('error'), [])
        self.assert_nothing_left(supervisor)

    def test_does_not_wait_for_the_file_system_of_the_web_configuration(self):
        configuration = self.configure()
        web = configuration.folder / 'web.yml'
        web.write_text('http_server_config:\n  headers:\n    X-Frame-Options: deny\n')
        with HeldFile(web):
            supervisor = self.supervise(f'--web.config.file={web}', configuration=configuration)
            self.assertEqual(supervisor.get('/metrics').status, 503)
        wait_until(lambda: supervisor.get('/metrics').status == 200, 20, 'the pages')
        self.assertEqual(supervisor.end(), 0)

    def test_brings_no_rpcbind_where_none_is_needed(self):
        self.assertNotIn('rpcbind', self.supervise().left().values())

    def test_brings_rpcbind_for_rquota_without_nfsv3(self):
        configuration = self.configure(rquota=True)
        self.assertIn('rpcbind', self.supervise(configuration=configuration).left().values())

    def test_takes_the_rpcbind_that_is_there(self):
        self.enterContext(Rpcbind())
        configuration = self.configure(nfs3=True)
        self.assertNotIn('rpcbind', self.supervise(configuration=configuration).left().values())

    def test_takes_the_system_bus_that_is_there(self):
        bus = self.enterContext(PrivateBus())
        supervisor = self.supervise(env={'DBUS_SYSTEM_BUS_ADDRESS': bus.address})
        self.assertNotIn('dbus-daemon', supervisor.left().values())
        self.assertTrue(bus.has_owner('org.ganesha.nfsd'))

    def test_can_be_asked_for_by_the_environment(self):
        configuration = self.configure()
        supervisor = self.supervise(
            '--ganesha.run=false', '--ganesha.config-file=/nowhere', configuration=configuration, wait=False)
        supervisor.process.kill()
        supervisor.flags = [flag for flag in supervisor.flags if not flag.startswith('--ganesha')]
        supervisor.env |= {'GANESHA_RUN': '1', 'GANESHA_CONFIG_FILE': str(configuration.config),
                           'GANESHA_LOG_LEVEL': 'NIV_INFO'}
        supervisor.wait = True
        supervisor.start()
        self.assertIn('NIV_INFO', supervisor.log)

    def test_leaves_the_configuration_alone(self):
        configuration = self.configure()
        before = configuration.config.read_bytes(), configuration.config.stat().st_mtime_ns
        supervisor = self.supervise(configuration=configuration)
        self.assertEqual(supervisor.end(), 0)
        self.assertEqual((configuration.config.read_bytes(), configuration.config.stat().st_mtime_ns), before)

    def test_reports_the_servers_process(self):
        supervisor = self.supervise()
        metrics = supervisor.metrics()
        self.assertGreater(sample(metrics, 'ganesha_process_cpu_seconds_total'), 0)
        self.assertGreater(sample(metrics, 'ganesha_process_resident_memory_bytes'), 1e6)
        self.assertGreater(sample(metrics, 'ganesha_process_threads'), 4)
        self.assertGreater(sample(metrics, 'ganesha_process_open_fds'), 4)
        self.assertLess(abs(sample(metrics, 'ganesha_process_start_time_seconds') - time.time()), 60)
        self.assertEqual(sample(metrics, 'ganesha_process_max_fds'), self.descriptors_of(supervisor)[0])
        self.assertEqual(sample(metrics, 'ganesha_supervisor_restarts_total'), 0)
        self.assertIsNone(sample(metrics, 'ganesha_supervisor_last_exit_code'))

    def test_gives_the_server_all_descriptors_it_may_have(self):
        soft, hard = self.descriptors_of(self.supervise())
        self.assertEqual(soft, min(hard, 1_048_576))

    def descriptors_of(self, supervisor):
        return resource.prlimit(supervisor.pid_of('ganesha.nfsd'), resource.RLIMIT_NOFILE)


class Readiness(SupervisorTest):
    def test_comes_soon_after_the_server_is_initialized_and_never_before(self):
        for _ in range(LOOPS):
            supervisor = self.supervise(wait=False)
            supervisor.address = supervisor.process.wait_ready(supervisor._listening, 'the exporter to listen')
            wait_until(lambda: supervisor.get('/-/ready').status == 200)
            ready = time.time() % DAY
            initialized = supervisor.time_of('NFS SERVER INITIALIZED')
            self.assertGreaterEqual(ready, initialized)
            self.assertLess(ready - initialized, 5 if sanitized() else 1)
            self.assertEqual(supervisor.end(), 0)

    def test_is_detected_where_the_log_does_not_report_it(self):
        supervisor = self.supervise('--ganesha.log-level=NIV_MAJ')
        self.assertNotIn('INITIALIZED', supervisor.log)
        self.assertEqual(len(supervisor.log_lines('NFS-Ganesha is ready')), 1)

    def test_distinguishes_grace(self):
        self.assertIn('in_grace=false', self.supervise().log)
        # With NLM the server waits for locks to be reclaimed, although it knows no client.
        configuration = self.configure(nfs3=True, nlm=True, nfsv4={'Graceless': 'false'})
        self.assertIn('in_grace=true', self.supervise(configuration=configuration).log)

    def test_needs_no_heartbeat_where_none_is_sent(self):
        self.supervise('--heartbeat.timeout=0s', configuration=self.configure(heartbeat_ms=0))


class Signals(SupervisorTest):
    def test_interrupt_ends_it_cleanly_too(self):
        supervisor = self.supervise()
        self.assertEqual(supervisor.end(signal.SIGINT), 0)
        self.assertIn('regular exit', supervisor.log)
        self.assert_nothing_left(supervisor)

    def test_an_early_end_is_a_clean_one(self):
        for delay in 0.05, 0.1, 0.2, 0.4:
            supervisor = self.supervise(wait=False)
            supervisor.process.wait_ready(supervisor._listening, 'the exporter to listen')
            stays(lambda: True, delay)
            self.assertEqual(supervisor.end(), 0)
            self.assert_nothing_left(supervisor)

    def test_hang_up_reaches_the_server(self):
        supervisor = self.supervise()
        supervisor.process.signal(signal.SIGHUP)
        wait_until(lambda: supervisor.log_lines('sigmgr_thread :MAIN :EVENT :SIGHUP_HANDLER'),
                   what='the server to tell of SIGHUP')
        self.assertEqual(supervisor.end(), 0)

    def test_hang_up_reloads_the_web_configuration_too(self):
        configuration = self.configure()
        file = configuration.folder / 'web.yml'
        file.write_text('')
        supervisor = self.supervise(f'--web.config.file={file}', '--web.enable-lifecycle', configuration=configuration)
        self.assertEqual(supervisor.get('/-/reload', method='POST').status, 200)
        self.assertEqual(len(supervisor.log_lines('Reloaded the web configuration')), 1)
        self.assertEqual(supervisor.log_lines('Forwarding SIGHUP'), [], 'a request is for the exporter alone')
        supervisor.process.signal(signal.SIGHUP)
        wait_until(lambda: supervisor.log_lines('SIGHUP_HANDLER'), what='the server to tell of SIGHUP')
        wait_until(lambda: len(supervisor.log_lines('Reloaded the web configuration')) > 1, what='the second reload')
        self.assertEqual(len(supervisor.log_lines('Reloaded the web configuration')), 2)
        self.assertEqual(supervisor.end(), 0)

    def test_a_wrong_web_configuration_keeps_no_server_from_starting(self):
        configuration = self.configure()
        file = configuration.folder / 'web.yml'
        file.write_text('junk: 1\n')
        supervisor = self.supervise(f'--web.config.file={file}', '--web.enable-lifecycle', configuration=configuration)
        self.assert_one_error(supervisor, 'web configuration is wrong', 'junk: unknown key')
        self.assertEqual(supervisor.get('/-/healthy').status, 200)
        for path in '/metrics', '/', '/api/v1/status':
            answer = supervisor.get(path)
            self.assertEqual(answer.status, 503, path)
            self.assertIn(b'web configuration is wrong', answer.body)
        self.assertEqual(supervisor.get('/-/reload', method='POST').status, 503)
        file.write_text('')
        wait_until(lambda: supervisor.get('/metrics').status == 200, what='the pages')
        self.assertEqual(sample(supervisor.metrics(), 'ganesha_exporter_config_last_reload_successful'), 1)
        self.assertEqual(supervisor.end(), 0)

    def test_a_server_that_hangs_is_killed_at_the_deadline(self):
        supervisor = self.supervise('--ganesha.stop-timeout=1s')
        supervisor.kill_one('ganesha.nfsd', signal.SIGSTOP)
        start = time.monotonic()
        self.assertEqual(supervisor.end(), 128 + signal.SIGKILL)
        self.assertLess(time.monotonic() - start, 10)
        self.assert_one_error(supervisor, 'did not stop within 1s and was killed')
        self.assert_nothing_left(supervisor)

    def test_another_stop_signal_can_be_chosen(self):
        supervisor = self.supervise('--ganesha.stop-signal=SIGINT')
        self.assertEqual(supervisor.end(), 0)
        self.assertNotIn('regular exit', supervisor.log)


class Health(SupervisorTest):
    def test_is_gone_once_the_server_is_down_for_the_start_timeout(self):
        supervisor = self.supervise('--heartbeat.timeout=1500ms', '--ganesha.start-timeout=2s')
        supervisor.kill_one('ganesha.nfsd', signal.SIGSTOP)
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_up') == 0)
        self.assertEqual(supervisor.get('/-/healthy').status, 200)
        self.assertEqual(supervisor.get('/-/ready').status, 503)
        wait_until(lambda: supervisor.get('/-/healthy').status == 503, 20)
        supervisor.kill_one('ganesha.nfsd', signal.SIGCONT)
        wait_until(lambda: supervisor.get('/-/healthy').status == 200)


if __name__ == '__main__':
    run_tests()
