#!/usr/bin/python3
"""Each query of each dashboard against real servers under traffic; the dashboards as pictures of a plausible day."""
import functools
import re
import unittest

import pictures
from day import Day
from fleet import Fleet
import dashboards
from grafana import Answer, Asker
from harness import HarnessError, nfs_namespace, skip_unless
from harness.exporter import build_dir

MOST_BYTES = 350_000


def setUpModule():
    OnRealFigures.fleet = unittest.enterModuleContext(Fleet())


def asker_of(fleet):
    return Asker(fleet.prometheus, fleet.start, fleet.end, fleet.scrape_interval)


@functools.cache
def asked(name, job=''):
    """The values of a dashboard's variables, and its panels with their answers; they do not change.

    "Top" is at 50, so that the panels show every export and client of this fleet.
    """
    dashboard = dashboards.load(name)
    asker = asker_of(OnRealFigures.fleet)
    asker.resolve(dashboard, {'top': '50', **({'job': [job]} if job else {})})
    found = {name: asker.options[name] for name, each in dashboards.variables(dashboard).items() if each['type'] == 'query'}
    return found, [(panel, asker.ask(panel)) for panel in dashboards.panels(dashboard)]


# They compare with a day ago, and this fleet is minutes old.
NEED_A_DAY = 'Growth over a day',


class OnRealFigures(unittest.TestCase):
    fleet = None

    def assert_all(self, holds):
        """Asserts holds(panel, answer) for each query of each panel."""
        failing = [(name, panel['title'], answer.target['refId'])
                   for name in dashboards.NAMES for panel, answers in asked(name)[1] for answer in answers
                   if not holds(panel, answer)]
        self.assertEqual(failing, [])


class TheDashboards(OnRealFigures):
    def test_have_variables_with_values(self):
        for name in dashboards.NAMES:
            found = dict(asked(name)[0])
            self.assertEqual(found.pop('cluster'), [], 'no such label in this Prometheus')
            for variable, values in found.items():
                self.assertGreater(len(values), 1, f'{name}: {variable}')

    def test_ask_what_gives_data(self):
        self.assert_all(lambda panel, answer: answer.has_data or panel['title'] in NEED_A_DAY)

    def test_name_series_by_labels_that_they_have(self):
        self.assert_all(lambda _, answer: not answer.missing_labels())

    def test_link_by_labels_that_series_have(self):
        def has_labels(panel, answer):
            wanted = {label for link in dashboards.links_of(panel, answer.target)
                      for label in re.findall(r'__field\.labels\.(\w+)', link['url'])}
            return all(wanted <= set(series['metric']) for series in answer.result)
        self.assert_all(has_labels)


class SomeoneNewTo(OnRealFigures):
    """files3 is down, files4 unreachable; writes to the disk are slow; the stream has the highest throughput."""

    def answers(self, name, title):
        return next(answers for panel, answers in asked(name, 'ganesha')[1] if panel['title'] == title)

    def first(self, name, title):
        return self.answers(name, title)[0].result[0]['metric']

    def test_the_overview_finds_the_server_that_is_down(self):
        state, *_ = self.answers('overview', 'Servers')
        states = {series['metric']['instance']: series['value'][1] for series in state.result}
        self.assertEqual(states, {'files1': '1', 'files2': '1', 'files3': '0', 'files4': '-1'})

    def test_the_overview_finds_the_slow_export(self):
        self.assertEqual(self.first('overview', 'Slowest exports')['instance'], 'files1')
        self.assertIn(self.first('overview', 'Slowest exports')['path'], {'/srv/home', '/srv/projects'})

    def test_the_overview_and_the_clients_find_the_client_that_causes_the_load(self):
        busiest = [series['metric'] for series in self.answers('overview', 'Busiest clients')[0].result]
        self.assertEqual(next(each['client'] for each in busiest if each['instance'] == 'files1'),
                         '127.0.0.11')
        longest = self.first('clients', 'Server time')
        self.assertEqual(longest['instance'], 'files1')
        self.assertIn(longest['client'], {'127.0.0.11', '127.0.0.13'}, 'these write to the disk')

    def test_the_clients_finds_what_it_does(self):
        calls = self.answers('clients', 'Calls by procedure')[0].result
        self.assertIn(('10.0.0.5', 'WRITE'), {(series['metric']['client'], series['metric']['procedure'])
                                                for series in calls})


