"""The lines of a run, with their times, and what failed in it."""
import sys
import threading
import time


class Report:
    def __init__(self):
        self.start = time.monotonic()
        self.failures = []
        self.failed = threading.Event()
        self._lock = threading.Lock()

    def say(self, text):
        with self._lock:
            print(f'{self.elapsed:7.1f} s  {text}', flush=True)

    def fail(self, text):
        self.say(f'FAILED: {text}')
        self.failures.append(text)
        self.failed.set()
        sys.stdout.flush()

    @property
    def elapsed(self):
        return time.monotonic() - self.start

    def pause(self, seconds):
        """A part of an action, not a wait for something: ends early when something failed."""
        self.failed.wait(seconds)
