#!/usr/bin/python3
"""--healthcheck and top against an exporter with TLS, passwords and client certificates."""
import pathlib
import shutil
import tempfile

from component import ComponentTest, run_tests_of
from harness import LOOPBACK, free_port, run_exporter
from harness.https import SECRET_HASH, make_certificates

TLS = 'tls_server_config: {cert_file: server.pem, key_file: server.key}\n'
CLIENTS = ('tls_server_config: {cert_file: server.pem, key_file: server.key, client_ca_file: ca.pem, '
           'client_auth_type: RequireAndVerifyClientCert}\n')
USERS = f'basic_auth_users: {{alice: {SECRET_HASH}}}\n'


class AskingTest(ComponentTest):
    @classmethod
    def setUpClass(cls):
        cls.certificates = make_certificates(cls.enterClassContext(tempfile.TemporaryDirectory()))

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        shutil.copytree(self.certificates, self.folder, dirs_exist_ok=True)

    def start(self, config):
        (self.folder / 'web.yml').write_text(config)
        self.port = self.start_exporter(f'--web.config.file={self.folder}/web.yml').port

    def password(self, text):
        (self.folder / 'password').write_text(text)
        return '--exporter.username=alice', f'--exporter.password-file={self.folder}/password'

    def trust(self, host='localhost'):
        return f'--exporter=https://{host}:{self.port}', f'--exporter.ca-file={self.folder}/ca.pem'

    def certificate(self, name):
        return f'--exporter.cert-file={self.folder}/{name}.pem', f'--exporter.key-file={self.folder}/{name}.key'

    def assert_asks(self, *flags):
        live = run_exporter('--healthcheck.live', *flags)
        self.assertEqual((live.returncode, live.stdout, live.stderr), (0, 'ganesha_exporter is healthy\n', ''))

    def assert_shows(self, *flags):
        shown = run_exporter('top', '--batch', *flags)
        self.assertEqual((shown.returncode, shown.stderr), (0, ''))
        self.assertIn('is down', shown.stdout)

    def assert_fails(self, reason, *command):
        done = run_exporter(*command)
        self.assertEqual((done.returncode, done.stdout), (1, ''), done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(reason, done.stderr)


class OverTls(AskingTest):
    def test_trusts_the_ca_that_is_named(self):
        self.start(TLS)
        for host in 'localhost', LOOPBACK:
            self.assert_asks(*self.trust(host))
            self.assert_shows(*self.trust(host))

    def test_trusts_no_other(self):
        self.start(TLS)
        self.assert_fails("the server's certificate is not trusted", '--healthcheck.live', self.trust()[0])
        self.assert_fails("the server's certificate is not trusted", 'top', '--batch', self.trust()[0],
                          f'--exporter.ca-file={self.folder}/another_ca.pem')

    def test_checks_no_certificate_of_this_machine_for_its_health(self):
        for config in TLS, TLS.replace('server.', 'self_signed.') + USERS:
            self.start(config)
            self.assert_asks(f'--web.listen-address={LOOPBACK}:{self.port}')
        self.assert_fails(f'no response from {LOOPBACK}:', '--healthcheck.live', f'--web.listen-address={LOOPBACK}:{free_port()}')

    def test_reports_files_that_cannot_be_used(self):
        self.start(TLS)
        self.assert_fails(f'{self.folder}/none.pem', '--healthcheck.live', self.trust()[0],
                          f'--exporter.ca-file={self.folder}/none.pem')
        self.assert_fails(f'{self.folder}/none', 'top', '--batch', *self.trust(), '--exporter.username=alice',
                          f'--exporter.password-file={self.folder}/none')

    def test_shows_a_certificate(self):
        self.start(CLIENTS)
        self.assert_asks(*self.trust(), *self.certificate('client'))
        self.assert_shows(*self.trust(), *self.certificate('client'))
        self.assert_fails('no response from', '--healthcheck.live', *self.trust())
        self.assert_fails('no response from', 'top', '--batch', *self.trust(), *self.certificate('stranger'))


class WithAPassword(AskingTest):
    def test_takes_it_from_a_file_with_or_without_a_newline(self):
        self.start(TLS + USERS)
        for text in 'secret', 'secret\n':
            self.assert_shows(*self.trust(), *self.password(text))

    def test_that_is_wrong_or_missing_is_one_line(self):
        self.start(TLS + USERS)
        for text in 'wrong', 'secret\n\n', '':
            self.assert_fails('status 401', 'top', '--batch', *self.trust(), *self.password(text))
        self.assert_fails('status 401', 'top', '--batch', *self.trust())
        self.assert_asks(*self.trust())

    def test_is_not_cut(self):
        self.start(TLS)
        self.assert_shows(*self.trust(), *self.password('x' * 4096))
        self.assert_fails(f'--exporter.password-file: {self.folder}/password must not be larger than 4096 bytes',
                          'top', '--batch', *self.trust(), *self.password('x' * 4097))


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'openssl')
