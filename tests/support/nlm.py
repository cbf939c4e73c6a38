"""An NFSv3 client that locks (RFC 1813, NLM version 4): mounts, looks a file up, locks it."""
import contextlib
import os
import socket
import struct

LAST_FRAGMENT, CALL, RPC_VERSION, AUTH_SYS = 0x80000000, 0, 2, 1
MOUNT, NFS, LOCKS = (100005, 3), (100003, 3), (100021, 4)
MNT, LOOKUP, LOCK = 1, 3, 2
GRANTED, DENIED_NOLOCKS = 0, 2


def opaque(data):
    return struct.pack('>I', len(data)) + data + bytes(-len(data) % 4)


def taken(reply):
    """The opaque at the start of the reply."""
    size, = struct.unpack_from('>I', reply)
    return reply[4:4 + size]


def call(port, program, procedure, arguments):
    """The result's bytes; a call that is not accepted is an AssertionError."""
    credentials = struct.pack('>I', 0) + opaque(b'client') + struct.pack('>III', 0, 0, 0)
    message = (struct.pack('>IIIIII', 1, CALL, RPC_VERSION, *program, procedure) + struct.pack('>I', AUTH_SYS)
               + opaque(credentials) + struct.pack('>II', 0, 0) + arguments)
    with contextlib.closing(socket.create_connection(('127.0.0.1', port), timeout=10)) as connection:
        stream = connection.makefile('rwb')
        stream.write(struct.pack('>I', LAST_FRAGMENT | len(message)) + message)
        stream.flush()
        size, = struct.unpack('>I', stream.read(4))
        reply = stream.read(size & ~LAST_FRAGMENT)
    header = struct.unpack_from('>IIIIII', reply)
    assert header == (1, 1, 0, 0, 0, 0), header
    return reply[24:]


def checked(reply):
    """The reply after a status of 0."""
    status, = struct.unpack_from('>I', reply)
    assert status == 0, f'status {status}'
    return reply[4:]


def lock(path, name, mount_port, nfs_port, lock_port):
    """Requests a lock on the file `name` of the export `path`. Returns the status, for example GRANTED."""
    folder = taken(checked(call(mount_port, MOUNT, MNT, opaque(path.encode()))))
    handle = taken(checked(call(nfs_port, NFS, LOOKUP, opaque(folder) + opaque(name.encode()))))
    cookie, owner = os.urandom(8), os.urandom(8)
    whole_file = struct.pack('>IQQ', os.getpid(), 0, 0)
    wait_exclusively, no_reclaim_and_state = struct.pack('>II', 0, 1), struct.pack('>II', 0, 1)
    arguments = (opaque(cookie) + wait_exclusively + opaque(b'client') + opaque(handle) + opaque(owner)
                 + whole_file + no_reclaim_and_state)
    reply = call(lock_port, LOCKS, LOCK, arguments)
    assert taken(reply) == cookie
    return struct.unpack('>I', reply[4 + len(cookie):])[0]
