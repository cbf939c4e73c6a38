#!/usr/bin/env python3
"""Run mode finds the server's own page of metrics among the server's sockets."""
import os
import sys

from supervisor import SupervisorTest, run_tests, sample, wait_until
from harness import PrivateBus, binary, free_port
from harness.metrics_page import MetricsPage, recorded_page

# A server with the page of the test: it holds the same listening socket, on which the test answers.
SERVER = '''#!{python}
import ctypes, os
PIDFD_GETFD = 438
for descriptor in {descriptors}:
    shared = ctypes.CDLL(None).syscall(PIDFD_GETFD, os.pidfd_open({pid}), descriptor, 0)
    os.set_inheritable(shared, True)
os.execv({fake!r}, ['fake_ganesha', '--address={bus}', '--heartbeat-ms=100'])
'''


class TheServersOwnPage(SupervisorTest):
    def supervise_server(self, port, *descriptors):
        """A server with this Monitoring_Port, which holds these descriptors of the test."""
        bus = self.enterContext(PrivateBus())
        configuration = self.configure(core={'Monitoring_Port': port})
        server = configuration.folder / 'server'
        server.write_text(SERVER.format(python=sys.executable, descriptors=descriptors, pid=os.getpid(),
                                        fake=str(binary('fake_ganesha')), bus=bus.address))
        server.chmod(0o755)
        return self.supervise(f'--ganesha.binary={server}', f'--dbus.address={bus.address}', '--collector.built_in',
                              '--ganesha.metrics-interval=1s', configuration=configuration)

    def supported(self, supervisor):
        return sample(supervisor.metrics(), 'ganesha_exporter_collector_supported', collector='built_in')

    def test_is_found_and_shown(self):
        page = self.enterContext(MetricsPage(recorded_page()))
        supervisor = self.supervise_server(page.port, page.server.fileno())
        wait_until(lambda: sample(supervisor.metrics(), 'ganesha_rpcs_received_total'), 60, 'the page')
        self.assertEqual(self.supported(supervisor), 1)
        self.assertEqual(supervisor.end(), 0)

    def test_is_not_supported_where_the_server_does_not_listen(self):
        port = free_port()
        supervisor = self.supervise_server(port)
        wait_until(lambda: self.supported(supervisor) == 0, 60, 'the collector to be unsupported')
        failed, = supervisor.log_lines('collector=built_in')
        self.assertIn(f'NFS-Ganesha does not listen on its Monitoring_Port, {port}', failed)
        self.assertIsNone(sample(supervisor.metrics(), 'ganesha_exporter_collector_success', collector='built_in'))
        self.assertEqual(supervisor.end(), 0)


if __name__ == '__main__':
    run_tests()
