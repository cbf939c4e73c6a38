#!/usr/bin/python3
"""TLS as curl and openssl s_client see it: versions, ciphers, client certificates, and what is never done."""
import contextlib
import pathlib
import shutil
import socket
import subprocess
import tempfile

from component import ComponentTest, run_tests_of
from harness import LOOPBACK, wait_until
from harness.https import curl, make_certificates

CLIENT_SECONDS = 60
MODES = ('NoClientCert', 'RequestClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven',
         'RequireAndVerifyClientCert')
CLIENTS = 'client', 'stranger', 'self_signed', 'expired', 'server_only', 'any_usage'
# Which clients get the page, by mode.
WELCOME = {
    'NoClientCert': {'nobody', *CLIENTS}, 'RequestClientCert': {'nobody', *CLIENTS}, 'RequireAnyClientCert': {*CLIENTS},
    'VerifyClientCertIfGiven': {'nobody', 'client'},
    'RequireAndVerifyClientCert': {'client'},
}
NAMES = 'prometheus.example', '10.0.0.7', '2001:db8::7', 'ops@example.org', 'spiffe://example.org/prometheus'
OTHER_NAMES = 'example', '*.example', '10.0.0.8', 'PROMETHEUS.EXAMPLE', 'spiffe://example.org/', 'client'


