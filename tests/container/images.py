"""The images and their storage, build/container: layers are reused by the next run."""
import contextlib
import fcntl
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import REPOSITORY, skip, skip_unless  # noqa: E402

FOLDER = REPOSITORY / 'build/container'
BASE = 'docker.io/library/debian:trixie-slim'
EXPORTER, SERVER = 'localhost/ganesha_exporter:latest', 'localhost/ganesha_server:latest'
# Not the current revision and its time: every commit would recompile everything.
REVISION, TIME = 'tested', 1700000000
SOURCE_URL = 'https://source.example/ganesha_exporter'
BUILD_FLAGS = '--pull-never', '--network', 'host'
# What the real base image leaves out, but for the licences. Like it, ours does not wait for the disk.
LEFT_OUT = 'usr/share/doc', 'usr/share/man', 'usr/share/info', 'usr/share/locale'
LICENCE = 'usr/share/doc/*/copyright'
TOOLS = 'buildah', 'debootstrap', 'nsenter', 'setpriv', 'unshare'


@functools.cache
def lock():
    """Only one test at a time uses the storage; held until the program exits, and not inherited by its children."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(FOLDER / 'lock', os.O_CREAT | os.O_WRONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


@functools.cache
def environment():
    """Makes buildah store everything in FOLDER."""
    lock()
    config = FOLDER / 'storage.conf'
    config.write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{FOLDER}/storage"\nrunroot = "{FOLDER}/run"\n')
    return {**os.environ, 'CONTAINERS_STORAGE_CONF': str(config), 'BUILDAH_ISOLATION': 'chroot',
            'REVISION': REVISION, 'SOURCE_DATE_EPOCH': str(TIME), 'SOURCE_URL': SOURCE_URL}


def show(*argv, env=None, **options):
    """Runs a command on the storage; the test's log shows what it prints."""
    return subprocess.run([*map(str, argv)], env={**environment(), **(env or {})}, check=True, cwd=REPOSITORY,
                          **options)


def run(*argv):
    """Runs a command on the storage, returns what it printed."""
    return show(*argv, stdout=subprocess.PIPE, text=True).stdout.strip()


def buildah(*argv):
    return run('buildah', *argv)


def inspect(image):
    return json.loads(buildah('inspect', '--type', 'image', image))['Docker']


def config(image):
    """The image's configuration: User, Env, Entrypoint, Cmd, Healthcheck, ..."""
    return inspect(image)['config']


@contextlib.contextmanager
def mounted(image):
    """The image's files."""
    container = buildah('from', '--pull-never', image)
    try:
        yield pathlib.Path(buildah('mount', container))
    finally:
        buildah('rm', container)


def exists(image):
    return image in buildah('images', '--format', '{{.Name}}:{{.Tag}}').split()


def build():
    """Both images, as `make images` builds them."""
    buildah('rm', '--all')  # A killed build leaves its containers.
    make_base()
    # A program that is built already takes the place of the stage that compiles, but not of the stage before it.
    prebuilt = os.environ.get('GANESHA_IMAGES_PROGRAM')
    stage, program = 'build', {}
    if prebuilt and (REPOSITORY / prebuilt).exists():
        stage, program = 'configured', {'PROGRAM': str(REPOSITORY / prebuilt)}
    show('scripts/images', *BUILD_FLAGS, env=program)
    # A name keeps the layers of the stage; the next line removes those of earlier sources.
    build_stage(stage)
    buildah('rmi', '--prune')


def build_stage(stage):
    show('buildah', 'bud', '--layers', '--format', 'docker', '--target', stage, '--tag', f'ganesha_{stage}',
         *BUILD_FLAGS, '--build-arg', f'GANESHA_EXPORTER_REVISION={REVISION}', '.')


def make_base():
    """A base image like that of a registry: Debian's minbase without documentation."""
    archive = pathlib.Path(run('scripts/minbase'))
    recipe = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()
    stamp, made_of = FOLDER / 'base', f'{archive.stat().st_mtime_ns} {recipe}'
    if exists(BASE) and stamp.exists() and stamp.read_text() == made_of:
        return
    container = buildah('from', 'scratch')
    root = pathlib.Path(buildah('mount', container))
    run('tar', '-C', root, '-xf', archive)
    for path in [path for folder in LEFT_OUT for path in (root / folder).rglob('*')]:
        if not path.match(LICENCE) and not path.is_dir():
            path.unlink()
    rules = ['force-unsafe-io', *(f'path-exclude /{folder}/*' for folder in LEFT_OUT), f'path-include /{LICENCE}']
    (root / 'etc/dpkg/dpkg.cfg.d/docker').write_text('\n'.join(rules) + '\n')
    buildah('config', '--cmd', 'bash', container)
    buildah('commit', '--quiet', '--format', 'docker', '--rm', container, BASE)
    stamp.write_text(made_of)


def prepare_build():
    prepare()
    try:
        run('scripts/minbase')
    except subprocess.CalledProcessError:
        skip('no Debian 13 to be had, scripts/minbase says why: is there a network?')


def prepare(*needed):
    """Call first in main: skips the test program if images cannot be built or do not exist."""
    skip_unless(*TOOLS, root=True)
    for image in needed:
        if not exists(image):
            skip(f'{image} is not there: run build_test.py first')
