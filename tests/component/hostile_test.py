#!/usr/bin/python3
"""A server that answers wrongly, as a seed decides: pages stay valid, and an honest server is shown at once.

HOSTILE_SEEDS names the seeds, as 1-24 or 7; HOSTILE_SCENES is how many scenes each plays. Twenty-four seeds that play
sixteen scenes each play every method in every manner: `make hostile`.

Most of the time it waits for replies that are late or never come: several seeds play at once, each with a bus, a server
and an exporter of its own.
"""
import collections
import concurrent.futures
import ctypes
import gzip
import itertools
import json
import os
import re
import signal
import subprocess
import time
import unicodedata
import unittest

from component import A_SECOND, BEAT_MS, ComponentTest, is_whole, polls, run_tests_of, sample, sanitized
from harness import (
    SUPPORT, Exporter, FakeGanesha, PrivateBus, memory_bytes, parse_openmetrics, parse_text_format, run_exporter,
    wait_until)
from harness.fake import PROTOCOLS, io_figures

SCENES = int(os.environ.get('HOSTILE_SCENES') or 5)
SCENES_OF_ALL, SEEDS_OF_ALL = 16, 24
SEEDS_AT_ONCE = 2 * os.cpu_count()
CLIENTS, EXPORTS = 4, 3
TIMEOUT_SECONDS, LATE_MS = 0.5, 700
# A call that is unanswered for longer counts as lost: 30 times the timeout.
PATIENCE_SECONDS = 30 * TIMEOUT_SECONDS
SCENE_SECONDS = 3 if SCENES >= SCENES_OF_ALL else 1
COLLECTORS = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal', 'ninep'
FLAGS = ('--poll.interval=100ms', '--poll.max-duty-ratio=1', '--heartbeat.timeout=1s',
         f'--dbus.timeout={TIMEOUT_SECONDS * 1000:.0f}ms', *(f'--collector.{name}' for name in COLLECTORS))
OPENMETRICS = {'Accept': 'application/openmetrics-text;version=1.0.0', 'Accept-Encoding': 'gzip'}
# Replies hold names of 64 KB, some of 2 MB: those of a poll's replies, two snapshots, their pages.
MEMORY_BOUND = 200 * 1024 * 1024
LOG_LINE_BOUND = 4 * 1024
LOG_LINES_OF_A_SCENE = 100
BIDIRECTIONAL = re.compile('[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]')
LINT_ALONE = 3  # promtool's exit code
PR_SET_PDEATHSIG = 1


def seeds():
    first, _, last = (os.environ.get('HOSTILE_SEEDS') or '1-3').partition('-')
    return range(int(first), int(last or first) + 1)


def refuse_constant(constant):
    raise ValueError(f'{constant} is not JSON')


