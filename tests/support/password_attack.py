#!/usr/bin/python3
"""Tries wrong passwords on an HTTP server of this machine, each one once. Runs until it is killed; prints a line with
the count of each status since its start, each second.
"""
import argparse
import asyncio
import base64
import collections
import contextlib
import itertools
import time

CONNECTIONS = 64  # Some wait for their password to be checked: the others keep the rate up.


class Attack:
    def __init__(self, options):
        self.options = options
        self.statuses = collections.Counter()
        self.numbers = itertools.count()
        self.start = time.monotonic()

    async def turn(self):
        """Waits until the next request is due. One that is late is sent at once, but a second is never made up for."""
        number = next(self.numbers)
        due = self.start + number / self.options.rate
        now = time.monotonic()
        if due < now - 1:
            self.start += now - due
        await asyncio.sleep(max(0, due - now))
        return number

    def request(self, number):
        user = 'prometheus' if number % 2 else f'user{number}'
        secret = base64.b64encode(f'{user}:wrong{number}'.encode()).decode()
        return f'GET /metrics HTTP/1.1\r\nHost: attack\r\nAuthorization: Basic {secret}\r\n\r\n'.encode()

    async def exchange(self, reader, writer):
        writer.write(self.request(await self.turn()))
        head = await reader.readuntil(b'\r\n\r\n')
        length = head.lower().split(b'content-length: ')[1].split(b'\r\n')[0]
        await reader.readexactly(int(length))
        self.statuses[int(head.split()[1])] += 1

    async def connection(self):
        reader, writer = await asyncio.open_connection('127.0.0.1', self.options.port,
                                                       local_addr=(self.options.source, 0))
        with contextlib.closing(writer):
            await self.exchange(reader, writer)
            while self.options.kind == 'kept':
                await self.exchange(reader, writer)

    async def keep_connecting(self):
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self.connection()

    async def report(self):
        while True:
            print(dict(self.statuses), flush=True)
            await asyncio.sleep(1)

    async def run(self):
        await asyncio.gather(self.report(), *(self.keep_connecting() for _ in range(CONNECTIONS)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('kind', choices=('kept', 'new'), help='kept-alive connections, or a new one for each request')
    parser.add_argument('port', type=int)
    parser.add_argument('--source', default='127.0.0.1')
    parser.add_argument('--rate', type=float, default=1000, help='requests a second')
    asyncio.run(Attack(parser.parse_args()).run())


if __name__ == '__main__':
    main()
