"""A bus as on a server: Ganesha's own policy allows only root to call it."""
import pathlib
import shutil
import signal
import subprocess

from .bus import PrivateBus
from .process import REPOSITORY, SUPPORT, skip

EXPORTER_USER = 'ganesha-exporter'
EXPORTER_UID = 19587
DROP_IN = REPOSITORY / 'packaging/dbus/ganesha-exporter.conf'
# The path in the package nfs-ganesha of Debian 12 or 13.
OF_GANESHA = [pathlib.Path(folder, 'dbus-1/system.d/nfs-ganesha-dbus.conf') for folder in ('/etc', '/usr/share')]


def of_ganesha():
    """The policy that the package nfs-ganesha installs."""
    return next(filter(pathlib.Path.exists, OF_GANESHA))


class PolicedBus(PrivateBus):
    """A bus with a system bus's rules, Ganesha's own policy and these drop-ins.

    Its socket, which anybody may reach, has the standard name in the folder `run`.
    """

    def __init__(self, *drop_ins):
        super().__init__(SUPPORT / 'policed_bus.conf')
        self.drop_ins = drop_ins

    def prepare(self):
        super().prepare()
        self.folder.chmod(0o755)
        self.run = self.folder / 'run'
        self.policies = self.folder / 'policies'
        for folder in self.run, self.policies:
            folder.mkdir()
        for policy in of_ganesha(), *self.drop_ins:
            shutil.copy(policy, self.policies)
        self.socket = self.run / 'system_bus_socket'
        self.address = f'unix:path={self.socket}'
        text = self.template.read_text()
        self.config.write_text(text.replace('@ADDRESS@', self.address).replace('@POLICIES@', str(self.policies)))

    def add(self, drop_in):
        """Installs a drop-in while the bus runs, as a package does."""
        shutil.copy(drop_in, self.policies)
        self.process.signal(signal.SIGHUP)


def know_the_exporters_user():
    """Adds the user to this mount namespace's /etc/passwd: a bus rejects users that are not in it."""
    if not any(policy.exists() for policy in OF_GANESHA):
        skip('nfs-ganesha missing: run scripts/install-deps')
    passwd = pathlib.Path('/run/passwd')
    known = [row for row in pathlib.Path('/etc/passwd').read_text().splitlines()
             if not row.startswith(f'{EXPORTER_USER}:')]
    row = f'{EXPORTER_USER}:x:{EXPORTER_UID}:{EXPORTER_UID}::/nonexistent:/usr/sbin/nologin'
    passwd.write_text('\n'.join([*known, row]) + '\n')
    subprocess.run(['mount', '--bind', str(passwd), '/etc/passwd'], check=True)
