"""The exports or clients that a dashboard shows: the N that the reader ranks highest, by their mean over the range."""
from .dashboard import UNRECORDED
from .panel import Column, query, stacked_top, timeseries
from .query import WHOLE, busiest, chosen, top


def highest(title, description, unit, build, by, legend, **options):
    """The N highest lines by the mean over the range; build(window) makes the expression."""
    return timeseries(title, f'{description} The highest by the mean over the time range.', unit,
                      query(busiest(build, by), legend), **options)


class Shown:
    """`owners`: exports or clients; `by`: the labels of each; `name`: its legend.

    rank(*matchers): what they are ranked by. `matchers` select the chosen, by the hidden variables.
    """

    def __init__(self, owners, by, name, links, rank, matchers, regex):
        self.owners, self.by, self.name, self.links = owners, by, name, links
        self.choice = top(rank(*matchers))
        # Then their servers: other servers may have exports or clients of the same names.
        self.hidden = (UNRECORDED,
                       (f'shown_{owners}', f'query_result({top(rank())})', regex),
                       ('shown_servers', f'query_result({top(rank(matchers[0]))})', '/instance="(.*?)",job="/'))

    def only(self, expression):
        return chosen(expression, self.by, self.choice)

    def mean_column(self, by, name, unit, value, *labels, **properties):
        """A column of a table with a row for each `by`: value(by, *labels, window=...) over the range."""
        return Column(name, self.only(value(by, *labels, window=WHOLE)), unit=unit, **properties)

    def lines(self, title, description, unit, expression, size=(12, 8)):
        """A line for each."""
        return self._in_time(title, description, unit, self.only(expression), self.name, size)

    def busiest(self, title, description, unit, build, by, legend, size=(12, 8)):
        """The N highest of several lines for each."""
        return self._in_time(title, f'{description} The highest of the {self.owners} shown.', unit,
                             busiest(build, by), legend, size)

    def stacked(self, title, description, unit, family, selected, everything):
        return stacked_top(title, f'{description} The rest of what the servers did is one more area.', unit,
                           self.only(selected.rate(family, self.by)), everything.rate(family, ''), self.name, 'all others',
                           links=self.links)

    def _in_time(self, title, description, unit, expression, legend, size):
        return timeseries(title, description, unit, query(expression, legend), size=size, links=self.links)
