#!/usr/bin/python3
"""What the exporter listens on: several addresses, unix sockets, those of the service manager, and one for probes."""
import contextlib
import json
import pathlib
import socket
import stat
import subprocess
import tempfile

from component import ComponentTest, run_tests_of
from harness import LOOPBACK, HarnessError, Process, Service, binary, free_port, http_get, run_exporter, \
    wait_until

HEALTHY = 'ganesha_exporter is healthy\n'
NO_BUS = '--dbus.address=unix:path=/nowhere'


def curl(*arguments):
    """The status and the body."""
    done = subprocess.run(['curl', '--silent', '--show-error', '--max-time', '30', '--write-out', '\n%{http_code}',
                           *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise HarnessError(f'curl: {done.stderr}')
    body, _, status = done.stdout.rpartition('\n')
    return int(status), body


def curl_unix(path, url_path='/-/healthy', *arguments):
    return curl('--unix-socket', path, f'http://any.name{url_path}', *arguments)


class SocketTest(ComponentTest):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = self.folder / 'http.sock'

    def refusal(self, *flags):
        """The one line of an exporter that does not start."""
        done = run_exporter(NO_BUS, '--log.level=error', *flags)
        self.assertEqual((done.returncode, done.stdout), (1, ''), done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr


class AUnixSocket(SocketTest):
    def start(self):
        return self.start_exporter(f'--web.listen-address=unix:{self.path}')

    def test_serves_all_pages_for_its_group_and_is_removed_at_the_end(self):
        self.start_fake()
        exporter = self.start()
        self.assertEqual(exporter.address, f'unix:{self.path}')
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o660)
        self.assertEqual(curl_unix(self.path), (200, HEALTHY))
        wait_until(lambda: 'ganesha_up 1' in curl_unix(self.path, '/metrics')[1], what='ganesha_up 1')
        self.assertEqual(curl_unix(self.path, '/')[0], 200, 'it has no name that a browser could be led to')
        self.assertEqual(curl_unix(self.path, '/none')[0], 404)
        exporter.stop()
        self.assertFalse(self.path.exists())

    def test_of_an_exporter_that_was_killed_is_replaced(self):
        killed = subprocess.Popen([binary('ganesha_exporter'), NO_BUS, f'--web.listen-address=unix:{self.path}'],
                                  stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: self.path.is_socket(), 30, 'its socket')
        finally:
            killed.kill()
            killed.wait()
        self.assertTrue(self.path.is_socket())
        self.start()
        self.assertEqual(curl_unix(self.path), (200, HEALTHY))

    def test_of_a_running_exporter_is_left_alone(self):
        self.start()
        self.assertIn(f'cannot listen on unix:{self.path}: Address already in use',
                      self.refusal(f'--web.listen-address=unix:{self.path}'))
        self.assertEqual(curl_unix(self.path), (200, HEALTHY))

    def test_replaces_no_other_file(self):
        self.path.write_text('precious')
        self.assertIn('which is not a socket', self.refusal(f'--web.listen-address=unix:{self.path}'))
        self.assertEqual(self.path.read_text(), 'precious')

    def test_with_a_path_that_cannot_be_is_one_line(self):
        self.assertIn('No such file or directory', self.refusal(f'--web.listen-address=unix:{self.folder}/none/a'))
        self.assertIn('at most 107 bytes', self.refusal(f'--web.listen-address=unix:/{"a" * 107}'))


class SeveralAddresses(SocketTest):
    def test_serve_the_same_pages(self):
        first, second = free_port(), free_port()
        self.start_exporter(f'--web.listen-address=[::1]:{first}', f'--web.listen-address={LOOPBACK}:{second}',
                            f'--web.listen-address=unix:{self.path}')
        self.assertEqual(http_get('::1', first, '/-/healthy').text, HEALTHY)
        self.assertEqual(http_get(LOOPBACK, second, '/-/healthy').text, HEALTHY)
        self.assertEqual(curl_unix(self.path), (200, HEALTHY))

    def test_of_which_one_is_bad_are_one_line_and_nothing_is_left(self):
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            address = f'{LOOPBACK}:{taken.getsockname()[1]}'
            line = self.refusal(f'--web.listen-address={LOOPBACK}:0', f'--web.listen-address=unix:{self.path}',
                                f'--web.listen-address={address}')
        self.assertIn(f'cannot listen on {address}: Address already in use', line)
        self.assertFalse(self.path.exists())


class Activated(Service):
    """The exporter, started by the first connection to one of its sockets, as systemd does it."""

    def __init__(self, addresses, *flags):
        super().__init__()
        self.addresses, self.flags = addresses, flags

    def start(self):
        listen = [f'--listen={address}' for address in self.addresses]
        self.process = Process(['systemd-socket-activate', '--setenv=ASAN_OPTIONS', *listen,
                                binary('ganesha_exporter'), *self.flags], self.folder / 'log')
        self.process.wait_ready(lambda: self.process.log_tail().count('Listening on') == len(listen), 'sockets')

    @property
    def environment(self):
        return pathlib.Path(f'/proc/{self.pid}/environ').read_text()


class SocketsOfTheServiceManager(SocketTest):
    def test_are_served_all(self):
        port = free_port()
        activated = self.enterContext(Activated([f'{LOOPBACK}:{port}', self.path], NO_BUS, '--web.systemd-socket'))
        self.assertEqual(http_get(LOOPBACK, port, '/-/healthy', timeout=30).text, HEALTHY)
        self.assertEqual(curl_unix(self.path), (200, HEALTHY))
        self.assertIn(f'address=unix:{self.path}', activated.process.log_tail())
        activated.stop()
        self.assertTrue(self.path.is_socket(), 'the service manager removes it')

    def test_are_asked_for_by_a_flag(self):
        port, own = free_port(), free_port()
        self.enterContext(Activated([f'{LOOPBACK}:{port}'], NO_BUS, f'--web.listen-address={LOOPBACK}:{own}'))
        with socket.create_connection((LOOPBACK, port)):
            wait_until(lambda: connects(own), 30, 'the exporter on its own address')
        self.assertEqual(http_get(LOOPBACK, own, '/-/healthy').text, HEALTHY)

    def test_that_are_missing_are_one_line(self):
        self.assertIn('passed no sockets', self.refusal('--web.systemd-socket'))

    def test_that_do_not_listen_are_one_line(self):
        for kind in socket.SOCK_DGRAM, socket.SOCK_STREAM:
            with self.subTest(kind), socket.socket(type=kind) as passed:
                done = subprocess.run(['sh', '-c', f'exec 3<&{passed.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"',
                                       'sh', binary('ganesha_exporter'), NO_BUS, '--web.systemd-socket'],
                                      pass_fds=[passed.fileno()], capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1)
                self.assertIn('descriptor 3 of the service manager is no listening stream socket', done.stderr)

    def test_stay_unknown_to_the_children(self):
        told = self.folder / 'told'
        server = self.folder / 'server'
        server.write_text(f'#!/bin/sh\n{{ env; ls -l /proc/self/fd; }} > {told}.part\nmv {told}.part {told}\n')
        server.chmod(0o755)
        config = self.folder / 'ganesha.conf'
        config.write_text('')
        port = free_port()
        self.enterContext(Activated([f'{LOOPBACK}:{port}'], f'--dbus.address={self.bus.address}',
                                    '--web.systemd-socket', '--ganesha.run', f'--ganesha.binary={server}',
                                    f'--ganesha.config-file={config}'))
        with socket.create_connection((LOOPBACK, port)):
            wait_until(told.exists, 30, 'the child')
        self.assertIn('PATH=', told.read_text())
        self.assertNotIn('LISTEN_', told.read_text())
        self.assertNotIn('socket:', told.read_text())


def connects(port):
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True


class TheAddressForProbes(SocketTest):
    def test_serves_health_and_nothing_else(self):
        port = free_port()
        exporter = self.start_exporter(f'--web.health-listen-address={LOOPBACK}:{port}',
                                       f'--web.health-listen-address=unix:{self.path}')
        self.assertEqual(http_get(LOOPBACK, port, '/-/healthy').text, HEALTHY)
        self.assertEqual(http_get(LOOPBACK, port, '/-/ready').status, 503)
        self.assertEqual(curl_unix(self.path), (200, HEALTHY))
        for path in '/', '/metrics', '/api/v1/status', '/-/reload':
            self.assertEqual(http_get(LOOPBACK, port, path).status, 404, path)
        self.assertEqual(exporter.get('/-/healthy').text, HEALTHY, 'as before')
        self.start_fake()
        wait_until(lambda: http_get(LOOPBACK, port, '/-/ready').status == 200, what='readiness')

    def test_that_is_taken_is_one_line_that_names_its_flag(self):
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            address = f'{LOOPBACK}:{taken.getsockname()[1]}'
            line = self.refusal(f'--web.listen-address={LOOPBACK}:0', f'--web.health-listen-address={address}')
        self.assertIn(f'cannot listen on {address}: ', line)
        self.assertIn('--web.health-listen-address', line)


class AStrangersName(SocketTest):
    def ask(self, exporter, path, host):
        return exporter.get(path, {'Host': host}).status

    def test_gets_no_page_for_a_browser(self):
        exporter = self.start_exporter('--web.allowed-host=nfs.example.com')
        for path in '/', '/api/v1/status':
            self.assertEqual(self.ask(exporter, path, 'evil.example.com'), 403, path)
            for host in exporter.address, 'localhost:1', socket.gethostname(), 'nfs.example.com:19587':
                self.assertEqual(self.ask(exporter, path, host), 200, (path, host))
        page = exporter.get('/', {'Host': 'evil.example.com'}).text
        self.assertEqual(len(page.splitlines()), 1)
        self.assertIn('--web.allowed-host', page)

    def test_gets_what_programs_read(self):
        exporter = self.start_exporter()
        for path in '/metrics', '/-/healthy':
            self.assertEqual(self.ask(exporter, path, 'prometheus.example.com'), 200, path)

    def test_may_be_any_on_request(self):
        exporter = self.start_exporter('--web.allowed-host=*')
        self.assertIn('up', json.loads(exporter.get('/api/v1/status', {'Host': 'evil.example.com'}).text))


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'curl', 'systemd-socket-activate')
