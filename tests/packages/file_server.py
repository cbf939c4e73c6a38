"""A Debian that boots with a real Ganesha, and what an administrator does there with packages."""
import contextlib
import pathlib
import re
import subprocess
import sys
import time

from dist import REPOSITORY
from harness import LOOPBACK, HarnessError, http_get, parse_text_format, sample, wait_until
from harness.traffic import nfs_cp
from machine import Machine, run
from nfs41 import Nfs41

PACKAGE = 'ganesha-exporter'
DEFAULTS = '/etc/default/ganesha-exporter'
PORT, NFS_PORT = 19587, 2049
# Allow_Set_IO_Flusher_Fail: 6.x needs CAP_SYS_RESOURCE otherwise, which a container lacks; 4.3 does not know it.
# Graceless: clients need not wait.
CONFIGURATION = '''
NFS_CORE_PARAM {{ NFS_Port = {port}; Protocols = {protocols}; Allow_Set_IO_Flusher_Fail = true; {core} }}
NFSv4 {{ Graceless = true; Minor_Versions = 0, 1, 2; RecoveryRoot = "/var/lib/nfs/{name}"; }}
EXPORT {{ Export_Id = 1; Path = "/srv/{name}"; Pseudo = "/files"; Access_Type = RW; Squash = No_Root_Squash;
    FSAL {{ Name = VFS; }} }}
EXPORT {{ Export_Id = 2; Path = "/memory"; Pseudo = "/memory"; Access_Type = RW; Squash = No_Root_Squash;
    FSAL {{ Name = MEM; }} }}
'''


def server_tree(release):
    """The tree of a FileServer with this Debian."""
    tree = REPOSITORY / f'build/server-{release}'
    # make_server writes it when all is there.
    if not (tree / 'var/lib/ganesha-test-server').exists():
        sys.exit(f'build/server-{release} is missing or incomplete: run tests/packages/prepare')
    return tree


