"""Work on a thread beside the test."""
import threading


class Background(threading.Thread):
    """Runs until its block ends. Subclasses have run(), which returns soon after `done` is set."""

    def __init__(self, name=None):
        super().__init__(name=name, daemon=True)
        self.done = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        self.done.set()
        self.join()