class ThePictures(unittest.TestCase):
    folder = build_dir() / 'dashboards'

    @classmethod
    def setUpClass(cls):
        cls.day = cls.enterClassContext(Day())

    def test_show_every_panel_filled_and_whole(self):
        complaints = pictures.draw([pictures.content(self.day, name) for name in dashboards.NAMES],
                                   self.folder)
        self.assertEqual(complaints, {name: [] for name in dashboards.NAMES})
        for name in dashboards.NAMES:
            self.assertLess((self.folder / f'{name}.png').stat().st_size, MOST_BYTES)

    def test_are_of_families_and_collectors_that_an_exporter_has(self):
        def recorded(label, selector):
            return set(self.day.prometheus.label_values(label, selector, start=self.day.start, end=self.day.end))
        self.assertLessEqual(recorded('__name__', '{job="ganesha"}'), dashboards.SERIES | dashboards.RECORDED)
        collectors = recorded('collector', 'ganesha_exporter_collector_success')
        self.assertIn('exports', collectors)
        self.assertLessEqual(collectors, dashboards.COLLECTORS)

    def test_mark_what_happened_though_asked_in_steps_of_many_minutes(self):
        marked = {mark['color'] for mark in pictures.content(self.day, 'overview')['marks']}
        self.assertEqual(marked, {each['iconColor'] for each in dashboards.load('overview')['annotations']['list']})

    def test_complain_of_what_is_not_there(self):
        content = pictures.content(self.day, 'overview')
        panels = [panel for panel in content['dashboard']['panels'] if panel['type'] != 'row']
        for panel in panels:
            for answer in content['answers'][panel['id']]:
                answer['result'] = []
        complaints = pictures.draw([content], self.folder / 'empty')['overview']
        self.assertEqual(len(complaints), len(panels), complaints)

    def complaints_of_the_table(self, change):
        content = pictures.content(self.day, 'exports')
        change(next(panel for panel in content['dashboard']['panels'] if panel['type'] == 'table'))
        return ' '.join(pictures.draw([content], self.folder / 'wrong')['exports'])

    def test_complain_of_a_column_that_a_link_misses(self):
        def rename(panel):
            panel['transformations'][1]['options']['renameByName']['instance'] = 'Host'
        self.assertIn('links take columns that are not there: Server', self.complaints_of_the_table(rename))

    def test_complain_of_what_is_cut_off(self):
        def narrow(panel):
            panel['fieldConfig']['overrides'][0]['properties'].append({'id': 'custom.width', 'value': 30})
        self.assertIn('cut off: /srv/projects', self.complaints_of_the_table(narrow))


class TheProof(OnRealFigures):
    """It can fail."""

    def answer(self, expression, legend=''):
        asker = asker_of(self.fleet)
        asker.resolve(dashboards.load('overview'))
        target = {'expr': expression, 'legendFormat': legend, 'instant': False, 'refId': 'A'}
        return Answer({}, target, asker.ask({'targets': [target], 'maxDataPoints': 1000})[0].result)

    def test_sees_what_does_not_parse(self):
        with self.assertRaises(HarnessError):
            self.answer('sum by (instance (ganesha_up)')

    def test_sees_what_gives_nothing(self):
        self.assertTrue(self.answer('ganesha_up{instance=~"$instance"}').has_data)
        self.assertFalse(self.answer('ganesha_up{instance=~"another"}').has_data)
        self.assertFalse(self.answer('0 * ganesha_up / 0').has_data)

    def test_sees_a_label_that_a_series_lacks(self):
        self.assertEqual(self.answer('ganesha_up', '{{instance}} {{path}}').missing_labels(), {'path'})


if __name__ == '__main__':
    skip_unless('ganesha.nfsd', 'dbus-daemon', 'rpcbind', 'nfs-cp', 'busctl', 'prometheus', 'unshare', 'node',
                'chromium', root=True)
    nfs_namespace()
    unittest.main(verbosity=2)