class FileServer(Machine):
    def prepare(self):
        super().prepare()
        folder = self.changes / 'upper/etc/ganesha'
        folder.mkdir(parents=True)
        self.configure(folder, 'ganesha')

    def configure(self, folder, name, port=NFS_PORT, protocols='3, 4', core=''):
        """Writes NAME.conf for a Ganesha there."""
        (self.exports / name).mkdir()
        (folder / f'{name}.conf').write_text(
            CONFIGURATION.format(name=name, port=port, protocols=protocols, core=core))

    def start(self):
        super().start()
        self.wait_for_ganesha()

    def wait_for_ganesha(self, name='org.ganesha.nfsd'):
        """Until it answers on the bus."""
        wait_until(lambda: self.try_to_run('busctl', 'introspect', name, '/org/ganesha/nfsd/ExportMgr'),
                   what=f'{name} on the bus')

    def start_ganesha(self, name, port):
        """A further one, told apart by the Dbus_Name_Prefix `name`. Its rights are a copy of the first one's."""
        self.configure(self.path('/etc/ganesha'), name, port, '4',
                       f'Dbus_Name_Prefix = "{name}"; Enable_NLM = false; Enable_RQUOTA = false;')
        self.allow(self.run('find', '/etc/dbus-1', '/usr/share/dbus-1', '-name', 'nfs-ganesha-dbus.conf').strip(), name)
        self.run('systemd-run', f'--unit=nfs-ganesha-{name}', 'ganesha.nfsd', '-F', '-f', f'/etc/ganesha/{name}.conf',
                 '-L', f'/var/log/ganesha/{name}.log', '-p', f'/run/ganesha-{name}.pid')
        self.wait_for_ganesha(f'{name}.org.ganesha.nfsd')

    def allow(self, policy, name):
        """Copies a policy of the bus for a Ganesha with this prefix, as docs/configuration.md says."""
        self.run('sh', '-c', f"""sed 's/"org.ganesha.nfsd"/"{name}.org.ganesha.nfsd"/' {policy} \
                 >/etc/dbus-1/system.d/{name}-{pathlib.Path(policy).name}""")
        self.run('systemctl', 'reload', 'dbus')

    # Its services.

    def unit(self, key, name=PACKAGE):
        """A property of a unit."""
        return self.run('systemctl', 'show', '--value', f'--property={key}', name).strip()

    def main_pid(self, name=PACKAGE):
        """The number of the unit's process in the machine; None if it has none."""
        pid = self.unit('MainPID', name)
        return None if pid == '0' else pid

    def process_file(self, name, unit=PACKAGE):
        return self.run('cat', f'/proc/{self.main_pid(unit)}/{name}')

    def journal(self):
        """What the exporters logged, and systemd of them."""
        return self.run('journalctl', '--no-pager', '--output=cat', f'--unit={PACKAGE}*')

    def problems(self):
        """The warnings and errors that the exporter logged since its latest start."""
        of_this_start = f'_SYSTEMD_INVOCATION_ID={self.unit("InvocationID")}'
        lines = self.run('journalctl', '--no-pager', '--output=cat', of_this_start)
        return [line for line in lines.splitlines() if re.search('level=(warn|error)', line)]

    def edit_arguments(self, *flags):
        """In the defaults file, as an administrator does."""
        path = self.path(DEFAULTS)
        path.write_text(re.sub('(?m)^ARGS=.*', f'ARGS="{" ".join(flags)}"', path.read_text()))

    def edit_unit(self, name, *lines):
        """As `systemctl edit`."""
        folder = self.path(f'/etc/systemd/system/{name}.service.d')
        folder.mkdir(exist_ok=True)
        (folder / 'override.conf').write_text('\n'.join(lines) + '\n')
        self.run('systemctl', 'daemon-reload')

    def exists(self, path):
        return bool(self.try_to_run('ls', '-d', path))

    # Its packages.

    def apt_get(self, *arguments):
        """As an administrator who answers no question."""
        return self.run('apt-get', '-y', *arguments)

    def install(self, package, *options):
        """A .deb file of the test."""
        with self.copied(package) as inside:
            self.apt_get(*options, 'install', inside)

    def install_without_systemd(self, package):
        """As while an image is built: hides what tells that systemd runs."""
        with self.copied(package) as inside:
            self.run('unshare', '--mount', 'sh', '-c', f'mount -t tmpfs tmpfs /run && apt-get -y install {inside}')

    @contextlib.contextmanager
    def copied(self, package):
        """Where the machine has it."""
        inside = f'/tmp/{pathlib.Path(package).name}'
        self.path(inside).write_bytes(pathlib.Path(package).read_bytes())
        yield inside
        self.run('rm', inside)

    def files(self):
        """The names of all files and folders."""
        return set(self.run('find', '/', '/run', '/tmp', '/dev/shm', '-xdev').splitlines())

    # What comes over its network.

    def metrics(self, port=PORT):
        """The page; None if there is none."""
        try:
            response = http_get(LOOPBACK, port, '/metrics')
        except OSError:
            return None
        return parse_text_format(response.text) if response.status == 200 else None

    def wait_for_page(self, holds, what, timeout=60, port=PORT):
        """Waits until holds(metrics), returns them."""
        def page():
            metrics = self.metrics(port)
            return metrics if metrics and holds(metrics) else None
        try:
            return wait_until(page, timeout, what)
        except TimeoutError as error:
            raise HarnessError(f'{error}\n{self.journal()}') from None

    def wait_whole(self, timeout=60, port=PORT):
        return self.wait_for_page(is_whole, 'page with ganesha_up 1 and all collectors', timeout, port)

    def wait_up(self, *arguments):
        """Until the page is there, asked by curl. The last argument is its URL without the path."""
        *flags, url = map(str, arguments)
        command = ['curl', '--silent', *flags, f'{url}/metrics']
        wait_until(lambda: 'ganesha_up 1' in subprocess.run(command, capture_output=True, text=True).stdout,
                   what=f'page of {url}')

    def traffic(self):
        """Files are written over NFS 3, 4.0 and 4.1."""
        local = self.folder / 'file'
        local.write_bytes(bytes(1001))
        name = f'file{time.monotonic_ns()}'
        for path, pseudo in ('/srv/ganesha', '/files'), ('/memory', '/memory'):
            nfs_cp(str(local), f'nfs://{LOOPBACK}{path}/{name}-3?version=3')
            nfs_cp(str(local), f'nfs://{LOOPBACK}{pseudo}/{name}-4?version=4')
            with Nfs41(LOOPBACK, NFS_PORT, 1) as client:
                client.write(f'{pseudo}/{name}-41', bytes(1001))


def supported(metrics):
    """{collector: 1 if its latest poll succeeded} of those that this Ganesha supports."""
    by_name = {}
    for kind in 'supported', 'success':
        by_name[kind] = {dict(labels)['collector']: value for (name, labels), value in metrics.items()
                         if name == f'ganesha_exporter_collector_{kind}'}
    return {name: by_name['success'].get(name) for name, value in by_name['supported'].items() if value}


def is_whole(metrics):
    return sample(metrics, 'ganesha_up') == 1 and bool(supported(metrics)) and all(supported(metrics).values())


def with_version(package, version, folder, edit=None):
    """A package like this one with another version. `edit` may change its files before it is packed."""
    tree = folder / 'unpacked'
    run('dpkg-deb', '--raw-extract', package, tree)
    control = tree / 'DEBIAN/control'
    control.write_text(re.sub('(?m)^Version: .*', f'Version: {version}', control.read_text()))
    if edit:
        edit(tree)
    made = folder / f'{PACKAGE}_{version}.deb'
    run('dpkg-deb', '--build', '-Znone', tree, made)
    return made
