#!/usr/bin/python3
"""The portable program where only libc, libsystemd, OpenSSL and a description of the terminal are: Debian 12 and 13."""
import pathlib
import sys
import tempfile
import unittest

from dist import REPOSITORY, VERSION, run
from portable import bare_tree, program_in, unpacked

sys.path.insert(0, str(REPOSITORY / 'tests/component'))
from canned import CannedExporter  # noqa: E402
from component import ComponentTest, run_tests_of  # noqa: E402
from harness import LOOPBACK, TerminalProgram, skip_unless  # noqa: E402
from harness.https import curl, make_certificates  # noqa: E402

# Its salt and what bcrypt made of it.
PASSWORD, HASH = 'prometheus-password', '$2y$04$abcdefghijklmnopqrstuuebck8Sc2ch9pyeXHtF37im9h8m1K5ue'
WEB_CONFIG = f'''
tls_server_config:
  cert_file: server.pem
  key_file: server.key
basic_auth_users:
  prometheus: {HASH}
'''


class ThePortableProgram:
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.program = program_in(bare_tree(cls.release, folder), unpacked(folder) / 'usr/bin/ganesha_exporter')

    def test_is_of_the_projects_version(self):
        done = run(self.program, '--version')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn(f'ganesha_exporter {VERSION}', done.stdout)

    def test_prints_one_scrape(self):
        self.start_fake()
        done = run(self.program, '--once', f'--dbus.address={self.bus.address}')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('\nganesha_up 1\n', done.stdout)
        self.assertIn('\nganesha_client_operations_total{', done.stdout)

    def test_serves_a_server_and_follows_it(self):
        fake = self.start_fake()
        exporter = self.start_exporter(binary=self.program)
        self.wait_whole(exporter)
        fake.stop()
        self.wait_up(exporter, 0)
        fake.start()
        self.wait_whole(exporter)
        self.assertEqual([line for line in exporter.problems() if 'Ganesha' not in line], [])

    def test_serves_tls_to_those_who_know_the_password(self):
        folder = make_certificates(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / 'web.yml').write_text(WEB_CONFIG)
        exporter = self.start_exporter(f'--web.config.file={folder}/web.yml', binary=self.program)
        for password, status in (PASSWORD, 200), ('wrong', 401):
            url = f'https://localhost:{exporter.port}/metrics'
            answer = curl(url, '--cacert', folder / 'ca.pem', '--user', f'prometheus:{password}')
            self.assertEqual(answer[0], status)

    def test_shows_its_view_in_a_terminal(self):
        exporter = self.enterContext(CannedExporter())
        top = self.enterContext(
            TerminalProgram(self.program, 'top', f'--exporter={LOOPBACK}:{exporter.port}', '--interval=100ms'))
        top.wait_for('^/srv/日')
        top.press('Tab')
        top.wait_for(r'^10\.0\.0\.1 .* µs')
        top.press('q')
        self.assertEqual(top.wait(timeout=60), 0)
        self.assertTrue(top.is_as_before())


class OnDebian12(ThePortableProgram, ComponentTest):
    release = 'bookworm'


class OnDebian13(ThePortableProgram, ComponentTest):
    release = 'trixie'


if __name__ == '__main__':
    skip_unless('unshare', 'chroot', root=True)
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'curl', 'openssl', modules=['pyte'])
