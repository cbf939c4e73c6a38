"""A strict reader of OpenMetrics: that of Prometheus' client for Python, and what it lets pass."""


def parse_openmetrics(text):
    """{(name, frozenset of (label, value)): number} by the strict parser of Prometheus' client for Python."""
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
    samples = {(sample.name, frozenset(sample.labels.items())): sample.value
               for family in text_string_to_metric_families(text) for sample in family.samples}
    # The parser skips a series that follows itself. Labels may hold what splitlines() takes for an end.
    lines = sum(not line.startswith('#') for line in text.removesuffix('\n').split('\n'))
    if lines != len(samples):
        raise ValueError(f'{len(samples)} series in {lines} lines')
    return samples