class HostileTest(ComponentTest):
    """The checks that hold at any time."""

    maxDiff = None

    def setUp(self):
        """Each seed starts what it needs."""

    def start(self, seed, *flags):
        self.bus = self.enterContext(PrivateBus(SUPPORT / 'hostile_bus.conf'))
        protocols = ','.join((*PROTOCOLS, '9P'))
        self.fake = self.enterContext(FakeGanesha(
            self.bus, hostile_seed=seed, layout='every-method', heartbeat_ms=BEAT_MS, late_ms=LATE_MS,
            clients=CLIENTS, exports=EXPORTS, protocols=protocols, client_protocols=protocols))
        self.exporter = self.enterContext(Exporter(f'--dbus.address={self.bus.address}', *FLAGS, *flags))
        self.lines = 0

    def played(self):
        """How often each method answered in each manner."""
        played = self.fake.control('Played')
        return collections.Counter({key: count for reply in played for key, count in reply.items()})

    def playing(self):
        return {key: number for reply in self.fake.control('Playing') for key, number in reply.items()}

    def get(self, path='/metrics', headers=None):
        response = self.exporter.get(path, headers)
        self.assertEqual(response.status, 200)
        zipped = response.headers['Content-Encoding'] == 'gzip'
        return (gzip.decompress(response.body) if zipped else response.body).decode()

    def metrics(self):
        """The page in text format. Its reader is strict: no series twice."""
        return parse_text_format(self.get())

    def check_everything(self):
        self.check_text_page()
        self.check_openmetrics_page()
        self.check_status()
        self.check_log()
        if not sanitized():
            self.assertLess(memory_bytes(self.exporter.pid, 'VmHWM'), MEMORY_BOUND)

    def check_text_page(self):
        page = self.get()
        parse_text_format(page)
        done = subprocess.run(['promtool', 'check', 'metrics'], input=page.encode(), capture_output=True)
        self.assertIn(done.returncode, (0, LINT_ALONE), done.stderr.decode()[-2000:])

    def check_openmetrics_page(self):
        parse_openmetrics(self.get(headers=OPENMETRICS))

    def check_status(self):
        status = json.loads(self.get('/api/v1/status'), parse_constant=refuse_constant)
        for table in status['totals'], *status['exports']['rows'], *status['clients']['rows']:
            self.assertGreaterEqual(min(table['history'], default=0), 0)
        page = self.get('/')
        self.assertEqual({char for char in page if unicodedata.category(char) == 'Cc'} - {'\n'}, set())
        self.assertIsNone(BIDIRECTIONAL.search(page))

    def check_log(self):
        lines = self.exporter.log.splitlines()
        self.assertLess(max(map(len, lines)), LOG_LINE_BOUND)
        self.assertLess(len(lines) - self.lines, LOG_LINES_OF_A_SCENE)
        self.lines = len(lines)


