"""HTTPS as a client does it: certificates to test with, curl, and what a server serves."""
import hashlib
import http.client
import pathlib
import socket
import ssl
import subprocess

from .process import LOOPBACK, SUPPORT

CURL_SECONDS = 20
# Of the password "secret", with the lowest cost.
SECRET_HASH = '$2y$04$k9MqhZELeOKelItTvl6OB.f7rAaDONLhfRK0/K1p307hm/I3SPpq6'


def make_certificates(folder):
    """Certificates NAME.pem and keys NAME.key in this folder; tests/support/make_certificates lists them."""
    subprocess.run([SUPPORT / 'make_certificates', str(folder)], check=True)
    return pathlib.Path(folder)


def curl(url, *arguments):
    """The status and the body of a request; status 0 if there was no answer."""
    done = subprocess.run(
        ['curl', '--silent', '--show-error', '--noproxy', '*', '--max-time', str(CURL_SECONDS), '--write-out', '\n%{http_code}',
         *map(str, arguments), url], capture_output=True, text=True, timeout=2 * CURL_SECONDS)
    body, _, status = done.stdout.rpartition('\n')
    return int(status), body


def fingerprint_of(pem):
    """Of the first certificate in a PEM text."""
    end = '-----END CERTIFICATE-----'
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[pem.index('-----BEGIN'):pem.index(end) + len(end)])).digest()


def served_fingerprint(port):
    """Of the certificate that a server on loopback shows; None if it does not speak TLS."""
    try:
        return fingerprint_of(ssl.get_server_certificate((LOOPBACK, port), timeout=10))
    except (OSError, ssl.SSLError):
        return None


def https_connection(port, ca):
    """A kept-alive connection that trusts this CA, and takes little that is not read."""
    tcp = socket.socket()
    tcp.settimeout(30)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    tcp.connect((LOOPBACK, port))
    connection = http.client.HTTPConnection('localhost', port)
    connection.sock = ssl.create_default_context(cafile=ca).wrap_socket(tcp, server_hostname='localhost')
    return connection
