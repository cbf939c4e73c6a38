#!/usr/bin/python3
"""Measures how long the loop is busy without a pause: a large server is polled and scraped.

The longest turn decides how late a health check may be answered. It is the loop thread's CPU time: what else runs
on the machine does not count.
"""
import argparse
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
sys.dont_write_bytecode = True
from bench import SECONDS_BETWEEN_SCRAPES, STEADY, active, cpu_seconds  # noqa: E402
from harness import Exporter, FakeGanesha, PrivateBus, binary, sample  # noqa: E402
from harness.metrics_page import MetricsPage, with_exports  # noqa: E402

PAGES = '/', '/api/v1/status', '/-/healthy'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--clients', type=int, default=30000)
    parser.add_argument('--exports', type=int, default=100)
    parser.add_argument('--polls', type=int, default=3)
    parser.add_argument('--page-exports', type=int, help="also fetch the server's own page, with this number of busy exports")
    parser.add_argument('--bound', type=float, help='fail if a turn takes longer, in ms of CPU time')
    parser.add_argument('--server', default='', help='further flags of the fake server, as name=value,name=value')
    parser.add_argument('flags', nargs='*', help='further flags of the exporter')
    options = parser.parse_args()
    server = dict(flag.split('=') for flag in options.server.split(',') if flag)
    with PrivateBus() as bus, FakeGanesha(bus, clients=options.clients, exports=options.exports, **server) as fake, \
            active(fake, options.clients), MetricsPage(with_exports(options.page_exports or 0)) as page:
        own_page = () if options.page_exports is None else (
            '--collector.built_in', f'--ganesha.metrics-url={page.url}', '--ganesha.metrics-interval=1s')
        with Exporter(f'--dbus.address={bus.address}', *STEADY, *own_page, *options.flags,
                      binary=binary('loop_turns')) as exporter:
            began = time.monotonic()
            while sample(exporter.metrics(), 'ganesha_exporter_polls_total') < options.polls:
                for path in PAGES:
                    exporter.get(path, timeout=60)
                time.sleep(SECONDS_BETWEEN_SCRAPES)
            if page.requests:
                print(f'{page.requests} fetches of a page of {len(page.text) / 1e6:.1f} MB')
            print(f'{options.clients} clients, {options.polls} polls in {time.monotonic() - began:.1f} s, '
                  f'{cpu_seconds(exporter.pid):.1f} s of CPU')
            exporter.seconds_to_end()
            report = exporter.log.splitlines()[-1]
            print(report)
    longest = float(re.search(r'in ms: (\S+)', report)[1])
    if options.bound and longest > options.bound:
        sys.exit(f'a turn of {longest} ms, above {options.bound} ms')


if __name__ == '__main__':
    main()
