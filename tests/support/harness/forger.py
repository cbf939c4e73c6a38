"""A process on the bus that sends what only Ganesha should send."""
import contextlib
import os
import socket
import threading

from .bus import DBusError, busctl
from .dbus_wire import (
    CALL, DESTINATION, HELLO, INTERFACE, MEMBER, PATH, REPLY_SERIAL, RETURN, SIGNAL, SIGNATURE, message)

HEARTBEAT = {PATH: '/org/ganesha/nfsd/heartbeat', INTERFACE: 'org.ganesha.nfsd.admin', MEMBER: 'heartbeat',
             SIGNATURE: 'b'}
TRUE = b'\1\0\0\0'
AT_ONCE = 100


def name_of_process(bus, pid):
    """The unique name of the process's connection."""
    def ask(method, *arguments):
        return busctl(bus.address, 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                      method, *arguments)[0]

    for name in ask('ListNames'):
        with contextlib.suppress(DBusError):  # ListNames also lists busctl itself, which is gone.
            if name.startswith(':') and ask('GetConnectionUnixProcessID', 's', name) == pid:
                return name
    raise LookupError(pid)


class Forger:
    def __init__(self, bus):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(60)
        self.connection.connect(str(bus.socket))
        uid = str(os.getuid()).encode().hex().encode()
        self.connection.sendall(b'\0AUTH EXTERNAL ' + uid + b'\r\n')
        assert self.connection.recv(4096).startswith(b'OK')
        self.connection.sendall(b'BEGIN\r\n' + message(CALL, HELLO))
        assert self.connection.recv(4096)
        threading.Thread(target=self._drain, daemon=True).start()

    def close(self):
        self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def send_heartbeats(self, count, to=None):
        """To everybody who subscribed to them, or to one connection, subscribed or not."""
        fields = {**HEARTBEAT, DESTINATION: to} if to else HEARTBEAT
        some = message(SIGNAL, fields, TRUE) * AT_ONCE
        for _ in range(count // AT_ONCE):
            self.connection.sendall(some)

    def send_replies(self, serials, to):
        """An answer of true to each of these calls."""
        for serial in serials:
            fields = {REPLY_SERIAL: serial, DESTINATION: to, SIGNATURE: 'b'}
            self.connection.sendall(message(RETURN, fields, TRUE))

    def _drain(self):
        """Errors that the bus sends back must not block it."""
        try:
            while self.connection.recv(65536):
                pass
        except OSError:
            pass
