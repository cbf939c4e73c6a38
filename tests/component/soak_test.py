#!/usr/bin/python3
"""As many polls as in a day, at full speed: memory and descriptors do not grow. SOAK_POLLS sets their number."""
import os
import time

from component import ComponentTest, calls_with, polls, run_tests, sample, sanitized

A_DAY = 24 * 60 * 60 // 5
POLLS = int(os.environ.get('SOAK_POLLS') or (A_DAY // 20 if sanitized() else A_DAY))
SETTLED = 0.1  # Share of the run in which caches and arenas may fill.
MEMORY_BOUND = 2 * 1024 * 1024
A_CONNECTION_OR_TWO = 2  # Connections of earlier scrapes that are being closed.
SECONDS_BETWEEN_SCRAPES = 0.25
PATIENCE = 270
# Both formats, compressed and not, alternate.
HEADERS = [{}, {'Accept': 'application/openmetrics-text;version=1.0.0'}, {'Accept-Encoding': 'gzip'}]


class ADaysPolls(ComponentTest):
    def test_leave_memory_and_descriptors_flat(self):
        fake, exporter = self.start_both('--poll.interval=1ms', clients=5, exports=2)
        start, settled = time.monotonic(), None
        scrapes = 0
        while True:
            exporter.get(headers=HEADERS[scrapes % len(HEADERS)])
            fake.control('Tick', 'u', 1)
            metrics = exporter.metrics()
            scrapes += 1
            if settled is None and polls(metrics) >= SETTLED * POLLS:
                settled = metrics
            if polls(metrics) >= POLLS:
                break
            self.assertLess(time.monotonic() - start, PATIENCE, f'{polls(metrics)} of {POLLS} polls')
            time.sleep(SECONDS_BETWEEN_SCRAPES)
        self.report(settled, metrics, time.monotonic() - start)
        self.check(settled, metrics, fake.calls())

    def check(self, settled, metrics, calls):
        descriptors = sample(metrics, 'process_open_fds') - sample(settled, 'process_open_fds')
        self.assertLessEqual(abs(descriptors), A_CONNECTION_OR_TWO)
        for result in 'timed_out', 'failed', 'refused':
            self.assertEqual(calls_with(metrics, result), 0)
        # Every poll made its calls; the last ones came after the page.
        self.assertGreaterEqual(calls['clientmgr.ShowClients'], polls(metrics))
        if not sanitized():  # A sanitizer keeps freed memory.
            grown = self.memory(metrics) - self.memory(settled)
            self.assertLess(grown, MEMORY_BOUND, f'grown by {grown} bytes since {SETTLED:.0%} of the run')

    def report(self, settled, metrics, seconds):
        print(f'{polls(metrics):.0f} polls in {seconds:.0f} s, memory {self.memory(settled):.0f} -> '
              f'{self.memory(metrics):.0f}, descriptors {sample(metrics, "process_open_fds"):.0f}')

    @staticmethod
    def memory(metrics):
        return sample(metrics, 'process_resident_memory_bytes')


if __name__ == '__main__':
    run_tests()
