#!/usr/bin/env python3
"""A small NFSv4.1 and 4.2 client (RFC 8881): enough to make a server count real traffic.

    with Nfs41('127.0.0.1', 2049, minor=1) as client:
        client.write('/export/file', b'data')
        client.read('/export/file')

One TCP connection, one session, one slot, AUTH_SYS as root. Integration tests and `make run` use it,
because libnfs speaks only v3 and v4.0.
"""
import argparse
import os
import socket
import struct
import sys
import uuid

NFS_PROGRAM, NFS_VERSION, COMPOUND = 100003, 4, 1
CALL, REPLY, RPC_VERSION, AUTH_NONE, AUTH_SYS = 0, 1, 2, 0, 1
LAST_FRAGMENT = 0x80000000

OP_CLOSE, OP_GETFH, OP_LOOKUP, OP_OPEN, OP_PUTFH, OP_PUTROOTFH = 4, 10, 15, 18, 22, 24
OP_READ, OP_REMOVE, OP_WRITE = 25, 28, 38
OP_EXCHANGE_ID, OP_CREATE_SESSION, OP_DESTROY_SESSION = 42, 43, 44
OP_SEQUENCE, OP_DESTROY_CLIENTID, OP_RECLAIM_COMPLETE, OP_LAYOUTSTATS = 53, 57, 58, 65

SHARE_READ, SHARE_WRITE, WANT_NO_DELEGATION = 1, 2, 0x400
OPEN_NOCREATE, OPEN_CREATE, CREATE_UNCHECKED, CLAIM_NULL = 0, 1, 0, 0
DELEGATE_NONE, DELEGATE_NONE_EXT = 0, 3
WND_CONTENTION, WND_RESOURCE = 1, 2
FATTR_SIZE, FATTR_MODE = 4, 33
FILE_SYNC = 2

ERROR_NAMES = {
    1: 'PERM', 2: 'NOENT', 5: 'IO', 6: 'NXIO', 13: 'ACCESS', 17: 'EXIST', 18: 'XDEV', 20: 'NOTDIR',
    21: 'ISDIR', 22: 'INVAL', 27: 'FBIG', 28: 'NOSPC', 30: 'ROFS', 31: 'MLINK', 63: 'NAMETOOLONG',
    66: 'NOTEMPTY', 69: 'DQUOT', 70: 'STALE', 10001: 'BADHANDLE', 10003: 'BAD_COOKIE',
    10004: 'NOTSUPP', 10005: 'TOOSMALL', 10006: 'SERVERFAULT', 10007: 'BADTYPE', 10008: 'DELAY',
    10009: 'SAME', 10010: 'DENIED', 10011: 'EXPIRED', 10012: 'LOCKED', 10013: 'GRACE',
    10014: 'FHEXPIRED', 10015: 'SHARE_DENIED', 10016: 'WRONGSEC', 10017: 'CLID_INUSE',
    10018: 'RESOURCE', 10019: 'MOVED', 10020: 'NOFILEHANDLE', 10021: 'MINOR_VERS_MISMATCH',
    10022: 'STALE_CLIENTID', 10023: 'STALE_STATEID', 10024: 'OLD_STATEID', 10025: 'BAD_STATEID',
    10026: 'BAD_SEQID', 10027: 'NOT_SAME', 10028: 'LOCK_RANGE', 10029: 'SYMLINK',
    10030: 'RESTOREFH', 10031: 'LEASE_MOVED', 10032: 'ATTRNOTSUPP', 10033: 'NO_GRACE',
    10034: 'RECLAIM_BAD', 10036: 'BADXDR', 10038: 'OPENMODE', 10039: 'BADOWNER', 10040: 'BADCHAR',
    10041: 'BADNAME', 10044: 'OP_ILLEGAL', 10046: 'FILE_OPEN', 10047: 'ADMIN_REVOKED',
    10052: 'BADSESSION', 10053: 'BADSLOT', 10054: 'COMPLETE_ALREADY',
    10055: 'CONN_NOT_BOUND_TO_SESSION', 10063: 'SEQ_MISORDERED', 10064: 'SEQUENCE_POS',
    10065: 'REQ_TOO_BIG', 10066: 'REP_TOO_BIG', 10068: 'RETRY_UNCACHED_REP',
    10070: 'TOO_MANY_OPS', 10071: 'OP_NOT_IN_SESSION', 10074: 'CLIENTID_BUSY',
    10078: 'DEADSESSION', 10081: 'NOT_ONLY_OP', 10082: 'WRONG_CRED', 10083: 'WRONG_TYPE',
}

