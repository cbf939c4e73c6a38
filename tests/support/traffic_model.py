"""Plausible counters for the series of a page: what a server, an export or a client did until a time.

A page of a real exporter gives the series; here each owner of series, such as a client of a server, has an activity
over time, and each counter is a share of what its owner did: bytes, errors and latency grow with operations.
"""
import math
import random
import re

SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? \S+')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# What one operation adds to a counter, by the first word that its name has. Sums of time and bytes are of fractions.
SHARES = (
    ('bytes', 60_000), ('operation_errors', 0.002), ('latency_seconds', 0.003), ('queue_wait_seconds', 0.0001),
    ('other_operation_errors', 0.1), ('layout_operations', 0.05), ('layout', 0.001), ('delegation', 0.01),
    ('other_operations', 2), ('duplicates', 0.001), ('errors', 0.02), ('', 1))
FRACTIONS = 'seconds', 'process_'
OF_OPERATION = {'read': 0.7, 'write': 0.3}


def share_of(name, labels):
    share = next(share for word, share in SHARES if word in name)
    return share * OF_OPERATION.get(labels.get('operation'), 1)


class Wandering:
    """An activity that swells and shrinks: the busiest client of one hour is not that of the next.

    Its sum since time 0 is known for each time without a loop. One of ten is idle.
    """

    def __init__(self, *owner):
        chance = random.Random(repr(owner))
        self.mean = 0 if chance.random() < 0.1 else math.exp(chance.gauss(2, 1.2))
        self.period = chance.uniform(120, 3600) / (2 * math.pi)
        self.phase = chance.uniform(0, 2 * math.pi)

    def until(self, seconds):
        """Operations until this time."""
        swell = 0.9 * self.period * (math.cos(self.phase) - math.cos(seconds / self.period + self.phase))
        return self.mean * (seconds + swell)


class Line:
    """A series of the page and what its value is."""

    def __init__(self, text):
        self.prefix, _, self.value = text.rpartition(' ')
        self.name, inside = SAMPLE.fullmatch(text).groups()
        self.labels = dict(LABEL.findall(inside or ''))
        self.owner = self.labels.get('path') or self.labels.get('client') or ''
        self.counts = self.name.endswith('_total')
        self.share = share_of(self.name, self.labels)
        self.whole = not any(word in self.name for word in FRACTIONS)
        # Where the line has no owner: the labels make it differ from others.
        self.key = self.owner or self.prefix


class PageModel:
    """The page of `instance` at any time, from the text of a real one."""

    def __init__(self, text, instance, activity=Wandering):
        lines = [line for line in text.splitlines() if line]
        self.lines = [line if line[0] == '#' else Line(line) for line in lines]
        self.activities = {line.key: activity(instance, line.key) for line in self.series()}

    def series(self):
        return (line for line in self.lines if isinstance(line, Line))

    def at(self, seconds):
        """The value of any line this long after the start of its counters, as a function."""
        done = {key: activity.until(seconds) for key, activity in self.activities.items()}

        def value(line):
            if not line.counts:
                return line.value
            counted = line.share * done[line.key]
            return math.floor(counted) if line.whole else round(counted, 6)
        return value

    def page(self, seconds):
        value = self.at(seconds)
        return '\n'.join(line if isinstance(line, str) else f'{line.prefix} {value(line)}' for line in self.lines) + '\n'
