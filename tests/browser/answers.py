"""The queries that Grafana would send to Prometheus for a dashboard, and the answers."""
import dataclasses
import re

RATE_INTERVAL = '10s'
STEP_SECONDS = 1
LABELS_IN_NAMES = re.compile(r'{{(\w+)}}')


@dataclasses.dataclass
class Answer:
    """The answer to one query of a panel."""

    panel: dict
    target: dict
    result: list

    @property
    def has_data(self):
        """Whether it is a number: Prometheus answers NaN for 0 / 0."""
        return any(float(value) == float(value) for series in self.result
                   for _, value in series.get('values', [series.get('value')]))

    def missing_labels(self):
        """Labels of the legend that a series lacks."""
        wanted = set(LABELS_IN_NAMES.findall(self.target['legendFormat']))
        return {label for series in self.result for label in wanted - set(series['metric'])}


class Asker:
    """Queries as Grafana does: with variables filled in, over the time that the fleet has run."""

    def __init__(self, fleet, jobs='.*'):
        self.fleet, self.jobs = fleet, jobs
        self.values = {}

    def fill_variables(self, variables):
        """The initial selection, All: the values found, by variable."""
        found = {}
        for name, variable in variables.items():
            if variable['type'] != 'query':
                continue
            question = variable['query']['query']
            selector, label = re.fullmatch(r'label_values\((.*), (\w+)\)', question).groups()
            values = self.fleet.prometheus.label_values(label, self.fill(selector))
            found[name] = [value for value in values if name != 'job' or re.fullmatch(self.jobs, value)]
            self.values[name] = variable.get('allValue') or f'({"|".join(map(re.escape, found[name]))})'
        return found

    def fill(self, expression):
        times = {'$__rate_interval': RATE_INTERVAL, '$__range': f'{self.fleet.end - self.fleet.start}s'}
        filled = re.sub(r'\$__\w+', lambda match: times[match[0]], expression)
        # In a PromQL string a backslash is doubled, as Grafana does.
        return re.sub(r'\$(\w+)', lambda match: self.values[match[1]].replace('\\', '\\\\'), filled)

    def ask(self, panel):
        """An Answer for each of the panel's queries."""
        return [Answer(panel, target, self._result(target)) for target in panel['targets']]

    def _result(self, target):
        expression = self.fill(target['expr'])
        start, end = self.fleet.start, self.fleet.end
        if target['instant']:
            return self.fleet.prometheus.query(expression, end)
        return self.fleet.prometheus.query_range(expression, start, end, STEP_SECONDS)
