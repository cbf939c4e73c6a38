"""Building blocks of the integration and component tests: real servers, each a context manager.

Whatever a block starts lives in a session of its own, keeps its files in a temporary folder, listens
on free loopback ports, and is gone when the block ends (or when the test is killed).
"""
import contextlib
import dataclasses
import functools
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from typing import NamedTuple

SUPPORT = pathlib.Path(__file__).resolve().parent
REPOSITORY = SUPPORT.parents[1]
LOOPBACK = '127.0.0.1'
POLL_SECONDS = 0.02
STOP_SECONDS = 10
START_SECONDS = 30


class HarnessError(Exception):
    """Something that the harness started did not do its part; the message holds the end of its log."""


def wait_until(condition, timeout=10, what='a condition'):
    """Polls `condition` until it returns something true, and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f'waited {timeout} s in vain for {what}')
        time.sleep(POLL_SECONDS)


def free_port():
    """A port that is free for TCP and UDP on loopback."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((LOOPBACK, 0))
            port = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind((LOOPBACK, port))
                return port


# --- Processes ---------------------------------------------------------------------------------

class Process:
    """A child in a session of its own; its output goes to the file `log`.

    setpriv lets the kernel kill it when the test dies: start it from a thread that stays.
    """

    def __init__(self, argv, log, env=None, cwd=None):
        self.name = pathlib.Path(argv[0]).name
        self.log = pathlib.Path(log)
        with open(self.log, 'ab') as output:
            self._popen = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', *map(str, argv)], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, env={**os.environ, **(env or {})}, cwd=cwd,
                start_new_session=True)
        self.pid = self._popen.pid

    @property
    def returncode(self):
        """None while it runs; minus the signal that ended it."""
        return self._popen.poll()

    @property
    def running(self):
        return self.returncode is None

    def wait(self, timeout=STOP_SECONDS):
        return self._popen.wait(timeout)

    def signal(self, number):
        """To the process and what it started, as long as it has not been reaped."""
        if self.running:
            os.killpg(self.pid, number)

    def stop(self, timeout=STOP_SECONDS):
        """SIGTERM, then SIGKILL. Returns the exit code."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)  # A frozen process takes no SIGTERM.
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(timeout)
        return self.kill()

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def log_tail(self):
        return text_tail(self.log)

    def wait_ready(self, condition, what, timeout=START_SECONDS, log_tail=None):
        """Waits for `condition` and returns it; when it cannot come true, tells the end of the log."""
        log_tail = log_tail or self.log_tail
        try:
            return wait_until(lambda: condition() or not self.running and self._died(log_tail),
                              timeout, what)
        except TimeoutError as error:
            raise HarnessError(f'{self.name}: {error}\n{log_tail()}') from None

    def _died(self, log_tail):
        raise HarnessError(f'{self.name} ended with {self.returncode}\n{log_tail()}')


def text_tail(path, lines=15):
    return '\n'.join(path.read_text(errors='replace').splitlines()[-lines:])


class Service:
    """A context manager around one Process and its temporary folder. Subclasses say what to start."""

    parent_folder = None  # The system's temporary folder.

    def __init__(self):
        self.process = None
        self.folder = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(
            prefix=f'{type(self).__name__.lower()}-', dir=self.parent_folder))
        try:
            self.prepare()
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_exception):
        self._end()

    def _end(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder)

    def prepare(self):
        """Writes what the process needs; once."""

    def start(self):
        """Starts the process and returns when it is ready."""
        raise NotImplementedError

    def stop(self):
        """Returns the exit code, None if it never started."""
        return self.process.stop() if self.process else None

    def kill(self):
        return self.process.kill()

    def restart(self):
        self.stop()
        self.start()

    def freeze(self):
        self.process.signal(signal.SIGSTOP)

    def thaw(self):
        self.process.signal(signal.SIGCONT)

    @property
    def pid(self):
        return self.process.pid


# --- DBus --------------------------------------------------------------------------------------

class DBusError(Exception):
    """busctl's complaint, as `Call failed: ...`."""