class Secured(ComponentTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        make_certificates(cls.folder)

    def serve(self, certificate='server', flags=(), **settings):
        """An exporter with these in its tls_server_config."""
        lines = {'cert_file': f'{certificate}.pem', 'key_file': f'{certificate}.key', **settings}
        file = self.folder / 'web.yml'
        file.write_text('tls_server_config:\n' + ''.join(f'  {key}: {value}\n' for key, value in lines.items()))
        self.exporter = self.start_exporter(f'--web.config.file={file}', *flags)
        return self.exporter

    def curl(self, *arguments, client='nobody'):
        """The status of /-/healthy; 0 if there was none."""
        if client != 'nobody':
            arguments += '--cert', self.folder / f'{client}.pem', '--key', self.folder / f'{client}.key'
        return curl(f'https://localhost:{self.exporter.port}/-/healthy', '--cacert', self.folder / 'ca.pem',
                    *arguments)[0]

    def s_client(self, *arguments, send='Q\n'):
        """What openssl s_client prints; it leaves at the end of its input."""
        done = subprocess.run(
            ['openssl', 's_client', '-connect', f'{LOOPBACK}:{self.exporter.port}', '-CAfile', self.folder / 'ca.pem',
             *arguments], input=send, capture_output=True, text=True, timeout=CLIENT_SECONDS)
        return done.stdout + done.stderr


class TheVersions(Secured):
    def test_are_1_2_and_1_3(self):
        self.serve()
        self.assertEqual(self.curl('--tls-max', '1.2'), 200)
        self.assertEqual(self.curl('--tlsv1.3'), 200)
        for version in '-tls1', '-tls1_1':
            printed = self.s_client(version, '-cipher', 'ALL:@SECLEVEL=0')
            self.assertIn('Cipher is (NONE)', printed)
            self.assertIn('alert protocol version', printed)

    def test_are_those_of_the_configuration(self):
        self.serve(min_version='TLS13')
        self.assertEqual((self.curl('--tls-max', '1.2'), self.curl()), (0, 200))
        self.serve(max_version='TLS12')
        self.assertEqual((self.curl('--tlsv1.3'), self.curl()), (0, 200))


class TheCiphers(Secured):
    def test_are_safe_ones_by_default(self):
        self.serve('rsa')
        self.assertIn('Cipher is ECDHE-RSA-AES256-GCM-SHA384', self.s_client('-tls1_2'))
        for cipher in 'AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA', 'DHE-RSA-AES128-GCM-SHA256', 'NULL', 'aNULL':
            self.assertIn('Cipher is (NONE)', self.s_client('-tls1_2', '-cipher', f'{cipher}:@SECLEVEL=0'))

    def test_are_those_of_the_configuration(self):
        self.serve(cipher_suites='[TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]')
        self.assertIn('Cipher is ECDHE-ECDSA-AES128-GCM-SHA256', self.s_client('-tls1_2'))
        self.assertIn('Cipher is (NONE)', self.s_client('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384'))
        self.assertEqual(self.curl('--tlsv1.3'), 200)

    def test_of_1_3_alone_leave_1_3_alone(self):
        self.serve(cipher_suites='[TLS_AES_128_GCM_SHA256]')
        self.assertEqual((self.curl('--tls-max', '1.2'), self.curl()), (0, 200))

    def test_use_the_curves_of_the_configuration(self):
        self.serve(curve_preferences='[CurveP384, X25519]')
        self.assertRegex(self.s_client('-tls1_2'), 'Temp Key: ECDH, secp384r1')
        self.assertIn('Cipher is (NONE)', self.s_client('-tls1_2', '-groups', 'P-256'))

    def test_use_no_curve_that_costs_much_by_default(self):
        self.serve()
        for group in 'ffdhe8192', 'X448':
            self.assertIn('Cipher is (NONE)', self.s_client('-tls1_3', '-groups', group))


class AConnection(Secured):
    def test_is_never_compressed_negotiated_again_or_resumed(self):
        self.serve()
        printed = self.s_client('-tls1_2', '-comp', send='R\n')
        self.assertIn('Compression: NONE', printed)
        self.assertRegex(printed, 'no renegotiation|alert handshake failure')
        for version in '-tls1_2', '-tls1_3':
            printed = self.s_client(version, '-reconnect', send='')
            self.assertNotIn('\nReused', printed)
            self.assertNotIn('session ticket:', printed)

    def test_speaks_http_1(self):
        self.serve()
        self.assertIn('ALPN protocol: http/1.1', self.s_client('-alpn', 'h2,http/1.1'))
        self.assertIn('alert no application protocol', self.s_client('-alpn', 'h2'))
        for flag in '--http1.0', '--http1.1', '--http2':
            self.assertEqual(self.curl(flag), 200)

    def test_shows_the_chain_of_the_certificate(self):
        shutil.copy(self.folder / 'chained.key', self.folder / 'chain.key')
        self.serve('chain')
        self.assertEqual(self.curl(), 200)

    def test_of_plain_http_is_refused_in_words(self):
        self.serve()
        status, body = curl(f'http://localhost:{self.exporter.port}/metrics', '--http0.9')
        self.assertEqual((status, body), (400, 'Client sent an HTTP request to an HTTPS server.\n'))

    def test_that_stops_in_the_handshake_is_closed(self):
        self.serve()
        with contextlib.ExitStack() as clients:
            for sent in b'', b'\x16\x03\x01\x02\x00\x01\x00':
                client = clients.enter_context(
                    socket.create_connection((LOOPBACK, self.exporter.port), timeout=CLIENT_SECONDS))
                client.sendall(sent)
                self.assertEqual(client.recv(1), b'')


class AClientCertificate(Secured):
    def test_is_asked_for_and_verified_as_the_mode_says(self):
        for mode in MODES:
            ca = {} if mode == 'NoClientCert' else {'client_ca_file': 'ca.pem'}
            self.serve(client_auth_type=mode, **ca)
            welcome = {client for client in ('nobody', *CLIENTS) if self.curl(client=client) == 200}
            self.assertEqual(welcome, WELCOME[mode], mode)

    def test_is_verified_in_tls_1_2_too(self):
        self.serve(client_auth_type='RequireAndVerifyClientCert', client_ca_file='ca.pem')
        self.assertEqual(self.curl('--tls-max', '1.2', client='client'), 200)
        for client in 'nobody', 'stranger':
            self.assertEqual(self.curl('--tls-max', '1.2', client=client), 0)

    def test_may_be_verified_by_a_ca_within_the_configuration(self):
        pem = (self.folder / 'ca.pem').read_text()
        self.serve(client_auth_type='RequireAndVerifyClientCert', client_ca='|\n    ' + pem.replace('\n', '\n    '))
        self.assertEqual([self.curl(client=client) for client in ('client', 'stranger', 'nobody')], [200, 0, 0])

    def test_must_have_an_allowed_name(self):
        for names, status in *(([name], 200) for name in NAMES), (['x', NAMES[0]], 200), (OTHER_NAMES, 0):
            self.serve(client_auth_type='RequireAndVerifyClientCert', client_ca_file='ca.pem',
                       client_allowed_sans='[' + ', '.join(f'"{name}"' for name in names) + ']')
            self.assertEqual(self.curl(client='client'), status, names)

    def test_that_is_refused_is_logged_for_debugging_only(self):
        self.serve(client_auth_type='RequireAndVerifyClientCert', client_ca_file='ca.pem')
        self.assertEqual(self.curl(client='stranger'), 0)
        self.assertEqual(self.curl(client='client'), 200)
        self.assertNotIn('handshake', self.exporter.log)
        self.serve(client_auth_type='RequireAndVerifyClientCert', client_ca_file='ca.pem', flags=['--log.level=debug'])
        self.assertEqual(self.curl(client='stranger'), 0)
        line = 'msg="TLS handshake failed" client=127.0.0.1 err="certificate verify failed"'
        wait_until(lambda: line in self.exporter.log, what='the line of the refused client')


if __name__ == '__main__':
    run_tests_of('curl', 'openssl')