class ScenesTest(HostileTest):
    """The course of one seed."""

    shown_client, clients_in_it = '10.0.0.1', (1,)

    def setUp(self):
        super().setUp()
        self.counts = collections.Counter()  # how often each method answered in each manner
        self.unfinished = set()  # seeds and scenes in which some method was not called

    def play(self, number):
        """Returns whether a wrong answer was given."""
        before = self.played().total()
        self.fake.control('PlayScene', 't', number)
        wait_until(lambda: self.playing()['playing'] == number, what='a pause between calls')
        first = polls(self.metrics())
        self.wait_played_or_enough(first)
        if self.playing()['pending']:
            self.unfinished.add((self.seed, number))
        self.check_everything()
        return self.played().total() > before

    def wait_played_or_enough(self, first):
        """Until all was played and polled; a method that this server seems not to have is not called."""
        end = time.monotonic() + SCENE_SECONDS
        wait_until(lambda: time.monotonic() > end or (not self.playing()['pending'] and polls(self.metrics()) > first),
                   SCENE_SECONDS + PATIENCE_SECONDS, 'the end of the scene')

    def play_scenes(self, seed, numbers):
        """Returns in how many a wrong answer was given."""
        wrong = 0
        for number in numbers:
            with self.subTest(seed=seed, scene=number):
                wrong += self.play(number)
        return wrong

    def is_right(self, metrics):
        labels = {'protocol': 'NFSv3', 'operation': 'read'}

        def figure(*indices):
            return sum(io_figures(index, 'NFSv3', 'read')['operations_total'] for index in indices)
        client = sample(metrics, 'ganesha_client_operations_total', client=self.shown_client, **labels)
        export = sample(metrics, 'ganesha_export_operations_total', export_id='1', path='/export/1', **labels)
        return is_whole(metrics) and (client, export) == (figure(*self.clients_in_it), figure(1))

    def wait_right(self, seconds):
        wait_until(lambda: self.is_right(self.metrics()), seconds, 'the whole page of an honest server')

    def check_that_it_is_shown_when_it_is_honest(self):
        self.fake.control('BeHonest')
        self.wait_right(A_SECOND + PATIENCE_SECONDS)

    def check_that_an_honest_one_is_shown_in_its_place(self):
        self.fake.kill()
        self.enterContext(FakeGanesha(self.bus, heartbeat_ms=BEAT_MS, layout='15.2', recorded='15.2',
                                      client_procedures='on', clients=CLIENTS, exports=EXPORTS))
        self.wait_right(A_SECOND)

    def play_all(self, seed, numbers):
        print(f'seed {seed}', flush=True)
        self.seed = seed
        self.start(seed)
        self.wait_right(10)
        wrong = self.play_scenes(seed, numbers)
        self.counts.update(self.played())
        return wrong

    def check_seed(self, seed):
        # Even and odd seeds call different methods: both play all scenes.
        first = seed // 2 * SCENES_OF_ALL
        wrong = self.play_all(seed, range(first, first + SCENES))
        self.assertGreaterEqual(wrong, SCENES // 2, 'scenes with a wrong answer')
        self.check_that_it_is_shown_when_it_is_honest()
        self.check_that_an_honest_one_is_shown_in_its_place()
        self.check_everything()


class OneSeed(ScenesTest):
    """Plays a seed: all its scenes and then an honest server, or only the scenes of `again`."""

    def __init__(self, seed, again):
        super().__init__('play_or_repeat')
        self.seed, self.again = seed, again

    def play_or_repeat(self):
        if self.again:
            self.play_all(self.seed, self.again)
        else:
            self.check_seed(self.seed)


def run_seed(seed, again=()):
    """In a process of its own. Returns the seed, its failures, what was played and what was not finished."""
    test, result = OneSeed(seed, again), unittest.TestResult()
    test.run(result)
    return seed, [text for _, text in result.failures + result.errors], test.counts, test.unfinished


def end_with_the_test():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class AHostileServer(ScenesTest):
    def run_seeds(self, *arguments):
        """Arguments as run_seed() takes them, one list each. Returns the seeds that were played to the end."""
        done = set()
        with concurrent.futures.ProcessPoolExecutor(SEEDS_AT_ONCE, initializer=end_with_the_test) as pool:
            for seed, failures, counts, unfinished in pool.map(run_seed, *arguments):
                with self.subTest(seed=seed):
                    self.assertEqual(failures, [], '\n'.join(failures))
                    done.add(seed)
                self.counts.update(counts)
                self.unfinished |= unfinished
        return done

    def never_played(self):
        return [key for key, count in self.counts.items() if count == 0]

    def repeat_unfinished(self):
        """Where the machine is busy, a poll may not come to its end within a scene."""
        groups = itertools.groupby(sorted(self.unfinished), lambda one: one[0])
        scenes = {seed: [number for _, number in numbers] for seed, numbers in groups}
        self.run_seeds(scenes.keys(), scenes.values())

    def test_makes_no_page_invalid(self):
        self.assertEqual(self.run_seeds(seeds()), set(seeds()))
        if SCENES >= SCENES_OF_ALL and len(seeds()) >= SEEDS_OF_ALL:
            if self.never_played():
                self.repeat_unfinished()
            self.assertEqual(self.never_played(), [], 'played by no seed')

    def test_makes_no_page_invalid_where_clients_are_summed(self):
        self.shown_client, self.clients_in_it = '10.0.0.0/24', range(1, CLIENTS + 1)
        self.start(1, '--collector.clients.aggregate=/24')
        self.wait_right(10)
        self.seed = 1
        self.assertGreaterEqual(self.play_scenes(1, range(SCENES)), SCENES // 2, 'scenes with a wrong answer')
        # The totals of the hostile server go on: they never fall while it is the owner.
        self.check_that_an_honest_one_is_shown_in_its_place()

    def test_knows_every_method_that_is_called(self):
        self.start(seed=0)
        known = {key.split()[0].split('.')[1] for key in self.played()} - {'heartbeat'}
        policy = run_exporter('--help-bus-policy').stdout
        self.assertEqual(known, set(re.findall(r'send_member="(\w+)"', policy)))


if __name__ == '__main__':
    run_tests_of('dbus-daemon', 'busctl', 'setpriv', 'promtool', modules=['prometheus_client'])
