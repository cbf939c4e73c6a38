#!/usr/bin/python3
"""Measures every query of every dashboard as Grafana asks it, of a fleet in a real Prometheus.

    tests/bench/fleet_bench.py --servers=10 --clients=1000       # scrapes for four minutes, then asks
    tests/bench/fleet_bench.py ... --data=DIR                    # and keeps the data; if they are there, only asks
    tests/bench/fleet_bench.py --history --seconds=21600 --scrape-interval=60s --servers=2 --ranges=5m,1h,6h
                                                                 # writes six hours of the past rather than to scrape
    tests/bench/fleet_bench.py --url=http://localhost:9090 --seconds=3600   # asks another Prometheus

The pages are those of a real exporter with the fake server, whose counters then differ from server to server, as does
the ranking of the clients. Prints the time, the series and the bytes of each query, and their sums by dashboard. The time
is the smaller of the elapsed time and of Prometheus' CPU time, so that other programs on the machine change it little;
both are printed.
"""
import argparse
import contextlib
import json
import pathlib
import statistics
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / 'support'), str(HERE.parent)]
sys.dont_write_bytecode = True
import dashboards  # noqa: E402
from grafana import Asker, duration, seconds_of  # noqa: E402
from fleet_data import ABOUT, RULES, scrape, write_history  # noqa: E402
from harness import Prometheus, PrometheusApi, skip_unless  # noqa: E402
from sizing import cpu_seconds  # noqa: E402


class Watched(PrometheusApi):
    """Notes how much CPU time each query took: no limit if the process is unknown."""

    def __init__(self, host, port, pid=None):
        super().__init__(host, port)
        self.pid, self.spent = pid, []

    def body(self, what, parameters=()):
        before = cpu_seconds(self.pid) if self.pid else float('-inf')
        body = super().body(what, parameters)
        self.spent.append((cpu_seconds(self.pid) if self.pid else 0) - before)
        return body


def measured(asker, dashboard, repeat):
    """(title, refId, medians of the seconds that count, of those elapsed and of CPU, series, bytes, answer) of each query,
    those of variables too."""
    def all_answers():
        asker.prometheus.spent.clear()
        answers = [(f'variable {answer.panel["name"]}', 'A', answer) for answer in asker.resolve(dashboard)]
        answers += [(answer.panel['title'], answer.target['refId'], answer) for answer in asker.ask_annotations(dashboard)]
        answers += [(panel['title'], answer.target['refId'], answer)
                    for panel in dashboards.panels(dashboard) for answer in asker.ask(panel)]
        return answers, [(min(answer.seconds, cpu), answer.seconds, cpu)
                         for (_, _, answer), cpu in zip(answers, asker.prometheus.spent)]
    rounds = [all_answers() for _ in range(repeat)]
    for (title, letter, answer), *times in zip(rounds[0][0], *(times for _, times in rounds)):
        yield title, letter, *map(statistics.median, zip(*times)), len(answer.result), answer.size, answer


def report(asker, options):
    """Prints the table; returns {name: (sum, slowest)}."""
    found = {}
    for path in sorted(options.dashboards.glob('*.json')):
        if options.only and path.stem not in options.only:
            continue
        rows = list(measured(asker, json.loads(path.read_text()), options.repeat))
        times = [row[2] for row in rows]
        found[path.stem] = sum(times), max(times)
        print(f'\n{path.stem}: {len(rows)} queries, {sum(times):.2f} s in sum, the slowest {max(times):.2f} s, '
              f'elapsed {sum(row[3] for row in rows):.2f} s, CPU {sum(row[4] for row in rows):.2f} s, '
              f'{sum(row[6] for row in rows) / 1e6:.2f} MB', flush=True)
        for title, letter, seconds, elapsed, cpu, series, size, answer in sorted(rows, key=lambda row: -row[2])[:options.rows]:
            print(f'  {seconds * 1e3:7.0f} ms (elapsed {elapsed * 1e3:.0f}, CPU {cpu * 1e3:.0f}) {series:6} series {size / 1e3:8.1f} kB  {title} {letter}')
            if options.verbose:
                print(f'      {answer.expression}')
    return found


