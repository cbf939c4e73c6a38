#!/usr/bin/python3
"""Measures what a site of a given size costs: series, bytes, memory, and CPU time of a poll and of a scrape.

    tests/bench/sizing.py                     # the exporter, against the fake server: the table of docs/operations.md
    tests/bench/sizing.py --real --clients=10,100 --exports=1   # what polls cost a real ganesha.nfsd (root)

Every client is active: the exporter reads all of them at each poll. CPU time is that of the processes, so that other
programs on the machine change it little. GANESHA_BUILD_DIR names a release build.
"""
import argparse
import itertools
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / 'support'), str(HERE.parent)]
sys.dont_write_bytecode = True
from bench import active  # noqa: E402
from harness import (  # noqa: E402
    LOOPBACK, Export, Exporter, FakeGanesha, Ganesha, PrivateBus, run_exporter, sample, skip_unless, wait_until)
from nfs41 import Nfs41  # noqa: E402

SECONDS = 9
SECONDS_BETWEEN_LOOKS = 0.25
POLL_EACH_SECOND = '--poll.interval=1s', '--poll.max-duty-ratio=1'
AS_PROMETHEUS = {'Accept': 'application/openmetrics-text; version=1.0.0', 'Accept-Encoding': 'gzip'}
PACKED = {'Accept-Encoding': 'gzip'}
FILE = '/mem1/file'
CLIENTS_PER_NETWORK = 64_000


def cpu_seconds(pid):
    """Of all threads, to the nanosecond."""
    return sum(int(path.read_text().split()[0]) for path in pathlib.Path(f'/proc/{pid}/task').glob('*/schedstat')) / 1e9


def page_of_polls(exporter):
    return exporter.metrics('/metrics?collect[]=server')


def polls(exporter):
    return sample(page_of_polls(exporter), 'ganesha_exporter_polls_total')


def calls(exporter):
    return sum(value for (name, _), value in page_of_polls(exporter).items() if name == 'ganesha_exporter_dbus_calls_total')


def wait_poll(exporter):
    """Until the next one ends."""
    number = polls(exporter)
    while polls(exporter) == number:
        time.sleep(SECONDS_BETWEEN_LOOKS)


def per_poll(exporter, pids, scrape=lambda: None):
    """The CPU seconds of each process, and the DBus calls, per poll. `scrape` is called about once per poll.

    Looks at the number of polls cost the exporter time too: there are few.
    """
    wait_poll(exporter)
    before = [polls(exporter), calls(exporter), *map(cpu_seconds, pids)]
    for _ in range(SECONDS):
        time.sleep(1)
        scrape()
    wait_poll(exporter)
    after = [polls(exporter), calls(exporter), *map(cpu_seconds, pids)]
    count, made, *times = (last - first for last, first in zip(after, before))
    return [spent / count for spent in times], made / count


def exporter_row(exporter, clients, exports):
    wait_until(lambda: polls(exporter) >= 3, 300, 'the first polls')
    (poll,), made = per_poll(exporter, [exporter.pid])
    (both,), _ = per_poll(exporter, [exporter.pid], lambda: exporter.get(headers=AS_PROMETHEUS))
    text = exporter.get().text
    memory = sample(page_of_polls(exporter), 'process_resident_memory_bytes')
    return {'clients': clients, 'exports': exports, 'calls': f'{made:.0f}',
            'series': sum(not line.startswith('#') for line in text.splitlines()),
            'kB': f'{len(text) / 1e3:.0f}', 'kB gzip': f'{len(exporter.get(headers=PACKED).body) / 1e3:.0f}',
            'RSS MB': f'{memory / 1e6:.0f}', 'poll ms': f'{poll * 1e3:.1f}',
            'scrape ms': f'{max(both - poll, 0) * 1e3:.1f}'}


def fake_rows(sizes):
    for clients, exports in sizes:
        with PrivateBus() as bus, FakeGanesha(bus, clients=clients, exports=exports, client_protocols='NFSv41') as fake, \
                active(fake, clients), Exporter(f'--dbus.address={bus.address}', *POLL_EACH_SECOND) as exporter:
            yield exporter_row(exporter, clients, exports)


def address(index):
    return f'127.{1 + index // CLIENTS_PER_NETWORK}.{index // 250 % 256}.{1 + index % 250}'


def become_clients(server, number):
    """As many NFSv4.1 clients, each with an address of its own, read a file once."""
    with Nfs41(LOOPBACK, server.port) as writer:
        writer.write(FILE, bytes(4096))
    for index in range(number):
        with Nfs41(LOOPBACK, server.port, source=address(index)) as client:
            client.read(FILE)


def whole_poll(bus, pids):
    """The CPU seconds of each process while a new exporter polls everything once."""
    before = list(map(cpu_seconds, pids))
    run_exporter('--once', f'--dbus.address={bus.address}', timeout=120)
    return [cpu_seconds(pid) - first for pid, first in zip(pids, before)]


def real_row(clients, exports):
    with PrivateBus() as bus, Ganesha(bus, [Export(number, 'MEM') for number in range(1, exports + 1)]) as server:
        become_clients(server, clients)
        pids = server.process.pid, bus.process.pid
        ganesha, daemon = (sorted(times)[2] for times in zip(*(whole_poll(bus, pids) for _ in range(5))))
        with Exporter(f'--dbus.address={bus.address}', *POLL_EACH_SECOND) as exporter:
            wait_until(lambda: polls(exporter) >= 3, 300, 'the first polls')
            (idle, idle_daemon), made = per_poll(exporter, pids)
            text = exporter.get().text
            return {'clients': clients, 'exports': exports, 'series': sum(line[0] != '#' for line in text.splitlines()),
                    'all active: ganesha ms': f'{ganesha * 1e3:.1f}', 'dbus-daemon ms': f'{daemon * 1e3:.1f}',
                    'all idle: calls': f'{made:.0f}', 'ganesha ms (idle)': f'{idle * 1e3:.1f}',
                    'dbus-daemon ms (idle)': f'{idle_daemon * 1e3:.1f}'}


def print_table(rows):
    for number, row in enumerate(rows):
        if not number:
            print(*(f'{name:>{max(9, len(name))}}' for name in row))
        print(*(f'{value:>{max(9, len(name))}}' for name, value in row.items()), flush=True)


def numbers(text):
    return [int(part) for part in text.split(',')]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--clients', type=numbers, default=[10, 100, 1000, 10_000])
    parser.add_argument('--exports', type=numbers, default=[1, 50, 1000])
    parser.add_argument('--real', action='store_true', help='what polls cost a real Ganesha, not the exporter')
    options = parser.parse_args()
    sizes = itertools.product(options.clients, options.exports)
    if options.real:
        skip_unless('ganesha.nfsd', root=True)
    print_table(itertools.starmap(real_row, sizes) if options.real else fake_rows(sizes))


if __name__ == '__main__':
    main()
