#!/usr/bin/python3
"""TLS, client certificates, passwords and their reload in the exporter as its unit confines it: no system call is
denied."""
import shutil
import signal
import tempfile

from confined import ConfinedTest, run_confined_tests
from harness import wait_until
from harness.https import SECRET_HASH, curl, fingerprint_of, make_certificates, served_fingerprint

PAGES = '/', '/api/v1/status', '/metrics'
USER, PASSWORD = 'alice', 'secret'
SETTINGS = f'''
tls_server_config:
  cert_file: server.pem
  key_file: server.key
  client_ca_file: ca.pem
  client_auth_type: RequireAndVerifyClientCert
basic_auth_users:
  alice: {SECRET_HASH}
'''


class Confined(ConfinedTest):
    def setUp(self):
        super().setUp()
        self.folder = make_certificates(self.enterContext(tempfile.TemporaryDirectory()))
        self.write('web.yml', SETTINGS)
        self.write('password', PASSWORD)
        self.open_files()
        self.exporter = self.start(f'--web.config.file={self.folder}/web.yml', '--web.enable-lifecycle')
        wait_until(lambda: self.status('/-/ready') == 200, what='a poll')

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def open_files(self):
        """Lets the user read them."""
        self.folder.chmod(0o755)
        for file in self.folder.iterdir():
            file.chmod(0o644)

    def status(self, page, *flags, password=PASSWORD):
        return curl(f'https://{self.exporter.address}{page}', '--compressed', '--cacert', self.folder / 'ca.pem',
                    '--cert', self.folder / 'client.pem', '--key', self.folder / 'client.key',
                    '--user', f'{USER}:{password}', *flags)[0]

    def test_it_serves_who_has_certificate_and_password(self):
        for page in PAGES:
            self.assertEqual(self.status(page), 200)
        self.assertEqual(self.status('/metrics', password='wrong'), 401)
        self.assertEqual(self.status('/metrics', '--tls-max', '1.2'), 200)

    def test_it_takes_a_renewed_certificate(self):
        for suffix in 'pem', 'key':
            shutil.copy(self.folder / f'renewed.{suffix}', self.folder / f'server.{suffix}')
        renewed = fingerprint_of((self.folder / 'renewed.pem').read_text())
        wait_until(lambda: served_fingerprint(self.exporter.port) == renewed, 30, 'the renewed certificate')
        self.assertEqual(self.status('/metrics'), 200)

    def test_it_reloads_when_it_is_asked(self):
        self.assertEqual(self.status('/-/reload', '--request', 'POST'), 200)
        self.write('web.yml', SETTINGS + 'no_such_key: 1\n')
        self.exporter.process.signal(signal.SIGHUP)
        wait_until(lambda: self.exporter.log_lines('no_such_key'), what='a line about the wrong key')
        self.assertEqual(self.status('/metrics'), 200)

    def test_healthcheck_and_top_ask_it(self):
        flags = [f'--exporter=https://{self.exporter.address}', f'--exporter.ca-file={self.folder}/ca.pem',
                 f'--exporter.cert-file={self.folder}/client.pem', f'--exporter.key-file={self.folder}/client.key',
                 f'--exporter.username={USER}', f'--exporter.password-file={self.folder}/password']
        for command in '--healthcheck', 'top':
            self.assert_allowed(self.exporter.run(command, *flags))


if __name__ == '__main__':
    run_confined_tests('curl', 'openssl')
