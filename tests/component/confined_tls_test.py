#!/usr/bin/python3
"""TLS, passwords and their reload in the exporter as its unit confines it: no system call is denied."""
import pathlib
import signal
import subprocess
import tempfile

from confined import ConfinedTest, run_confined_tests
from harness import LOOPBACK, wait_until

PAGES = '/', '/api/v1/status', '/metrics'
USER, PASSWORD = 'prometheus', 'let me in'
# Of the password, by bcrypt at its lowest cost.
PASSWORD_HASH = '$2y$04$abcdefghijklmnopqrstuuTnc8amReAFiMHxaSoW9U22KarbWnkSm'


class Curl:
    """As the user of the web configuration, which it writes."""

    def __init__(self, folder):
        self.folder, self.settings = folder, folder / 'web.yml'
        self.password = folder / 'password'
        self.password.write_text(PASSWORD)
        self.settings.write_text(
            'tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n'
            f"basic_auth_users: {{{USER}: '{PASSWORD_HASH}'}}\n")
        self.renew()

    def renew(self):
        """A new key and certificate."""
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc',
                        '-days', '2', '-subj', '/CN=exporter', '-addext', f'subjectAltName=IP:{LOOPBACK}',
                        '-keyout', self.folder / 'key.pem', '-out', self.folder / 'cert.pem'],
                       check=True, capture_output=True)
        for file in self.folder.iterdir():
            file.chmod(0o644)

    def status(self, address, page='/metrics', password=PASSWORD):
        """The HTTP status code; 000 if the certificate served is not the newest."""
        done = subprocess.run(
            ['curl', '--silent', '--compressed', '--output', '/dev/null', '--write-out', '%{http_code}',
             '--cacert', self.folder / 'cert.pem', '--user', f'{USER}:{password}', f'https://{address}{page}'],
            capture_output=True, text=True)
        return done.stdout

    def flags(self, address):
        return [f'--exporter=https://{address}', f'--exporter.ca-file={self.folder}/cert.pem',
                f'--exporter.username={USER}', f'--exporter.password-file={self.password}']


class Confined(ConfinedTest):
    def setUp(self):
        super().setUp()
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        self.curl = Curl(folder)
        self.exporter = self.start(f'--web.config.file={self.curl.settings}', '--web.enable-lifecycle')

    def wait_for_status(self, status, **options):
        wait_until(lambda: self.curl.status(self.exporter.address, **options) == status, what=f'status {status}')

    def test_it_serves_who_has_the_password(self):
        self.wait_for_status('200', page='/-/ready')
        for page in PAGES:
            self.assertEqual(self.curl.status(self.exporter.address, page), '200')
        self.assertEqual(self.curl.status(self.exporter.address, password='wrong'), '401')

    def test_it_takes_a_renewed_certificate(self):
        for signal_it in False, True:
            self.curl.renew()
            if signal_it:
                self.exporter.process.signal(signal.SIGHUP)
            self.wait_for_status('200')
        self.curl.settings.write_text('tls_server_config: {no_such_key: 1}\n')
        self.exporter.process.signal(signal.SIGHUP)
        wait_until(lambda: self.exporter.log_lines('no_such_key'), what='a line about the wrong key')
        self.assertEqual(self.curl.status(self.exporter.address), '200')

    def test_healthcheck_and_top_ask_it(self):
        self.wait_for_status('200', page='/-/ready')
        for command in ['--healthcheck'], ['top']:
            self.assert_allowed(self.exporter.run(*command, *self.curl.flags(self.exporter.address)))


if __name__ == '__main__':
    run_confined_tests('curl', 'openssl')
