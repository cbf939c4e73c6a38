#!/usr/bin/python3
"""Measures a poll and a scrape of a large server, as ratios to something measured at the same time.

The server is the fake Ganesha, the base line of a poll is a bare sd-bus loop that makes the same calls with the
same window on the same bus; the base line of ten scrapers at once is one scraper.
"""
import argparse
import contextlib
import http.client
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
sys.dont_write_bytecode = True
from harness import Exporter, FakeGanesha, Prometheus, PrivateBus, binary, sample, wait_until  # noqa: E402
from harness.https import curl, make_certificates  # noqa: E402

POLLS = 7
# No limit.
ALL_CLIENTS = '--collector.clients.max=0'
FULL_SPEED = (ALL_CLIENTS, '--poll.interval=1ms', '--poll.max-duty-ratio=1')
# The collectors that make the bare loop's calls.
SAME_CALLS = ('--collector.disable-defaults', '--collector.server', '--collector.exports', '--collector.clients')
SECONDS_BETWEEN_TICKS = 0.5
# Longer than the exporter keeps reading a client that became idle.
SECONDS_TO_SETTLE = 4
# About one poll per two scrapes.
STEADY = (ALL_CLIENTS, '--poll.interval=1s', '--poll.max-duty-ratio=1')
SECONDS_BETWEEN_SCRAPES = 0.47
SCRAPES_OF_PROMETHEUS = 15
# With a cost of 10, as exporter-toolkit's examples have.
PASSWORD, PASSWORD_HASH = 'secret', '$2b$10$AcHmLQ4JOB8TLQ2mzHQR7Oa.Be7wvdV4KzMFvZiXitmRVvoMkPWsi'
FORMATS = {
    'text': {},
    'OpenMetrics, gzip': {'Accept': 'application/openmetrics-text; version=1.0.0', 'Accept-Encoding': 'gzip'},
}


def bare_polls(bus, *flags):
    """(wall, CPU) seconds of each poll of the bare loop."""
    command = [binary('bare_loop'), f'--address={bus.address}', f'--polls={POLLS}', *flags]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [tuple(map(float, line.split()[:2])) for line in lines]


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def small_page(exporter):
    return exporter.metrics('/metrics?collect[]=server')


@contextlib.contextmanager
def active(fake, clients):
    """Keeps this many clients active: the exporter does not read idle ones."""
    end = threading.Event()

    def tick():
        while not end.wait(SECONDS_BETWEEN_TICKS):
            fake.control('TickSome', 'u', clients)
    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def exporter_polls(bus, *flags, settle=0):
    """(wall, CPU) seconds of a poll of the exporter: the mean over some polls at full speed."""
    with Exporter(f'--dbus.address={bus.address}', *FULL_SPEED, *flags) as exporter:
        def polls():
            return sample(small_page(exporter), 'ganesha_exporter_polls_total')
        wait_until(lambda: polls() >= 2, 60, 'the first polls')
        time.sleep(settle)
        began, first, cpu = time.monotonic(), polls(), cpu_seconds(exporter.pid)
        wait_until(lambda: time.monotonic() - began > 2 and polls() > first, 60, 'some polls')
        last, wall, cpu = polls(), time.monotonic() - began, cpu_seconds(exporter.pid) - cpu
        return wall / (last - first), cpu / (last - first)