OP_NAMES = {value: name[3:] for name, value in list(globals().items()) if name.startswith('OP_')}


class Nfs41Error(Exception):
    """The server refused an operation (`status` is its NFS4ERR number) or violated the protocol."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


def status_error(operation, status):
    name = ERROR_NAMES.get(status, str(status))
    return Nfs41Error(f'{OP_NAMES.get(operation, operation)}: NFS4ERR_{name}', status)


def u32(value):
    return struct.pack('>I', value)


def u64(value):
    return struct.pack('>Q', value)


def opaque(data):
    return u32(len(data)) + data + bytes(-len(data) % 4)


def bitmap(*attributes):
    words = [0] * (max(attributes) // 32 + 1)
    for attribute in attributes:
        words[attribute // 32] |= 1 << attribute % 32
    return u32(len(words)) + b''.join(map(u32, words))


class Decoder:
    """Reads XDR from the front of a reply."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def fixed(self, size):
        if self.at + size > len(self.data):
            raise Nfs41Error(f'the reply ends after {len(self.data)} bytes')
        piece = self.data[self.at:self.at + size]
        self.at += size + -size % 4
        return piece

    def u32(self):
        return struct.unpack('>I', self.fixed(4))[0]

    def u64(self):
        return struct.unpack('>Q', self.fixed(8))[0]

    def opaque(self):
        return self.fixed(self.u32())

    def words(self):
        return [self.u32() for _ in range(self.u32())]


class RpcConnection:
    """ONC RPC over TCP: one call at a time."""

    def __init__(self, host, port, timeout, source=None):
        self.socket = socket.create_connection((host, port), timeout, source and (source, 0))
        self.xid = int.from_bytes(os.urandom(4), 'big')
        # Stamp, machine name, uid and gid 0, no further groups.
        auth = u32(0) + opaque(socket.gethostname().encode()) + u32(0) + u32(0) + u32(0)
        self.credential = u32(AUTH_SYS) + opaque(auth) + u32(AUTH_NONE) + opaque(b'')

    def close(self):
        self.socket.close()

    def call(self, body):
        self.xid = (self.xid + 1) & 0xffffffff
        head = struct.pack('>6I', self.xid, CALL, RPC_VERSION, NFS_PROGRAM, NFS_VERSION, COMPOUND)
        message = head + self.credential + body
        self.socket.sendall(u32(LAST_FRAGMENT | len(message)) + message)
        return self._reply()

    def _reply(self):
        reply = Decoder(self._record())
        xid, kind, denied = reply.u32(), reply.u32(), reply.u32()
        if xid != self.xid or kind != REPLY or denied:
            raise Nfs41Error('the server denied the RPC call')
        reply.u32(), reply.opaque()  # The verifier: empty with AUTH_SYS.
        accept_status = reply.u32()
        if accept_status:
            raise Nfs41Error(f'the server did not take the RPC call: accept status {accept_status}')
        return reply

    def _record(self):
        record, last = b'', False
        while not last:
            mark = struct.unpack('>I', self._receive(4))[0]
            record += self._receive(mark & ~LAST_FRAGMENT)
            last = bool(mark & LAST_FRAGMENT)
        return record

    def _receive(self, size):
        data = bytearray()
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise Nfs41Error('the server closed the connection')
            data += piece
        return bytes(data)


def decode_nothing(_reply):
    return None


def decode_exchange_id(reply):
    client_id, sequence = reply.u64(), reply.u32()
    reply.u32()  # Flags.
    if reply.u32():
        raise Nfs41Error('EXCHANGE_ID: the server wants state protection')
    reply.u64(), reply.opaque(), reply.opaque()  # Server owner and scope.
    for _ in range(reply.u32()):  # The implementation: domain, name, date.
        reply.opaque(), reply.opaque(), reply.u64(), reply.u32()
    return client_id, sequence


def decode_channel(reply):
    names = ('header_padding', 'request_size', 'response_size', 'cached_size', 'operations', 'requests')
    channel = {name: reply.u32() for name in names}
    reply.words()  # RDMA.
    return channel


