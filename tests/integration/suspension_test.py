#!/usr/bin/python3
"""A method that crashes the server costs at most three deaths; other deaths suspend nothing."""
import json
import os
import pathlib
import random
import signal
import tempfile
import threading
import unittest

from integration import exporter_for, page_when, run_tests, sample, session_traffic
from harness import BUS_NAME, Export, Ganesha, PrivateBus, ganesha_version, wait_until

SHOW_EXPORTS = 'ExportMgr.ShowExports'
MOST_DEATHS = 3
LOOPS = int(os.environ.get('GANESHA_TEST_LOOPS', '5'))
# Before the third death the exporter makes no call for ten seconds.
PATIENCE = 60


class Restarted(Ganesha):
    """A server that is restarted whenever it dies, as by a service manager. It counts its deaths.

    It asks nothing of the server itself: what it would ask could be what ends it.
    """

    def start(self):
        self.deaths, self.stopping = [], threading.Event()
        self.thread = threading.Thread(target=self.keep_running)
        self.thread.start()
        wait_until(lambda: self.process, what='its first start')

    def keep_running(self):
        while not self.stopping.is_set():
            self.launch()
            self.deaths.append(self.process.wait(timeout=PATIENCE * 10))
            self.stopping.wait(0.1)

    def stop(self):
        self.stopping.set()
        self.thread_ends()

    def thread_ends(self):
        while self.thread.is_alive():
            self.process.signal(signal.SIGTERM)
            self.thread.join(0.5)


def suspended(metrics):
    return {dict(labels)['method'] for name, labels in metrics if name == 'ganesha_exporter_method_suspended'}


class Suspension(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(PrivateBus())
        self.state = self.enterContext(tempfile.TemporaryDirectory())

    def start_exporter(self, *flags):
        return self.enterContext(exporter_for(self.bus, f'--state.path={self.state}', '--poll.interval=1ms', *flags))

    def start_server(self, *exports):
        return self.enterContext(Restarted(self.bus, list(exports)))

    def state_file(self):
        return pathlib.Path(self.state, f'{BUS_NAME}.methods.json')


class AMethodThatEndsTheServer(Suspension):
    def latin_1_export(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(dir=Ganesha.parent_folder))
        return Export(77, 'VFS', path=os.fsdecode(os.fsencode(folder) + b'/caf\xe9'), pseudo='/cafe')

    def until_suspended(self, exporter):
        return page_when(exporter, lambda page: suspended(page) and sample(page, 'ganesha_up') == 1,
                         'the suspension', PATIENCE)

    def test_is_suspended_after_three_deaths(self):
        export = self.latin_1_export()
        exporter = self.start_exporter()
        server = self.start_server(export)
        metrics = self.until_suspended(exporter)
        self.assertEqual(suspended(metrics), {SHOW_EXPORTS})
        self.assertLessEqual(len(server.deaths), MOST_DEATHS)
        self.assertEqual(server.deaths, [-signal.SIGABRT] * len(server.deaths))
        session_traffic(server, 1, export, 10_000)
        metrics = page_when(exporter, lambda page: sample(page, 'ganesha_clients') == 1, 'the rest of the page')
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_success', collector='exports'), 0)
        self.assertRegex(exporter.log_lines('Collector failed')[-1], 'collector=exports.*the method is suspended')
        self.assertEqual(sample(metrics, 'ganesha_exporter_collector_success', collector='clients'), 1)
        self.assertEqual(exporter.get('/-/ready').status, 200)
        self.assertIn(SHOW_EXPORTS, exporter.get('/').text)
        lines = exporter.log_lines('Method suspended')
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], f'level=error.*method={SHOW_EXPORTS} object=/org/ganesha/nfsd/ExportMgr')
        deaths = len(server.deaths)
        self.check_an_exporter_that_comes_later(exporter, server, deaths)

    def check_an_exporter_that_comes_later(self, exporter, server, deaths):
        exporter.restart()
        metrics = page_when(exporter, lambda page: sample(page, 'ganesha_clients') == 1, 'the page')
        self.assertEqual(suspended(metrics), {SHOW_EXPORTS})
        self.assertEqual(len(server.deaths), deaths)

    def test_is_called_again_when_a_person_says_so(self):
        exporter = self.start_exporter()
        server = self.start_server(self.latin_1_export())
        self.until_suspended(exporter)
        deaths = len(server.deaths)
        exporter.restart()
        self.until_suspended(exporter)
        self.assertEqual(len(server.deaths), deaths)
        self.state_file().unlink()
        wait_until(lambda: len(server.deaths) > deaths, PATIENCE, 'the call')
        exporter.stop()


