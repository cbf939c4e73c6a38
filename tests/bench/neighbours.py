#!/usr/bin/python3
"""Measures what the exporter costs others: the delay of Ganesha's heartbeats while it polls 10,000 clients, and
the throughput of NFS reads from a real Ganesha with the exporter at its default interval. Each is compared with
the same without an exporter, measured in turns.
"""
import argparse
import contextlib
import itertools
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
sys.dont_write_bytecode = True
from harness import Exporter, Export, FakeGanesha, Ganesha, PrivateBus, nfs_url  # noqa: E402

HEARTBEAT_MS = 100
SECONDS_WATCHED = 10
# Polls without a pause: the worst case that flags allow.
FULL_SPEED = '--poll.interval=1ms', '--poll.max-duty-ratio=1'
FILE_BYTES = 256 << 20


def gaps_between_beats(bus):
    """Seconds between the heartbeats that a watcher of the bus sees."""
    command = ['timeout', str(SECONDS_WATCHED), 'stdbuf', '-oL', 'dbus-monitor', '--address', bus.address,
               '--profile', "type='signal',member='heartbeat'"]
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    times = [float(line.split('\t')[1]) for line in lines if line.startswith('sig') and 'heartbeat' in line]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def heartbeat_rows(clients):
    with PrivateBus() as bus, FakeGanesha(bus, clients=clients, exports=100, client_protocols='NFSv41',
                                          heartbeat_ms=HEARTBEAT_MS) as fake:
        alone = gaps_between_beats(bus)
        for name, flags in ('default interval', ()), ('polls without a pause', FULL_SPEED):
            with Exporter(f'--dbus.address={bus.address}', *flags):
                polled = gaps_between_beats(bus)
            calls = sum(count for name_, count in fake.calls().items() if name_ != 'max_unanswered')
            delay = max(polled) - max(alone)
            yield (f'heartbeat later, {name}', f'{delay * 1e3:.0f} ms',
                   f'longest gap {max(polled) * 1e3:.0f} ms, alone {max(alone) * 1e3:.0f} ms',
                   f'{len(polled)} beats, {calls} calls until then')


def seconds_to_read(server, export):
    url = nfs_url(server, 4, export, 'large')
    began = time.monotonic()
    subprocess.run(['nfs-cat', url], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def throughput_rows(pairs):
    with PrivateBus() as bus, Ganesha(bus, [Export(1, 'VFS')]) as server:
        export = server.exports[0]
        with open(pathlib.Path(export.path, 'large'), 'wb') as file:
            file.truncate(FILE_BYTES)
        seconds_to_read(server, export)
        ratios, speeds = [], []
        for turn in range(pairs):
            seconds = {}
            # The order alternates from pair to pair.
            for polled in (False, True) if turn % 2 else (True, False):
                with Exporter(f'--dbus.address={bus.address}') if polled else contextlib.nullcontext():
                    seconds[polled] = seconds_to_read(server, export)
            ratios.append(seconds[False] / seconds[True])
            speeds.append(FILE_BYTES / seconds[True])
    ratios.sort()
    yield ('NFS read throughput', f'{statistics.median(speeds) / 1e6:.0f} MB/s', 'with the exporter, NFSv4.0',
           f'{statistics.median(ratios):.3f} of that without ({ratios[0]:.3f} to {ratios[-1]:.3f})')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--clients', type=int, default=10_000)
    parser.add_argument('--pairs', type=int, default=15, help='reads with and without the exporter')
    options = parser.parse_args()
    for row in itertools.chain(heartbeat_rows(options.clients), throughput_rows(options.pairs)):
        print('  {:40} {:>10}  {:40} {}'.format(*row))


if __name__ == '__main__':
    main()
