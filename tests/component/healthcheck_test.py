#!/usr/bin/python3
"""--healthcheck: of an exporter that is named, and of the one that is process 1 of the same container."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from component import A_LONG_TIME, ComponentTest
from harness import LOOPBACK, Process, Service, binary, free_port, only_child, run_exporter, skip_unless, wait_until
from harness.https import make_certificates

VARIABLE = 'GANESHA_EXPORTER_WEB_LISTEN_ADDRESS'
# The program becomes process 1, which it must not share with another network.
CONTAINER = ['unshare', '--pid', '--net', '--fork', '--mount-proc', '--kill-child', 'sh', '-c',
             'ip link set lo up && exec "$0" "$@"']
SANS = ', client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, client_allowed_sans: [prometheus.example]'
NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']


class Healthcheck(ComponentTest):
    def check(self, address, flag='--healthcheck'):
        done = run_exporter(flag, f'--web.listen-address={address}')
        self.assertEqual(len((done.stdout + done.stderr).splitlines()), 1, done)
        return done.returncode

    def test_is_0_when_it_is_ready_and_else_1(self):
        exporter = self.start_exporter()
        self.assertEqual(self.check(exporter.address), 1)
        self.assertEqual(self.check(exporter.address, '--healthcheck.live'), 0, 'it needs no Ganesha to be healthy')
        self.start_fake()
        wait_until(lambda: exporter.get('/-/ready').status == 200, what='readiness')
        self.assertEqual(self.check(exporter.address), 0)

    def test_is_1_when_nobody_is_there(self):
        self.assertEqual(self.check(f'{LOOPBACK}:{free_port()}'), 1)


class Container(Service):
    """The exporter as process 1, with its network and its processes alone."""

    def __init__(self, *flags, env=None):
        super().__init__()
        self.flags, self.env = flags, env

    def start(self):
        self.process = Process([*CONTAINER, binary('ganesha_exporter'), '--dbus.address=unix:path=/nowhere',
                                *self.flags], self.folder / 'log', self.env)
        self.process.wait_ready(lambda: 'msg=Listening' in self.process.log_tail(), 'the exporter to listen')

    @property
    def pid(self):
        """Of the exporter, seen from here."""
        return only_child(self.process.pid)

    def run(self, *arguments, user=(), env=None):
        """A command beside it, as with `docker exec`."""
        inside = ['nsenter', '--target', str(self.pid), '--pid', '--net', '--mount', '--root']
        return subprocess.run([*inside, *user, binary('ganesha_exporter'), *arguments], env=env or {}, timeout=30,
                              capture_output=True, text=True)


@unittest.skipIf(os.geteuid(), 'needs root')
class OfAContainer(unittest.TestCase):
    HEALTHY = 0, 'ganesha_exporter is healthy\n', ''

    @classmethod
    def setUpClass(cls):
        cls.certificates = make_certificates(cls.enterClassContext(tempfile.TemporaryDirectory()))

    def container(self, *flags, **options):
        return self.enterContext(Container(*flags, **options))

    def check(self, container, *flags, **options):
        done = container.run('--healthcheck.live', *flags, **options)
        return done.returncode, done.stdout, done.stderr

    def test_asks_where_process_1_listens_by_its_flags(self):
        container = self.container('--web.listen-address=:9100')
        self.assertEqual(self.check(container), self.HEALTHY)
        self.assertEqual(self.check(container, user=NOBODY), self.HEALTHY, 'everybody can read its flags')
        self.assertEqual(self.check(container, env={VARIABLE: ':9200'}), self.HEALTHY, 'its flag counts')
        self.assertEqual(self.check(container, '--web.listen-address=:9200')[0], 1, 'the own flag counts first')
        shown = container.run('top', '--batch')
        self.assertEqual((shown.returncode, shown.stderr), (0, ''))
        self.assertIn('is down', shown.stdout)

    def test_asks_where_process_1_listens_by_its_environment(self):
        container = self.container(env={VARIABLE: '[::1]:9100 127.0.0.1:9101'})
        self.assertEqual(self.check(container), self.HEALTHY)
        self.assertEqual(self.check(container, env={VARIABLE: ':9101'}), self.HEALTHY, 'the own one counts')
        code, shown, error = self.check(container, user=NOBODY)
        self.assertEqual((code, shown), (1, ''))
        self.assertEqual(error.splitlines()[0], 'ganesha_exporter: cannot read the environment of process 1; asking :19587')

    def web_config(self, text):
        """A file with TLS and this text, for a certificate that is not for 127.0.0.1."""
        folder = self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        shutil.copytree(self.certificates, folder, dirs_exist_ok=True)
        (folder / 'web.yml').write_text(
            f'tls_server_config: {{cert_file: self_signed.pem, key_file: self_signed.key{text}}}\n')
        return f'--web.config.file={folder}/web.yml'

    def refuse(self, container, file, text):
        """A change of a file that the exporter does not take."""
        before = container.process.log_tail().count('Cannot reload')
        (self.folder / file).write_text(text)
        os.kill(container.pid, signal.SIGHUP)
        wait_until(lambda: container.process.log_tail().count('Cannot reload') > before, A_LONG_TIME, 'the refusal')

    def test_asks_over_tls_where_process_1_serves_it(self):
        container = self.container('--web.listen-address=:9100', self.web_config(''))
        self.assertEqual(self.check(container), self.HEALTHY)
        shown = container.run('top', '--batch')
        self.assertEqual((shown.returncode, shown.stderr), (0, ''))

    def test_finds_an_exporter_with_tls_alive_that_refused_a_reload(self):
        container = self.container('--web.listen-address=:9100', self.web_config(''))
        other = (self.folder / 'server.pem').read_text()
        for file, text in (('self_signed.pem', other), ('self_signed.pem', 'none'), ('web.yml', 'tls_server_config: {'),
                           ('web.yml', 'basic_auth_users: {alice: plain}\n')):
            with self.subTest(file, text=text[:30]):
                self.refuse(container, file, text)
                self.assertEqual(self.check(container), self.HEALTHY)
        (self.folder / 'web.yml').unlink()
        self.assertEqual(self.check(container), self.HEALTHY)

    def test_finds_a_plain_exporter_alive_that_refused_a_reload(self):
        web_config = self.web_config('')
        with_tls = (self.folder / 'web.yml').read_text()
        (self.folder / 'web.yml').write_text('')
        container = self.container('--web.listen-address=:9100', web_config)
        self.refuse(container, 'web.yml', with_tls.replace('self_signed.key', 'server.key'))
        self.assertEqual(self.check(container), self.HEALTHY)

    def test_asks_at_the_address_for_probes_first(self):
        demanding = self.web_config(', client_auth_type: RequireAnyClientCert')
        container = self.container('--web.listen-address=:9100', '--web.health-listen-address=:9101', demanding)
        self.assertEqual(self.check(container), self.HEALTHY)

    def test_asks_at_the_address_for_probes_where_certificates_must_have_a_name(self):
        container = self.container('--web.listen-address=:9100', '--web.health-listen-address=:9101', self.web_config(SANS))
        self.assertEqual(self.check(container), self.HEALTHY)
        shown = container.run('top', '--batch')
        self.assertEqual((shown.returncode, shown.stdout), (1, ''))
        self.assertEqual(shown.stderr, 'ganesha_exporter: the exporter demands a client certificate: give '
                                       '--exporter.cert-file and --exporter.key-file\n')

    def test_says_what_to_do_if_it_cannot_show_a_certificate(self):
        for demand in ', client_auth_type: RequireAnyClientCert', SANS:
            with self.subTest(demand):
                self.check_without_certificate(self.container(self.web_config(demand)))

    def check_without_certificate(self, container):
        code, shown, error = self.check(container)
        self.assertEqual((code, error, len(shown.splitlines())), (0, '', 1), 'a reason to restart nothing')
        self.assertIn('--web.health-listen-address', shown)
        ready = container.run('--healthcheck')
        self.assertEqual((ready.returncode, ready.stdout, len(ready.stderr.splitlines())), (1, '', 1))
        self.assertIn('--web.health-listen-address', ready.stderr)

    def test_asks_at_the_default_address(self):
        self.assertEqual(self.check(self.container()), self.HEALTHY)


if __name__ == '__main__':
    skip_unless('dbus-daemon', 'busctl', 'setpriv', 'unshare', 'nsenter', 'ip', 'openssl')
    unittest.main(verbosity=2)
