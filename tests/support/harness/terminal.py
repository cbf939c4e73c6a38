"""A terminal in which a program runs: screen, keys and size."""
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

from .process import HarnessError, wait_until

KEYS = {'Up': '\x1bOA', 'Down': '\x1bOB', 'Right': '\x1bOC', 'Left': '\x1bOD', 'PgUp': '\x1b[5~',
        'PgDn': '\x1b[6~', 'Home': '\x1bOH', 'End': '\x1bOF', 'Tab': '\t', 'Enter': '\r', 'Escape': '\x1b',
        'Backspace': '\x7f', 'Ctrl-C': '\x03', 'Ctrl-Z': '\x1a', 'Ctrl-\\': '\x1c'}
# Sequences that switch xterm to its alternate screen and back.
ENTERED, LEFT = b'\x1b[?1049h', b'\x1b[?1049l'


def _stream(screen):
    """curses scrolls by several lines, and repeats, where a new screen resembles the old one; pyte ignores that."""
    import pyte

    def scroll(count, edge, step):
        line = screen.cursor.y
        screen.cursor.y = (screen.margins or (0, screen.lines - 1))[edge]
        for _ in range(count or 1):
            step()
        screen.cursor.y = line

    def repeat(count=1):
        screen.draw(screen.buffer[screen.cursor.y][screen.cursor.x - 1].data * (count or 1))

    added = {'S': 'scroll_up', 'T': 'scroll_down', 'b': 'repeat'}

    class Stream(pyte.ByteStream):
        csi = {**pyte.ByteStream.csi, **added}
        events = pyte.ByteStream.events | set(added.values())
    screen.scroll_up = lambda count=1: scroll(count, -1, screen.index)
    screen.scroll_down = lambda count=1: scroll(count, 0, screen.reverse_index)
    screen.repeat = repeat
    return Stream(screen)


class TerminalProgram:
    """Runs the program as the owner of its own terminal; python3-pyte emulates the terminal.

    Attributes: raw, the bytes that it wrote; modes, the terminal's before it began.
    """

    def __init__(self, *argv, columns=80, lines=24, env=None):
        import pyte
        self.argv = [str(part) for part in argv]
        self.env = {**os.environ, 'TERM': 'xterm-256color', 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', **(env or {})}
        self.screen = pyte.Screen(columns, lines)
        self.stream = _stream(self.screen)
        self.raw = b''

    def __enter__(self):
        self.master, self.slave = pty.openpty()
        self._set_size(self.screen.columns, self.screen.lines)
        self.modes = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'setsid', '--ctty', *self.argv],
            stdin=self.slave, stdout=self.slave, stderr=self.slave, env=self.env)
        return self

    def __exit__(self, *_exception):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self.slave)

    def press(self, *keys):
        """Names of KEYS, or characters."""
        for key in keys:
            os.write(self.master, KEYS.get(key, key).encode())

    def resize(self, columns, lines):
        self.screen.resize(lines, columns)
        self._set_size(columns, lines)

    def lines(self):
        self._take_output()
        # Like a terminal, pyte puts an empty cell after a wide character.
        return [line.rstrip() for line in self.screen.display]

    def shows(self, pattern):
        return re.search(pattern, '\n'.join(self.lines()), re.MULTILINE)

    def wait_for(self, pattern, timeout=60):
        try:
            return wait_until(lambda: self.shows(pattern), timeout, pattern)
        except TimeoutError as error:
            raise HarnessError(f'{error}\n' + '\n'.join(self.lines())) from None

    def wait(self, timeout=5):
        """Its exit code, after all its output is in `raw`."""
        wait_until(lambda: self.lines() and self.process.poll() is not None, timeout, 'its end')
        self._take_output()
        return self.process.returncode

    def is_as_before(self):
        """Whether the terminal is as the program found it."""
        return self.has_its_screen_back() and termios.tcgetattr(self.slave) == self.modes

    def has_its_screen_back(self):
        return self.raw.rfind(LEFT) > self.raw.rfind(ENTERED) >= 0

    def hang_up(self):
        if self.master is not None:
            os.close(self.master)
        self.master = None

    def _set_size(self, columns, lines):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))

    def _take_output(self):
        while self.master is not None and select.select([self.master], [], [], 0)[0]:
            data = os.read(self.master, 65536)
            self.raw += data
            self.stream.feed(data)