def report_rules(asker, options):
    """Prints what evaluating the rules takes, as a share of one core: asking for it costs about the same.

    Returns complaints.
    """
    import yaml
    total = 0
    for group in yaml.safe_load((options.dashboards / RULES).read_text())['groups']:
        interval = seconds_of(group.get('interval', duration(asker.scrape_interval)))
        seconds, size = 0, 0
        for rule in group['rules']:
            asker.prometheus.spent.clear()
            before = time.perf_counter()
            size += len(asker.prometheus.query(rule['expr'], asker.end))
            seconds += min(time.perf_counter() - before, asker.prometheus.spent[0])
        total += seconds / interval
        print(f'  {seconds / interval:6.2%} {size:6} series  {group["name"]}: {len(group["rules"])} rules in {seconds:.2f} s, '
              f'every {interval} s')
    print(f'rules: {total:.2%} of one core')
    limit = options.limits.get('rules', float('inf'))
    return [f'rules: {total:.2%} of one core, more than {limit:.2%}'] if total > limit else []


def exceeded(found, options):
    for name, (total, slowest) in found.items():
        if slowest > options.limit:
            yield f'{name}: a query takes {slowest:.2f} s, more than {options.limit:g} s'
        if total > options.limits.get(name, float('inf')):
            yield f'{name}: {total:.2f} s in sum, more than {options.limits[name]:g} s'


def limits(text):
    return {name: float(limit) for name, _, limit in (each.partition('=') for each in text.split(','))}


def spans(text):
    return [seconds_of(each) for each in text.split(',')]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--servers', type=int, default=10)
    parser.add_argument('--clients', type=int, default=1000, help='of each server')
    parser.add_argument('--exports', type=int, default=50, help='of each server')
    parser.add_argument('--seconds', type=int, default=240, help='how long to scrape, and the range to ask')
    parser.add_argument('--scrape-interval', type=seconds_of, default=15, metavar='15s')
    parser.add_argument('--history', action='store_true', help='writes a past rather than to scrape')
    parser.add_argument('--unrecorded', action='store_true', help='a past without recording rules')
    parser.add_argument('--ranges', type=spans, metavar='5m,6h', help='the ranges to ask, if not all')
    parser.add_argument('--data', type=pathlib.Path, help="Prometheus' data; they are kept")
    parser.add_argument('--url', type=urllib.parse.urlsplit, help='of a Prometheus to ask')
    parser.add_argument('--dashboards', type=pathlib.Path, default=dashboards.FOLDER)
    parser.add_argument('--only', type=lambda text: text.split(','), help='the dashboards to ask: clients,overview')
    parser.add_argument('--repeat', type=int, default=3, help='how often to ask; the median counts')
    parser.add_argument('--rows', type=int, help='the number of queries to print of each dashboard')
    parser.add_argument('--verbose', action='store_true', help='prints the queries too')
    parser.add_argument('--rules', action='store_true', help='what the recording rules take, too')
    parser.add_argument('--limit', type=float, default=float('inf'), help='of each query, in seconds')
    parser.add_argument('--limits', type=limits, default={}, help='of the sums: clients=4,overview=1; of the rules: rules=0.05 of a core')
    return parser.parse_args()


def known_fleet(options, stack):
    """The Prometheus with the data, and what is known of them."""
    if options.url:
        end = round(time.time())
        return Watched(options.url.hostname, options.url.port), {'start': end - options.seconds, 'end': end}
    data = options.data
    if not data:
        data = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir='/var/tmp')))
    data.mkdir(parents=True, exist_ok=True)
    if any(data.iterdir()) and not (data / ABOUT).exists():
        sys.exit(f'{data} has data that are not of a whole fleet: name another directory')
    if not (data / ABOUT).exists():
        (write_history if options.history else scrape)(options, data.resolve())
    about = json.loads((data / ABOUT).read_text())
    print(', '.join(f'{value} {name}' for name, value in about.items() if name in ('servers', 'clients', 'exports')))
    if 'memory' in about:
        print(f'Prometheus took {about["memory"] / 1e6:.0f} MB for {about["series"]:.0f} series')
    prometheus = stack.enter_context(Prometheus({}, data=data.resolve()))
    return Watched(prometheus.host, prometheus.port, prometheus.pid), about


def main():
    options = arguments()
    skip_unless('dbus-daemon', 'prometheus', 'promtool', modules=['yaml'])
    complaints = []
    with contextlib.ExitStack() as stack:
        prometheus, about = known_fleet(options, stack)
        end, interval = about['end'], about.get('scrape_interval', options.scrape_interval)
        if options.rules:
            complaints += report_rules(Asker(prometheus, about['start'], end, interval), options)
        for span in options.ranges or [end - about['start']]:
            print(f'\nrange {duration(span)}, scrape interval {duration(interval)}')
            complaints += exceeded(report(Asker(prometheus, end - span, end, interval), options), options)
    print(*complaints, sep='\n')
    sys.exit(bool(complaints))


if __name__ == '__main__':
    main()
