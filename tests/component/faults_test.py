#!/usr/bin/python3
"""Malformed replies, refusals and errors fail one collector, and are reported once."""
from component import ComponentTest, collector_success, families, run_tests, sample
from harness import wait_until

COLLECTORS = {'server', 'exports', 'clients'}
# A method, its collector and the expected signature in the log.
READ = [
    ('admin.get_grace', 'server', 'bbs'),
    ('exportstats.StatusStats', 'server', 'bs(b(tt))'),
    ('exportmgr.ShowExports', 'exports', '(tt)a(qs((sb)'),
    ('exportstats.GetNFSIO', 'exports', 'bs(tt)a(qs(tttttt)(tttttt))'),
    ('clientmgr.ShowClients', 'clients', '(tt)a(s'),
    ('clientstats.GetNFSv41IO', 'clients', 'bs(tt)(tttttt)(tttttt)'),
]
MALFORMED = 'bs(tt)(ss)'
FAMILIES = {'server': 'ganesha_stats_enabled', 'exports': 'ganesha_export_operations_total',
            'clients': 'ganesha_client_operations_total'}


class AFault(ComponentTest):
    def setUp(self):
        super().setUp()
        self.fake, self.exporter = self.start_both()

    def failing(self, failed):
        """The page when exactly these collectors fail."""
        wanted = {name: int(name not in failed) for name in COLLECTORS}
        return self.wait_for(self.exporter, lambda page: collector_success(page) == wanted, f'{failed} to fail')

    def lines(self, text, collector):
        return [line for line in self.exporter.log_lines(text) if line.find(f'collector={collector}') > 0]

    def check(self, fault, method, collector):
        """Turns the fault on for some polls and off again; returns the log line about it."""
        told, well = (len(self.lines(text, collector)) for text in ('Collector failed', 'Collector recovered'))
        self.fake.control(fault, 'sb', method, True)
        self.fake.control('Tick', 'u', 1)  # Idle clients are not read.
        try:
            self.check_only_one_suffers(collector)
        finally:
            self.fake.control(fault, 'sb', method, False)
        self.failing(set())
        self.wait_polls(self.exporter, 2)
        self.assertEqual(len(self.lines('Collector failed', collector)), told + 1, self.exporter.log)
        self.assertEqual(len(self.lines('Collector recovered', collector)), well + 1, self.exporter.log)
        return self.lines('Collector failed', collector)[-1]

    def check_only_one_suffers(self, collector):
        metrics = self.failing({collector})
        self.assertEqual(sample(metrics, 'ganesha_up'), 1)
        for name, family in FAMILIES.items():
            self.assertEqual(family in families(metrics), name != collector, family)
        self.wait_polls(self.exporter, 3)

    def test_malformed_names_the_signature_met_and_the_one_expected(self):
        for method, collector, expected in READ:
            with self.subTest(method):
                line = self.check('Malform', method, collector)
                self.assertIn(MALFORMED, line)
                self.assertIn(expected, line)

    def test_an_error_is_reported_with_its_text(self):
        for method, collector, _ in READ:
            with self.subTest(method):
                self.assertIn('failed on request', self.check('Fail', method, collector))

    def test_an_error_by_a_name_of_the_buss_own_is_one_of_the_server(self):
        """Taken for the bus's, it would mean that the server is gone, and nobody would be told."""
        for method, collector, _ in READ:
            with self.subTest(method):
                self.assertIn('pretended', self.check('Pretend', method, collector))

    def test_a_refusal_is_reported_with_its_text(self):
        for method, collector in ('exportstats.StatusStats', 'server'), ('exportstats.GetNFSIO', 'exports'):
            with self.subTest(method):
                self.assertIn('refused', self.check('Refuse', method, collector))

    def test_a_client_that_is_gone_when_it_is_asked_for_fails_nothing(self):
        """It may disappear between the list and the call: only the refused values are missing."""
        self.fake.control('Refuse', 'sb', 'clientstats.GetNFSv41IO', True)
        metrics = self.wait_next_poll(self.exporter)
        self.assertEqual(set(collector_success(metrics).values()), {1})
        served = {dict(labels)['protocol'] for name, labels in metrics
                  if name == 'ganesha_client_operations_total'}
        self.assertEqual(served, {'NFSv3', 'NFSv40', 'NFSv42'})

    def test_does_not_make_it_unready(self):
        self.fake.control('Fail', 'sb', 'clientmgr.ShowClients', True)
        self.failing({'clients'})
        self.assertEqual(self.exporter.get('/-/ready').status, 200)

    def test_of_all_collectors_is_reported_for_each(self):
        for method, *_ in READ:
            self.fake.control('Fail', 'sb', method, True)
        self.failing(COLLECTORS)
        self.wait_polls(self.exporter, 3)
        for collector in COLLECTORS:
            self.assertEqual(len(self.lines('Collector failed', collector)), 1)


