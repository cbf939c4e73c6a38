"""PromQL for the dashboards: every series is chosen by the variables, every rate spans $__rate_interval."""
SERVER = 'cluster=~"$cluster"', 'job=~"$job"', 'instance=~"$instance"'
EXPORT = 'path=~"$export"', 'protocol=~"$protocol"'
CLIENT = 'client=~"$client"', 'protocol=~"$protocol"'
# What tells one server from another; `cluster` is on a series only where Prometheus was told to put it there.
EACH_SERVER = 'cluster, job, instance'


def series(metric, *matchers):
    return f'{metric}{{{", ".join((*SERVER, *matchers))}}}'


def rate(metric, by, *matchers):
    """Per second, summed; `by` is a list of labels as PromQL has it, empty for one sum of all."""
    return f'{sum_by(by)} (rate({series(metric, *matchers)}[$__rate_interval]))'


def sum_by(by):
    return f'sum by ({by})' if by else 'sum'


def ratio(numerator, denominator):
    """Nothing, rather than NaN, where nothing was counted."""
    return f'{numerator} / ({denominator} > 0)'


def each(expression, calculation='max'):
    return f'{calculation} by (instance) ({expression})'


def top(expression):
    """The seven highest at each moment: a legend has room for about as many."""
    return f'topk(7, {expression})'


def now(expression):
    """Nought where there is nothing: a stat of a course would show its last value, however old."""
    return f'{expression} or vector(0)'


def age(expression):
    return f'time() - {expression}'


# Prometheus itself tells that an exporter does not answer: then there is no ganesha_up at all.
STATE = f'{series("ganesha_up")} or ({series("up")} == 0) - 1'


class Figures:
    """The families of an owner, `export` or `client`, with the matchers that choose among them."""

    def __init__(self, owner, *matchers):
        self.owner, self.matchers = owner, matchers

    def rate(self, figure, by, *more):
        return rate(f'ganesha_{self.owner}_{figure}_total', by, *self.matchers, *more)

    def mean(self, figure, by, *more, of='operations'):
        """`figure` for each operation."""
        return ratio(self.rate(figure, by, *more), self.rate(of, by, *more))

    def timed(self, figure, by, *more, of='operations'):
        """As mean(), of the operations that the server times: others would seem to take no time."""
        counted, times = (f'rate({series(f"ganesha_{self.owner}_{each}_total", *self.matchers, *more)}'
                          '[$__rate_interval])' for each in (of, figure))
        return ratio(self.rate(figure, by, *more), f'{sum_by(by)} ({counted} and {times})')

    def latency(self, by, *more):
        return self.timed('operation_latency_seconds', by, *more)

    def error_ratio(self, by, *more):
        return self.mean('operation_errors', by, *more)
