"""NFSv3 needs rpcbind, whose port and socket are fixed: namespaces separate it from that of the machine."""
import os
import pathlib
import subprocess
import sys

from .http import accepts
from .process import HarnessError, Process, Service, skip

UNSHARED_PID = 'GANESHA_TEST_UNSHARED_PID'
NAMESPACES = '--net', '--mount'
NAMESPACE_MARK = pathlib.Path('/run/ganesha-test-namespace')


def nfs_namespace():
    """Runs this program again in new mount and network namespaces, with a private /run.

    Call it first thing in main. NFSv3 needs it: rpcbind's port and socket are fixed. Needs root.
    """
    if NAMESPACE_MARK.exists():
        return
    if os.geteuid():
        skip('needs root: NFSv3 is tested in namespaces of its own')
    if os.environ.get(UNSHARED_PID) == str(os.getpid()):
        _furnish_namespace()
    else:
        if subprocess.run(['unshare', *NAMESPACES, 'true'], capture_output=True).returncode:
            skip('needs namespaces of its own for NFSv3')
        # unshare execs without a fork, so the process id shows that it has done its work.
        os.environ[UNSHARED_PID] = str(os.getpid())
        os.execvp('unshare', ['unshare', *NAMESPACES, sys.executable, *sys.orig_argv[1:]])


def _furnish_namespace():
    private = ['/run', *filter(os.path.isdir, ['/var/lib/nfs'])]
    for folder in private:
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', folder], check=True)
    # Ganesha resolves its Bind_addr with AI_ADDRCONFIG, which fails if 127.0.0.1 is the only address.
    for command in 'link set lo up', 'address add 192.0.2.1/32 dev lo':
        subprocess.run(['ip', *command.split()], check=True)
    NAMESPACE_MARK.touch()


def reserve_ports(*ports):
    """Inside nfs_namespace(): else a client could get one of them for its own end while the server is away."""
    if not NAMESPACE_MARK.exists():
        return
    reserved = pathlib.Path('/proc/sys/net/ipv4/ip_local_reserved_ports')
    before = reserved.read_text().split()
    reserved.write_text(','.join([*before, *map(str, ports)]))


class Rpcbind(Service):
    """rpcbind at its fixed port and socket, inside nfs_namespace()."""

    def prepare(self):
        if not NAMESPACE_MARK.exists():
            raise HarnessError('Rpcbind needs nfs_namespace(): the machine has an rpcbind of its own')

    def start(self):
        self.process = Process(['rpcbind', '-f'], self.folder / 'rpcbind.log')
        self.process.wait_ready(lambda: accepts(111), 'rpcbind to take connections')
