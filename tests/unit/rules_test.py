#!/usr/bin/python3
"""The rules in dashboards/, recording and alerting: current, accepted by promtool, and correct by its tests."""
import pathlib
import shutil
import subprocess
import sys
import unittest

DASHBOARDS = pathlib.Path(__file__).resolve().parents[2] / 'dashboards'
GENERATED = {
    'make_gandi_rules.py': 'gandi.rules.yml',
    'make_prometheus_rule.py': '../deploy/kubernetes/prometheusrule/prometheusrule.yaml'}


def run(*command):
    return subprocess.run(command, cwd=DASHBOARDS, capture_output=True, text=True, timeout=60)


class TheRules(unittest.TestCase):
    def test_that_are_generated_are_current(self):
        for script, file in GENERATED.items():
            with self.subTest(file):
                done = run(sys.executable, script)
                self.assertEqual((DASHBOARDS / file).read_text(), done.stdout, 'run make docs')

    def test_are_accepted_by_promtool(self):
        files = sorted(file.name for kind in ('rules', 'alerts') for file in DASHBOARDS.glob(f'*.{kind}.yml'))
        self.assertEqual(files, ['gandi.rules.yml', 'ganesha.alerts.yml', 'ganesha.rules.yml'])
        for file in files:
            with self.subTest(file):
                done = run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', file)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_give_what_their_tests_say(self):
        files = sorted(DASHBOARDS.glob('**/*.test.yml'))
        self.assertGreater(len(files), 6)
        for file in files:
            with self.subTest(file.name):
                done = run('promtool', 'test', 'rules', str(file))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    if not shutil.which('promtool'):
        print('promtool is missing: install prometheus')
        sys.exit(77)
    unittest.main(verbosity=2)
