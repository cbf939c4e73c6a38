"""PromQL for the dashboards: the variables select every series, every rate spans $__rate_interval."""
SERVER = 'cluster=~"$cluster"', 'job=~"$job"', 'instance=~"$instance"'
EXPORT = 'path=~"$export"', 'protocol=~"$protocol"'
CLIENT = 'client=~"$client"', 'protocol=~"$protocol"'
# The labels that identify a server. `cluster` is present only if Prometheus is configured to add it.
EACH_SERVER = 'cluster, job, instance'


def series(metric, *matchers):
    return f'{metric}{{{", ".join((*SERVER, *matchers))}}}'


def rate(metric, by, *matchers):
    """Per second, summed. `by` is a list of labels as in PromQL; empty for a single sum."""
    return f'{sum_by(by)} (rate({series(metric, *matchers)}[$__rate_interval]))'


def sum_by(by):
    return f'sum by ({by})' if by else 'sum'


def ratio(numerator, denominator):
    """No sample, rather than NaN, if nothing was counted."""
    return f'{numerator} / ({denominator} > 0)'


def each(expression, calculation='max'):
    return f'{calculation} by (instance) ({expression})'


def top(expression):
    """The seven highest at each time: a legend has room for about seven."""
    return f'topk(7, {expression})'


def now(expression):
    """0 if there is no sample: otherwise a stat panel would show the last value, however old."""
    return f'{expression} or vector(0)'


def age(expression):
    return f'time() - {expression}'


# If an exporter does not answer there is no ganesha_up: only `up` of Prometheus reports it.
STATE = f'{series("ganesha_up")} or ({series("up")} == 0) - 1'


class Families:
    """The metric families of an owner, `export` or `client`, with the matchers that select series."""

    def __init__(self, owner, *matchers):
        self.owner, self.matchers = owner, matchers

    def rate(self, family, by, *more):
        return rate(f'ganesha_{self.owner}_{family}_total', by, *self.matchers, *more)

    def mean(self, family, by, *more, of='operations'):
        """`family` per operation."""
        return ratio(self.rate(family, by, *more), self.rate(of, by, *more))

    def timed(self, family, by, *more, of='operations'):
        """As mean(), but only over operations that the server times: others would seem to take no time."""
        counted, times = (f'rate({series(f"ganesha_{self.owner}_{each}_total", *self.matchers, *more)}'
                          '[$__rate_interval])' for each in (of, family))
        return ratio(self.rate(family, by, *more), f'{sum_by(by)} ({counted} and {times})')

    def latency(self, by, *more):
        return self.timed('operation_latency_seconds', by, *more)

    def error_ratio(self, by, *more):
        return self.mean('operation_errors', by, *more)