def busctl(address, *args, timeout=10):
    """Runs busctl (Debian package systemd) on a bus and returns its JSON, for a call its reply's data."""
    done = subprocess.run(
        ['busctl', f'--address={address}', '--json=short', f'--timeout={timeout}', *map(str, args)],
        capture_output=True, text=True)
    if done.returncode:
        raise DBusError(done.stderr.strip())
    if not done.stdout.strip():
        return None
    reply = json.loads(done.stdout)
    return reply['data'] if isinstance(reply, dict) and 'data' in reply else reply


class PrivateBus(Service):
    """A dbus-daemon with a system bus's limits. `address` stays the same over restarts."""

    def __init__(self, config=SUPPORT / 'private_bus.conf'):
        super().__init__()
        self.template = pathlib.Path(config)

    def prepare(self):
        self.socket = self.folder / 'bus'
        self.address = f'unix:path={self.socket}'
        self.config = self.folder / 'bus.conf'
        self.config.write_text(self.template.read_text().replace('@ADDRESS@', self.address))

    def start(self):
        self.process = Process(['dbus-daemon', f'--config-file={self.config}', '--nofork', '--nopidfile'],
                               self.folder / 'bus.log')
        self.process.wait_ready(self._answers, 'the bus to take connections')

    def has_owner(self, name):
        return busctl(self.address, 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus',
                      'org.freedesktop.DBus', 'NameHasOwner', 's', name)[0]

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(self.socket))
            return True


# --- Namespaces, for NFSv3 ---------------------------------------------------------------------

UNSHARED_PID = 'GANESHA_TEST_UNSHARED_PID'
NAMESPACE_MARK = pathlib.Path('/run/ganesha-test-namespace')


def nfs_namespace():
    """Runs this program again in a mount and network namespace of its own, with a private /run.

    Call it first thing in main. NFSv3 needs it: rpcbind's port and socket are fixed. Needs root.
    """
    if NAMESPACE_MARK.exists():
        return
    if os.geteuid():
        sys.exit('needs root: NFSv3 is tested in namespaces of its own')
    if os.environ.get(UNSHARED_PID) == str(os.getpid()):
        _furnish_namespace()
    else:
        # unshare execs without a fork, so the process id tells that it has done its work.
        os.environ[UNSHARED_PID] = str(os.getpid())
        os.execvp('unshare', ['unshare', '--net', '--mount', sys.executable, *sys.orig_argv[1:]])


def _furnish_namespace():
    private = ['/run', *filter(os.path.isdir, ['/var/lib/nfs'])]
    for folder in private:
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', folder], check=True)
    # Ganesha resolves its Bind_addr with AI_ADDRCONFIG, which fails where 127.0.0.1 is the only address.
    for command in 'link set lo up', 'address add 192.0.2.1/32 dev lo':
        subprocess.run(['ip', *command.split()], check=True)
    NAMESPACE_MARK.touch()


class Rpcbind(Service):
    """rpcbind at its fixed port and socket, inside nfs_namespace()."""

    def prepare(self):
        if not NAMESPACE_MARK.exists():
            raise HarnessError('Rpcbind needs nfs_namespace(): the machine has an rpcbind of its own')

    def start(self):
        self.process = Process(['rpcbind', '-f'], self.folder / 'rpcbind.log')
        self.process.wait_ready(lambda: accepts(111), 'rpcbind to take connections')


