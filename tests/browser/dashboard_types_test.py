#!/usr/bin/python3
"""Checks the dashboards against the types that Grafana publishes, and that each kind of mistake is found."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'support')]
import dashboards  # noqa: E402
from harness import skip_unless  # noqa: E402

TSC = HERE / 'node_modules/.bin/tsc'
FLAGS = '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler'


def panel_of(dashboard, kind):
    return next(panel for panel in dashboards.panels(dashboard) if panel['type'] == kind)


def options(dashboard, kind):
    return panel_of(dashboard, kind)['options']


def defaults(dashboard, kind):
    return panel_of(dashboard, kind)['fieldConfig']['defaults']


def custom(dashboard, kind, **fields):
    defaults(dashboard, kind)['custom'].update(fields)


def overrides(dashboard):
    return panel_of(dashboard, 'table')['fieldConfig']['overrides'][-1]['properties']


MISTAKES = {
    'unknown field of a dashboard': lambda it: it.update(theme='dark'),
    'number that is a text': lambda it: it.update(schemaVersion='39'),
    'unknown field of a variable': lambda it: it['templating']['list'][1].update(includesAll=True),
    'unknown field of a link': lambda it: it['links'][0].update(includeVariables=True),
    'unknown field of an annotation': lambda it: it['annotations']['list'][0].update(color='red'),
    'legacy panel': lambda it: panel_of(it, 'stat').update(type='graph'),
    'unknown option': lambda it: options(it, 'stat').update(color='value'),
    'wrong value of an option': lambda it: options(it, 'timeseries')['legend'].update(placement='left'),
    'missing option': lambda it: options(it, 'timeseries').pop('tooltip'),
    'wrong size': lambda it: panel_of(it, 'table')['gridPos'].update(w='12'),
    'unknown field of a series': lambda it: custom(it, 'timeseries', fill=1),
    'wrong value of a field': lambda it: custom(it, 'timeseries', drawStyle='dots'),
    'field of another panel': lambda it: custom(it, 'state-timeline', lineInterpolation='linear'),
    'unknown override': lambda it: overrides(it).append({'id': 'custom.cellWidth', 'value': 3}),
    'wrong value of an override': lambda it: overrides(it).append({'id': 'custom.width', 'value': '3'}),
    'unknown threshold': lambda it: defaults(it, 'stat')['thresholds'].update(mode='abs'),
}


class TheTypesOfGrafana(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One run of the compiler, as it reads the types for a while."""
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for name in dashboards.NAMES:
            cls.write(folder, name, dashboards.load(name))
        for number, mistake in enumerate(MISTAKES.values()):
            wrong = dashboards.load('overview')
            mistake(wrong)
            cls.write(folder, f'mistake{number}', wrong)
        done = subprocess.run([TSC, *FLAGS, *sorted(folder.glob('*.ts'))], cwd=HERE, capture_output=True,
                              text=True)
        cls.output = '\n'.join(line[:300] for line in (done.stdout + done.stderr).splitlines())
        # None: an error that is not about a dashboard.
        cls.found = {re.match(r'.*?(\w+)\.ts\(|', line)[1]
                     for line in cls.output.splitlines() if line[0] != ' '}

    @staticmethod
    def write(folder, name, dashboard):
        (folder / f'{name}.ts').write_text(
            f"import type {{ GrafanaDashboard }} from '{HERE}/dashboard_types';\n"
            f'export const dashboard: GrafanaDashboard = {json.dumps(dashboard)};\n')

    def test_fit_every_dashboard(self):
        mistakes = {f'mistake{number}' for number in range(len(MISTAKES))}
        self.assertEqual(self.found - mistakes, set(), self.output)

    def test_do_not_fit_a_mistake(self):
        for number, mistake in enumerate(MISTAKES):
            self.assertIn(f'mistake{number}', self.found, f'{mistake} is not found')


if __name__ == '__main__':
    skip_unless('node')
    unittest.main(verbosity=2)
