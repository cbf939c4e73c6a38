"""PromQL for the dashboards: the variables select every series, every rate spans $__rate_interval.

Panels of the top N choose their N once, by the mean over the range of the dashboard: `@ end()` makes the choice the same
at each step. Hidden variables hold the chosen, so that a panel reads no other series.
"""
import functools

SERVER = 'cluster=~"$cluster"', 'job=~"$job"', 'instance=~"$instance"'
# Grafana does not escape the quotes that a path may have, and none are needed between backquotes.
EXPORT = 'path=~`${export:regex}`', 'protocol=~"$protocol"'
CLIENT = 'client=~"$client"', 'protocol=~"$protocol"'
# The labels that identify a server. `cluster` is present only if Prometheus is configured to add it.
JOB = 'cluster, job'
EACH_SERVER = f'{JOB}, instance'
# What rates are over. NOW is for instant queries: what was recorded last, otherwise as RECENT.
RECENT, WHOLE, NOW = '[$__rate_interval]', '[$__range] @ end()', ''


def series(metric, *matchers):
    return f'{metric}{{{", ".join((*SERVER, *matchers))}}}'


def rate(metric, by, *matchers, window=RECENT):
    """Per second, summed. `by` is a list of labels as in PromQL; empty for a single sum."""
    return f'{sum_by(by)} (rate({series(metric, *matchers)}{window or RECENT}))'


def gauge(metric, *matchers, window=RECENT):
    """The value, or its mean over the range: while the series does not exist, it counts as 0."""
    selected = series(metric, *matchers)
    return selected if window == RECENT else mean_over_range(f'sum_over_time({selected}{window})', 'ganesha_up')


def mean_over_range(total, steady):
    """`total`: a sum_over_time(). `steady`: a series of each server that is sampled at the same times, without a gap.

    avg_over_time() would take the mean over the time for which a series exists. A server may be new: of its job, the one
    with the most samples has been there for the whole range.
    """
    samples = f'max by ({JOB}) (count_over_time({series(steady)}{WHOLE}))'
    return f'{total} / on ({JOB}) group_left () {samples}'


def last(metric, *matchers):
    """The last value in the range."""
    return f'last_over_time({series(metric, *matchers)}[$__range])'


def increased(metric, by=EACH_SERVER):
    """How much a counter grew in the range of the dashboard, as a whole number."""
    return f'round({sum_by(by)} (increase({series(metric)}[$__range])))'


def sum_by(by):
    return f'sum by ({by})' if by else 'sum'


def ratio(numerator, denominator):
    """No sample, rather than NaN, if nothing was counted."""
    return f'{numerator} / ({denominator} > 0)'


def each(expression, calculation='max'):
    return f'{calculation} by ({EACH_SERVER}) ({expression})'


def top(expression):
    """The N highest: for instant queries, and for the choice of chosen()."""
    return f'topk($top, {expression})'


def chosen(expression, by, choice):
    """The series of `expression` that are in `choice`, an expression with the labels `by`."""
    return f'({expression}) and on ({by}) {choice}'


def busiest(build, by):
    """The N highest by the mean over the range; build(window) makes the expression."""
    return chosen(build(RECENT), by, top(build(WHOLE)))


def now(expression):
    """0 if there is no sample: otherwise a stat panel would show the last value, however old."""
    return f'{expression} or vector(0)'


def age(expression):
    return f'time() - {expression}'


# If an exporter does not answer there is no ganesha_up: only `up` of Prometheus reports it.
STATE = f'{series("ganesha_up")} or ({series("up")} == 0) - 1'


def counted(expression):
    """A number for each server whose exporter answers."""
    return f'{each(expression, "count")} or 0 * {each(series("ganesha_up"))}'


FAILING = counted(f'{series("ganesha_exporter_collector_success")} == 0')
SUSPENDED = counted(series('ganesha_exporter_method_suspended'))


def least_up():
    """The N servers that were up for the least time."""
    answered, up = (each(f'avg_over_time({series(metric)}{WHOLE})') for metric in ('up', 'ganesha_up'))
    return f'bottomk($top, {answered} + ({up} or 0 * {answered}))'


