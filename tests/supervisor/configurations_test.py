#!/usr/bin/env python3
"""A real server with each of tests/fixtures/configurations becomes ready, and is not stopped."""
import concurrent.futures
import contextlib
import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from supervisor import SupervisorTest, Supervisor, run_tests, sample, wait_until
from harness import Service, ganesha_version, sanitized

CORPUS = pathlib.Path(__file__).resolve().parents[1] / 'fixtures/configurations'
CASE = 'GANESHA_TEST_CONFIGURATION'
AT_A_TIME = 4
LISTEN = '0A'
FLUSHER = 'Allow_Set_IO_Flusher_Fail = true;'


def names():
    return sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir())


def address_of(text):
    """An address as in the kernel's tables: words in host byte order."""
    words = bytes.fromhex(text)
    address = ipaddress.ip_address(b''.join(words[i:i + 4][::-1] for i in range(0, len(words), 4)))
    return str(getattr(address, 'ipv4_mapped', None) or address)


def listening(pid):
    """The TCP ports that the process listens on, each with its addresses."""
    inodes = set()
    for link in pathlib.Path(f'/proc/{pid}/fd').iterdir():
        with contextlib.suppress(OSError):
            inodes.update(re.findall(r'socket:\[(\d+)\]', os.readlink(link)))
    ports = {}
    for table in 'tcp', 'tcp6':
        for row in pathlib.Path(f'/proc/{pid}/net/{table}').read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = row.split()[:10]
            if state == LISTEN and inode in inodes:
                address, _, port = local.partition(':')
                ports.setdefault(int(port, 16), set()).add(address_of(address))
    return ports


class Case(Service):
    """A copy of one of the configurations. `config` is how the command line names it."""

    parent_folder = '/var/tmp'  # VFS of 6.x cannot export a tmpfs.

    def __init__(self, name):
        super().__init__()
        self.name = name
        self.expected = json.loads((CORPUS / name / 'expected.json').read_text())

    def prepare(self):
        shutil.copytree(CORPUS / self.name, self.folder, dirs_exist_ok=True)
        for file in filter(pathlib.Path.is_file, self.folder.rglob('*')):
            text = file.read_bytes().replace(b'@FOLDER@', bytes(self.folder))
            file.write_bytes(text.replace(b'@FLUSHER@', self.flusher.encode()))
        self.config = self.expected.get('config', self.folder / 'ganesha.conf')

    def start(self):
        """Does nothing: the exporter starts it."""

    @property
    def flusher(self):
        return FLUSHER if ganesha_version() >= (6, 0) else ''

    @property
    def can_start(self):
        """From 6.0 on the server needs CAP_SYS_RESOURCE or a setting that allows its absence."""
        has_place = any(b'@FLUSHER@' in file.read_bytes() for file in (CORPUS / self.name).rglob('*.conf'))
        effective = int(re.search(r'CapEff:\s*(\w+)', pathlib.Path('/proc/self/status').read_text())[1], 16)
        return has_place or ganesha_version() < (6, 0) or effective >> 24 & 1


class AConfiguration(SupervisorTest):
    def setUp(self):
        # Ganesha accepts an IPv6 address only if there is one besides loopback.
        subprocess.run('ip address replace 2001:db8::1/128 dev lo nodad'.split(), check=True)
        self.case = self.enterContext(Case(os.environ[CASE]))
        if not self.case.can_start:
            self.skipTest('needs CAP_SYS_RESOURCE')
        os.chdir(self.case.folder)

    def test_is_served(self):
        expected = self.case.expected
        flags = [] if expected.get('heartbeat_ms', 1) else ['--heartbeat.timeout=0s']
        supervisor = self.enterContext(Supervisor(self.case, '--ganesha.start-timeout=5s', *flags))
        self.assert_ready_in_time(supervisor)
        self.assert_port(listening(supervisor.pid_of('ganesha.nfsd')))
        self.assertEqual('rpcbind' in supervisor.left().values(), expected.get('rpcbind', True))
        self.assert_missing(supervisor)
        self.assertEqual(supervisor.own_lines('error'), [])
        self.assertEqual(supervisor.end(), 0)

    def assert_ready_in_time(self, supervisor):
        late = supervisor.time_of('NFS-Ganesha is ready') - supervisor.time_of('NFS SERVER INITIALIZED')
        print(f'{self.case.name}: ready after {late:.3f} s', file=sys.stderr)
        # Usually some hundredths; if the first heartbeat came before the exporter listened, one second more.
        self.assertLess(late, 5 if sanitized() else 1.2)

    def assert_port(self, ports):
        expected = self.case.expected
        self.assertTrue(ports)
        if not expected['port']:
            return
        self.assertIn(expected['port'], ports)
        if not expected.get('rpcbind', True):
            self.assertEqual(list(ports), [expected['port']])
        self.assertEqual(ports[expected['port']], {expected.get('address', '::')})

    def assert_missing(self, supervisor):
        missing = self.case.expected.get('missing', [])
        self.assertEqual(sample(supervisor.metrics(), 'ganesha_exports_missing'), len(missing))
        if missing:
            lines = wait_until(lambda: supervisor.log_lines('Exports of the configuration are not served'))
            for number in missing:
                self.assertRegex(lines[0], rf'exports=.*\b{number} \(')


def run_case(name):
    """Runs this program for one configuration in its own namespaces."""
    done = subprocess.run([sys.executable, __file__], env={**os.environ, CASE: name}, capture_output=True, text=True)
    return name, done.returncode, done.stdout + done.stderr


def run_all():
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        results = list(pool.map(run_case, names()))
    for name, code, output in results:
        if code:
            print(f'=== {name}: exit code {code}\n{output}')
    print(*sorted(line for *_, output in results for line in output.splitlines() if ': ready after' in line), sep='\n')
    codes = {code for _, code, _ in results}
    sys.exit(77 if codes == {77} else int(codes != {0}))


if __name__ == '__main__':
    run_tests() if CASE in os.environ else run_all()