def accepts(port):
    """Whether something listens on this loopback port."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True


# --- Ganesha -----------------------------------------------------------------------------------

BUS_NAME = 'org.ganesha.nfsd'
# Where Ganesha's methods live: object and interface.
EXPORT_MGR = ('ExportMgr', 'exportmgr')
EXPORT_STATS = ('ExportMgr', 'exportstats')
CLIENT_MGR = ('ClientMgr', 'clientmgr')
CLIENT_STATS = ('ClientMgr', 'clientstats')
ADMIN = ('admin', 'admin')


@dataclasses.dataclass
class Export:
    """One EXPORT block. A path left out is made up: for VFS a new temporary folder."""

    id: int
    fsal: str = 'VFS'
    path: str = None
    pseudo: str = None
    protocols: str = None
    options: dict = dataclasses.field(default_factory=dict)

    def place(self, folder):
        """Fills in what was left out; VFS serves a folder that must be there."""
        name = f'{self.fsal.lower()}{self.id}'
        self.path = self.path or (str(folder / name) if self.fsal == 'VFS' else f'/{name}')
        self.pseudo = self.pseudo or f'/{name}'
        if self.fsal == 'VFS':
            pathlib.Path(self.path).mkdir(parents=True, exist_ok=True)

    def block(self, protocols):
        return config_block('EXPORT', {
            'Export_Id': self.id, 'Path': config_string(self.path), 'Pseudo': config_string(self.pseudo),
            'Protocols': self.protocols or protocols, 'Access_Type': 'RW',
            'Squash': 'No_Root_Squash', 'SecType': 'sys',
            'FSAL': {'Name': self.fsal}, **self.options})


def config_string(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def config_block(name, values):
    lines = [config_block(key, value) if isinstance(value, dict) else f'{key} = {value};'
             for key, value in values.items()]
    return '\n'.join([f'{name} {{', *lines, '}'])


@functools.cache
def ganesha_version():
    """(4, 3) for V4.3."""
    output = subprocess.run(['ganesha.nfsd', '-v'], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r'V(\d+)\.(\d+)', output).groups()))


class Ganesha(Service):
    """A real ganesha.nfsd on a private bus. With nfs3 it needs Rpcbind.

    `core` and `nfsv4` add to or replace keys of NFS_CORE_PARAM and NFSv4.
    Attributes: port, mount_port (with nfs3), exports, log (of the latest start).
    """

    # Not /tmp: that may be a tmpfs, which VFS of 6.x does not export.
    parent_folder = '/var/tmp'

    def __init__(self, bus, exports=None, nfs3=False, stats=True, heartbeat_ms=1000,
                 nlm=False, rquota=False, core=None, nfsv4=None):
        super().__init__()
        self.bus = bus
        self.exports = exports or [Export(1, 'VFS'), Export(2, 'MEM')]
        self.protocols = '3, 4' if nfs3 else '4'
        self.nfs3, self.nlm, self.rquota = nfs3, nlm, rquota
        self.stats, self.heartbeat_ms = stats, heartbeat_ms
        self.core, self.nfsv4 = core or {}, nfsv4 or {}
        self.starts = 0

    def prepare(self):
        self.port = free_port()
        self.mount_port = free_port() if self.nfs3 else None
        self.config = self.folder / 'ganesha.conf'
        self.write_config()

    def write_config(self):
        """For the next start."""
        for export in self.exports:
            export.place(self.folder)
        blocks = [config_block('NFS_CORE_PARAM', self._core()), config_block('NFSv4', self._nfsv4()),
                  *(export.block(self.protocols) for export in self.exports)]
        self.config.write_text('\n'.join(blocks) + '\n')

    def start(self):
        """Starts it; ready means initialized and its name owned, so that every query is answered."""
        self.launch()
        self.process.wait_ready(self.ready, 'the server to be initialized', log_tail=self._complaints)
        missing = {export.path for export in self.exports} - set(self.exported_paths())
        if missing:
            raise HarnessError(f'the server does not export {missing}\n{self._complaints()}')

    def launch(self):
        """Starts it and does not wait."""
        self.starts += 1
        self.log = self.folder / f'ganesha.{self.starts}.log'
        self.process = Process(
            ['ganesha.nfsd', '-F', '-f', self.config, '-L', self.log, '-N', 'NIV_EVENT',
             '-p', self.folder / 'ganesha.pid'],
            self.folder / 'output.log', env={'DBUS_SYSTEM_BUS_ADDRESS': self.bus.address})

    def ready(self):
        return (self.log.exists() and 'NFS SERVER INITIALIZED' in self.log.read_text(errors='replace')
                and self.bus.has_owner(BUS_NAME))

    def call(self, target, method, *args, timeout=10):
        """A plain DBus call by busctl: the reply's values, as in call(EXPORT_STATS, 'GetNFSIO')."""
        path, interface = target
        return busctl(self.bus.address, 'call', BUS_NAME, f'/org/ganesha/nfsd/{path}',
                      f'{BUS_NAME}.{interface}', method, *args, timeout=timeout)

    def nfs_io(self):
        """GetNFSIO as {(export id, protocol): (read, write)}, each the six numbers of an IO block."""
        *_, entries = self.call(EXPORT_STATS, 'GetNFSIO')
        return {(export_id, protocol): (read, write) for export_id, protocol, read, write in entries}

    def exported_paths(self):
        """By ShowExports; the pseudo root among them."""
        return [entry[1] for entry in self.call(EXPORT_MGR, 'ShowExports')[1]]

    def add_export(self, export):
        """Adds it to the running server; the next start has it too."""
        export.place(self.folder)
        config = self.folder / f'export{export.id}.conf'
        config.write_text(export.block(self.protocols) + '\n')
        self.call(EXPORT_MGR, 'AddExport', 'ss', config, f'EXPORT(Export_Id={export.id})')
        self.exports.append(export)
        self.write_config()

    def remove_export(self, export):
        self.call(EXPORT_MGR, 'RemoveExport', 'q', export.id)
        self.exports.remove(export)
        self.write_config()

    def _core(self):
        core = {
            'NFS_Port': self.port, 'Bind_addr': LOOPBACK, 'Protocols': self.protocols,
            'Enable_NLM': flag(self.nlm), 'Enable_RQUOTA': flag(self.rquota),
            'Enable_NFS_Stats': flag(self.stats), 'Heartbeat_Freq': self.heartbeat_ms}
        if self.nfs3:
            core['MNT_Port'] = self.mount_port
        if self.nlm:
            core['NLM_Port'] = free_port()
        if self.rquota:
            core['Rquota_Port'] = free_port()
        if ganesha_version() >= (6, 0):
            # Without it 6.0 and later want CAP_SYS_RESOURCE, which a container lacks.
            core['Allow_Set_IO_Flusher_Fail'] = 'true'
        return core | self.core

    def _nfsv4(self):
        # Graceless: a client need not wait for the end of grace to open a file.
        nfsv4 = {'Graceless': 'true', 'Minor_Versions': '0, 1, 2', 'RecoveryBackend': 'fs',
                 'RecoveryRoot': config_string(str(self.folder / 'recovery'))}
        return nfsv4 | self.nfsv4

    def _complaints(self):
        """What it wrote on its output, and its log's errors."""
        lines = self.log.read_text(errors='replace').splitlines() if self.log.exists() else []
        errors = [line for line in lines if re.search(r' :(MAJ|CRIT|FATAL) :', line)]
        return '\n'.join([self.process.log_tail(), *errors])


