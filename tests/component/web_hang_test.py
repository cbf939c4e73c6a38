#!/usr/bin/python3
"""A file system with the web configuration that does not answer: it stops nothing but the reload."""
import os
import signal
import tempfile
import threading
import time

from component import ComponentTest, run_tests_of
from harness import LOOPBACK, free_port, http_get, sanitized, skip_unless, wait_until
from harness.held_file import HeldFile
from harness.https import SECRET_HASH, curl, fingerprint_of, make_certificates, served_fingerprint

PATIENCE = 3  # of the exporter
QUICK_SECONDS = 2 if sanitized() else 1
ALICE = f'basic_auth_users:\n  alice: {SECRET_HASH}\n'
TLS = 'tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n'


class AFileSystemThatDoesNotAnswer(ComponentTest):
    def setUp(self):
        super().setUp()
        self.folder = make_certificates(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / 'web.yml'

    def start(self, text):
        self.file.write_text(text)
        self.start_fake()
        self.probes = free_port()
        return self.start_exporter(f'--web.config.file={self.file}', '--web.enable-lifecycle',
                                   f'--web.health-listen-address={LOOPBACK}:{self.probes}')

    def assert_serves(self, seconds):
        """The loop turns all the time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.monotonic()
            self.assertEqual(http_get(LOOPBACK, self.probes, '/-/healthy').status, 200)
            self.assertLess(time.monotonic() - start, QUICK_SECONDS)
            time.sleep(0.05)

    def reload(self, exporter):
        return curl(f'http://{LOOPBACK}:{exporter.port}/-/reload', '--request', 'POST', '--user', 'alice:secret')

    def test_fails_a_reload_and_delays_no_page(self):
        exporter = self.start(ALICE)
        answers = []
        with HeldFile(self.file):
            asking = threading.Thread(target=lambda: answers.append(self.reload(exporter)))
            asking.start()
            self.assert_serves(PATIENCE)
            asking.join()
            status, text = answers[0]
            self.assertEqual(status, 500)
            self.assertIn('does not answer', text)
            start = time.monotonic()
            self.assertEqual(self.reload(exporter)[0], 500)
            self.assertLess(time.monotonic() - start, QUICK_SECONDS, 'it is known by now')
        wait_until(lambda: self.reload(exporter)[0] == 200, 10, what='a reload after it answers')

    def test_delays_nothing_at_sighup_either(self):
        exporter = self.start(ALICE)
        with HeldFile(self.file):
            exporter.process.signal(signal.SIGHUP)
            self.assert_serves(PATIENCE)
            wait_until(lambda: exporter.log_lines('does not answer'), 10, what='the line')

    def test_delays_a_renewed_certificate_and_no_page(self):
        exporter = self.start(TLS)
        fingerprint = fingerprint_of((self.folder / 'renewed.pem').read_text())
        with HeldFile(self.folder / 'renewed.key'):
            for kind in 'key', 'pem':
                os.rename(self.folder / f'renewed.{kind}', self.folder / f'server.{kind}')
            self.assert_serves(2 * PATIENCE)
            self.assertNotEqual(served_fingerprint(exporter.port), fingerprint)
        wait_until(lambda: served_fingerprint(exporter.port) == fingerprint, 20, what='the new certificate')

    def test_does_not_keep_the_exporter_from_ending(self):
        exporter = self.start(ALICE)
        with HeldFile(self.file):
            exporter.process.signal(signal.SIGHUP)
            self.assert_serves(1)
            exporter.process.signal(signal.SIGTERM)
            self.assertEqual(exporter.process.wait(5), 0)


if __name__ == '__main__':
    skip_unless(root=True)
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'curl', 'openssl')
