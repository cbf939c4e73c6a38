"""The files of deploy/quadlet, and the units that Podman's generator makes of them."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from harness import REPOSITORY

FOLDER = REPOSITORY / 'deploy/quadlet'
# Debian 12's Podman has none, that of Debian 13 runs there too: scripts/debian13 installs it.
PLACES = [pathlib.Path(root, 'usr/libexec/podman/quadlet') for root in ('/', REPOSITORY / 'build/trixie')]


def generator():
    """The generator; None where there is none."""
    return next((place for place in PLACES if os.access(place, os.X_OK)), None)


def generate(change=lambda folder: None):
    """Runs the generator on a copy of deploy/quadlet that `change` may alter: its exit code, units and errors.

    The units are texts by their names.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
        change(pathlib.Path(folder))
        done = subprocess.run([generator(), '-dryrun'], capture_output=True, text=True,
                              env={**os.environ, 'QUADLET_UNIT_DIRS': folder})
    parts = re.split(r'^---(.+)---\n', done.stdout, flags=re.MULTILINE)
    return done.returncode, dict(zip(parts[1::2], parts[2::2])), done.stderr


def values(unit, key):
    """The values of a key in the order of the file."""
    return re.findall(rf'^{key}=(.*)$', unit, re.MULTILINE)


def command(unit):
    """The words of its ExecStart."""
    return shlex.split(values(unit, 'ExecStart')[0])
