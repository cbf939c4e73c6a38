#!/usr/bin/python3
"""Statistics are reset, disabled and enabled in any order under polls without a pause: the server survives.

$GANESHA_RESETS_SEED chooses the order.
"""
import os
import random
import unittest

from integration import (
    Traffic, exporter_for, is_whole, libnfs_traffic, page_after_poll, page_when, run_tests, sample, session_traffic)
from harness import EXPORT_STATS, Export, Ganesha, PrivateBus, Rpcbind, ganesha_version, wait_until

SEED = int(os.environ.get('GANESHA_RESETS_SEED') or random.randrange(1_000_000))
ACTIONS = 200
STATISTICS = 'nfs', 'fsal', 'v3_full', 'v4_full', 'auth', 'client_all_ops', 'all'
CONFIGURED = {f'Enable_{name}_Stats': 'true' for name in ('FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps')}
OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal'
# The last flag wins: no pause between polls.
POLLS = '--poll.interval=1ms', *(f'--collector.{name}' for name in OFF_BY_DEFAULT)


def actions(order):
    """An endless sequence of (method, arguments)."""
    while True:
        method = order.choice(('ResetStats', 'DisableStats', 'EnableStats'))
        yield (method, *(() if method == 'ResetStats' else ('s', order.choice(STATISTICS))))


class Resets(unittest.TestCase):
    def traffic(self, ganesha):
        export = ganesha.exports[0]
        v3 = [lambda: libnfs_traffic(ganesha, 3, export, 1001)]
        v4 = [lambda: libnfs_traffic(ganesha, 4, export, 1002), *(
            lambda minor=minor: session_traffic(ganesha, minor, export, 1003) for minor in (1, 2))]
        return Traffic((v3 if '3' in ganesha.protocols else []) + (v4 if '4' in ganesha.protocols else []))

    def check(self, protocols):
        bus = self.enterContext(PrivateBus())
        ganesha = self.enterContext(Ganesha(bus, exports=[Export(1)], nfs3='3' in protocols, protocols=protocols,
                                            core=CONFIGURED))
        exporter = self.enterContext(exporter_for(bus, *POLLS))
        with self.traffic(ganesha) as traffic:
            page = page_when(exporter, is_whole, 'a whole page')
            self.assertEqual(sample(page, 'ganesha_stats_enabled', stats='client_all_ops'), 1)
            before = sample(page, 'ganesha_exporter_polls_total')
            order = actions(random.Random(SEED))
            for _ in range(ACTIONS):
                ganesha.call(EXPORT_STATS, *next(order))

            def polled_meanwhile():
                ganesha.call(EXPORT_STATS, *next(order))
                return sample(exporter.metrics(), 'ganesha_exporter_polls_total') - before > ACTIONS // 4
            wait_until(polled_meanwhile, 60, 'polls meanwhile')
            ganesha.call(EXPORT_STATS, 'EnableStats', 's', 'all')
        self.assertIsNone(traffic.error)
        self.assertGreater(traffic.rounds, 2)
        self.look(ganesha, exporter, sample(page, 'ganesha_owner_changes_total'))

    def look(self, ganesha, exporter, owner_changes):
        self.assertTrue(ganesha.process.running, ganesha.process.log_tail())
        page_when(exporter, is_whole, 'a whole page')
        page = page_after_poll(exporter)
        beats = sample(page, 'ganesha_heartbeats_total')
        page_when(exporter, lambda later: sample(later, 'ganesha_heartbeats_total') > beats, 'a further heartbeat')
        self.assertEqual(sample(page, 'ganesha_owner_changes_total'), owner_changes)

    def test_of_a_server_with_nfsv3(self):
        self.check('3')

    def test_of_a_server_with_nfsv4(self):
        self.check('4')

    def test_of_a_server_with_both(self):
        self.check('3, 4')

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(Rpcbind())
        print(f'GANESHA_RESETS_SEED={SEED}, Ganesha {ganesha_version()}')


if __name__ == '__main__':
    run_tests(nfs3=True)
