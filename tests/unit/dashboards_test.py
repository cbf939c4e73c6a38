#!/usr/bin/python3
"""The dashboards are current and follow the rules. Each rule is shown to find violations."""
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / 'support')]
import dashboards  # noqa: E402

sys.path[:0] = [str(dashboards.FOLDER)]
import make_dashboards  # noqa: E402


def first_panel(change):
    """A change to a dashboard: `change` is applied to its first panel."""
    return lambda dashboard: change(next(dashboards.panels(dashboard)))


def expression(old, new):
    """A change to a dashboard: `old` becomes `new` in the first expression that has it."""
    def change(dashboard):
        target = next(target for panel in dashboards.panels(dashboard) for target in panel['targets']
                      if old in target['expr'])
        target['expr'] = target['expr'].replace(old, new, 1)
    return change


def first_link(change):
    return lambda dashboard: change(next(
        link for panel in dashboards.panels(dashboard) for link in dashboards.links(panel)))


def each_of(dashboard, name):
    return dashboards.variables(dashboard)[name]


MINE = {'type': 'prometheus', 'uid': 'mine'}
# What breaks each rule.
OFFENCES = {
    dashboards.variables_come_in_order: (
        lambda dashboard: dashboard['templating']['list'].reverse(),
        lambda dashboard: each_of(dashboard, 'job').update(hide=2),
        lambda dashboard: each_of(dashboard, 'cluster').update(hide=0),
        lambda dashboard: each_of(dashboard, 'job').update(datasource=MINE),
        lambda dashboard: each_of(dashboard, 'top').update(hide=2),
        lambda dashboard: each_of(dashboard, 'unrecorded').update(includeAll=False)),
    dashboards.found_variables_are_used_and_in_one_line: (
        lambda dashboard: each_of(dashboard, 'unrecorded').update(name='another'),
        lambda dashboard: each_of(dashboard, 'unrecorded')['query'].update(query='query_result(1 +\n1)')),
    dashboards.panels_tell_what_they_show: (
        first_panel(lambda panel: panel.update(title='')),
        first_panel(lambda panel: panel.update(description='')),
        first_panel(lambda panel: panel['fieldConfig']['defaults'].pop('unit'))),
    dashboards.panels_are_of_today: (first_panel(lambda panel: panel.update(type='graph')),),
    dashboards.data_sources_are_chosen: (
        first_panel(lambda panel: panel.update(datasource='Prometheus')),
        first_panel(lambda panel: panel['targets'][0].update(datasource=MINE)),
        lambda dashboard: dashboard['annotations']['list'][0].update(datasource=MINE)),
    dashboards.series_are_of_the_chosen_servers: (
        expression('job=~"$job"', 'job="ganesha"'), expression('instance=~"$instance"', 'path="/"'),
        first_panel(lambda panel: panel['targets'][0].update(expr='sum(ganesha_up)'))),
    dashboards.metrics_are_in_the_reference: (
        expression('ganesha_', 'ganesha_no_such_'), expression(':ganesha_', ':ganesha_no_such_')),
    dashboards.rates_span_the_rate_interval: (expression('$__rate_interval', '5m'), expression('[$__range]', '[1h]')),
    dashboards.the_top_is_chosen_once: (
        first_panel(lambda panel: panel['targets'][0].update(expr='topk(7, ganesha_up{})')),),
    dashboards.counters_are_read_as_rates: (expression('rate(', 'abs('),),
    dashboards.legends_name_the_server: (
        first_panel(lambda panel: panel['targets'][0].update(legendFormat='{{client}}: {{state}}')),
        first_panel(lambda panel: panel['targets'][0].update(legendFormat='{{path}}'))),
    dashboards.servers_are_identified_by_cluster_and_job: (
        expression('by (cluster, job, instance', 'by (instance'), expression('on (cluster, job, instance', 'on (job, instance')),
    dashboards.panels_do_not_overlap: (
        lambda dashboard: dashboard['panels'][2].update(gridPos=dashboard['panels'][1]['gridPos']),
        first_panel(lambda panel: panel['gridPos'].update(w=25))),
    dashboards.numbers_are_given_once: (
        lambda dashboard: dashboard['panels'][2].update(id=dashboard['panels'][1]['id']),
        first_panel(lambda panel: panel['targets'].append(panel['targets'][0]))),
    dashboards.links_lead_to_dashboards_with_the_choice: (
        lambda dashboard: dashboard['links'].clear(),
        lambda dashboard: dashboard['links'][0].update(includeVars=False),
        first_link(lambda link: link.update(url=link['url'].replace('nfs-ganesha', 'another'))),
        first_link(lambda link: link.update(url=link['url'].replace('${cluster:queryparam}&', ''))),
        first_link(lambda link: link.update(url=link['url'].replace('&${__url_time_range}', '')))),
    dashboards.every_row_leads_further: (lambda dashboard: dashboard['panels'].append(
        {**dashboard['panels'][0], 'title': 'Row without links'}),),
}


class TheDashboards(unittest.TestCase):
    def test_are_current(self):
        made = make_dashboards.files()
        self.assertEqual({path.stem for path in made}, set(dashboards.NAMES))
        self.assertEqual(set(made), set(dashboards.FOLDER.glob('*.json')))
        for path, text in made.items():
            self.assertEqual(path.read_text(), text, 'run make docs')

    def test_keep_the_rules(self):
        for name in dashboards.NAMES:
            for rule in dashboards.RULES:
                with self.subTest(name, rule=rule.__name__):
                    self.assertEqual(list(rule(dashboards.load(name))), [])

    def test_have_names_of_their_own(self):
        loaded = [dashboards.load(name) for name in dashboards.NAMES]
        for key in 'uid', 'title':
            self.assertEqual(len({each[key] for each in loaded}), len(loaded))

    def test_show_every_metric_of_the_reference(self):
        """Except metrics whose information another metric has, or that nobody needs on a panel."""
        shown = {name for each in dashboards.NAMES
                 for _, expression in dashboards.expressions(dashboards.load(each))
                 for name, _ in dashboards.SELECTOR.findall(expression)}
        shown |= {name.rpartition('_')[0] for name in shown if name.rpartition('_')[0] in dashboards.HISTOGRAMS}
        self.assertEqual(dashboards.METRICS - shown, {
            'ganesha_auth_latency_min_seconds', 'ganesha_fsal_operation_latency_max_seconds',
            'ganesha_fsal_operation_latency_min_seconds', 'ganesha_procedure_latency_min_seconds'})


class EachRule(unittest.TestCase):
    def test_complains_of_what_breaks_it(self):
        self.assertEqual(set(OFFENCES), set(dashboards.RULES))
        for rule, offences in OFFENCES.items():
            for number, offend in enumerate(offences):
                with self.subTest(rule.__name__, offence=number):
                    dashboard = dashboards.load('overview')
                    offend(dashboard)
                    self.assertNotEqual(list(rule(dashboard)), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
