#!/usr/bin/python3
"""Clients can make a call dangerous for the server: then the exporter, with all collectors, does not make it."""
import contextlib
import unittest

from integration import exporter_for, is_whole, page_after_poll, page_when, run_tests, session_traffic
from harness import LOOPBACK, Export, Ganesha, PrivateBus, Rpcbind, families, ganesha_version, rpc_call
from nfs41 import Nfs41, Nfs41Error

RQUOTA, NLM, MOUNT = 100011, 100021, 100005
OFF_BY_DEFAULT = 'procedures', 'export_details', 'layouts', 'delegations', 'fds', 'fsal'
ALL = tuple(f'--collector.{name}' for name in OFF_BY_DEFAULT)
STATISTICS = {f'Enable_{name}_Stats': 'true' for name in ('FSAL', 'FULLV3', 'FULLV4', 'AUTH', 'CLNT_AllOps')}
LEFT_OUT = 'A call is left out'


class AServer(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())
        self.enterContext(Rpcbind())
        self.ganesha = self.enterContext(Ganesha(
            self.bus, exports=[Export(1, 'MEM')], nfs3=True, nlm=True, rquota=True, core=STATISTICS))
        session_traffic(self.ganesha, 1, self.ganesha.exports[0], 1000)

    def page_beside(self):
        """The page of a new exporter after some polls."""
        exporter = self.enterContext(exporter_for(self.bus, *ALL))
        page_when(exporter, is_whole, 'a whole page')
        page = page_after_poll(exporter)
        self.assertTrue(self.ganesha.process.running, self.ganesha.process.log_tail())
        self.left_out = [line.partition('method=')[2].partition(' ')[0] for line in exporter.log_lines(LEFT_OUT)]
        self.assertEqual(len(self.left_out), len(set(self.left_out)), 'once an owner')
        return page

    def test_that_nobody_harmed_has_its_calls_by_procedure(self):
        rpc_call(self.ganesha.mount_port, MOUNT, 3, 0)
        page = self.page_beside()
        self.assertIn('ganesha_procedure_calls_total', families(page))
        self.assertIn('ganesha_procedure_timed_calls_total', families(page))
        self.assertEqual(self.left_out, [])

    def test_that_was_asked_for_rquotas_null_lives(self):
        rpc_call(self.ganesha.rquota_port, RQUOTA, 1, 0)
        self.assertNotIn('ganesha_procedure_calls_total', families(self.page_beside()))
        self.assertEqual(self.left_out, ['GetFastOPS'])

    def test_that_was_asked_for_an_unknown_nlm_procedure_lives(self):
        rpc_call(self.ganesha.nlm_port, NLM, 4, 17)
        self.assertNotIn('ganesha_procedure_calls_total', families(self.page_beside()))
        of_clients = ['GetAllClientAllops'] if ganesha_version() >= (15, 2) else []
        self.assertEqual(self.left_out, [*of_clients, 'GetFastOPS'])

    def test_that_was_sent_layout_statistics_lives(self):
        with contextlib.suppress(Nfs41Error, OSError), Nfs41(LOOPBACK, self.ganesha.port, 2) as client:
            client.report_layout_stats()
        page = self.page_beside()
        if ganesha_version() < (6, 1):
            self.assertNotIn('ganesha_procedure_timed_calls_total', families(page))
            self.assertEqual(sorted(self.left_out), ['GetFULLV4Stats', 'GetFastOPS'])


if __name__ == '__main__':
    run_tests(nfs3=True)
