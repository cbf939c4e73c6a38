"""Fills a Prometheus with a fleet: scrapes servers whose counters grow, or writes their past."""
import json
import threading
import time

import dashboards
from harness import Prometheus
from history import backfill, backfill_rules, lines_of
from exporter_pages import PageOfEach, real_page
from traffic_model import PageModel

# All that the fake server knows of.
COLLECTORS = [f'--collector.{name}' for name in ('export_details', 'delegations', 'fds', 'fsal')]
JOB = 'ganesha'
RULES = 'ganesha.rules.yml'
ABOUT = 'fleet.json'


def fleet_page(options):
    """Of a server of this size, after each client was active."""
    return real_page(*COLLECTORS, shows=f'ganesha_clients {options.clients}', change=lambda fake: fake.control('Tick', 'u', 1),
                     clients=options.clients, exports=options.exports, client_protocols='NFSv41', recorded='15.2')


class Replay(PageOfEach):
    """Serves the page of each server with counters that grow."""

    def __init__(self, page, names):
        self.models = {name: PageModel(page, name) for name in names}
        self.start = time.time()
        self.lock = threading.Lock()

    def page(self, name):
        # One at a time: pages of many servers at once would all be late.
        with self.lock:
            return self.models[name].page(3600 + time.time() - self.start)


def note(data, options, start, end, **more):
    """Writes what `data` are of, for a later run."""
    (data / ABOUT).write_text(json.dumps({
        'start': start, 'end': end, 'scrape_interval': options.scrape_interval, 'servers': options.servers,
        'clients': options.clients, 'exports': options.exports, **more}))


def scrape(options, data):
    """Fills `data`: a fleet is scraped for the wanted time."""
    names = [f'files{number}' for number in range(1, options.servers + 1)]
    page = fleet_page(options)
    print(f'{sum(line[0] != "#" for line in page.splitlines())} series a server, {len(page) / 1e6:.1f} MB a page', flush=True)
    with Replay(page, names) as replay, Prometheus(
            {JOB: dict.fromkeys(names, replay.address)}, [options.dashboards / RULES], {'relabel_configs': [replay.relabel]},
            interval=f'{options.scrape_interval}s', data=data) as prometheus:
        start = time.time()
        # Each server is scraped first at its own moment of the first interval.
        time.sleep(options.seconds + options.scrape_interval)
        end = time.time()
        held = {'memory': prometheus.own('process_resident_memory_bytes'),
                'series': prometheus.own('prometheus_tsdb_head_series')}
    note(data, options, round(end) - options.seconds, round(end), **held)
    print(f'scraped for {end - start:.0f} s', flush=True)


def asked_families(options):
    """The families that the dashboards ask, as do the rules: others would only cost time."""
    texts = [path.read_text() for path in (*options.dashboards.glob('*.json'), options.dashboards / RULES)]
    return {word for text in texts for word in dashboards.WORD.findall(text)}


def write_history(options, data):
    """Fills `data`: counters of the past, and what the recording rules make of them."""
    page = fleet_page(options)
    models = {f'files{number}': PageModel(page, f'files{number}') for number in range(1, options.servers + 1)}
    end = int(time.time()) // options.scrape_interval * options.scrape_interval
    start = end - options.seconds
    times = range(start, end + 1, options.scrape_interval)
    backfill(data, lines_of(models, times, start - 3600, asked_families(options), JOB))
    if not options.unrecorded:
        backfill_rules(data, options.dashboards / RULES, start, end, options.scrape_interval)
    note(data, options, start, end)
