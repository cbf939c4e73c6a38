"""Boots a Debian tree with its own systemd, in new namespaces. The tree is not changed."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import HarnessError, Process, Service, only_child, wait_until  # noqa: E402

BOOT_SECONDS = 120
COMMAND_SECONDS = 300
NAMESPACES = '--pid', '--mount', '--uts', '--ipc', '--cgroup'
# What a name server, a bus or a terminal of the test would change.
ENVIRONMENT = ('env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root',
               'LANG=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive', 'SYSTEMD_PAGER=', 'SYSTEMD_COLORS=0')
BOOTED = 'running', 'degraded'  # Degraded where the kernel lacks the file system rpc_pipefs.

# Enters a group of processes, which becomes the machine's own root of groups.
ENTER_GROUP = 'echo $$ >"$0/cgroup.procs"; exec "$@"'
# The first process of the namespaces becomes systemd. /sys and /proc/sys are the test's own: nothing may be written.
BOOT = '''
root=$1 tree=$2 changes=$3 exports=$4; shift 4
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$changes/upper,workdir=$changes/work" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind "$exports" "$root/srv"
hostname files
cd "$root"
pivot_root . mnt
# systemd hands credentials over by mounts that its services share.
exec chroot . sh -c 'umount -l /mnt; mount --make-rshared /; exec "$@"' sh "$@" container=test /lib/systemd/systemd
'''


def run(*command):
    """What the command printed on standard output. Any exit code but 0 is a HarnessError."""
    done = subprocess.run([*map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=COMMAND_SECONDS)
    if done.returncode:
        raise HarnessError(f'{" ".join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


class Machine(Service):
    """Boots a tree, within nfs_namespace(), whose network it shares. What it changes is gone when the block ends.

    `exports` is a folder of the test that the machine has as /srv.
    """

    parent_folder = '/var/tmp'  # Not a tmpfs: VFS of Ganesha 6.x cannot export one.

    def __init__(self, tree):
        super().__init__()
        self.tree = tree

    def prepare(self):
        self.changes, self.root, self.exports, groups = (
            self.folder / name for name in ('changes', 'root', 'exports', 'groups'))
        for folder in self.changes, self.root, self.exports, groups:
            folder.mkdir()
        self.mount('tmpfs', self.changes)
        self.mount('cgroup2', groups)
        self.group = groups / self.folder.name
        for folder in self.changes / 'upper', self.changes / 'work', self.group:
            folder.mkdir()

    def mount(self, kind, folder):
        run('mount', '-t', kind, kind, folder)

    def start(self):
        self.process = Process(
            ['sh', '-c', ENTER_GROUP, self.group, 'unshare', *NAMESPACES, '--fork', '--kill-child',
             'sh', '-euc', BOOT, 'sh', self.root, self.tree, self.changes, self.exports, *ENVIRONMENT],
            self.folder / 'machine.log')
        self.process.wait_ready(self._booted, 'the machine to boot', timeout=BOOT_SECONDS)

    def stop(self):
        """As if its power were cut."""
        if self.process:
            self.process.kill()
            self._end_group()

    def reboot(self):
        """In order: its services are stopped."""
        self.run('systemctl', 'poweroff')
        self.process.wait(BOOT_SECONDS)
        self._end_group()
        self.group.mkdir()
        self.start()

    def run(self, *command):
        """Runs it in the machine as root and returns its output. Any exit code but 0 is a HarnessError."""
        return run('nsenter', f'--target={self.first_pid}', *NAMESPACES, '--root', '--wd', *ENVIRONMENT, *command)

    def try_to_run(self, *command):
        """Its output; nothing if it fails."""
        try:
            return self.run(*command)
        except HarnessError:
            return ''

    def path(self, inside):
        """The same file seen from here."""
        return pathlib.Path(f'/proc/{self.first_pid}/root', inside.lstrip('/'))

    @property
    def first_pid(self):
        """Its systemd, by the number that it has outside; 0 before there is one."""
        return only_child(self.process.pid)

    def _booted(self):
        return self.first_pid and self._became_systemd() and self._state() in BOOTED

    def _became_systemd(self):
        return pathlib.Path(f'/proc/{self.first_pid}/comm').read_text() == 'systemd\n'

    def _state(self):
        # is-system-running fails while it starts, and when it is degraded.
        return self.run('sh', '-c', 'systemctl is-system-running 2>/dev/null || :').strip()

    def _end(self):
        try:
            self.stop()
        finally:
            # Of this mount namespace alone.
            subprocess.run(['umount', '--lazy', self.changes, self.group.parent], capture_output=True)
            shutil.rmtree(self.folder)

    def _end_group(self):
        """Ends what is left in the group, and removes it with what systemd made in it."""
        (self.group / 'cgroup.kill').write_text('1')
        wait_until(lambda: 'populated 0' in (self.group / 'cgroup.events').read_text(), what='end of all processes')
        for folder, _, _ in os.walk(self.group, topdown=False):
            os.rmdir(folder)
