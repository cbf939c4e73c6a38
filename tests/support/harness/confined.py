"""The exporter as its unit confines it, without a service manager: user, capabilities, system calls, limits."""
import errno
import functools
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import tempfile

from .exporter import Exporter, binary
from .policed_bus import EXPORTER_UID
from .process import REPOSITORY, skip, skip_unless

UNIT = REPOSITORY / 'packaging/systemd/ganesha-exporter.service'
DENIED = 'denied: '
# systemd adds them to every list of allowed calls.
ALWAYS_ALLOWED = '@default'


def unit_settings(unit=UNIT):
    """{key: [value, ...]} of all sections."""
    settings = {}
    for line in unit.read_text().splitlines():
        key, equals, value = line.partition('=')
        if equals and not line.startswith(('#', ';')):
            settings.setdefault(key, []).append(value)
    return settings


UNIT_SETTINGS = unit_settings()


@functools.cache
def calls_of(name):
    """The system calls of a set such as @system-service, which may contain sets; of a call, its name."""
    if not name.startswith('@'):
        return {name}
    shown = subprocess.run(['systemd-analyze', 'syscall-filter', name], capture_output=True, text=True, check=True)
    entries = [line.strip() for line in shown.stdout.splitlines()[1:]]
    return set().union(*(calls_of(entry) for entry in entries if entry and not entry.startswith('#')))


def allowed_calls(filters):
    """What several SystemCallFilter= allow, of which the first is a list of allowed ones."""
    allowed = set(calls_of(ALWAYS_ALLOWED))
    for value in filters:
        named = set().union(*map(calls_of, value.removeprefix('~').split()))
        allowed = allowed - named if value.startswith('~') else allowed | named
    return allowed


def rules_of():
    """The unit's rules as tests/support/confined.cpp takes them."""
    error = getattr(errno, UNIT_SETTINGS['SystemCallErrorNumber'][0])
    families = [getattr(socket, name) for name in UNIT_SETTINGS['RestrictAddressFamilies'][0].split()]
    lines = [f'errno {error}', *(f'family {family:d}' for family in families),
             *(f'allow {name}' for name in sorted(allowed_calls(UNIT_SETTINGS['SystemCallFilter'])))]
    return '\n'.join(lines) + '\n'


class UserExporter(Exporter):
    """The exporter as another user, who may be unable to read the build directory."""

    def __init__(self, uid, *flags, **options):
        super().__init__(*flags, **options)
        self.uid = uid

    def prepare(self):
        self.folder.chmod(0o755)
        shutil.copy(binary('ganesha_exporter'), self.folder)
        self.binary = self.folder / 'as_user'
        command = shlex.join([*self.starter(), f'{self.folder}/ganesha_exporter'])
        self.binary.write_text(f'#!/bin/sh\numask {UNIT_SETTINGS["UMask"][0]}\nexec {command} "$@"\n')
        self.binary.chmod(0o755)

    def starter(self):
        """What goes before the program. A change of user resets the outer --pdeathsig."""
        return ['setpriv', '--pdeathsig', 'KILL', f'--reuid={self.uid}', f'--regid={self.uid}', '--clear-groups']

    def run(self, *flags, timeout=30):
        """Runs the program in the same way until it exits. Returns its subprocess.CompletedProcess."""
        return subprocess.run([self.binary, *map(str, flags)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=timeout)


class ConfinedExporter(UserExporter):
    """The exporter with the user, limits and filter of system calls that the unit has.

    A denied call is a line `denied: NAME(FIRST ARGUMENT)` on its standard error.
    """

    def __init__(self, *flags, **options):
        super().__init__(EXPORTER_UID, *flags, **options)

    def prepare(self):
        super().prepare()
        state = self.folder / 'state'
        state.mkdir()
        os.chown(state, self.uid, self.uid)
        self.env = {**(self.env or {}), 'STATE_DIRECTORY': str(state)}

    def starter(self):
        bounds = ['prlimit', f'--nofile={UNIT_SETTINGS["LimitNOFILE"][0]}']
        return [*bounds, *super().starter(), '--bounding-set=-all', '--inh-caps=-all', *confinement(self.folder)]

    def denied(self):
        return [line for line in self.log.splitlines() if line.startswith(DENIED)]


def confinement(folder):
    """The end of a call of setpriv, and the launcher with the unit's rules, which it copies into this folder."""
    shutil.copy(binary('confined'), folder)
    (folder / 'rules').write_text(rules_of())
    return ['--no-new-privs', f'{folder}/confined', f'{folder}/rules']


def skip_unless_confinable():
    """Skips the test program where the launcher was not built, or the kernel has no such filter."""
    skip_unless('setpriv', 'prlimit', 'systemd-analyze', root=True)
    if not binary('confined').exists():
        skip('libseccomp-dev missing: run scripts/install-deps, and configure again')
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(['setpriv', *confinement(pathlib.Path(folder)), 'true'], capture_output=True, text=True)
    if done.returncode:
        skip(f'no filter of system calls: {done.stderr.strip()}')
