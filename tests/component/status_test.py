#!/usr/bin/python3
"""The status page and its JSON: rates of known steps, a server that stops and restarts, ten thousand clients."""
import gzip
import json
import time

from component import A_LONG_TIME, ComponentTest, run_tests
from harness import FakeGanesha, sanitized, wait_until
from harness.exporter import seeks_races

POLL_SECONDS = 0.2
# Sanitizers slow everything down several times.
MANY = 500 if sanitized() else 10_000
ROWS_PER_PAGE = 20
# Half of the limit for a scrape with as many clients.
ANSWER_SECONDS = A_LONG_TIME if seeks_races() else 1.0 if sanitized() else 0.05
FIGURES = 'read_bytes', 'written_bytes', 'reads', 'writes', 'errors', 'latency'


class StatusTest(ComponentTest):
    FLAGS = (f'--poll.interval={POLL_SECONDS * 1000:.0f}ms',)

    def status(self, query=''):
        answer = self.exporter.get(f'/api/v1/status?{query}')
        self.assertEqual((answer.status, answer.headers['Content-Type']), (200, 'application/json'))
        return json.loads(answer.text)

    def status_when(self, holds, what, query='', timeout=60):
        def status():
            found = self.status(query)
            return found if holds(found) else None
        return wait_until(status, timeout, what)

    def start(self, *flags, **fake_flags):
        self.fake, self.exporter = self.start_both(*self.FLAGS, *flags, **fake_flags)


def total(status):
    return status['totals']['read_bytes']


def is_known(status):
    return total(status) is not None


class TheRates(StatusTest):
    def test_are_those_of_what_is_counted(self):
        """In a step the fake's n-th client does 40 n + 16 reads of 4000 bytes."""
        self.start(clients=3, exports=2)
        self.status_when(is_known, 'rates')
        status = self.status_when(self.all_move, 'traffic')
        for table, names in (('exports', ['/export/2', '/export/1']),
                             ('clients', ['10.0.0.3', '10.0.0.2', '10.0.0.1'])):
            rows = status[table]['rows']
            self.assertEqual([row.get('path') or row['client'] for row in rows], names)
            for row in rows:
                self.assertAlmostEqual(row['read_bytes'] / row['reads'], 4000, delta=1)
                self.assertAlmostEqual(row['history'][-1] / (row['read_bytes'] + row['written_bytes']), 1, 6)
        self.assertAlmostEqual(status['exports']['rows'][0]['latency'], 1500e-9, delta=1e-12)
        by_row = sum(row['read_bytes'] for row in status['exports']['rows'])
        self.assertAlmostEqual(total(status) / by_row, 1, 6)
        self.status_when(lambda found: total(found) == 0, 'rest')

    def all_move(self, status):
        """Whether each did its share; a poll during a step shows less of some."""
        self.fake.control('Tick', 'u', 1)
        shares = [[row['reads'] / (40 * number + 16) for number, row in
                   zip(range(len(status[table]['rows']), 0, -1), status[table]['rows'])]
                  for table in ('exports', 'clients')]
        return all(min(one) > 0 and max(one) / min(one) < 1.001 for one in shares)

    def test_are_unknown_after_a_reset_and_come_back(self):
        self.start(clients=1, exports=1)
        self.fake.control('Tick', 'u', 5)
        self.status_when(is_known, 'rates')
        self.fake.control('Reset')
        self.status_when(lambda found: not is_known(found), 'a step without rates')
        self.status_when(is_known, 'rates again')

    def test_are_of_a_client_as_long_as_it_is_there(self):
        self.start(clients=2, exports=1)
        self.status_when(is_known, 'rates')
        self.fake.control('AddClient', 's', '::ffff:10.9.9.9')
        found = self.status_when(lambda found: found['clients']['matched'] == 1, 'the newcomer',
                                 'clients.filter=9.9.9')
        self.assertEqual(found['clients']['rows'][0]['client'], '10.9.9.9')
        self.status_when(lambda found: found['clients']['rows'][0]['reads'] is not None, 'its rate',
                         'clients.filter=9.9.9')
        self.fake.control('RemoveClient', 's', '::ffff:10.9.9.9')
        self.status_when(lambda found: found['clients']['matched'] == 0, 'its end', 'clients.filter=9.9.9')

    def test_are_summed_by_network(self):
        self.start('--collector.clients.aggregate=/24', clients=3, exports=1)
        self.status_when(is_known, 'rates')
        self.fake.control('Tick', 'u', 1)
        status = self.status_when(lambda found: total(found), 'traffic')
        self.assertEqual([row['client'] for row in status['clients']['rows']], ['10.0.0.0/24'])
        self.assertEqual(status['clients']['known'], 3)
        self.assertGreater(status['clients']['rows'][0]['reads'], 0)

    def test_are_unknown_while_nothing_is_counted(self):
        self.start(clients=1, exports=1)
        self.status_when(is_known, 'rates')
        self.fake.control('SetStats', 'b', False)
        status = self.status_when(lambda found: not is_known(found), 'no rates')
        self.assertIn({'name': 'nfs', 'enabled': False, 'since': None}, status['statistics'])
        self.assertEqual({row[figure] for row in status['clients']['rows'] for figure in FIGURES}, {None})
        self.assertIn('>disabled<', self.exporter.get('/').text)


