#!/usr/bin/env python3
"""Exports of the configuration: those that a real server does not serve are counted and named."""
import json
import signal

from supervisor import Export, SupervisorTest, run_tests, sample, wait_until

LOST = Export(78, 'VFS', path='/no/such/folder', pseudo='/lost')
NOT_SERVED = 'Exports of the configuration are not served'


class Exports(SupervisorTest):
    def setUp(self):
        self.configuration = self.configure()
        self.good = self.configuration.config.read_text()

    def write(self, more):
        self.configuration.config.write_text(self.good + more)

    def broken(self):
        """A block whose directory is missing; Export.place() would create it."""
        return LOST.block('4')

    def missing(self, supervisor):
        return sample(supervisor.metrics(), 'ganesha_exports_missing')

    def reload(self, supervisor):
        supervisor.process.signal(signal.SIGHUP)

    def wait_missing(self, supervisor, count):
        wait_until(lambda: self.missing(supervisor) == count, what=f'{count} missing exports')

    def test_that_are_all_served_are_not_reported(self):
        supervisor = self.supervise(configuration=self.configuration)
        self.wait_missing(supervisor, 0)
        self.assertNotIn(NOT_SERVED, supervisor.log)
        self.assertEqual(json.loads(supervisor.get('/api/v1/status').text)['exports_missing'], [])

    def test_that_are_not_served_are_named_everywhere(self):
        self.write(self.broken())
        supervisor = self.supervise(configuration=self.configuration)
        self.wait_missing(supervisor, 1)
        wait_until(lambda: supervisor.log_lines(NOT_SERVED))
        self.assertIn('78 (/no/such/folder)', supervisor.log_lines(NOT_SERVED)[0])
        self.assertEqual(json.loads(supervisor.get('/api/v1/status').text)['exports_missing'],
                         ['78 (/no/such/folder)'])
        self.assertIn('78 (/no/such/folder)', supervisor.get('/').text)

    def test_are_reported_once(self):
        self.write(self.broken())
        supervisor = self.supervise('--poll.interval=100ms', configuration=self.configuration)
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_exporter_polls_total') > 10)
        self.assertEqual(len(supervisor.log_lines(NOT_SERVED)), 1)

    def test_are_compared_whatever_is_shown(self):
        supervisor = self.supervise('--collector.exports.exclude=.*', configuration=self.configuration)
        self.wait_missing(supervisor, 0)

    def test_are_read_again_when_the_server_reads_them_again(self):
        self.write(self.broken())
        supervisor = self.supervise(configuration=self.configuration)
        wait_until(lambda: supervisor.log_lines(NOT_SERVED))
        self.write('')
        self.reload(supervisor)
        self.wait_missing(supervisor, 0)
        wait_until(lambda: supervisor.log_lines('All exports of the configuration are served'))
        self.write(Export(79, 'MEM', path='/added', pseudo='/added').block('4'))
        self.reload(supervisor)
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_exports') == 3, what='the added export')
        self.wait_missing(supervisor, 0)

    def test_that_were_removed_over_dbus_count_as_missing(self):
        supervisor = self.supervise(configuration=self.configuration)
        self.wait_missing(supervisor, 0)
        self.remove_export(supervisor, 1)
        self.wait_missing(supervisor, 1)

    def remove_export(self, supervisor, number):
        bus = supervisor.log_lines('Started NFS-Ganesha')[0].partition('bus=')[2].split()[0]
        self.configuration.bus = type('Bus', (), {'address': bus.strip('"')})
        self.configuration.call(('ExportMgr', 'exportmgr'), 'RemoveExport', 'q', number)

    def test_are_not_known_where_the_configuration_is_gone(self):
        supervisor = self.supervise(configuration=self.configuration)
        self.wait_missing(supervisor, 0)
        self.configuration.config.rename(self.configuration.folder / 'away')
        self.reload(supervisor)
        self.wait_missing(supervisor, None)
        self.assertEqual(len(supervisor.log_lines('Cannot reload the configuration')), 1)
        self.assertEqual(supervisor.get('/-/healthy').status, 200)


class Names(SupervisorTest):
    def test_that_dbus_cannot_carry_are_reported_before_the_start(self):
        configuration = self.configure()
        block = b'EXPORT { Export_Id = 79; Path = "/srv/caf\351"; Pseudo = /cafe; FSAL { Name = VFS; } }\n'
        configuration.config.write_bytes(configuration.config.read_bytes() + block)
        # The server need not be started.
        supervisor = self.supervise('--ganesha.binary=no.such.nfsd', configuration=configuration, wait=False)
        self.assert_ends(supervisor, 1)
        lines = supervisor.log_lines('DBus carries only UTF-8')
        self.assertEqual(len(lines), 1)
        self.assertIn('Path of export 79', lines[0])


if __name__ == '__main__':
    run_tests()
