"""A plausible day of a site, written into a Prometheus as its past: the pictures of the dashboards are drawn from it.

files1 and files2 serve people, mail and builds; files3 serves computing and goes down in the afternoon; the exporter of
files4, with the archive, stops answering later. Desks work by day, with pauses; a backup reads everything at night; builds
and jobs come in bursts; files2 restarts in the morning; a failing disk makes calls on /srv/projects slow and some fail for
twenty minutes. Some clients have been idle for days. The same seed makes the same day.
"""
import bisect
import dataclasses
import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'support')]

STEP = 60
DAY = 86_400
# A Wednesday, 16:30 UTC.
END = 1_781_713_800
START = END - DAY
FIRST = START - 3600  # Rates of the first minutes need earlier samples.
TIMES = range(FIRST, END + 1, STEP)
READ, WRITE = 'read', 'write'
OFFICE = ((0, 0.03), (6, 0.04), (7.5, 0.25), (9, 0.9), (11.5, 1), (12.4, 0.5), (13.4, 0.95), (16, 0.9), (17.5, 0.4),
          (19, 0.12), (22, 0.05), (24, 0.03))
MAIL = ((0, 0.3), (6, 0.35), (9, 1), (12, 0.85), (17, 0.9), (20, 0.5), (24, 0.3))
EVEN = ((0, 1), (24, 1))
NIGHT = ((0, 0), (2, 0), (2.05, 1), (3.6, 0.9), (4.1, 0.3), (4.2, 0), (24, 0))
NEVER = ((0, 0), (24, 0))


def at(curve, hour):
    index = max(1, bisect.bisect([point for point, _ in curve], hour))
    (left, low), (right, high) = curve[index - 1], curve[min(index, len(curve) - 1)]
    return low if right == left else low + (high - low) * (hour - left) / (right - left)


def hour_of(time):
    return time % DAY / 3600


def noise(chance, spread, memory=0.9):
    """Around 1, each minute like the one before."""
    level = chance.gauss(0, 1)
    for _ in TIMES:
        level = memory * level + math.sqrt(1 - memory ** 2) * chance.gauss(0, 1)
        yield math.exp(spread * level - spread ** 2 / 2)


@dataclasses.dataclass
class Kind:
    """How a kind of client works: operations per second when busy, and what they are."""

    curve: tuple
    rate: float
    reads: float
    read_bytes: int
    write_bytes: int
    others: float  # Other operations per read or write.
    spread: float = 0.5
    bursts: float = 0  # A day, each for minutes.
    burst_rate: float = 0
    pauses: float = 0  # The share of the minutes without any operation.

    def activity(self, chance):
        """Operations per second in each minute."""
        scale, shift = math.exp(chance.gauss(0, 0.5)), chance.gauss(0, 0.4)
        burst, pause = 0, 0
        for time, factor in zip(TIMES, noise(chance, self.spread)):
            level = at(self.curve, (hour_of(time) + shift) % 24)
            if burst == 0 and chance.random() < self.bursts * level * STEP / DAY:
                burst = chance.randint(4, 25)
            if pause == 0 and chance.random() < self.pauses / 20:
                pause = chance.randint(5, 40)
            busy = (self.burst_rate * min(burst, 4) / 4 if burst else 0) + (0 if pause else self.rate * level)
            burst, pause = max(0, burst - 1), max(0, pause - 1)
            yield scale * factor * busy if busy > 0.01 * self.rate else 0


KINDS = {
    'desk': Kind(OFFICE, 12, 0.75, 30_000, 18_000, 3, 0.7, bursts=8, burst_rate=60, pauses=0.3),
    'mail': Kind(MAIL, 90, 0.55, 14_000, 9_000, 2.5, 0.25),
    'build': Kind(OFFICE, 25, 0.7, 24_000, 40_000, 6, 0.4, bursts=22, burst_rate=420),
    'web': Kind(MAIL, 60, 0.97, 45_000, 8_000, 1.2, 0.3),
    'compute': Kind(EVEN, 30, 0.8, 200_000, 180_000, 0.3, 0.3, bursts=18, burst_rate=90, pauses=0.1),
    'media': Kind(OFFICE, 90, 0.9, 500_000, 480_000, 0.2, 0.3, bursts=6, burst_rate=150),
    'backup': Kind(NIGHT, 420, 0.99, 900_000, 60_000, 1.5, 0.15),
    'idle': Kind(NEVER, 1, 1, 1, 1, 1)}


@dataclasses.dataclass
class Export:
    number: int
    path: str
    latency: float  # Of an operation while there is little load.
    capacity: float  # Operations per second at which it has doubled.
    tag: str = ''
    fails: tuple = ()  # From and to which hour its disk fails.

    def state(self, load, chance):
        """(latency, share of errors) in each minute."""
        for time, operations, factor in zip(TIMES, load, noise(chance, 0.18)):
            failing = self.fails and self.fails[0] <= hour_of(time) < self.fails[1] and time > START
            slow = 14 if failing else 1
            yield (self.latency * slow * factor * (1 + (operations / self.capacity) ** 1.5),
                   0.06 * factor if failing else 0.00002)


