"""A server that answers NULL calls of NFS and nothing else: for an exporter without a bus."""
import contextlib
import socket
import socketserver
import struct
import threading

from .process import LOOPBACK, Service

NFS, SUCCESS, UNAVAILABLE, LAST_FRAGMENT = 100003, 0, 1, 0x80000000


class NullServer(Service):
    """Listens on one free loopback port through all its starts: `address`.

    While `silent` is set it accepts connections and reads calls, but does not answer. `calls` counts those that it read.
    """

    def __init__(self, versions=(3, 4)):
        super().__init__()
        self.versions, self.calls, self.silent, self.server = versions, 0, False, None

    def prepare(self):
        # Keeps the port while the server is stopped: a socket that does not listen refuses as none does.
        self.held = socket.socket()
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.held.bind((LOOPBACK, 0))
        self.address = f'{LOOPBACK}:{self.held.getsockname()[1]}'

    def start(self):
        owner = self

        class Call(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(ConnectionError):
                    owner.answer(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self.server = Server(self.held.getsockname(), Call)
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True)
        self.thread.start()

    def _end(self):
        super()._end()
        self.held.close()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
        self.server = None

    def answer(self, call):
        mark = struct.unpack('>I', call.rfile.read(4))[0]
        message = call.rfile.read(mark & ~LAST_FRAGMENT)
        xid, _, _, program, version, procedure = struct.unpack('>6I', message[:24])
        self.calls += 1
        if self.silent:
            call.rfile.read()  # until the caller gives up
            return
        known = (program, procedure) == (NFS, 0) and version in self.versions
        reply = struct.pack('>6I', xid, 1, 0, 0, 0, SUCCESS if known else UNAVAILABLE)
        call.wfile.write(struct.pack('>I', LAST_FRAGMENT | len(reply)) + reply)
