"""The portable archive, and systems that have little or nothing besides what its program needs."""
import collections
import pathlib
import shlex

from dist import REPOSITORY, VERSION, in_dist, run

NAME = f'ganesha_exporter-{VERSION}.linux-amd64'
# The newest symbols that it may ask for: those of EL 9 (glibc 2.34, OpenSSL 3.0), and libsystemd's of version 246, which
# is what the documents name. libgcc_s comes with glibc.
FLOORS = {'GLIBC': (2, 34), 'LIBSYSTEMD': (246,), 'OPENSSL': (3, 0, 0), 'GCC': (4, 2, 0)}
LIBRARIES = {'libc.so.6', 'libm.so.6', 'libgcc_s.so.1', 'ld-linux-x86-64.so.2', 'libsystemd.so.0', 'libssl.so.3',
             'libcrypto.so.3'}
# `exec` alone, so that signals reach the program. The files of a test are in /tmp.
ENTER = 'for folder in tmp proc dev; do mount --rbind /$folder "$0/$folder"; done; exec chroot "$0" "$@"'

Library = collections.namedtuple('Library', 'source how package licence')
LIBRARIES_OF_PROGRAM = [Library(*line.split(maxsplit=3))
                        for line in (REPOSITORY / 'packaging/portable/inside').read_text().splitlines() if line[0] != '#']


def sources(*ways):
    """The source packages of the libraries that are inside in these ways."""
    return {library.source for library in LIBRARIES_OF_PROGRAM if library.how in ways}


def version_of_symbol(text):
    return tuple(map(int, text.split('.')))


def archive():
    return in_dist(f'{NAME}.tar.gz')


def unpacked(folder):
    """The folder that the archive holds, unpacked into this one."""
    run('tar', '-C', folder, '-xf', archive(), check=True)
    return pathlib.Path(folder, NAME)


def bare_tree(release, folder):
    """A root directory of this Debian release, of the packages that tests/packages/prepare downloads."""
    packages = [*(REPOSITORY / 'build/apt' / release / 'bare').glob('*.deb')]
    assert packages, f'build/apt/{release}/bare has no packages: run tests/packages/prepare'
    tree = pathlib.Path(folder, release)
    for package in packages:
        run('dpkg-deb', '-x', package, tree, check=True)
    for name in 'tmp', 'proc', 'dev':
        (tree / name).mkdir(exist_ok=True)
    # Debian 12's packages are of the time before /lib was a link, Debian 13's of after it.
    for name in 'lib', 'lib64':
        if not (tree / name).exists():
            (tree / name).symlink_to(f'usr/{name}')
    return tree


def program_in(tree, program):
    """A script that runs the program with its arguments inside of the tree."""
    inside = tree / 'ganesha_exporter'
    inside.write_bytes(program.read_bytes())
    inside.chmod(0o755)
    script = tree.with_name(f'{tree.name}_exporter')
    enter = shlex.join(['unshare', '--mount', 'sh', '-euc', ENTER, str(tree), '/ganesha_exporter'])
    script.write_text(f'#!/bin/sh\nexec {enter} "$@"\n')
    script.chmod(0o755)
    return script
