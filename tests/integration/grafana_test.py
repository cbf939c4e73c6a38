#!/usr/bin/python3
"""Each query of each dashboard as Grafana asks it: of a small fleet whose past is written into a real Prometheus.

The clients that are busiest change from minute to minute. One path has characters that must be escaped.
"""
import functools
import itertools
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'support')]
import dashboards  # noqa: E402
from grafana import ALL, Asker, step_of  # noqa: E402
from harness import Prometheus, skip_unless  # noqa: E402
from history import backfill, backfill_rules, lines_of  # noqa: E402
from exporter_pages import real_page  # noqa: E402
from traffic_model import PageModel  # noqa: E402

SERVERS = 'files1', 'files2', 'files3'
CLIENTS = 12
ODD = '/srv/"Größe" \\d+ \'a|b\' (ü)'
STEP, END = 15, 1_781_713_800
START = END - 900
# The label that each variable selects.
LABELS = {'job': 'job', 'instance': 'instance', 'export': 'path', 'client': 'client', 'protocol': 'protocol'}


def setUpModule():
    folder = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    text = real_page('--collector.export_details', '--collector.delegations', '--collector.fds', clients=CLIENTS, exports=3,
                     recorded='15.2', change=lambda fake: fake.control('AddExport', 'qs', 77, ODD),
                     shows='ganesha_client_operations_total{')
    lines = list(lines_of({name: PageModel(text, name) for name in SERVERS}, range(START - 600, END + 1, STEP), START - 5000))
    backfill(folder / 'plain', lines)
    shutil.copytree(folder / 'plain', folder / 'recorded')
    backfill_rules(folder / 'recorded', dashboards.RECORDING_RULES, START, END, STEP)
    AFleet.plain, AFleet.recorded = (
        unittest.enterModuleContext(Prometheus({}, data=folder / name)) for name in ('plain', 'recorded'))


@functools.cache
def asked(name, recorded=True, quotes=False, choice=ALL, **values):
    """The asker of a dashboard, and the answers of its panels."""
    asker = Asker(AFleet.recorded if recorded else AFleet.plain, START, END, STEP, quotes)
    dashboard = dashboards.load(name)
    asker.resolve(dashboard, {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()} or choice)
    annotations = list(asker.ask_annotations(dashboard))
    return asker, annotations + [answer for panel in dashboards.panels(dashboard) for answer in asker.ask(panel)]


def titles(answers):
    return sorted({answer.panel['title'] for answer in answers})


class AFleet(unittest.TestCase):
    plain = recorded = None

    def assert_within_choice(self, asker, answers):
        """No answer has a label with a value that was not chosen."""
        for variable, label in LABELS.items():
            chosen = asker.values[variable]
            # Some take further protocols too: those that count no reads and writes.
            selects = re.compile(rf'{label}=~["`]\$\{{?{variable}(:regex)?\}}?["`]')
            found = {series['metric'][label] for answer in answers if selects.search(answer.target['expr'])
                     for series in answer.result if label in series['metric']}
            if chosen != ALL:
                self.assertLessEqual(found, set(chosen), variable)


class Variables(AFleet):
    def test_find_each_server_client_and_path(self):
        options = asked('clients')[0].options
        self.assertEqual(options['instance'], list(SERVERS))
        self.assertEqual(len(options['client']), CLIENTS)
        self.assertIn(ODD, options['export'])

    def test_select_one_value(self):
        for name in dashboards.NAMES:
            with self.subTest(name):
                asker, answers = asked(name, choice=1)
                self.assertEqual(asker.values['instance'], ['files1'])
                self.assert_within_choice(asker, answers)

    def test_select_several_values(self):
        for name in dashboards.NAMES:
            with self.subTest(name):
                asker, answers = asked(name, choice=2)
                self.assert_within_choice(asker, answers)
                found = {series['metric'].get('instance') for answer in answers for series in answer.result}
                self.assertLessEqual({'files1', 'files2'}, found)

    def test_leave_no_panel_empty_that_has_data_of_all(self):
        for name in dashboards.NAMES:
            everything = titles(answer for answer in asked(name)[1] if answer.has_data)
            for choice in 1, 2:
                with self.subTest(name, choice=choice):
                    self.assertEqual(titles(answer for answer in asked(name, choice=choice)[1] if answer.has_data), everything)

    def test_select_a_path_with_quotes_a_backslash_and_other_letters(self):
        for paths, quotes in itertools.product(((ODD,), (ODD, '/export/1')), (False, True)):
            with self.subTest(paths=paths, quotes=quotes):
                asker, answers = asked('exports', quotes=quotes, export=paths)
                self.assert_within_choice(asker, answers)
                found = {series['metric'].get('path') for answer in answers for series in answer.result}
                self.assertLessEqual(set(paths), found)

    def test_take_each_of_their_options(self):
        taken = {(variable, option): name for name in dashboards.NAMES for variable, each in asked(name)[0].variables.items()
                 if each['type'] == 'custom' and not each['hide'] for option in asked(name)[0].options[variable]}
        for (variable, option), name in taken.items():
            with self.subTest(name, variable=variable, option=option):
                _, answers = asked(name, **{variable: option})
                self.assertTrue(any(answer.has_data for answer in answers))


