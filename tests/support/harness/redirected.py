"""Programs whose standard error goes where a test wants it."""
import contextlib
import fcntl
import os


def redirecting(folder, program, redirection):
    """A script in `folder` that becomes `program`, with its standard error redirected as by a shell."""
    script = folder / 'redirected'
    script.write_text(f'#!/bin/sh\nexec {program} "$@" {redirection}\n')
    script.chmod(0o755)
    return script


class UnreadPipe:
    """A named pipe that somebody holds open and does not read until `read` is called."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)
        self.end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def fill(self):
        """Until nothing more can be written."""
        writer = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b'x' * 4095 + b'\n')
        os.close(writer)

    def read(self):
        """What is there now."""
        pieces = []
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.end, 65536):
                pieces.append(piece)
        return b''.join(pieces).decode(errors='replace')

    def close(self):
        os.close(self.end)
