#!/usr/bin/python3
"""Tries wrong passwords on an HTTP server of this machine, each one once. Runs until it is killed; prints a line with
the count of each status since its start, each second.
"""
import argparse
import base64
import collections
import contextlib
import os
import re
import select
import socket
import time

CONNECTIONS = 64  # Some wait for their password to be checked: the others keep the rate up.


class Attack:
    def __init__(self, options):
        self.options = options
        self.statuses = collections.Counter()
        self.poll = select.epoll()
        self.free = []
        self.waiting = {}  # by descriptor: [socket, bytes received]
        self.sent = 0

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.options.port), 60, (self.options.source, 0))

    def send(self):
        client = self.free.pop() if self.free else self.connect()
        user = 'prometheus' if self.sent % 2 else f'user{self.sent}'
        secret = base64.b64encode(f'{user}:wrong{self.sent}'.encode()).decode()
        client.sendall(f'GET /metrics HTTP/1.1\r\nHost: attack\r\nAuthorization: Basic {secret}\r\n\r\n'.encode())
        self.waiting[client.fileno()] = [client, b'']
        self.poll.register(client, select.EPOLLIN)
        self.sent += 1

    def receive(self, descriptor):
        entry = self.waiting[descriptor]
        data = entry[0].recv(65536)
        entry[1] += data
        if data and not is_whole(entry[1]):
            return
        del self.waiting[descriptor]
        self.poll.unregister(descriptor)
        if data:
            self.statuses[int(entry[1].split()[1])] += 1
        if data and self.options.kind == 'kept':
            self.free.append(entry[0])
        else:
            entry[0].close()

    def run(self):
        start = report = time.monotonic()
        while True:
            now = time.monotonic()
            if len(self.waiting) < CONNECTIONS and now >= start + self.sent / self.options.rate:
                with contextlib.suppress(OSError):
                    self.send()
            for descriptor, _ in self.poll.poll(max(0, start + self.sent / self.options.rate - now)):
                with contextlib.suppress(OSError):
                    self.receive(descriptor)
            start = max(start, now - 1 - self.sent / self.options.rate)  # what is late is not made up for later
            if now >= report:
                print(dict(self.statuses), flush=True)
                report = now + 1


def is_whole(response):
    head, _, body = response.partition(b'\r\n\r\n')
    length = re.search(rb'Content-Length: (\d+)', head)
    return bool(length) and len(body) >= int(length[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('kind', choices=('kept', 'new'), help='kept-alive connections, or a new one for each request')
    parser.add_argument('port', type=int)
    parser.add_argument('--source', default='127.0.0.1')
    parser.add_argument('--rate', type=float, default=1000, help='requests a second')
    os.nice(19)  # An attacker is on another machine: what it computes must not count.
    Attack(parser.parse_args()).run()


if __name__ == '__main__':
    main()
