"""A Prometheus that has recorded a working day: what the pictures of the dashboards show."""
import contextlib
import pathlib
import random
import tempfile

from working_day import END, SERVERS, START, STEP, TIMES, flows_of
import day_own_page
import day_series
import day_server
from day_series import Page
import dashboards
from harness import Prometheus
from history import backfill, backfill_rules


def page_of(server):
    """The day of one server."""
    chance = random.Random(server.name)
    flows, page = list(flows_of(server, chance)), Page(server)
    loads = {export.path: [count / STEP for count in day_series.sum_of(
        *(flow.total for flow in flows if flow.export is export))] for export in server.exports}
    states = {export.path: list(export.state(loads[export.path], chance)) for export in server.exports}
    busy = day_server.busyness(flows)
    for part in day_series.exports, day_series.clients, day_series.procedures:
        part(page, flows, states)
    day_server.heartbeat(page)
    day_server.caches(page, flows, busy)
    day_own_page.own_page(page, flows, states, busy)
    for part in day_server.look_ups, day_server.process, day_server.exporter:
        part(page, busy)
    day_server.target(page)
    return page


def lines():
    """All samples, minute by minute."""
    series = [each for server in SERVERS for each in page_of(server).series]
    for index, time in enumerate(TIMES):
        for prefix, values in series:
            if values[index] is not None:
                yield f'{prefix} {values[index]} {time}\n'


class Day(contextlib.ExitStack):
    """Attributes: prometheus, and start, end and scrape_interval of what it has recorded."""

    start, end, scrape_interval = START, END, STEP

    def __enter__(self):
        data = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(dir='/var/tmp')))
        backfill(data, lines())
        backfill_rules(data, dashboards.RECORDING_RULES, START, END, STEP)
        self.prometheus = self.enter_context(Prometheus({}, data=data))
        return self