def decode_create_session(reply):
    session = reply.fixed(16)
    reply.u32(), reply.u32()  # Sequence and flags.
    return session, decode_channel(reply), decode_channel(reply)


def decode_sequence(reply):
    reply.fixed(16)
    return [reply.u32() for _ in range(5)]


def decode_change(reply):
    return reply.u32(), reply.u64(), reply.u64()


def decode_open(reply):
    stateid = reply.fixed(16)
    decode_change(reply)
    reply.u32(), reply.words()  # Flags and the attributes that were set.
    delegation = reply.u32()
    if delegation == DELEGATE_NONE_EXT:
        if reply.u32() in (WND_CONTENTION, WND_RESOURCE):
            reply.u32()
    elif delegation != DELEGATE_NONE:
        raise Nfs41Error('OPEN: the server gave a delegation that was not wanted')
    return stateid


def decode_write(reply):
    count = reply.u32()
    reply.u32(), reply.fixed(8)  # Stability and write verifier.
    return count


DECODERS = {
    OP_CLOSE: lambda reply: reply.fixed(16),
    OP_GETFH: Decoder.opaque,
    OP_OPEN: decode_open,
    OP_READ: lambda reply: (bool(reply.u32()), reply.opaque()),
    OP_REMOVE: decode_change,
    OP_WRITE: decode_write,
    OP_EXCHANGE_ID: decode_exchange_id,
    OP_CREATE_SESSION: decode_create_session,
    OP_SEQUENCE: decode_sequence,
}


