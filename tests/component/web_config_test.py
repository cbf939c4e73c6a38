#!/usr/bin/python3
"""--web.config.file: what is right and wrong, as promtool says; and its reload."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from component import A_LONG_TIME, ComponentTest, run_tests_of
from harness import LOOPBACK, REPOSITORY, Prometheus, prometheus_version, run_exporter, sanitized, wait_until
from harness.exporter import seeks_races
from harness.https import SECRET_HASH, curl, fingerprint_of, https_connection, make_certificates, served_fingerprint

TLS = 'tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n'
CLIENTS = TLS + '  client_ca_file: ca.pem\n  client_auth_type: '
HEADERS = 'http_server_config:\n  headers:\n    '
# Of "other", with the lowest cost.
OTHER = '$2y$04$gfg.8RtJlidh1uZOjNJ.MOjXE8lMZWvq/rH6SYH2flyxLTNycqCBW'
USERS = 'basic_auth_users:\n  alice: '
ALICE = USERS + SECRET_HASH + '\n'
BOB = f'basic_auth_users:\n  bob: {OTHER}\n'
RATE = 'rate_limit:\n  interval: 1s\n  burst: 20\n'
RENEWED_SECONDS = A_LONG_TIME if seeks_races() else 20 if sanitized() else 5

# Right ones that promtool 2.42 knows.
RIGHT = {
    'empty': '', 'comment': '# nothing\n', 'null': '~\n', 'sections without content':
    'tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n', 'certificate': TLS,
    'line ends of Windows': TLS.replace('\n', '\r\n'), 'byte order mark': '\ufeff' + TLS,
    'chain': TLS.replace('server.', 'chain.').replace('chain.key', 'chained.key'), 'RSA': TLS.replace('server.', 'rsa.'),
    **{mode: TLS + f'  client_auth_type: {mode}\n' for mode in ('NoClientCert', 'RequestClientCert', 'RequireAnyClientCert',
                                                                'RequireClientCert', '""')},
    **{f'{mode} with a CA': CLIENTS + f'{mode}\n' for mode in (
        'RequestClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven', 'RequireAndVerifyClientCert')},
    'versions': TLS + '  min_version: TLS12\n  max_version: TLS13\n', 'TLS 1.3 alone': TLS + '  min_version: TLS13\n',
    'TLS 1.2 alone': TLS + '  max_version: TLS12\n',
    'ciphers': TLS + '  cipher_suites:\n  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n'
    '  - TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA\n  - TLS_CHACHA20_POLY1305_SHA256\n  prefer_server_cipher_suites: false\n',
    'curves': TLS + '  curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]\n',
    'curve twice': TLS + '  curve_preferences: [X25519, X25519]\n',
    'no HTTP/2': TLS + 'http_server_config:\n  http2: false\n',
    'headers': HEADERS + 'X-Frame-Options: deny\n    Strict-Transport-Security: max-age=31536000; includeSubDomains\n'
    '    X-Content-Type-Options: nosniff\n    X-XSS-Protection: 1\n    Content-Security-Policy: "default-src \'self\'"\n',
    'blank headers': HEADERS + 'Strict-Transport-Security: ""\n    X-XSS-Protection: ""\n    Content-Security-Policy:\n',
    'users': TLS + ALICE + f'  bob: {OTHER}\n', 'users without TLS': ALICE,
}
# Wrong ones, for promtool 2.42 too.
WRONG = {
    'no map': '- a\n', 'junk': 'hWkNKCp3fvIx3jKnsaBI\nTuEjdwNS8A2vYdFbiKqr\n', 'unknown section': 'junk: 1\n',
    'unknown key': TLS.replace('cert_file', 'cert_filse'), 'key twice': TLS + '  cert_file: server.pem\n',
    'section twice': TLS + TLS, 'NUL': TLS + '\0', 'no YAML': 'a: b: c\n', 'tab': 'tls_server_config:\n\tcert_file: a\n',
    'empty certificate': TLS.replace('server.pem', '""'), 'empty key': TLS.replace('server.key', '""'),
    'no key': 'tls_server_config:\n  cert_file: server.pem\n', 'no certificate': 'tls_server_config:\n  key_file: server.key\n',
    'certificate that is not there': TLS.replace('server.pem', 'somefile'),
    'key that is not there': TLS.replace('server.key', 'somefile'), 'directory': TLS.replace('server.key', '.'),
    'key of another certificate': TLS.replace('server.key', 'rsa.key'),
    'certificate instead of the key': TLS.replace('server.key', 'server.pem'),
    'key with a passphrase': TLS.replace('server.key', 'locked.key'),
    'mode alone': 'tls_server_config:\n  client_auth_type: NoClientCert\n', 'unknown mode': CLIENTS + 'Any\n',
    'CA without a mode': TLS + '  client_ca_file: ca.pem\n', 'CA and NoClientCert': CLIENTS + 'NoClientCert\n',
    'CA that is not there': CLIENTS.replace('ca.pem', 'somefile') + 'RequestClientCert\n',
    'unknown version': TLS + '  min_version: TLS111\n', 'unknown cipher': TLS + '  cipher_suites: [TLS_SHA2048]\n',
    'one cipher': TLS + '  cipher_suites: TLS_AES_128_GCM_SHA256\n', 'unknown curve': TLS + '  curve_preferences: [CurveP257]\n',
    'flag in quotes': 'http_server_config:\n  http2: "false"\n', 'certificate of another type': TLS.replace('server.pem', '[a]'),
    'other header': HEADERS + 'Content-Type: a\n', 'frame options': HEADERS + 'X-Frame-Options: foo\n',
    'blank frame options': HEADERS + 'X-Frame-Options: ""\n', 'no frame options': HEADERS + 'X-Frame-Options:\n',
    'blank content type options': HEADERS + 'X-Content-Type-Options: ""\n',
    'content type options': HEADERS + 'X-Content-Type-Options: sniff\n', 'password in plain': USERS + 'secret\n',
    'no password': USERS + '\n', 'user twice': ALICE + f'  alice: {OTHER}\n',
    'cost of 03': USERS + SECRET_HASH.replace('04', '03', 1) + '\n',
    'cost of 32': USERS + SECRET_HASH.replace('04', '32', 1) + '\n', 'SHA-512': USERS + '$6$' + 'x' * 90 + '\n',
}
# Right ones that promtool knows since 3, and what is stricter here.
RIGHT_SINCE = {
    'SANs': CLIENTS + 'RequireAndVerifyClientCert\n  client_allowed_sans:\n  - prometheus.example\n  - 10.0.0.7\n', 'rate': RATE,
    'rate without a burst': 'rate_limit:\n  interval: "1s"\n  burst: 0\n', 'no rate': 'rate_limit:\n  interval: 0\n  burst: 0\n',
    'all of the toolkit\'s example': TLS + ALICE + RATE,
}
WRONG_HERE = {
    'TLS 1.0': TLS + '  min_version: TLS10\n', 'TLS 1.1': TLS + '  max_version: TLS11\n',
    'versions in the wrong order': TLS + '  min_version: TLS13\n  max_version: TLS12\n',
    'SANs that nobody verifies': CLIENTS + 'RequireAnyClientCert\n  client_allowed_sans: [a]\n',
    'SANs that nobody has to show': TLS + '  client_allowed_sans: [a]\n', 'rate in words': RATE.replace('1s', 'fast'),
    'CA without a certificate': CLIENTS.replace('ca.pem', 'server.key') + 'RequireAndVerifyClientCert\n',
    'user with half a hash': USERS + SECRET_HASH[:-1] + '\n', 'header of two lines': HEADERS + 'X-XSS-Protection: "a\\nb"\n',
    'documents': 'basic_auth_users:\n---\njunk: 1\n', 'pipe': TLS.replace('server.pem', 'pipe'),
    'device': TLS.replace('server.pem', '/dev/zero'), 'short RSA key': TLS.replace('server.', 'short.'),
    'tag': 'http_server_config:\n  http2: !!bool false\n',
}


def setUpModule():
    global certificates
    certificates = make_certificates(unittest.enterModuleContext(tempfile.TemporaryDirectory()))


class Configured(ComponentTest):
    """`folder` has the certificates and web.yml."""

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / 'web'
        shutil.copytree(certificates, self.folder)
        self.file = self.folder / 'web.yml'
        self.ca = self.folder / 'ca.pem'

    def write(self, text):
        self.file.write_bytes(text.encode())

    def renew(self):
        """As a tool that renews certificates: the key first, each in one step."""
        for kind in 'key', 'pem':
            shutil.copy(self.folder / f'renewed.{kind}', self.folder / 'new')
            os.replace(self.folder / 'new', self.folder / f'server.{kind}')

    def start(self, text, *flags):
        self.write(text)
        return self.start_exporter(f'--web.config.file={self.file}', *flags)

    def url(self, exporter, path='/metrics', scheme='http'):
        return f'{scheme}://localhost:{exporter.port}{path}'

    def status(self, exporter, *arguments, **url):
        return curl(self.url(exporter, **url), '--ipv4', *arguments)[0]

    def secure_status(self, exporter, *arguments, **url):
        return self.status(exporter, '--cacert', self.ca, *arguments, scheme='https', **url)

    def reloads(self, exporter, *arguments):
        page = curl(self.url(exporter), '--ipv4', *arguments)[1]
        return next(float(line.split()[1]) for line in page.splitlines()
                    if line.startswith('ganesha_exporter_config_last_reload_successful '))


class AConfiguration(Configured):
    def check(self, text):
        """Exit code and output of --config.check."""
        self.write(text)
        done = run_exporter('--config.check', f'--web.config.file={self.file}')
        return done.returncode, done.stdout + done.stderr

    def promtool(self, texts):
        """What promtool says of each: SUCCESS or FAILED."""
        files = [self.folder / f'{number}.yml' for number in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_bytes(text.encode())
        done = subprocess.run(['promtool', 'check', 'web-config', *files], capture_output=True, text=True)
        verdicts = dict(re.findall(r'^(\S+\.yml) (SUCCESS|FAILED)', done.stdout + done.stderr, re.M))
        return [verdicts[str(file)] for file in files]

    def assert_wrong(self, text):
        code, output = self.check(text)
        self.assertEqual(code, 1, text)
        self.assertRegex(output, r'^ganesha_exporter: [^\n]*\n$')
        return output

    def test_is_right_where_promtool_says_so(self):
        for name, text in RIGHT.items():
            with self.subTest(name):
                self.assertEqual(self.check(text), (0, 'The configuration is valid.\n'))
        self.assertEqual(dict(zip(RIGHT, self.promtool(RIGHT.values()))), dict.fromkeys(RIGHT, 'SUCCESS'))

    def test_is_wrong_where_promtool_says_so(self):
        for name, text in WRONG.items():
            with self.subTest(name):
                self.assert_wrong(text)
        self.assertEqual(dict(zip(WRONG, self.promtool(WRONG.values()))), dict.fromkeys(WRONG, 'FAILED'))

    def test_has_what_newer_versions_of_promtool_know(self):
        for name, text in RIGHT_SINCE.items():
            with self.subTest(name):
                self.assertEqual(self.check(text), (0, 'The configuration is valid.\n'))
        if prometheus_version() >= (3,):
            self.assertEqual(dict(zip(RIGHT_SINCE, self.promtool(RIGHT_SINCE.values()))), dict.fromkeys(RIGHT_SINCE, 'SUCCESS'))

    def test_takes_certificates_inline(self):
        def inline(key, name):
            return f'  {key}: |\n' + ''.join(f'    {line}\n' for line in (self.folder / name).read_text().splitlines())

        text = ('tls_server_config:\n  client_auth_type: RequireAndVerifyClientCert\n' + inline('cert', 'server.pem')
                + inline('key', 'server.key') + inline('client_ca', 'ca.pem'))
        self.assertEqual(self.check(text)[0], 0)
        for key, name in ('cert', 'server.pem'), ('key', 'server.key'), ('client_ca', 'ca.pem'):
            with self.subTest(key):
                self.assertIn(f'it must have {key} or {key}_file, not both', self.assert_wrong(text + f'  {key}_file: {name}\n'))

    def test_is_wrong_where_it_would_be_unsafe_or_of_no_use(self):
        os.mkfifo(self.folder / 'pipe')
        for name, text in WRONG_HERE.items():
            with self.subTest(name):
                self.assert_wrong(text)

    def test_is_described_by_an_example_that_is_right(self):
        for name, source in ('server.crt', 'server.pem'), ('ca.crt', 'ca.pem'):
            shutil.copy(self.folder / source, self.folder / name)
        text = (REPOSITORY / 'examples/web-config.yml').read_text()
        self.assertEqual((self.check(text)[0], self.promtool([text])), (0, ['SUCCESS']))
        shown = (REPOSITORY / 'docs/web-configuration.md').read_text().partition('```yaml\n')[2].partition('```')[0]
        uncommented = [line for line in text.splitlines() if not line.lstrip().startswith('#')]
        self.assertEqual(shown.splitlines(), uncommented)

    def test_that_is_wrong_keeps_the_exporter_from_starting(self):
        self.write('\n\njunk: 1\n')
        done = run_exporter(f'--web.config.file={self.file}', f'--web.listen-address={LOOPBACK}:0')
        self.assertEqual(done.returncode, 1)
        errors = [line for line in done.stderr.splitlines() if 'junk' in line]
        self.assertEqual(errors, [f'ganesha_exporter: {self.file}:3: junk: unknown key; known are basic_auth_users, '
                                  'http_server_config, rate_limit, tls_server_config'])

    def test_is_no_pipe_and_no_device(self):
        os.mkfifo(self.folder / 'pipe')
        for name in self.folder / 'pipe', '/dev/zero', self.folder, self.folder / 'none':
            with self.subTest(name):
                done = run_exporter('--config.check', f'--web.config.file={name}')
                self.assertEqual(done.returncode, 1)
                self.assertIn(str(name), done.stderr)


class AReload(Configured):
    def wait_user(self, exporter, user, status, **options):
        wait_until(lambda: self.status(exporter, '--user', user) == status, A_LONG_TIME, f'{status} for {user}', **options)

    def reload(self, exporter, text):
        """Does not wait until the change is noticed."""
        self.write(text)
        exporter.process.signal(signal.SIGHUP)

    def test_follows_a_change_of_the_file(self):
        exporter = self.start(ALICE)
        self.assertEqual(self.status(exporter), 401)
        self.assertEqual(self.status(exporter, '--user', 'alice:secret'), 200)
        self.write(BOB)
        self.wait_user(exporter, 'bob:other', 200)
        self.assertEqual(self.status(exporter, '--user', 'alice:secret'), 401)
        self.assertEqual(len(exporter.log_lines('Reloaded')), 1)

    def test_follows_sighup(self):
        exporter = self.start('')
        self.assertEqual(self.status(exporter), 200)
        exporter.process.signal(signal.SIGHUP)
        wait_until(lambda: exporter.log_lines('Reloaded'), A_LONG_TIME, 'the line of a reload')

    def test_follows_a_request_if_that_is_allowed(self):
        exporter = self.start(ALICE, '--web.enable-lifecycle')
        for method in 'POST', 'PUT':
            request = '--request', method
            self.assertEqual(self.status(exporter, *request, path='/-/reload'), 401)
            wait_until(lambda: self.status(exporter, *request, '--user', 'alice:secret', path='/-/reload') == 200, A_LONG_TIME,
                       'a second to pass since the last one')
        self.assertEqual(self.status(exporter, '--user', 'alice:secret', path='/-/reload'), 405)
        self.write('junk: 1\n')

        def reload():
            return curl(self.url(exporter, '/-/reload'), '--request', 'POST', '--user', 'alice:secret')

        status, body = wait_until(lambda: (answer := reload())[0] != 429 and answer, A_LONG_TIME, 'a second to pass')
        self.assertEqual((status, body.partition(';')[0]), (500, f'{self.file}:1: junk: unknown key'))
        self.assertEqual(self.reloads(exporter, '--user', 'alice:secret'), 0)

    def test_of_no_file_says_so(self):
        exporter = self.start_exporter('--web.enable-lifecycle')
        answer = curl(self.url(exporter, '/-/reload'), '--request', 'POST')
        self.assertEqual(answer, (200, 'There is no --web.config.file\n'))

    def test_is_refused_to_a_request_otherwise(self):
        exporter = self.start('')
        self.assertEqual(self.status(exporter, '--request', 'POST', path='/-/reload'), 403)

    def test_that_fails_keeps_the_old_settings(self):
        exporter = self.start(ALICE)
        alice = '--user', 'alice:secret'
        self.assertEqual(self.reloads(exporter, *alice), 1)
        self.reload(exporter, 'junk: 1\n')
        wait_until(lambda: self.reloads(exporter, *alice) == 0, A_LONG_TIME, 'the metric to say so')
        self.assertEqual(self.status(exporter), 401)
        self.assertEqual(len(exporter.log_lines('Cannot reload')), 1)
        self.reload(exporter, ALICE + '# mended\n')
        wait_until(lambda: self.reloads(exporter, *alice) == 1, A_LONG_TIME, 'the metric to say so')
        self.assertEqual(len(exporter.log_lines('Cannot reload')), 1)

    def test_switches_tls_on_and_off_while_it_runs(self):
        exporter = self.start('')
        self.assertEqual(self.status(exporter), 200)
        self.reload(exporter, TLS)
        wait_until(lambda: self.secure_status(exporter) == 200, A_LONG_TIME, 'TLS')
        self.reload(exporter, '')
        wait_until(lambda: self.status(exporter) == 200, A_LONG_TIME, 'plain HTTP')
        self.assertEqual(len(exporter.log_lines('protects less')), 1)

    def test_has_no_metrics_without_a_file(self):
        exporter = self.start_exporter()
        self.assertEqual({name for name, _ in exporter.metrics() if 'config_last_reload' in name}, set())


class ARenewedCertificate(Configured):
    def setUp(self):
        super().setUp()
        self.fake = self.start_fake(clients=3000)
        self.exporter = self.start(TLS)
        self.connection = https_connection(self.exporter.port, self.ca)
        self.addCleanup(self.connection.close)
        wait_until(lambda: self.page().count(b'ganesha_client_') > 3000, 60, 'the clients')

    def page(self):
        self.connection.request('GET', '/metrics')
        answer = self.connection.getresponse()
        self.assertEqual(answer.status, 200)
        return answer.read()

    def test_is_served_within_five_seconds_and_touches_no_scrape(self):
        fingerprint = fingerprint_of((self.folder / 'renewed.pem').read_text())
        self.assertNotEqual(served_fingerprint(self.exporter.port), fingerprint)
        self.connection.request('GET', '/metrics')
        answer = self.connection.getresponse()
        page = answer.read(1)
        self.renew()
        start = time.monotonic()
        while served_fingerprint(self.exporter.port) != fingerprint:
            page += answer.read(1000)
            self.assertLess(time.monotonic() - start, RENEWED_SECONDS)
        self.assertFalse(answer.isclosed(), 'the scrape went on meanwhile')
        page += answer.read()
        self.assertEqual(len(page), int(answer.headers['Content-Length']))
        self.assertEqual(self.connection.sock.recv(1), b'', 'the old connection is closed')
        self.assertEqual(self.exporter.log_lines('Cannot reload'), [])


class APrometheus(Configured):
    def test_scrapes_with_tls_a_client_certificate_and_a_password(self):
        self.start_fake()
        exporter = self.start(CLIENTS + 'RequireAndVerifyClientCert\n  client_allowed_sans: [prometheus.example]\n' + ALICE + RATE)
        tls = {'ca_file': str(self.ca), 'server_name': 'localhost'}
        client = {'cert_file': str(self.folder / 'client.pem'), 'key_file': str(self.folder / 'client.key')}
        password = {'basic_auth': {'username': 'alice', 'password': 'secret'}}
        scrapes = (({'tls_config': tls | client, **password}, '1'), ({'tls_config': tls, **password}, '0'),
                   ({'tls_config': tls | client}, '0'))
        # They start and scrape at the same time.
        running = [(self.enterContext(Prometheus({'nfs': [f'{LOOPBACK}:{exporter.port}']},
                                                 scrape={'scheme': 'https', **scrape})), up) for scrape, up in scrapes]
        for prometheus, up in running:
            with self.subTest(prometheus.scrape):
                def value(metric):
                    return [result['value'][1] for result in prometheus.query(metric)]

                wait_until(lambda: value('up') == [up], A_LONG_TIME, f'up {up}')
                if up == '1':
                    wait_until(lambda: value('ganesha_up') == ['1'], A_LONG_TIME, 'ganesha_up 1')
                else:
                    self.assertEqual(value('ganesha_up'), [])


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'curl', 'openssl', 'promtool', 'prometheus')
