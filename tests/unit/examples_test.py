#!/usr/bin/python3
"""The examples for Prometheus and Alertmanager are accepted by promtool and amtool; the rules of high-availability tell a
fail-over from an outage. integration.notifications tries the Alertmanager."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / 'examples/high-availability'
PAGE = REPOSITORY / 'docs/operations.md'


def promtool(*arguments, folder=EXAMPLE):
    return subprocess.run(['promtool', *arguments], cwd=folder, capture_output=True, text=True, timeout=60)


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


class Configurations(unittest.TestCase):
    """Those of examples/prometheus."""

    FOLDER = REPOSITORY / 'examples/prometheus'

    def check(self, name, folder=FOLDER):
        mode = ['--agent'] if name == 'agent.yml' else []
        done = promtool('check', 'config', *mode, name, folder=folder)
        return done.returncode, done.stdout + done.stderr

    def test_are_accepted_by_promtool(self):
        for path in sorted(self.FOLDER.glob('*.yml')):
            if path.name != 'consul.yml':
                with self.subTest(path.name):
                    code, text = self.check(path.name)
                    self.assertEqual(code, 0, text)
                    self.assertNotIn('WARN', text)

    def test_of_consul_is_accepted_as_far_as_promtool_knows_it(self):
        """Debian's Prometheus is built without Consul: there, the rest is checked."""
        code, text = self.check('consul.yml')
        if code and 'field consul_sd_configs not found' in text:
            config = (self.FOLDER / 'consul.yml').read_text()
            rest, number = re.subn(r'consul_sd_configs:\n( +).*\n(\1  .*\n)+', r"static_configs:\n\1- targets: ['a:1']\n", config)
            self.assertEqual(number, 1)
            with tempfile.TemporaryDirectory() as folder:
                (pathlib.Path(folder) / 'consul.yml').write_text(rest)
                code, text = self.check('consul.yml', folder)
        self.assertEqual(code, 0, text)

    def test_would_not_be_accepted_with_a_mistake(self):
        with tempfile.TemporaryDirectory() as folder:
            config = (self.FOLDER / 'sharded.yml').read_text()
            (pathlib.Path(folder) / 'sharded.yml').write_text(config.replace('modulus: 2', 'modulo: 2'))
            code, text = self.check('sharded.yml', folder)
        self.assertEqual(code, 1)
        self.assertIn('field modulo not found', text)

    def test_are_named_in_the_documentation(self):
        for path in self.FOLDER.glob('*.yml'):
            self.assertIn(f'({path.relative_to(REPOSITORY)})'.replace('(', '(../'), PAGE.read_text())


if __name__ == '__main__':
    for tool in 'promtool', 'amtool':
        if not shutil.which(tool):
            print(f'{tool} is missing: run scripts/install-deps')
            sys.exit(77)
    unittest.main(verbosity=2)
