#!/usr/bin/python3
"""The rules of examples/high-availability: accepted by promtool, and they tell a fail-over from an outage. Alertmanager
accepts its example; integration.notifications tries it."""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / 'examples/high-availability'
PAGE = REPOSITORY / 'docs/operations.md'


def promtool(*arguments):
    return subprocess.run(['promtool', *arguments], cwd=EXAMPLE, capture_output=True, text=True, timeout=60)


class TheRules(unittest.TestCase):
    def assert_accepted(self, *arguments):
        done = promtool(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_are_accepted_by_promtool(self):
        self.assert_accepted('check', 'rules', '--lint=all', '--lint-fatal', 'ganesha-ha.rules.yml')

    def test_tell_a_fail_over_from_an_outage(self):
        self.assert_accepted('test', 'rules', 'ganesha-ha.test.yml')

    def test_are_tested_for_firing_and_for_silence(self):
        alerts = set(re.findall(r'alert: (\w+)', (EXAMPLE / 'ganesha-ha.rules.yml').read_text()))
        tests = (EXAMPLE / 'ganesha-ha.test.yml').read_text()
        silent = set(re.findall(r'alertname: (\w+), eval_time: \w+, exp_alerts: \[\]', tests))
        fires = set(re.findall(r'alertname: (\w+)\n +eval_time: \w+\n +exp_alerts:', tests))
        self.assertEqual((silent, fires), (alerts, alerts))

    def test_are_loaded_by_the_example_of_prometheus(self):
        self.assert_accepted('check', 'config', 'prometheus.yml')

    def test_are_described_with_each_alert(self):
        for name in re.findall(r'alert: (\w+)', (EXAMPLE / 'ganesha-ha.rules.yml').read_text()):
            self.assertIn(f'`{name}`', PAGE.read_text())


class Alertmanager(unittest.TestCase):
    def test_accepts_its_example(self):
        done = subprocess.run(['amtool', 'check-config', REPOSITORY / 'examples/alertmanager/alertmanager.yml'],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    for tool in 'promtool', 'amtool':
        if not shutil.which(tool):
            print(f'{tool} is missing: run scripts/install-deps')
            sys.exit(77)
    unittest.main(verbosity=2)