def flag(value):
    return 'true' if value else 'false'


# --- NFS traffic -------------------------------------------------------------------------------

# libnfs 4.0's NFSv4 client fails to write more at once, and to write over a file that is there.
NFS40_WRITE_MAX = 3500


def nfs_write(server, version, export, name, data):
    """Writes a new file by libnfs over v3 or v4.0."""
    if version == 4 and len(data) > NFS40_WRITE_MAX:
        raise ValueError(f'libnfs writes at most {NFS40_WRITE_MAX} bytes over v4.0, not {len(data)}')
    with tempfile.NamedTemporaryFile(dir=server.folder) as local:
        local.write(data)
        local.flush()
        nfs_cp(local.name, nfs_url(server, version, export, name))


def nfs_read(server, version, export, name):
    """Reads a whole file by libnfs over v3 or v4.0."""
    with tempfile.TemporaryDirectory(dir=server.folder) as folder:
        local = pathlib.Path(folder, 'file')  # nfs-cp wants to create it.
        nfs_cp(nfs_url(server, version, export, name), str(local))
        return local.read_bytes()


def nfs_url(server, version, export, name):
    """v3 mounts by path, v4 by pseudo path."""
    folder = export.path if version == 3 else export.pseudo
    ports = f'nfsport={server.port}' + (f'&mountport={server.mount_port}' if version == 3 else '')
    return f'nfs://{LOOPBACK}{folder}/{name}?version={version}&{ports}'


def nfs_cp(source, target, timeout=30):
    done = subprocess.run(['nfs-cp', source, target], capture_output=True, text=True, timeout=timeout)
    # Its exit code does not tell a failure; "copied N bytes" alone means success.
    if done.returncode or done.stderr.strip():
        raise HarnessError(f'nfs-cp {source} {target}: {done.stderr.strip() or done.returncode}')


# --- HTTP, the exporter and Prometheus ---------------------------------------------------------

class Response(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()


def http_get(host, port, path, headers=None, method='GET', timeout=10):
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return Response(answer.status, answer.headers, answer.read())


SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')
ESCAPES = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}