class AServerThatGoes(StatusTest):
    def test_is_down_at_once_and_nothing_old_is_shown(self):
        self.start(clients=3, exports=2)
        up = self.status_when(is_known, 'rates')
        self.assertEqual((up['up'], up['state'], up['version']), (True, 'up', '15.2'))
        gone = time.time()
        self.fake.control('ReleaseName')
        down = self.status_when(lambda found: not found['up'], 'down')
        self.assertEqual(down['state'], 'down: NFS-Ganesha is not on the bus')
        self.assertAlmostEqual(down['since'], gone, delta=1.5)
        self.assertGreater(down['since'], up['since'])
        for key in 'version', 'in_grace':
            self.assertIsNone(down[key])
        for table in 'exports', 'clients':
            self.assertEqual((down[table]['known'], down[table]['rows']), (None, []))
        self.assertEqual({down['totals'][figure] for figure in FIGURES}, {None})
        page = self.exporter.get('/').text
        self.assertIn('NFS-Ganesha is down</p>', page)
        self.assertNotIn('/export/1', page)

    def test_is_another_one_when_it_comes_back(self):
        self.start(clients=1, exports=1)
        self.fake.control('Tick', 'u', 5)
        self.status_when(lambda found: total(found), 'traffic')
        self.fake.stop()
        self.status_when(lambda found: not found['up'], 'down')
        with FakeGanesha(self.bus, heartbeat_ms=100, clients=1, exports=1):
            status = self.status_when(is_known, 'rates again')
            self.assertEqual(status['exports']['rows'][0]['history'][0], 0, 'nothing of the one before')

    def test_was_not_up_from_the_start(self):
        self.exporter = self.start_exporter()
        status = self.status()
        self.assertEqual((status['up'], status['since'], status['last_beat']), (False, None, None))
        self.assertEqual(status['exporter']['last_poll'], None)
        self.assertEqual(status['collectors'], [])
        self.assertEqual(self.exporter.get('/').status, 200)


class ThePages(StatusTest):
    def test_are_one_after_the_other(self):
        self.start(clients=45, exports=3)
        seen = []
        for number in 1, 2, 3:
            clients = self.status(f'clients.page={number}&clients.sort=name')['clients']
            self.assertEqual((clients['page'], clients['pages'], clients['per_page']), (number, 3, 20))
            seen += [row['client'] for row in clients['rows']]
        self.assertEqual(seen, [f'10.0.0.{number}' for number in range(1, 46)])
        self.assertEqual(self.status('clients.page=99')['clients']['page'], 3)

    def test_refuse_what_makes_no_sense(self):
        self.start()
        for query in 'exports.sort=size', 'clients.order=up', 'clients.page=0', 'exports.per_page=501':
            for path in '/', '/api/v1/status':
                answer = self.exporter.get(f'{path}?{query}')
                self.assertEqual((answer.status, len(answer.text.splitlines())), (400, 1), query)

    def test_are_compressed_when_the_reader_takes_it(self):
        self.start(clients=20, exports=20)
        for path in '/', '/api/v1/status':
            plain = self.exporter.get(path)
            packed = self.exporter.get(path, {'Accept-Encoding': 'gzip'})
            self.assertEqual(packed.headers['Content-Encoding'], 'gzip')
            self.assertEqual(packed.headers['Vary'], 'Accept-Encoding')
            self.assertLess(len(packed.body), len(plain.body) / 3)
            self.assertEqual(gzip.decompress(packed.body)[:40], plain.body[:40])

    def test_are_small_with_a_hundred_of_each(self):
        self.start(clients=100, exports=100)
        self.status_when(
            lambda found: self.fake.control('Tick', 'u', 1) or len(found['totals']['history']) == 30,
            'a full history')
        everything = '/?exports.per_page=100&clients.per_page=100'
        self.assertLess(len(self.exporter.get('/').body), 30_000)
        page = self.exporter.get(everything)
        self.assertEqual(page.text.count('<th scope="row">'), 200)
        self.assertLess(len(page.body), 100_000)


class TenThousandClients(StatusTest):
    FLAGS = '--poll.interval=1s',

    def shows_traffic(self, found):
        # A rate falls to 0 with the next poll.
        self.fake.control('TickSome', 'u', 100)
        return found['clients']['rows'][0]['reads']

    def test_cost_no_more_than_the_rows_that_are_shown(self):
        self.start(clients=MANY, exports=10, client_protocols='NFSv41')
        self.status_when(is_known, 'rates', timeout=180)
        self.status_when(self.shows_traffic, 'traffic', timeout=180)
        for query in ('clients.sort=name', 'clients.sort=latency&clients.order=asc', 'clients.filter=1.2',
                      f'clients.page={MANY // ROWS_PER_PAGE // 2}',
                      f'clients.page={MANY // ROWS_PER_PAGE}&clients.sort=name'):
            for path in '/', '/api/v1/status':
                with self.subTest(path, query=query):
                    self.assertLess(self.fastest(f'{path}?{query}'), ANSWER_SECONDS)

    def fastest(self, path):
        """The fastest of a few answers: others may have waited for a poll."""
        times = []
        for _ in range(5):
            start = time.monotonic()
            answer = self.exporter.get(path)
            times.append(time.monotonic() - start)
            self.assertEqual(answer.status, 200)
            self.assertLess(len(answer.body), 30_000)
        return min(times)


if __name__ == '__main__':
    run_tests()
