#!/usr/bin/python3
"""A server that answers wrongly in every way that a seed decides: the exporter's pages stay valid.

HOSTILE_SEEDS names the seeds, as 1-3; HOSTILE_SCENES is how many scenes each plays. `make hostile SEEDS=...`
"""
import gzip
import json
import os
import pathlib
import re
import subprocess
import unicodedata

from component import A_SECOND, BEAT_MS, ComponentTest, is_whole, polls, run_tests_of, sample, sanitized
from harness import (
    SUPPORT, Exporter, FakeGanesha, PrivateBus, parse_text_format, run_exporter, stays, wait_until)
from harness.fake import io_figures

SCENES = int(os.environ.get('HOSTILE_SCENES') or 7)
ENOUGH_FOR_ALL = 15  # scenes of each of twenty seeds
CLIENTS, EXPORTS = 4, 3
TIMEOUT_SECONDS = 0.5
# How long a call may remain unanswered before it counts as lost: 30 times the timeout.
PATIENCE_SECONDS = 30 * TIMEOUT_SECONDS
COLLECTORS = ('procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep')
FLAGS = ('--poll.interval=100ms', '--poll.max-duty-ratio=1', '--heartbeat.timeout=1s',
         f'--dbus.timeout={TIMEOUT_SECONDS * 1000:.0f}ms', *(f'--collector.{name}' for name in COLLECTORS))
OPENMETRICS = 'application/openmetrics-text;version=1.0.0'
# Some names of 64 KB and one of up to 4 MB in each reply, at most 15 replies of a poll; two snapshots at once,
# and their pages.
MEMORY_BOUND = 200 * 1024 * 1024
LOG_LINE_BOUND = 8 * 1024
LOG_LINES_OF_A_SCENE = 100
BIDIRECTIONAL = re.compile('[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]')
WAITING = ' late', ' never'
SCENE_SECONDS = 2
LINT_ALONE = 3  # promtool's exit code


def seeds():
    first, _, last = (os.environ.get('HOSTILE_SEEDS') or '1-3').partition('-')
    return range(int(first), int(last or first) + 1)


def resident_bytes(pid):
    text = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(re.search(r'VmHWM:\s+(\d+) kB', text)[1]) * 1024


