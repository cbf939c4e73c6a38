#!/usr/bin/python3
"""Chaos: a real Ganesha under traffic is killed, frozen, stopped, reset and reconfigured, in an order by a seed.

    run.py [--mode=beside|run] [--seconds=60] [--seed=N] [--actions=NAME,...]

Each action happens at least once. After each one traffic pauses, and the page must have the server's own values.
All the time every page must come, be valid and be right about ganesha_up, and Ganesha must not end but by an action.
"""
import argparse
import os
import pathlib
import random
import sys
import traceback
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from actions import ACTIONS  # noqa: E402
from checks import check_for_leaks, processes_with  # noqa: E402
from harness import EXPORT_STATS, ganesha_version, nfs_namespace, skip_unless, wait_until  # noqa: E402
from hosts import HOSTS  # noqa: E402
from world import World  # noqa: E402

SECONDS = 60
MARK = 'GANESHA_CHAOS_MARK'
TOOLS = 'ganesha.nfsd', 'dbus-daemon', 'rpcbind', 'busctl', 'setpriv', 'unshare', 'nfs-cp', 'promtool'
LOG_LINES = 40
MOST_AT_ONCE = 3
# More than the exporter has places.
BAD_CLIENTS = 200


class Run:
    def __init__(self, world, options):
        self.world, self.report = world, world.report
        self.random = random.Random(options.seed)
        self.seconds, self.actions = options.seconds, options.actions
        self.counts = dict.fromkeys((action.__name__ for action in self.actions), 0)

    def all(self):
        try:
            self.world.start()
            self.world.quiet_point()
            baseline = self.world.usage()
            self.report.say(f'at the beginning: {baseline}')
            for group in self._groups():
                self._one(group)
            self._end(baseline)
        except Exception:  # Whatever it is, the run has failed, and all must be ended.
            self.report.fail(traceback.format_exc())

    def _groups(self):
        """All actions in turn, shuffled each time; a group has those between two quiet points."""
        turns = 0
        while not self._is_over(turns):
            order = self.random.sample(self.actions, len(self.actions))
            while order and not self._is_over(turns):
                size = self.random.randint(1, MOST_AT_ONCE)
                yield order[:size]
                del order[:size]
            turns += 1

    def _is_over(self, turns):
        """The first turn is always completed."""
        return bool(self.report.failures) or turns > 0 and self.report.elapsed >= self.seconds

    def _one(self, group):
        for action in group:
            self.report.say(action.__name__)
            self.counts[action.__name__] += 1
            action(self.world, self.random)
        self.world.quiet_point()
        self.world.age_bad_clients()

    def _end(self, baseline):
        self.world.end_bad_clients()
        self.world.ganesha.call(EXPORT_STATS, 'EnableStats', 's', 'all')
        self.world.quiet_point()
        check_for_leaks(self.world.host.bus, self.world.host.exporter, baseline)
        self.report.say(f'at the end: {self.world.usage()}')
        self.world.last_probe()
        self.report.say('the last probe over NFS succeeded')

    def summary(self):
        yield 'actions: ' + ', '.join(f'{name} {count}' for name, count in self.counts.items())
        yield f'traffic in rounds: {self.world.traffic.summary()}'
        yield f'scrapes: {self.world.scraper.summary()}'


def end(world):
    """Ends what was started; says what did not end as it must."""
    try:
        world.close()
        wait_until(lambda: not processes_with(os.environ[MARK]), what='end of all processes')
    except Exception:
        world.report.fail(f'{traceback.format_exc()}still running: {processes_with(os.environ[MARK])}')


def parse_options():
    names = {action.__name__: action for action in ACTIONS}
    parser = argparse.ArgumentParser(description='Chaos beside a real Ganesha.')
    parser.add_argument('--seconds', type=float, default=SECONDS, help='how long; each action happens at least once')
    parser.add_argument('--mode', choices=HOSTS, default='beside', help='run: the exporter runs the server')
    parser.add_argument('--seed', type=int, help='the order of the actions; random and printed if not given')
    parser.add_argument('--bad-clients', type=int, default=BAD_CLIENTS, help='of each kind')
    parser.add_argument('--actions', help='only these: ' + ','.join(names))
    options = parser.parse_args()
    options.seed = random.randrange(1_000_000) if options.seed is None else options.seed
    options.actions = [names[name] for name in options.actions.split(',')] if options.actions else list(ACTIONS)
    return options


def main():
    options = parse_options()
    skip_unless(*TOOLS, root=True, modules=['prometheus_client'])
    nfs_namespace()
    os.environ[MARK] = uuid.uuid4().hex
    world = World(HOSTS[options.mode](), options.seed, options.bad_clients)
    report = world.report
    report.say(f'chaos for {options.seconds:.0f} s with seed {options.seed}, mode {options.mode}, '
               f'Ganesha {".".join(map(str, ganesha_version()))}')
    run = Run(world, options)
    run.all()
    for line in world.last_lines(LOG_LINES) if report.failures else run.summary():
        report.say(line)
    end(world)
    for failure in report.failures:
        report.say(f'FAILED: {failure}')
    report.say(f'seed {options.seed}: {"failed" if report.failures else "all is well"}')
    sys.exit(bool(report.failures))


if __name__ == '__main__':
    main()