class AFaultAtTheFirstMeeting(ComponentTest):
    """Values that are read once per owner: the call is repeated until it succeeds."""

    def start_with_fault(self, fault, method):
        fake = self.start_fake()
        fake.control(fault, 'sb', method, True)
        return fake, self.start_exporter()

    def test_introspection_fails_all_and_recovers(self):
        for fault in 'Malform', 'Fail':
            with self.subTest(fault):
                fake, exporter = self.start_with_fault(fault, 'Introspect')
                self.wait_polls(exporter, 3)
                metrics = self.wait_up(exporter)
                self.assertEqual(collector_success(metrics), dict.fromkeys(COLLECTORS, 0))
                self.assertEqual(len(exporter.log_lines('Collector failed')), len(COLLECTORS))
                fake.control(fault, 'sb', 'Introspect', False)
                self.wait_whole(exporter)
                self.assertEqual(len(exporter.log_lines('Collector recovered')), len(COLLECTORS))
                fake.stop()

    def test_a_version_that_could_not_be_read_is_reported_and_read_again(self):
        fake, exporter = self.start_with_fault('Malform', 'Properties.Get')
        self.wait_up(exporter)
        metrics = self.wait_polls(exporter, 2)
        self.assertNotIn('ganesha_info', families(metrics))
        self.assertEqual(collector_success(metrics), {'server': 0, 'exports': 1, 'clients': 1})
        fake.control('Malform', 'sb', 'Properties.Get', False)
        metrics = self.wait_whole(exporter)
        self.assertEqual(sample(metrics, 'ganesha_info', version='15.2'), 1)



class TheDebugLog(ComponentTest):
    def test_has_a_line_for_each_poll_and_each_failed_call_and_none_for_others(self):
        fake, exporter = self.start_both('--log.level=debug')
        whole = exporter.log_lines('Poll ended')[-1]
        self.assertRegex(whole, r'level=debug msg="Poll ended" duration=\S+ calls=[1-9]\d* failed=none')
        self.assertEqual(exporter.log_lines('Call failed'), [])
        fake.control('Fail', 'sb', 'clientmgr.ShowClients', True)
        wait_until(lambda: exporter.log_lines('failed=clients'), what='a poll whose collector fails')
        self.assertRegex(exporter.log_lines('Call failed')[0],
                         r'level=debug msg="Call failed" method=ClientMgr.ShowClients argument=none '
                         r'duration=\S+ err=".*failed on request')
        self.assertLessEqual(len(exporter.log_lines('level=debug')),
                             2 * sample(exporter.metrics(), 'ganesha_exporter_polls_total') + 1)

    def test_is_not_written_otherwise(self):
        fake, exporter = self.start_both()
        fake.control('Fail', 'sb', 'clientmgr.ShowClients', True)
        self.wait_polls(exporter, 3)
        self.assertEqual(exporter.log_lines('level=debug'), [])

if __name__ == '__main__':
    run_tests()
