"""NFS traffic over v3 and v4.0 by libnfs; nfs41.py is for the later versions."""
import pathlib
import socket
import struct
import subprocess
import tempfile

from .process import LOOPBACK, HarnessError

# The NFSv4 client of libnfs 4.0 cannot write more at once, and cannot overwrite an existing file.
NFS40_WRITE_MAX = 3500


def nfs_write(server, version, export, name, data):
    """Writes a new file by libnfs over v3 or v4.0."""
    if version == 4 and len(data) > NFS40_WRITE_MAX:
        raise ValueError(f'libnfs writes at most {NFS40_WRITE_MAX} bytes over v4.0, not {len(data)}')
    with tempfile.NamedTemporaryFile(dir=server.folder) as local:
        local.write(data)
        local.flush()
        nfs_cp(local.name, nfs_url(server, version, export, name))


def nfs_read(server, version, export, name):
    """Reads a whole file by libnfs over v3 or v4.0."""
    with tempfile.TemporaryDirectory(dir=server.folder) as folder:
        local = pathlib.Path(folder, 'file')  # nfs-cp wants to create it.
        nfs_cp(nfs_url(server, version, export, name), str(local))
        return local.read_bytes()


def rpc_call(port, program, version, procedure, timeout=5):
    """Calls a procedure without arguments and credentials; returns when the server has answered."""
    head = struct.pack('>6I', 1, 0, 2, program, version, procedure)
    message = head + bytes(16)  # Credential and verifier: AUTH_NONE.
    with socket.create_connection((LOOPBACK, port), timeout) as connection:
        connection.sendall(struct.pack('>I', 0x80000000 | len(message)) + message)
        if not connection.recv(4096):
            raise HarnessError(f'no answer to procedure {procedure} of {program}')


def nfs_url(server, version, export, name):
    """v3 mounts by path, v4 by pseudo path."""
    folder = export.path if version == 3 else export.pseudo
    ports = f'nfsport={server.port}' + (f'&mountport={server.mount_port}' if version == 3 else '')
    return f'nfs://{LOOPBACK}{folder}/{name}?version={version}&{ports}'


def nfs_cp(source, target, timeout=30):
    done = subprocess.run(['nfs-cp', source, target], capture_output=True, text=True, timeout=timeout)
    # Its exit code does not report failures; only "copied N bytes" means success.
    if done.returncode or done.stderr.strip():
        raise HarnessError(f'nfs-cp {source} {target}: {done.stderr.strip() or done.returncode}')