class Nfs41:
    """A session with a server; paths are pseudo paths. Leaves no state when it is closed.

    `source` is the address to come from: each is a client of its own to the server.
    """

    CHUNK = 64 * 1024

    def __init__(self, host, port, minor=1, timeout=10, source=None):
        """`source` is the source address: the client that the server counts."""
        self.minor = minor
        self.owner = f'nfs41-{uuid.uuid4()}'.encode()
        self.session = None
        self.rpc = RpcConnection(host, port, timeout, source)
        try:
            self._establish()
        except BaseException:
            self.rpc.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        try:
            self._compound((OP_DESTROY_SESSION, self.session))
            self._compound((OP_DESTROY_CLIENTID, u64(self.client_id)))
        finally:
            self.rpc.close()

    def write(self, path, data):
        """Creates or truncates the file and writes all of `data`. Returns the number of WRITEs."""
        handle, stateid = self._open(path, SHARE_WRITE, create=True)
        try:
            return self._write_all(handle, stateid, data)
        finally:
            self._close(handle, stateid)

    def read(self, path, chunk=CHUNK):
        """Returns the whole file."""
        handle, stateid = self._open(path, SHARE_READ, create=False)
        try:
            return self._read_all(handle, stateid, min(chunk, self.CHUNK))
        finally:
            self._close(handle, stateid)

    def remove(self, path):
        *directory, name = self._components(path)
        self._call(*self._walk(directory), (OP_REMOVE, opaque(name)))

    def report_layout_stats(self):
        """LAYOUTSTATS of 4.2, without a layout: some servers answer it by closing the connection."""
        offset, length, stateid, reads, writes = u64(0), u64(0), bytes(16), bytes(16), bytes(16)
        device, update = bytes(16), u32(4) + opaque(b'')
        self._call((OP_PUTROOTFH, b''), (OP_LAYOUTSTATS, offset + length + stateid + reads + writes + device + update))

    def _establish(self):
        owner = os.urandom(8) + opaque(self.owner)
        state_protection, implementations, flags = u32(0), u32(0), u32(0)
        reply = self._compound((OP_EXCHANGE_ID, owner + flags + state_protection + implementations))
        self.client_id, sequence = reply[0]
        reply = self._compound((OP_CREATE_SESSION, self._session_wish(sequence)))
        self.session, fore, _back = reply[0]
        self.sequence = 0
        # A request without its data is much smaller than 4 KiB.
        self.chunk = min(self.CHUNK, fore['request_size'] - 4096, fore['response_size'] - 4096)
        self._call((OP_RECLAIM_COMPLETE, u32(False)))

    def _session_wish(self, sequence):
        size = self.CHUNK + 8192
        fore = struct.pack('>7I', 0, size, size, 4096, 32, 1, 0)
        back = struct.pack('>7I', 0, 4096, 4096, 0, 2, 1, 0)
        flags, callback_program, callback_security = u32(0), u32(0x40000000), u32(1) + u32(AUTH_NONE)
        return (u64(self.client_id) + u32(sequence) + flags + fore + back
                + callback_program + callback_security)

    def _open(self, path, share, create):
        *directory, name = self._components(path)
        attributes = bitmap(FATTR_SIZE, FATTR_MODE) + opaque(u64(0) + u32(0o644))
        how = u32(OPEN_CREATE) + u32(CREATE_UNCHECKED) + attributes if create else u32(OPEN_NOCREATE)
        arguments = (u32(0) + u32(share | WANT_NO_DELEGATION) + u32(0)
                     + u64(self.client_id) + opaque(self.owner)
                     + how + u32(CLAIM_NULL) + opaque(name))
        *_, stateid, handle = self._call(*self._walk(directory), (OP_OPEN, arguments), (OP_GETFH, b''))
        return handle, stateid

    def _close(self, handle, stateid):
        self._call((OP_PUTFH, opaque(handle)), (OP_CLOSE, u32(0) + stateid))

    def _write_all(self, handle, stateid, data):
        offset = writes = 0
        while offset < len(data):
            piece = data[offset:offset + self.chunk]
            arguments = stateid + u64(offset) + u32(FILE_SYNC) + opaque(piece)
            written = self._call((OP_PUTFH, opaque(handle)), (OP_WRITE, arguments))[-1]
            if not written:
                raise Nfs41Error('WRITE: the server wrote nothing')
            offset += written
            writes += 1
        return writes

    def _read_all(self, handle, stateid, chunk):
        data, eof = bytearray(), False
        while not eof:
            arguments = stateid + u64(len(data)) + u32(min(chunk, self.chunk))
            eof, piece = self._call((OP_PUTFH, opaque(handle)), (OP_READ, arguments))[-1]
            if not piece and not eof:
                raise Nfs41Error('READ: the server sent nothing before the end of the file')
            data += piece
        return bytes(data)

    @staticmethod
    def _components(path):
        names = [name.encode() for name in path.split('/') if name]
        if not names:
            raise Nfs41Error(f'no file in the path {path!r}')
        return names

    @staticmethod
    def _walk(directory):
        return [(OP_PUTROOTFH, b''), *((OP_LOOKUP, opaque(name)) for name in directory)]

    def _call(self, *operations):
        """A compound in the session's only slot. Returns the results behind SEQUENCE's."""
        self.sequence += 1
        slot, highest_slot, cache = 0, 0, 0
        arguments = self.session + struct.pack('>4I', self.sequence, slot, highest_slot, cache)
        return self._compound((OP_SEQUENCE, arguments), *operations)[1:]

    def _compound(self, *operations):
        tag = opaque(b'')
        body = tag + u32(self.minor) + u32(len(operations))
        body += b''.join(u32(number) + arguments for number, arguments in operations)
        reply = self.rpc.call(body)
        status = reply.u32()
        reply.opaque()
        return self._results(reply, status, operations)

    @staticmethod
    def _results(reply, status, operations):
        results = []
        for _ in range(reply.u32()):
            operation, operation_status = reply.u32(), reply.u32()
            if operation_status:
                raise status_error(operation, operation_status)
            results.append(DECODERS.get(operation, decode_nothing)(reply))
        if status or len(results) != len(operations):
            raise status_error(operations[0][0], status)
        return results


def parse_arguments():
    parser = argparse.ArgumentParser(description='Writes, reads or removes a file over NFSv4.1 or 4.2.')
    parser.add_argument('--minor', type=int, choices=(1, 2), default=1)
    parser.add_argument('host')
    parser.add_argument('port', type=int)
    parser.add_argument('command', choices=('write', 'read', 'remove'),
                        help='write takes standard input, read gives standard output')
    parser.add_argument('path', help='pseudo path, as /export/file')
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        with Nfs41(arguments.host, arguments.port, arguments.minor) as client:
            if arguments.command == 'write':
                client.write(arguments.path, sys.stdin.buffer.read())
            elif arguments.command == 'read':
                sys.stdout.buffer.write(client.read(arguments.path))
            else:
                client.remove(arguments.path)
    except (Nfs41Error, OSError) as error:
        sys.exit(f'nfs41: {error}')


if __name__ == '__main__':
    main()
