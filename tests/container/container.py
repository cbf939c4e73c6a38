"""Runs an image as a container engine does, by unshare and chroot: its entry point, environment and user."""
import os
import pathlib
import signal
import subprocess

import images
from harness import Exporter, HarnessError, Process, only_child

# The capabilities that an engine grants by default.
CAPABILITIES = frozenset((
    'audit_write', 'chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'mknod', 'net_bind_service', 'net_raw',
    'setfcap', 'setgid', 'setpcap', 'setuid', 'sys_chroot'))
PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
HOSTS = '127.0.0.1 localhost\n::1 localhost\n'
PORT = 19587
STOP_SECONDS = 30
NAMESPACES = '--pid', '--mount', '--uts', '--ipc'

# The first process of new namespaces: it prepares the root directory and execs the program of the image.
ENTER = '''
set -eu
root=$1 read_only=$2; shift 2
mount --bind "$root" "$root"
while [ "$1" != -- ]; do mount --bind "${1%%:*}" "$root${1#*:}"; shift; done
shift
if [ "$read_only" = True ]; then mount -o remount,bind,ro "$root"; fi
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
cd "$root"
exec chroot . "$@"
'''


class Container(Exporter):
    """One run of an image. It uses the caller's network.

    volumes: {host's path: path in the container}; user, environment and capabilities as the engine's flags.
    """

    parent_folder = '/var/tmp'  # Not a tmpfs: VFS of 6.x cannot export one.

    def __init__(self, image, *flags, volumes=None, user=None, env=None, capabilities=CAPABILITIES,
                 read_only=False, port=PORT):
        super().__init__(*flags, listening=port)
        self.container = None
        self.config = images.config(image)
        self.image, self.user = image, user or self.config.get('User') or '0:0'
        self.volumes = {str(host): inside for host, inside in (volumes or {}).items()}
        self.variables = [PATH, 'HOME=/', *self.config['Env'], *(env or [])]
        self.capabilities, self.read_only = capabilities, read_only

    def prepare(self):
        self.container = images.buildah('from', '--pull-never', self.image)
        self.root = pathlib.Path(images.buildah('mount', self.container))
        (self.root / 'etc/hosts').write_text(HOSTS)
        for inside in self.volumes.values():
            place = self.root / inside.lstrip('/')
            if not place.exists():
                place.mkdir(parents=True)

    def _end(self):
        try:
            super()._end()
        finally:
            if self.container:
                images.buildah('rm', self.container)

    def stop(self):
        """Stops it as the engine does. Returns the exit code; any but 0 is a HarnessError."""
        if not self.process:
            return None
        if self.process.running and self.inner_pid:
            self.signal(getattr(signal, self.config['StopSignal']))
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            code = self.process.kill()
        if code:
            raise HarnessError(f'the container ended with {code}\n{self.process.log_tail()}')
        return code

    def signal(self, number):
        os.kill(self.inner_pid, number)

    def launch(self):
        arguments = self.flags or self.config.get('Cmd') or []
        self.starts += 1
        self.process = Process(self.engine([*self.config['Entrypoint'], *arguments]),
                               self.folder / f'exporter.{self.starts}.log')

    def engine(self, command):
        """The command line that runs another one in the container."""
        mounts = [f'{host}:{inside}' for host, inside in self.volumes.items()]
        return ['unshare', *NAMESPACES, '--fork', '--kill-child', 'sh', '-c', ENTER, 'sh',
                self.root, self.read_only, *mounts, '--', *self.as_user(command)]

    def as_user(self, command):
        """As the user of the image and with the engine's capabilities, inside the container."""
        uid, _, gid = self.user.partition(':')
        allowed = ','.join(['-all', *(f'+{name}' for name in sorted(self.capabilities))])
        return ['setpriv', f'--reuid={uid}', f'--regid={gid or uid}', '--clear-groups', '--inh-caps=-all',
                f'--bounding-set={allowed}', 'env', '-i', *self.variables, *command]

    def run(self, *arguments):
        """Runs the image with other arguments until it exits: a CompletedProcess."""
        return subprocess.run(list(map(str, self.engine([*self.config['Entrypoint'], *arguments]))),
                              capture_output=True, text=True, timeout=STOP_SECONDS)

    def entering(self, command):
        """The command line that runs another one in the container that runs, as the engine's exec."""
        return ['nsenter', f'--target={self.inner_pid}', *NAMESPACES, '--root', '--wd', *self.as_user(command)]

    def inside(self, *command):
        return subprocess.run(self.entering(command), capture_output=True, text=True, timeout=STOP_SECONDS)

    def healthcheck(self):
        """The exit code of the image's health check."""
        kind, *command = self.config['Healthcheck']['Test']
        assert kind == 'CMD', kind
        return self.inside(*command).returncode

    @property
    def inner_pid(self):
        """The process id, seen from outside, of the container's first process; 0 before it exists."""
        return only_child(self.process.pid)