@dataclasses.dataclass
class Client:
    address: str
    kind: str
    protocol: str
    paths: tuple


@dataclasses.dataclass
class Server:
    name: str
    version: str
    exports: tuple
    clients: tuple
    down: tuple = ()  # From and to which time it does not run.
    unreachable: int = END + 1
    supervised: bool = False
    procedures: bool = False
    has_own_page: bool = False

    def is_down(self, time):
        return bool(self.down) and self.down[0] <= time < self.down[1]


def desks(network, numbers, paths, protocol='NFSv42'):
    return tuple(Client(f'10.20.{network}.{number}', 'desk', protocol, paths) for number in numbers)


def clock(hour, minute=0):
    """This time of the last day."""
    return END // DAY * DAY + hour * 3600 + minute * 60


SERVERS = (
    Server('files1', '9.5', (
        Export(1, '/srv/home', 0.0008, 2500, 'home'), Export(2, '/srv/projects', 0.003, 1800, fails=(11.2, 11.55)),
        Export(3, '/srv/mail', 0.0012, 900)),
        (*desks(1, range(11, 39), ('/srv/home', '/srv/projects')), *desks(2, range(11, 19), ('/srv/home',), 'NFSv41'),
         Client('10.20.8.5', 'mail', 'NFSv41', ('/srv/mail',)), Client('10.20.8.6', 'mail', 'NFSv41', ('/srv/mail',)),
         Client('10.20.8.20', 'web', 'NFSv3', ('/srv/projects',)),
         Client('10.20.9.2', 'backup', 'NFSv41', ('/srv/home', '/srv/projects', '/srv/mail')),
         Client('10.20.1.99', 'idle', 'NFSv42', ('/srv/home',)), Client('10.20.2.98', 'idle', 'NFSv3', ('/srv/home',))),
        supervised=True),
    Server('files2', '15.2', (
        Export(1, '/srv/build', 0.0006, 6000, 'fast'), Export(2, '/srv/media', 0.006, 900),
        Export(3, '/srv/packages', 0.001, 3000)),
        (*(Client(f'10.20.4.{number}', 'build', 'NFSv42', ('/srv/build', '/srv/packages')) for number in range(21, 33)),
         *(Client(f'10.20.5.{number}', 'media', 'NFSv3', ('/srv/media',)) for number in range(31, 35)),
         Client('10.20.8.21', 'web', 'NFSv41', ('/srv/packages',)),
         Client('10.20.9.2', 'backup', 'NFSv41', ('/srv/media',)),
         Client('10.20.4.90', 'idle', 'NFSv42', ('/srv/build',))),
        down=(clock(9, 47), clock(9, 49)), supervised=True, procedures=True, has_own_page=True),
    Server('files3', '6.5', (Export(1, '/scratch', 0.0015, 3000), Export(2, '/srv/results', 0.004, 1500)),
           tuple(Client(f'10.30.0.{number}', 'compute', 'NFSv41', ('/scratch', '/srv/results')) for number in range(1, 17)),
           down=(clock(14, 20), END + 1)),
    Server('files4', '6.5', (Export(1, '/srv/archive', 0.009, 600),),
           (*(Client(f'10.20.5.{number}', 'media', 'NFSv3', ('/srv/archive',)) for number in range(31, 33)),
            *desks(3, range(11, 15), ('/srv/archive',)), Client('10.20.3.90', 'idle', 'NFSv3', ('/srv/archive',))),
           unreachable=clock(15, 10)))


class Flow:
    """What one client does on one export: operations of each minute, by operation."""

    def __init__(self, server, client, export, share, activity, chance):
        self.client, self.export, self.kind = client, export, KINDS[client.kind]
        reads = [min(0.98, self.kind.reads * factor) for factor in noise(chance, 0.15)]
        alive = [not server.is_down(time) for time in TIMES]
        total = [rate * share * STEP * up for rate, up in zip(activity, alive)]
        self.operations = {READ: [count * part for count, part in zip(total, reads)],
                           WRITE: [count * (1 - part) for count, part in zip(total, reads)]}
        self.total = total
        self.sizes = {READ: list(noise(chance, 0.2)), WRITE: list(noise(chance, 0.2))}

    def bytes(self, operation):
        size = self.kind.read_bytes if operation == READ else self.kind.write_bytes
        return [count * size * factor for count, factor in zip(self.operations[operation], self.sizes[operation])]


def flows_of(server, chance):
    for client in server.clients:
        activity = list(KINDS[client.kind].activity(chance))
        weights = [chance.uniform(0.2, 1) for _ in client.paths]
        for path, weight in zip(client.paths, weights):
            export = next(each for each in server.exports if each.path == path)
            yield Flow(server, client, export, weight / sum(weights), activity, chance)
