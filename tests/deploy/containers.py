"""A container of deploy/kubernetes, run locally: its command, capabilities and read-only root."""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import time

from manifests import FOLDER, container

from harness import LOOPBACK, Exporter, HarnessError, Service, http_get, stays
from harness.exporter import binary
from harness.process import Process

PORT = 19587
PROGRAM = pathlib.Path('/usr/local/bin/ganesha_exporter')
# The owner of the volume that server/ exports.
USER = 1000
# What the owner of the pod in sidecar/ must provide.
OWN_MOUNTS = [{'name': 'config', 'mountPath': '/etc/ganesha'}, {'name': 'export', 'mountPath': '/export'}]
CONFIGURATION = FOLDER / 'server/ganesha.conf'


def launcher(folder, spec, command, volumes):
    """A script that runs `command` as the container `spec`: with its own root, and the `volumes` at its mounts.

    The root is an overlay of this machine's and of the mount points. The exporter is where its image has it.
    """
    # Both outside the layers: /run is a tmpfs of the test.
    root, points = (pathlib.Path('/run', part, folder.name) for part in ('root', 'points'))
    for path in (root, points / f'.{PROGRAM}', *(points / f'.{path}' for path in volumes)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch() if path.name == PROGRAM.name else path.mkdir(exist_ok=True)
    layers = f'lowerdir={points}:/'
    if not restrictions(spec):
        layers += f',upperdir={root}.upper,workdir={root}.work'
    mounts = [f'mkdir -p {root}.upper {root}.work', f'mount -t overlay overlay -o {layers} {root}',
              *(f'mount --rbind {path} {root}{path}' for path in ('/proc', '/dev')),
              f'mount --bind {binary(PROGRAM.name)} {root}{PROGRAM}',
              *(line for mount in spec['volumeMounts'] for line in bind(mount, volumes[mount['mountPath']], root))]
    script = folder / 'container'
    script.write_text('\n'.join([
        '#!/bin/sh', "exec unshare --mount --propagation private sh -ec '", *mounts,
        f'exec chroot {root} {" ".join(restrictions(spec))} "$@"', f"' sh {command} \"$@\""]) + '\n')
    script.chmod(0o755)
    return script


def bind(mount, folder, root):
    target = f'{root}{mount["mountPath"]}'
    yield f'mount --bind {folder} {target}'
    if mount.get('readOnly'):
        yield f'mount -o remount,bind,ro {target}'


def restrictions(spec):
    """setpriv for its securityContext: its user, with only the capabilities that are added."""
    context = spec.get('securityContext', {})
    if not context:
        return []
    assert context['capabilities']['drop'] == ['ALL'] and context['readOnlyRootFilesystem']
    added = [f'+{name.lower()}' for name in context['capabilities'].get('add', [])]
    assert context['allowPrivilegeEscalation'] is False
    # A change of user resets the outer --pdeathsig.
    user = ['--pdeathsig', 'KILL', f'--reuid={context["runAsUser"]}', f'--regid={context["runAsGroup"]}']
    return ['setpriv', *user, '--clear-groups', f'--bounding-set={",".join(["-all", *added])}', '--inh-caps=-all',
            '--no-new-privs']


class ExporterContainer(Exporter):
    """A container with the exporter, on its own port."""

    def __init__(self, example, name, *flags):
        self.spec = container(example, name)
        super().__init__(*self.spec.get('args', []), *flags, f'--web.listen-address=:{PORT}', listening=PORT)

    def probe(self, name):
        """The status code that the kubelet gets."""
        asked = self.spec[name]['httpGet']
        port = next(one['containerPort'] for one in self.spec['ports'] if one['name'] == asked['port'])
        return http_get(LOOPBACK, port, asked['path']).status


class ServerContainer(ExporterContainer):
    """The container of server/, on its own ports."""

    parent_folder = '/var/tmp'

    def __init__(self, *flags):
        super().__init__('server', 'nfs-ganesha', *flags)

    def prepare(self):
        volumes = {mount['mountPath']: self.folder / mount['name'] for mount in self.spec['volumeMounts']}
        for volume in volumes.values():
            volume.mkdir()
        (self.folder / 'config/ganesha.conf').write_bytes(CONFIGURATION.read_bytes())
        os.chown(self.folder / 'export', USER, USER)
        self.export, self.recovery = self.folder / 'export', self.folder / 'recovery'
        self.port_of_nfs = next(port['containerPort'] for port in self.spec['ports'] if port['name'] == 'nfs')
        self.binary = launcher(self.folder, self.spec, PROGRAM, volumes)

    def start(self):
        super().start()
        self.process.wait_ready(lambda: self.probe('readinessProbe') == 200, 'the pod to be ready')

    def signal_child(self, name, number):
        """Sends a signal to the process of that name that the exporter has started."""
        for path in pathlib.Path(f'/proc/{self.process.pid}/task').glob('*/children'):
            for pid in path.read_text().split():
                if pathlib.Path(f'/proc/{pid}/comm').read_text().strip() == name:
                    os.kill(int(pid), number)
                    return
        raise HarnessError(f'the container has no {name}')


class Kubelet:
    """Runs the liveness probe of a started container, with time `speed` times as fast."""

    def __init__(self, container, speed):
        self.container, self.speed = container, speed
        self.probe = container.spec['livenessProbe']

    def restarts_within(self, seconds):
        """Whether the probe reaches its failure threshold in that time."""
        failures, deadline = 0, time.monotonic() + seconds / self.speed
        while failures < self.probe['failureThreshold'] and time.monotonic() < deadline:
            failures = 0 if self.container.probe('livenessProbe') == 200 else failures + 1
            stays(lambda: True, self.probe['periodSeconds'] / self.speed)
        return failures == self.probe['failureThreshold']


class SidecarExporter(ExporterContainer):
    """The container ganesha-exporter of sidecar/."""

    def __init__(self):
        super().__init__('sidecar', 'ganesha-exporter')

    def prepare(self):
        self.binary = launcher(self.folder, self.spec, PROGRAM, {'/run/dbus': '/run/dbus'})


class SystemBus(Service):
    """The container dbus-daemon of sidecar/: the system's bus, with the policies that are installed and its own."""

    def prepare(self):
        """Mounts the policies in the namespace of the test alone."""
        self.spec = container('sidecar', 'dbus-daemon')
        mount = next(one for one in self.spec['volumeMounts'] if one['name'] == 'policy')
        policy, copies = pathlib.Path(mount['mountPath']), self.folder / 'policies'
        shutil.copytree(policy.parent, copies)
        shutil.copy(FOLDER / 'sidecar' / mount['subPath'], copies / policy.name)
        self.policies = policy.parent
        subprocess.run(['mount', '--bind', copies, self.policies], check=True)

    def start(self):
        pathlib.Path('/run/dbus').mkdir(exist_ok=True)
        self.process = Process([*self.spec['command'], *self.spec['args']], self.folder / 'log')
        self.process.wait_ready(self._answers, 'the bus to take connections')

    def stop(self):
        super().stop()
        subprocess.run(['umount', self.policies], check=True)

    @staticmethod
    def _answers():
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect('/run/dbus/system_bus_socket')
            return True


class SidecarGanesha(Service):
    """The container nfs-ganesha of sidecar/, with the configuration of server/."""

    parent_folder = '/var/tmp'

    def prepare(self):
        self.spec = container('sidecar', 'nfs-ganesha')
        (self.folder / 'config').mkdir()
        (self.folder / 'config/ganesha.conf').write_text(CONFIGURATION.read_text())
        (self.folder / 'export').mkdir()
        spec = {**self.spec, 'volumeMounts': self.spec['volumeMounts'] + OWN_MOUNTS}
        self.script = launcher(self.folder, spec, spec['command'][0], {
            '/run/dbus': '/run/dbus', **{mount['mountPath']: self.folder / mount['name'] for mount in OWN_MOUNTS}})

    def start(self):
        log = self.folder / 'log'
        log.unlink(missing_ok=True)
        self.process = Process([self.script, *self.spec['args']], log)
        self.process.wait_ready(lambda: 'NFS SERVER INITIALIZED' in log.read_text(errors='replace'),
                                'the server to be initialized')