class AHostileServer(ComponentTest):
    played = {}

    def setUp(self):
        self.bus = self.enterContext(PrivateBus(SUPPORT / 'hostile_bus.conf'))

    # ---- one scene ----

    def play(self, number):
        before = self.played_pairs()
        self.fake.control('PlayScene', 't', number)
        wait_until(lambda: self.fake.control('Scenes')[0]['playing'] == number, what='a pause between calls')
        start = polls(self.metrics())

        def was_played():
            done = {key for key, count in self.played_pairs().items() if count > before[key]}
            # A call that waits stops the polls; a method that this server seems not to have is not called.
            enough = 1 if any(key.endswith(WAITING) for key in done) else 2 if done else 4
            return polls(self.metrics()) >= start + enough
        stays(lambda: not was_played(), SCENE_SECONDS)
        if os.environ.get('HOSTILE_VERBOSE'):
            now = self.played_pairs(); m = self.metrics()
            print(number, {k: c - before[k] for k, c in now.items() if c > before[k]}, 'up', sample(m, 'ganesha_up'), 'polls', polls(m) - start, len(self.page()), resident_bytes(self.exporter.pid) >> 20, [dict(l)['collector'] for (n, l), v in m.items() if n == 'ganesha_exporter_collector_success' and not v])
        self.check_everything()

    def played_pairs(self):
        return {key: count for reply in self.fake.control('Played') for key, count in reply.items()}

    # ---- what holds at any time ----

    def metrics(self):
        return parse_text_format(self.page())

    def page(self, **headers):
        response = self.exporter.get(headers={name.replace('_', '-'): value for name, value in headers.items()})
        self.assertEqual(response.status, 200)
        body = response.body
        if response.headers['Content-Encoding'] == 'gzip':
            body = gzip.decompress(body)
        return body.decode()

    def check_everything(self):
        self.check_text_page()
        self.check_openmetrics_page()
        self.check_status_json()
        self.check_status_page()
        self.check_log()
        if not sanitized():
            self.assertLess(resident_bytes(self.exporter.pid), MEMORY_BOUND)

    def check_text_page(self):
        page = self.page()
        parse_text_format(page)
        done = subprocess.run(['promtool', 'check', 'metrics'], input=page.encode(), capture_output=True)
        self.assertIn(done.returncode, (0, LINT_ALONE), done.stderr.decode()[-2000:])

    def check_openmetrics_page(self):
        from prometheus_client.openmetrics import parser
        page = self.page(Accept=OPENMETRICS, Accept_Encoding='gzip')
        samples = [(sample.name, frozenset(sample.labels.items()))
                   for family in parser.text_string_to_metric_families(page) for sample in family.samples]
        self.assertEqual(len(samples), len(set(samples)))

    def check_status_json(self):
        def fail(constant):
            raise AssertionError(f'{constant} in the JSON')
        status = json.loads(self.exporter.get('/api/v1/status').text, parse_constant=fail)
        for table in status['totals'], *status['exports']['rows'], *status['clients']['rows']:
            self.assertGreaterEqual(min(table['history'], default=0), 0)

    def check_status_page(self):
        page = self.exporter.get('/').text
        controls = {char for char in page if unicodedata.category(char) == 'Cc'} - {'\n'}
        self.assertEqual(controls, set())
        self.assertIsNone(BIDIRECTIONAL.search(page))

    def check_log(self):
        lines = self.exporter.log.splitlines()
        self.assertLess(max(map(len, lines)), LOG_LINE_BOUND)
        self.assertLess(len(lines) - self.lines, LOG_LINES_OF_A_SCENE)
        self.lines = len(lines)

    # ---- the end ----

    def has_right_values(self, metrics):
        expected = io_figures(1, 'NFSv3', 'read')['operations_total']
        client = sample(metrics, 'ganesha_client_operations_total', client='10.0.0.1', protocol='NFSv3',
                        operation='read')
        export = sample(metrics, 'ganesha_export_operations_total', export_id='1', path='/export/1',
                        protocol='NFSv3', operation='read')
        return is_whole(metrics) and client == export == expected

    def wait_right(self, seconds):
        wait_until(lambda: self.has_right_values(self.metrics()), seconds, 'the right page')

    def check_that_an_honest_owner_is_shown(self):
        self.fake.kill()
        self.enterContext(FakeGanesha(self.bus, heartbeat_ms=BEAT_MS, layout='15.2', recorded='15.2',
                                      client_procedures='on', clients=CLIENTS, exports=EXPORTS))
        self.wait_right(A_SECOND)

    def check_that_the_same_owner_is_shown_when_it_is_honest(self):
        self.fake.control('BeHonest')
        self.wait_right(A_SECOND + PATIENCE_SECONDS)

    # ---- the seeds ----

    def start(self, seed):
        self.setUp()
        self.fake = self.enterContext(FakeGanesha(
            self.bus, hostile_seed=seed, layout='every-method', heartbeat_ms=BEAT_MS, late_ms=700, clients=CLIENTS,
            exports=EXPORTS))
        self.exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *FLAGS))
        self.lines = 0
        self.wait_right(10)

    def run_seed(self, seed):
        print(f'seed {seed}', flush=True)
        self.start(seed)
        # Seeds that follow one another share the scenes; odd ones call other methods than even ones.
        first = seed // 2 * SCENES
        for number in range(first, first + SCENES):
            with self.subTest(seed=seed, scene=number):
                self.play(number)
        for key, count in self.played_pairs().items():
            self.played[key] = self.played.get(key, 0) + count
        self.check_that_the_same_owner_is_shown_when_it_is_honest()
        self.check_that_an_honest_owner_is_shown()
        self.check_everything()
        self.doCleanups()

    def test_never_makes_a_page_invalid(self):
        for seed in seeds():
            self.run_seed(seed)
        if SCENES >= ENOUGH_FOR_ALL and len(seeds()) >= 20:
            self.assertEqual([key for key, count in self.played.items() if count == 0], [])

    def test_knows_every_method_that_is_called(self):
        self.start(0)
        known = {key.split()[0].split('.')[1] for key in self.played_pairs()} - {'heartbeat'}
        policy = run_exporter('--help-bus-policy').stdout
        self.assertEqual(known, set(re.findall(r'send_member="(\w+)"', policy)))


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'promtool', modules=['prometheus_client'])