class TheDashboards(AFleet):
    def test_need_no_recorded_rates(self):
        for name in dashboards.NAMES:
            with self.subTest(name):
                self.assertEqual(*(titles(answer for answer in asked(name, recorded)[1] if answer.has_data)
                                   for recorded in (True, False)))


class TheTop(AFleet):
    """Of panels that show the N highest."""

    def of_top(self, name, **values):
        asker, answers = asked(name, **values)
        ranked = {name for name, each in asker.variables.items() if each['type'] == 'query'
                  and '$top' in each['query']['query']}
        words = '$top', *(f'${name}' for name in ranked)
        return asker, [answer for answer in answers if any(word in answer.target['expr'] for word in words)]

    def test_is_never_more_than_n(self):
        for name, number in (('clients', '3'), ('clients', '7'), ('exports', '3'), ('overview', '3')):
            with self.subTest(name, number=number):
                _, answers = self.of_top(name, top=number)
                self.assertGreater(max(len(answer.result) for answer in answers), 2)
                self.assertEqual(titles(answer for answer in answers if len(answer.result) > int(number)), [])

    def test_is_unbroken_over_the_range(self):
        for name in 'clients', 'exports':
            _, answers = self.of_top(name)
            broken = [answer for answer in answers for series in answer.result
                      if answer.times and len(series['values']) != len(answer.times)]
            self.assertEqual(titles(broken), [])

    def test_changes_from_minute_to_minute(self):
        """Otherwise the others could not fail: topk() at each step gives more than N lines, with gaps."""
        asker, _ = asked('clients')
        target = {'expr': 'topk(3, sum by (instance, client) (rate(ganesha_client_transferred_bytes_total[1m])))', 'refId': 'A'}
        answer, = asker.ask({'targets': [target], 'maxDataPoints': 1000})
        self.assertGreater(len(answer.result), 3)
        self.assertTrue(any(len(series['values']) < len(answer.times) for series in answer.result))


# Bytes per second of each client, its server, and the minutes for which it exists, in a range of two hours.
MINUTES, NEW_SERVER = 120, 'files2'
COMING_AND_GOING = {
    'long': ('files1', 500, (0, MINUTES)), 'short': ('files1', 1000, (20, 30)), 'late': ('files1', 900, (80, MINUTES)),
    'fresh': (NEW_SERVER, 900, (80, MINUTES))}


def samples_of_clients():
    """Two servers: one is new. A client has no series before it comes, nor after it went."""
    for time in range(END - 60 * (MINUTES + 10), END + 1, 30):
        minute = MINUTES - (END - time) / 60
        for server in ('files1', NEW_SERVER) if minute >= 80 else ('files1',):
            target = f'job="ganesha",instance="{server}"'
            yield f'ganesha_up{{{target}}} 1 {time}\n'
            yield (f'ganesha_export_operations_total{{{target},path="/a",protocol="NFSv3",operation="read"}} '
                   f'{60 * (minute + 10):.0f} {time}\n')
        for client, (server, rate, (first, last)) in COMING_AND_GOING.items():
            if first <= minute <= last:
                yield (f'ganesha_client_transferred_bytes_total{{job="ganesha",instance="{server}",client="{client}",'
                       f'protocol="NFSv3",operation="read"}} {(minute - first) * 60 * rate:.0f} {time}\n')


class TheMeanOverTheRange(unittest.TestCase):
    """Of clients that come and go; their rates recorded or not."""

    def means(self, recorded_minutes):
        start = END - 60 * MINUTES
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / 'data'
            backfill(data, samples_of_clients())
            if recorded_minutes:
                backfill_rules(data, dashboards.RECORDING_RULES, END - 60 * recorded_minutes, END, 30)
            with Prometheus({}, data=data) as prometheus:
                answers = Asker(prometheus, start, END).resolve(dashboards.load('clients'))
        ranked = next(answer.result for answer in answers if answer.panel['name'] == 'shown_clients')
        return {each['metric']['client']: float(each['value'][1]) for each in ranked}

    def assert_true(self, means, servers=('files1', NEW_SERVER)):
        for client, (server, rate, (first, last)) in COMING_AND_GOING.items():
            if server not in servers:
                continue
            true = rate * (last - first) / MINUTES
            self.assertAlmostEqual(means[client], true, delta=0.15 * true, msg=client)

    def test_counts_the_time_without_a_series(self):
        self.assert_true(self.means(0))

    def test_is_the_same_of_recorded_rates(self):
        self.assert_true(self.means(MINUTES + 5))

    def test_is_the_same_if_only_the_last_third_was_recorded(self):
        # Of a server newer than the rules, it is the mean over the time since they were loaded.
        self.assert_true(self.means(MINUTES // 3), ['files1'])


class Grafana(unittest.TestCase):
    """What the runner takes over from it."""

    def test_rounds_steps_to_intervals_that_people_use(self):
        self.assertEqual([step_of(span, 900, 15) for span in (300, 3600, 21_600, 86_400, 604_800)], [15, 15, 20, 120, 600])
        self.assertEqual(step_of(21_600, 900, 60), 60)


if __name__ == '__main__':
    skip_unless('dbus-daemon', 'busctl', 'prometheus', 'promtool')
    unittest.main(verbosity=2)