def idle_rows(bus, fake, clients):
    """All collectors that are on by default, while all clients are active and while one in a hundred is."""
    for count, settle in (clients, 0), (clients // 100, SECONDS_TO_SETTLE):
        with active(fake, count):
            wall, cpu = exporter_polls(bus, settle=settle)
        yield f'default poll, {count} active', f'{wall * 1e3:.1f} ms', f'{cpu * 1e3:.1f} ms of CPU', ''


def poll_rows(bus, fake, clients, pairs, settle=0):
    """The same calls by both, with this many active clients."""
    bare, ours = [], []
    with active(fake, clients):
        for _ in range(pairs):
            mine = bare_polls(bus, f'--clients={clients}')
            bare.append(tuple(statistics.median(column) for column in zip(*mine)))
            ours.append(exporter_polls(bus, *SAME_CALLS, settle=settle))
    for index, what in enumerate(('wall', 'CPU')):
        ratios = sorted(our[index] / mine[index] for our, mine in zip(ours, bare))
        yield (f'poll, {clients} active, {what}', f'{statistics.median(o[index] for o in ours) * 1e3:.1f} ms',
               f'{statistics.median(b[index] for b in bare) * 1e3:.1f} ms bare sd-bus loop',
               f'{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})')


def scrape_times(exporter, headers, count=20):
    """Milliseconds of each scrape over one kept connection, and the page's size."""
    connection = http.client.HTTPConnection(*exporter.address.rsplit(':', 1))
    times = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request('GET', '/metrics', headers=headers)
        size = len(connection.getresponse().read())
        times.append((time.perf_counter() - began) * 1e3)
        time.sleep(SECONDS_BETWEEN_SCRAPES)
    connection.close()
    return times, size


def scrape_rows(exporter):
    for name, headers in FORMATS.items():
        times, size = scrape_times(exporter, headers)
        yield (f'scrape, {name}', f'{statistics.median(times[1:]):.2f} ms',
               f'{max(times[1:]):.1f} ms the slowest, {times[0]:.1f} the very first', f'{size / 1e6:.2f} MB')


def milliseconds(get):
    began = time.perf_counter()
    get()
    return (time.perf_counter() - began) * 1e3


class CatServer:
    """Sends a file by cat to whoever connects to `address`."""

    def __init__(self, path):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.address = self.listener.getsockname()
        self.thread = threading.Thread(target=self.serve, args=[path], daemon=True)
        self.thread.start()

    def serve(self, path):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                subprocess.run(['cat', path], stdout=connection, check=True)


def read_to_the_end(address):
    with socket.create_connection(address) as connection:
        while connection.recv(1 << 20):
            pass


def cat_rows(exporter):
    """A cached page against cat of the same bytes through a socket, each over a connection of its own."""
    headers = FORMATS['OpenMetrics, gzip']

    def scrape():
        connection = http.client.HTTPConnection(*exporter.address.rsplit(':', 1))
        connection.request('GET', '/metrics', headers=headers)
        body = connection.getresponse().read()
        connection.close()
        return body
    with tempfile.NamedTemporaryFile() as page:
        page.write(scrape())
        page.flush()
        cat = CatServer(page.name)
        pairs = [(milliseconds(scrape), milliseconds(lambda: read_to_the_end(cat.address))) for _ in range(60)]
    ours, cats = (statistics.median(column) for column in zip(*pairs))
    yield ('cached scrape, gzip', f'{ours:.2f} ms', f'{cats:.2f} ms cat through a socket', f'{ours / cats:.2f}')


@contextlib.contextmanager
def secured(bus):
    """An exporter like the others, but with TLS 1.3 and a password; and what a client of it needs."""
    with tempfile.TemporaryDirectory() as folder:
        certificates, web = make_certificates(folder), pathlib.Path(folder, 'web.yml')
        web.write_text('tls_server_config: {cert_file: server.pem, key_file: server.key, min_version: TLS13}\n'
                       f'basic_auth_users: {{bench: {PASSWORD_HASH}}}\n')
        with Exporter(f'--dbus.address={bus.address}', *STEADY, f'--web.config.file={web}') as exporter:
            yield exporter, certificates / 'ca.pem'


def curl_times(url, *arguments):
    """Milliseconds of each of some gzipped pages over one kept connection, with what it takes to unzip them."""
    one = [url, '--silent', '--show-error', '--noproxy', '*', '--compressed', '--output', os.devnull, '--write-out',
           '%{http_code} %{time_total}\n', *map(str, arguments)]
    command = ['curl', *one]
    for _ in range(30):
        command += ['--next', *one]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    if any(not line.startswith('200 ') for line in lines):
        raise SystemExit(f'{url} answers {lines[0]}')
    return [float(line.split()[1]) * 1e3 for line in lines[1:]]


def tls_rows(bus, plain):
    with secured(bus) as (exporter, ca):
        url, login = f'https://localhost:{exporter.port}/metrics', f'bench:{PASSWORD}'
        wait_until(lambda: curl(url, '--cacert', ca, '--user', login, '--output', os.devnull)[0] == 200, 60, 'a page over TLS')
        pairs = [(statistics.median(curl_times(url, '--cacert', ca, '--user', login)),
                  statistics.median(curl_times(f'http://{plain.address}/metrics'))) for _ in range(5)]
        ours, base = (statistics.median(column) for column in zip(*pairs))
        yield 'page, TLS and password', f'{ours:.2f} ms', f'{base:.2f} ms plain, read by curl', f'{ours / base:.2f}'
        if not shutil.which('prometheus'):
            yield 'scrape by Prometheus, TLS', 'not measured', 'prometheus is not installed', ''
            return
        scrape = {'https': {'scheme': 'https', 'tls_config': {'ca_file': str(ca), 'min_version': 'TLS13'},
                            'basic_auth': {'username': 'bench', 'password': PASSWORD}}}
        # One after the other: each may take a whole core.
        seconds = {}
        for job, address in ('http', plain.address), ('https', f'localhost:{exporter.port}'):
            with Prometheus({job: [address]}, scrape=scrape.get(job), interval='5s') as prometheus:
                def count():
                    found = prometheus.query(f'sum_over_time(up{{job="{job}"}}[5m])')
                    return int(found[0]['value'][1]) if found else 0
                wait_until(lambda: count() >= SCRAPES_OF_PROMETHEUS, 300, 'the scrapes')
                query = f'quantile_over_time(0.5, scrape_duration_seconds{{job="{job}"}}[5m])'
                seconds[job] = float(prometheus.query(query)[0]['value'][1])
        yield ('scrape by Prometheus, TLS', f'{seconds["https"] * 1e3:.0f} ms', f'{seconds["http"] * 1e3:.0f} ms plain',
               f'{seconds["https"] / seconds["http"]:.2f}')


def requests_per_second(exporter, connections):
    command = ['wrk', '-t1', f'-c{connections}', '-d3s', f'http://{exporter.address}/metrics']
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r'Requests/sec:\s+([\d.]+)', output)[1])


