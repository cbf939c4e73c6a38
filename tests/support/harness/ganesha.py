"""A real ganesha.nfsd with its configuration."""
import dataclasses
import functools
import os
import pathlib
import re
import subprocess

from .bus import busctl
from .namespace import reserve_ports
from .process import LOOPBACK, HarnessError, Process, Service, free_port

BUS_NAME = 'org.ganesha.nfsd'
# Object and interface of Ganesha's methods.
EXPORT_MGR = ('ExportMgr', 'exportmgr')
EXPORT_STATS = ('ExportMgr', 'exportstats')
CLIENT_MGR = ('ClientMgr', 'clientmgr')
CLIENT_STATS = ('ClientMgr', 'clientstats')
ADMIN = ('admin', 'admin')


@dataclasses.dataclass
class Export:
    """One EXPORT block. A missing path is generated: for VFS a new temporary directory."""

    id: int
    fsal: str = 'VFS'
    path: str = None
    pseudo: str = None
    protocols: str = None
    options: dict = dataclasses.field(default_factory=dict)

    def place(self, folder):
        """Fills in missing values; for VFS the directory must exist."""
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

    `core` and `nfsv4` add to or replace keys of NFS_CORE_PARAM and NFSv4. `protocols` are those of NFS, where
    nfs3 does not say enough.
    Attributes: port, mount_port (with nfs3), nlm_port, rquota_port (with nlm, rquota), exports, log (of the latest
    start).
    """

    # Not /tmp: it may be a tmpfs, which VFS of 6.x cannot export.
    parent_folder = '/var/tmp'

    def __init__(self, bus, exports=None, nfs3=False, stats=True, heartbeat_ms=1000,
                 nlm=False, rquota=False, core=None, nfsv4=None, protocols=None):
        super().__init__()
        self.bus = bus
        self.exports = exports or [Export(1, 'VFS'), Export(2, 'MEM')]
        self.protocols = protocols or ('3, 4' if nfs3 else '4')
        self.nfs3, self.nlm, self.rquota = nfs3, nlm, rquota
        self.stats, self.heartbeat_ms = stats, heartbeat_ms
        self.core, self.nfsv4 = core or {}, nfsv4 or {}
        self.starts = 0

    def prepare(self):
        self.port = free_port()
        self.mount_port = free_port() if self.nfs3 else None
        self.nlm_port = free_port() if self.nlm else None
        self.rquota_port = free_port() if self.rquota else None
        ports = self.port, self.mount_port, self.nlm_port, self.rquota_port
        reserve_ports(*(port for port in ports if port))
        self.config = self.folder / 'ganesha.conf'
        self.write_config()

    def write_config(self):
        """For the next start."""
        for export in self.exports:
            export.place(self.folder)
        blocks = [config_block('NFS_CORE_PARAM', self._core()), config_block('NFSv4', self._nfsv4()),
                  *(export.block(self.protocols) for export in self.exports)]
        self.config.write_bytes(os.fsencode('\n'.join(blocks) + '\n'))

    def start(self):
        """Starts it. Ready means initialized and owning its name, so that it answers every call."""
        self.launch()
        self.process.wait_ready(self.ready, 'the server to be initialized', log_tail=self._complaints)
        # With Mount_Path_Pseudo it lists exports by their pseudo paths.
        kind = 'pseudo' if self.core.get('Mount_Path_Pseudo') == 'true' else 'path'
        missing = {getattr(export, kind) for export in self.exports} - set(self.exported_paths())
        if missing:
            raise HarnessError(f'the server does not export {missing}\n{self._complaints()}')

    def launch(self):
        """Starts it without waiting."""
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
        """By ShowExports, including the pseudo root."""
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
            core['NLM_Port'] = self.nlm_port
        if self.rquota:
            core['Rquota_Port'] = self.rquota_port
        if ganesha_version() >= (6, 0):
            # Without it 6.0 and later need CAP_SYS_RESOURCE, which a container lacks.
            core['Allow_Set_IO_Flusher_Fail'] = 'true'
        return core | self.core

    def _nfsv4(self):
        # Graceless: clients need not wait for the end of the grace period to open a file.
        nfsv4 = {'Graceless': 'true', 'Minor_Versions': '0, 1, 2', 'RecoveryBackend': 'fs',
                 'RecoveryRoot': config_string(str(self.folder / 'recovery'))}
        return nfsv4 | self.nfsv4

    def _complaints(self):
        """Its output, and the errors in its log."""
        lines = self.log.read_text(errors='replace').splitlines() if self.log.exists() else []
        errors = [line for line in lines if re.search(r' :(MAJ|CRIT|FATAL) :', line)]
        return '\n'.join([self.process.log_tail(), *errors])


def flag(value):
    return 'true' if value else 'false'
