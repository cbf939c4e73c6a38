"""What the suite knows of the server by its own deeds, and what a page must therefore say of it."""
import threading
import time

from harness import sanitized

BEATING, SILENT, DEAD, CHANGING = 'beating', 'silent', 'dead', 'changing'
HEARTBEAT_SECONDS = 1
# --heartbeat.timeout of the exporter.
TIMEOUT_SECONDS = 3
# For a busy machine, on which a heartbeat and the answer to a scrape come late.
SLACK_SECONDS = 4 if sanitized() else 2


class Truth:
    """The states of the server, each with the time since when it lasts.

    BEATING: it runs. SILENT: it is stopped, or its bus is. DEAD: the suite ended it. CHANGING: any of them.
    `changes` counts those of the state, `lives` the servers, each of which begins when the one before is ended.
    """

    # How long ganesha_up may be wrong once the state began.
    SETTLED = {BEATING: HEARTBEAT_SECONDS + SLACK_SECONDS, SILENT: TIMEOUT_SECONDS + SLACK_SECONDS,
               DEAD: SLACK_SECONDS}
    UP = {BEATING: 1, SILENT: 0, DEAD: 0}

    def __init__(self, clock=time.monotonic):
        self._lock = threading.Lock()
        self._clock = clock
        self._state, self._since, self.changes = CHANGING, clock(), 0
        self.lives = 1

    def becomes(self, state):
        with self._lock:
            self.changes += 1
            self._state, self._since = state, self._clock()

    def is_stable(self, state, since):
        """Whether this was the state from `since` until now."""
        with self._lock:
            return self._state == state and self._since <= since

    def up(self, asked):
        """The value of ganesha_up on a page that was asked for then and came now; None if either may be right."""
        with self._lock:
            settled = self.SETTLED.get(self._state)
            return None if settled is None or asked - self._since < settled else self.UP[self._state]

    def must_run(self, changes):
        """Whether the process must be there now, and was not touched since `changes` had this value."""
        with self._lock:
            return self._state in (BEATING, SILENT) and self.changes == changes