def scraper_rows(exporter):
    if not shutil.which('wrk'):
        yield 'ten scrapers at once', 'not measured', 'wrk is not installed', ''
        return
    one, ten = requests_per_second(exporter, 1), requests_per_second(exporter, 10)
    yield 'pages/s, ten scrapers', f'{ten:.0f}', f'{one:.0f} one scraper', f'{ten / one:.2f}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--clients', type=int, default=1000)
    parser.add_argument('--exports', type=int, default=100)
    parser.add_argument('--protocols', default='', help='of each client, such as NFSv41; all by default')
    parser.add_argument('--pairs', type=int, default=5, help='how often loop and exporter take turns')
    options = parser.parse_args()
    print(f'{options.clients} clients, {options.exports} exports, layout 15.2, {os.cpu_count()} cores')
    with PrivateBus() as bus, FakeGanesha(bus, clients=options.clients, exports=options.exports,
                                          client_protocols=options.protocols) as fake:
        rows = list(poll_rows(bus, fake, options.clients, options.pairs))
        rows += poll_rows(bus, fake, options.clients // 100, options.pairs, SECONDS_TO_SETTLE)
        rows += idle_rows(bus, fake, options.clients)
        with Exporter(f'--dbus.address={bus.address}', *STEADY) as exporter:
            wait_until(lambda: sample(small_page(exporter), 'ganesha_info', version='15.2'), 60, 'a poll')
            rows += scrape_rows(exporter)
            rows += cat_rows(exporter)
            rows += scraper_rows(exporter)
            rows += tls_rows(bus, exporter)
            memory = sample(small_page(exporter), 'process_resident_memory_bytes')
            rows.append(('resident memory', f'{memory / 1e6:.1f} MB', 'after the scrapes above', ''))
    for row in rows:
        print('  {:28} {:>12}  {:36} {}'.format(*row))


if __name__ == '__main__':
    main()