class Families:
    """The metric families of an owner, `export` or `client`, with the matchers that select series."""

    def __init__(self, owner, *matchers):
        self.owner, self.matchers = owner, matchers

    def metric(self, family):
        return f'ganesha_{self.owner}_{family}_total'

    def rate(self, family, by, *more, window=RECENT):
        return rate(self.metric(family), by, *self.matchers, *more, window=window)

    def timed_rate(self, family, of, by, *more, window=RECENT):
        """Rate of the operations `of` that the server times by `family`."""
        counted, times = (f'rate({series(self.metric(each), *self.matchers, *more)}{window or RECENT})'
                          for each in (of, family))
        return f'{sum_by(by)} ({counted} and {times})'

    def of(self, family):
        """rate() of this family."""
        return functools.partial(self.rate, family)

    def mean(self, family, by, *more, of='operations', window=RECENT):
        """`family` per operation."""
        return ratio(self.rate(family, by, *more, window=window), self.rate(of, by, *more, window=window))

    def timed(self, family, by, *more, of='operations', window=RECENT):
        """As mean(), but only over operations that the server times: others would seem to take no time."""
        return ratio(self.rate(family, by, *more, window=window),
                     self.timed_rate(family, of, by, *more, window=window))

    def latency(self, by, *more, window=RECENT):
        return self.timed('operation_latency_seconds', by, *more, window=window)

    def io_size(self, by, *more, window=RECENT):
        return self.mean('transferred_bytes', by, *more, window=window)

    def error_ratio(self, by, *more, window=RECENT):
        return self.mean('operation_errors', by, *more, window=window)


class Recorded(Families):
    """The same from the rates that ganesha.rules.yml records at a level; computed for servers without them.

    The hidden variable `unrecorded` holds these servers, or "none": then the second half reads nothing.
    """

    def __init__(self, level, owner, *matchers):
        super().__init__(owner, *matchers)
        self.level = level
        self.computed = Families(owner, *matchers, 'instance=~"$unrecorded"')

    def rate(self, family, by, *more, window=RECENT):
        return self._either(by, window, series(self._recorded(family), *self.matchers, *more),
                            lambda labels: self.computed.rate(family, labels, *more, window=window))

    def timed_rate(self, family, of, by, *more, window=RECENT):
        return self._either(by, window, series(self._recorded('timed_operations'), *self.matchers, *more),
                            lambda labels: self.computed.timed_rate(family, of, labels, *more, window=window))

    def ranking(self, rank, by):
        """Mean over the range of the family that the variable `rank` holds; of the latency, per operation."""
        latency = 'operation_latency_seconds'
        timed = self.timed_rate(latency, 'operations', by, window=WHOLE)
        return f'{ratio(self._if_ranked(latency, rank, by), timed)} or {self.rate(rank, by, window=WHOLE)}'

    def _if_ranked(self, family, rank, by):
        """The rate of the family if `rank` is this one; otherwise nothing is read."""
        recorded, computed = (
            series('', f'__name__="{metric(family)}"', f'__name__=~"{metric(rank)}"', *selection.matchers)
            for metric, selection in ((self._recorded, self), (self.metric, self.computed)))
        return self._either(by, WHOLE, recorded, lambda labels: f'{sum_by(labels)} (rate({computed}{WHOLE}))')

    def _recorded(self, family):
        return f'{self.level}:ganesha_{family}:rate5m'

    def _either(self, by, window, recorded, computed):
        """computed(labels): the sum by these labels."""
        labels = by if EACH_SERVER in by else ', '.join(filter(None, (EACH_SERVER, by)))
        if window == WHOLE:
            total = f'{sum_by(labels)} (sum_over_time({recorded}{window}))'
            # Computed first: what was recorded of these servers does not cover the range.
            values = [computed(labels), mean_over_range(total, f'{SERVERS[0]}:ganesha_operations:rate5m')]
        else:
            # The last recorded rather than a gap if rules are evaluated late, or less often than each $__rate_interval.
            recent = [f'avg_over_time({recorded}{window})'] if window else []
            values = [*(f'{sum_by(labels)} ({value})' for value in (*recent, recorded)), computed(labels)]
        either = f'({" or ".join(values)})'
        return either if labels == by else f'{sum_by(by)} {either}'


# The levels that are recorded, and the owner of the families. SERVERS: what all exports of a server do. EXPORTS: of all
# protocols.
SERVERS = 'instance_operation_protocol', 'export'
EXPORTS = 'export', 'export'
CLIENTS = 'client_protocol', 'client'