def parse_text_format(page):
    """{(name, frozenset of (label, value)): number} of a page in text format 0.0.4."""
    samples = {}
    for line in page.split('\n'):
        if line and not line.startswith('#'):
            key, value = _parse_sample(line)
            if key in samples:
                raise ValueError(f'a series twice: {line}')
            samples[key] = value
    return samples


def _parse_sample(line):
    match = SAMPLE.fullmatch(line)
    if not match or LABEL.sub('', match[2] or ''):
        raise ValueError(f'not a sample: {line!r}')
    labels = frozenset((label, re.sub(r'\\.', lambda escape: ESCAPES[escape[0]], value))
                       for label, value in LABEL.findall(match[2] or ''))
    return (match[1], labels), float(match[3])


def sample(metrics, name, **labels):
    """The number of one series, None where the page does not have it."""
    return metrics.get((name, frozenset(labels.items())))


class Exporter(Service):
    """ganesha_exporter with these flags, on a free loopback port unless a flag says where.

    Attributes: address (host:port; another one after a restart unless a flag names the port) and
    log, what it wrote on standard error since its latest start.
    """

    def __init__(self, *flags, binary=None, env=None):
        super().__init__()
        self.flags = [str(flag) for flag in flags]
        self.binary = (binary or os.environ.get('GANESHA_EXPORTER')
                       or REPOSITORY / 'build/release/ganesha_exporter')
        self.env = env
        self.starts = 0

    def start(self):
        self.launch()
        self.address = self.process.wait_ready(self._listening, 'the exporter to listen')

    def launch(self):
        """Starts it and does not wait."""
        listen = [] if any(flag.startswith('--web.listen-address') for flag in self.flags) else [
            f'--web.listen-address={LOOPBACK}:0']
        self.starts += 1
        self.process = Process([self.binary, *listen, *self.flags],
                               self.folder / f'exporter.{self.starts}.log', env=self.env)

    @property
    def log(self):
        return self.process.log.read_text(errors='replace')

    def get(self, path='/metrics', headers=None, **options):
        host, _, port = self.address.rpartition(':')
        return http_get(host.strip('[]'), int(port), path, headers, **options)

    def metrics(self, path='/metrics'):
        response = self.get(path)
        if response.status != 200:
            raise HarnessError(f'{path} answers {response.status}: {response.text}')
        return parse_text_format(response.text)

    def _listening(self):
        match = re.search(r'msg="?Listening"?.* address="?([^\s"]+)', self.log)
        return match and match[1]


class Prometheus(Service):
    """A real Prometheus that scrapes `jobs` ({name: addresses}) each second.

    `rules` are rule files, `scrape` goes into each scrape configuration.
    """

    def __init__(self, jobs, rules=(), scrape=None):
        super().__init__()
        self.jobs, self.rules, self.scrape = jobs, rules, scrape or {}

    def prepare(self):
        self.port = free_port()
        self.config = self.folder / 'prometheus.yml'
        jobs = [{'job_name': name, 'static_configs': [{'targets': list(addresses)}], **self.scrape}
                for name, addresses in self.jobs.items()]
        # JSON is YAML too.
        self.config.write_text(json.dumps({
            'global': {'scrape_interval': '1s', 'scrape_timeout': '1s', 'evaluation_interval': '1s'},
            'rule_files': [str(pathlib.Path(rule).resolve()) for rule in self.rules],
            'scrape_configs': jobs}))

    def start(self):
        self.process = Process(
            ['prometheus', f'--config.file={self.config}', f'--storage.tsdb.path={self.folder / "data"}',
             f'--web.listen-address={LOOPBACK}:{self.port}', '--log.level=warn'],
            self.folder / 'prometheus.log', cwd=self.folder)
        self.process.wait_ready(self._ready, 'Prometheus to be ready')

    def query(self, promql):
        """The result of an instant query: [{'metric': labels, 'value': [time, text]}]."""
        path = '/api/v1/query?' + urllib.parse.urlencode({'query': promql})
        answer = json.loads(http_get(LOOPBACK, self.port, path).body)
        if answer['status'] != 'success':
            raise HarnessError(f'{promql}: {answer["error"]}')
        return answer['data']['result']

    def _ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return http_get(LOOPBACK, self.port, '/-/ready').status == 200
