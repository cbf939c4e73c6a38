#!/usr/bin/python3
"""Measures what a site of a given size costs: series, bytes, memory, and CPU time of a poll and of a scrape.

    tests/bench/sizing.py                     # the exporter, against the fake server: the table of docs/operations.md
    tests/bench/sizing.py --real --clients=10,100 --exports=1   # what polls cost a real ganesha.nfsd (root)
    tests/bench/sizing.py --flag=--collector.clients.detail=io  # the exporter, with a flag
    tests/bench/sizing.py --prometheus                          # what the pages cost a real Prometheus

Every client is active: the exporter reads all of them at each poll. CPU time is that of the processes, so that other
programs on the machine change it little. GANESHA_BUILD_DIR names a release build.
"""
import argparse
import contextlib
import itertools
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / 'support'), str(HERE.parent)]
sys.dont_write_bytecode = True
from bench import active  # noqa: E402
from harness import (  # noqa: E402
    LOOPBACK, Export, Exporter, FakeGanesha, Ganesha, PrivateBus, Prometheus, free_port, run_exporter,
    sample, skip_unless, wait_until)
from nfs41 import Nfs41  # noqa: E402

SECONDS = 9
SECONDS_BETWEEN_LOOKS = 0.25
POLL_EACH_SECOND = '--poll.interval=1s', '--poll.max-duty-ratio=1'
OPENMETRICS = {'Accept': 'application/openmetrics-text; version=1.0.0'}
AS_PROMETHEUS = OPENMETRICS | {'Accept-Encoding': 'gzip'}
FILE = '/mem1/file'
CLIENTS_PER_NETWORK = 64_000
# For --prometheus: 35,000 series a server, and long enough to begin a second chunk of 120 samples.
CLIENTS_OF_SERVER = 2500
SCRAPE_SECONDS, SCRAPES = 2, 150


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
    text = exporter.get(headers=OPENMETRICS).text
    memory = sample(page_of_polls(exporter), 'process_resident_memory_bytes')
    return {'clients': clients, 'exports': exports, 'calls': f'{made:.0f}',
            'series': sum(not line.startswith('#') for line in text.splitlines()),
            'kB': f'{len(text) / 1e3:.0f}', 'kB gzip': f'{len(exporter.get(headers=AS_PROMETHEUS).body) / 1e3:.0f}',
            'RSS MB': f'{memory / 1e6:.0f}', 'poll ms': f'{poll * 1e3:.1f}',
            'scrape ms': f'{max(both - poll, 0) * 1e3:.1f}'}


@contextlib.contextmanager
def busy_exporter(clients, exports, *flags):
    """Of a fake server whose clients are all active."""
    with PrivateBus() as bus, FakeGanesha(bus, clients=clients, exports=exports, client_protocols='NFSv41') as fake, \
            active(fake, clients), Exporter(f'--dbus.address={bus.address}', *flags) as exporter:
        yield exporter


def fake_rows(sizes, flags):
    for clients, exports in sizes:
        with busy_exporter(clients, exports, *POLL_EACH_SECOND, *flags) as exporter:
            yield exporter_row(exporter, clients, exports)


def prometheus_rows(numbers_of_servers):
    """A Prometheus scrapes one exporter under several addresses, as if there were several servers."""
    port = free_port()
    addresses = [f'127.0.0.{number}:{port}' for number in range(1, max(numbers_of_servers) + 1)]
    with busy_exporter(CLIENTS_OF_SERVER, 1, *(f'--web.listen-address={address}' for address in addresses)):
        for number in numbers_of_servers:
            yield prometheus_row(number, addresses[:number])


def prometheus_row(number, addresses):
    with Prometheus({'nfs': addresses}, scrape={'scrape_interval': f'{SCRAPE_SECONDS}s', 'scrape_timeout': f'{SCRAPE_SECONDS}s'}) as prometheus:
        own = prometheus.own
        begin, largest = time.monotonic(), 0
        while time.monotonic() - begin < SCRAPES * SCRAPE_SECONDS:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            largest = max(largest, own('process_resident_memory_bytes'))
        cpu = own('process_cpu_seconds_total') / own('prometheus_tsdb_head_samples_appended_total')
        return {'servers': number, 'series': f'{own("prometheus_tsdb_head_series"):.0f}', 'RSS MB': f'{largest / 1e6:.0f}',
                'heap MB': f'{own("go_memstats_heap_inuse_bytes") / 1e6:.0f}',
                'CPU ms per 100,000 samples': f'{cpu * 1e8:.0f}'}


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
    parser.add_argument('--flag', action='append', default=[], help='of the exporter; may be repeated')
    parser.add_argument('--prometheus', type=numbers, nargs='?', const=[1, 3, 6, 9], metavar='SERVERS',
                        help='what pages cost a real Prometheus, not the exporter')
    parser.add_argument('--real', action='store_true', help='what polls cost a real Ganesha, not the exporter')
    options = parser.parse_args()
    sizes = itertools.product(options.clients, options.exports)
    if options.real:
        skip_unless('ganesha.nfsd', root=True)
    print_table(itertools.starmap(real_row, sizes) if options.real else
                prometheus_rows(options.prometheus) if options.prometheus else fake_rows(sizes, options.flag))


if __name__ == '__main__':
    main()