class AListOfAnEarlierExporter(Suspension):
    def write(self, version):
        self.state_file().write_text(json.dumps(
            {'version': version, 'suspects': [], 'single_suspect': False, 'suspended': [SHOW_EXPORTS]}))

    def page(self, *flags):
        return page_when(self.start_exporter(*flags), lambda page: sample(page, 'ganesha_clients') is not None,
                         'a poll')

    def test_is_obeyed(self):
        self.start_server(Export(1, 'MEM'))
        self.write('.'.join(map(str, ganesha_version())))
        metrics = self.page()
        self.assertEqual(suspended(metrics), {SHOW_EXPORTS})
        self.assertIsNone(sample(metrics, 'ganesha_exports'))

    def test_is_void_for_another_version(self):
        self.start_server(Export(1, 'MEM'))
        self.write('2.5')
        metrics = self.page()
        self.assertEqual(suspended(metrics), set())
        self.assertEqual(sample(metrics, 'ganesha_exports'), 2)
        self.assertFalse(self.state_file().exists())

    def test_is_lifted_by_the_flag(self):
        self.start_server(Export(1, 'MEM'))
        self.write('.'.join(map(str, ganesha_version())))
        self.assertEqual(sample(self.page('--dbus.retry-suspended'), 'ganesha_exports'), 2)
        self.assertFalse(self.state_file().exists())


class Deaths(Suspension):
    """Servers are killed or stopped, or crash, while the exporter polls without a pause."""

    def end(self, server, number):
        deaths = len(server.deaths)
        page_when(self.exporter, lambda page: sample(page, 'ganesha_up') == 1 and sample(page, 'ganesha_exports'),
                  'a poll', PATIENCE)
        # At any time within a poll.
        threading.Event().wait(random.uniform(0, 0.05))
        server.process.signal(number)
        wait_until(lambda: len(server.deaths) > deaths, PATIENCE, 'its end')

    def check(self, number):
        self.exporter = self.start_exporter()
        server = self.start_server(Export(1, 'MEM'))
        for _ in range(LOOPS):
            self.end(server, number)
        metrics = page_when(self.exporter, lambda page: sample(page, 'ganesha_up') == 1
                            and sample(page, 'ganesha_exports'), 'the last poll', PATIENCE)
        self.assertEqual(suspended(metrics), set())
        self.assertEqual(self.exporter.log_lines('Method suspended'), [])

    def test_by_SIGTERM_suspend_nothing(self):
        self.check(signal.SIGTERM)

    def test_by_SIGKILL_suspend_nothing(self):
        self.check(signal.SIGKILL)


class AServerThatCrashesAtItsStart(Suspension):
    def test_suspends_nothing(self):
        exporter = self.start_exporter()
        server = self.start_server(Export(1, 'MEM'))
        for _ in range(LOOPS):
            deaths = len(server.deaths)
            wait_until(lambda: server.process.running and self.bus.has_owner(BUS_NAME), PATIENCE, 'the name')
            server.process.signal(signal.SIGSEGV)
            wait_until(lambda: len(server.deaths) > deaths, PATIENCE, 'its end')
        metrics = page_when(exporter, lambda page: sample(page, 'ganesha_up') == 1 and sample(page, 'ganesha_exports'),
                            'the last poll', PATIENCE)
        self.assertEqual(suspended(metrics), set())


if __name__ == '__main__':
    run_tests()
