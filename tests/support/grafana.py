"""Asks Prometheus what Grafana asks for a dashboard: variables resolved in order, step and intervals of the range.

As Grafana 10 to 12 with its Prometheus data source do it: the formulas are those of its backend.
"""
import dataclasses
import re
import time

ALL = '$__all'
SCREEN_COLUMN_PX, PANEL_BORDER_PX = 78, 24  # A screen 1,920 pixels wide.
MOST_POINTS = 11_000  # Of a series: the limit of Prometheus.
ANNOTATION_POINTS, ANNOTATION_STEP = 100, 60
LABELS_IN_NAMES = re.compile(r'{{(\w+)}}')
REFERENCE = re.compile(r'\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]')
# Intervals below the first are rounded to the second.
ROUNDED = (
    (1.5, 1), (3.5, 2), (7.5, 5), (12.5, 10), (17.5, 15), (25, 20), (45, 30), (90, 60), (210, 120), (450, 300),
    (750, 600), (1050, 900), (1500, 1200), (2700, 1800), (5400, 3600), (9000, 7200), (16_200, 10_800), (32_400, 21_600),
    (86_400, 43_200), (float('inf'), 86_400))
SORTED = {0: None, 1: str, 2: str, 5: str.lower, 6: str.lower, 7: None, 8: None}
UNITS = {'ms': 0.001, 's': 1, 'm': 60, 'h': 3600, 'd': 86_400, 'w': 604_800}


@dataclasses.dataclass
class Answer:
    """The answer to one query of a panel, an annotation or a variable."""

    panel: dict
    target: dict
    result: list
    expression: str = ''
    times: tuple = ()
    seconds: float = 0
    size: int = 0

    @property
    def has_data(self):
        """Whether it is a number: Prometheus answers NaN for 0 / 0."""
        return any(float(value) == float(value) for series in self.result
                   for _, value in series.get('values', [series.get('value')]))

    def missing_labels(self):
        """Labels of the legend that a series lacks."""
        wanted = set(LABELS_IN_NAMES.findall(self.target['legendFormat']))
        return {label for series in self.result for label in wanted - set(series['metric'])}


def seconds_of(text):
    """'1m' is 60; '>15s', as a lower limit, is 15."""
    match = re.fullmatch(r'>?(\d+)(ms|[smhdw])', text)
    if not match:
        raise ValueError(f'{text} is no duration such as 15s')
    return int(match[1]) * UNITS[match[2]]


def duration(seconds):
    return f'{round(seconds * 1000)}ms' if seconds < 1 or seconds % 1 else f'{round(seconds)}s'


def rounded(interval):
    return next(result for limit, result in ROUNDED if interval <= limit)


def step_of(span, points, least):
    """The step of a range query over `span` seconds."""
    interval = span / points
    step = least if interval < least else rounded(interval)
    return max(step, rounded(span / MOST_POINTS))


def escaped_for_regex(text, quotes):
    """A value in a regular expression in a string of PromQL. Without `quotes`, Grafana's default, a quote ends the string."""
    text = text.replace('\\', r'\\\\')
    if quotes:
        text = text.replace('"', r'\\\"').replace("'", r"\\'")
    return re.sub(r'[$^*{}\[\]+?.()|]', lambda match: r'\\' + match[0], text)


def escaped(text, quotes):
    text = text.replace('\\', r'\\')
    return text.replace('"', r'\"') if quotes else text.replace("'", r"\\'")


def plain_regex(text):
    """As ${name:regex}, which knows nothing of strings of PromQL."""
    return re.sub(r'[\\^$*+?.()|\[\]{}/]', lambda match: '\\' + match[0], text)


def python_regex(text):
    """JavaScript's /pattern/flags."""
    pattern = re.fullmatch(r'/(.*)/\w*', text, re.DOTALL)
    return re.compile(re.sub(r'\(\?<(?=\w)', '(?P<', pattern[1] if pattern else text))


class Asker:
    """What a dashboard asks over a range of time; `scrape_interval` is that of Grafana's data source.

    `quotes`: whether Grafana's feature prometheusSpecialCharsInLabelValues is on.
    """

    def __init__(self, prometheus, start, end, scrape_interval=15, quotes=False):
        self.prometheus, self.start, self.end, self.scrape_interval = prometheus, start, end, scrape_interval
        self.quotes = quotes
        self.variables, self.values, self.options = {}, {}, {}

    @property
    def span(self):
        return self.end - self.start

    # ---- variables ----
    def resolve(self, dashboard, choice=ALL):
        """Answers of the variables that ask, in order. `choice`: All, a number of values, or {name: values}.

        Variables that it does not name, or that are hidden, keep their initial selection.
        """
        answers = []
        for each in dashboard['templating']['list']:
            if each['type'] == 'datasource':
                continue
            self.variables[each['name']] = each
            self.options[each['name']] = self._options(each, answers)
            self.values[each['name']] = self._chosen(each, choice)
        return answers

    def _options(self, variable, answers):
        if variable['type'] == 'query':
            return self._found(variable, answers)
        if variable['type'] in ('custom', 'interval'):
            return [value.split(' : ')[-1].strip() for value in variable['query'].split(',')]
        if variable['type'] in ('constant', 'textbox'):
            return [variable['query']]
        raise ValueError(f'variable {variable["name"]}: type {variable["type"]} is unknown')

    def _found(self, variable, answers):
        question = variable['query']
        question = self.fill(question['query'] if isinstance(question, dict) else question, {
            '__interval': duration(self.scrape_interval), '__interval_ms': str(1000 * self.scrape_interval)})
        of_label = re.fullmatch(r'label_values\((?:(.+),\s*)?([a-zA-Z_]\w*)\)\s*', question, re.DOTALL)
        of_query = re.fullmatch(r'query_result\((.+)\)\s*', question, re.DOTALL)
        if of_label:
            times = {'start': self.start, 'end': self.end, **({'match[]': of_label[1]} if of_label[1] else {})}
            answer = self._asked(variable, {}, f'label/{of_label[2]}/values', times)
            texts = answer.result
        elif of_query:
            answer = self._asked(variable, {}, 'query', {'query': of_query[1], 'time': self.end})
            texts = [self._text(series) for series in answer.result]
        else:
            raise ValueError(f'variable {variable["name"]}: {question} is no question that Grafana knows')
        answer.expression = question
        answers.append(answer)
        return self._sorted(self._matched(texts, variable['regex']), variable['sort'])

    @staticmethod
    def _text(series):
        labels = dict(series['metric'])
        name = labels.pop('__name__', '')
        # Grafana escapes nothing here.
        inside = ','.join(f'{label}="{value}"' for label, value in labels.items())
        return f'{name}{{{inside}}} {series["value"][1]} {round(series["value"][0] * 1000)}'

    def _matched(self, texts, regex):
        if not regex:
            return list(dict.fromkeys(texts))
        pattern, found = python_regex(self.fill(regex)), []
        for text in texts:
            match = pattern.search(text)
            if match:
                groups = match.groupdict()
                found.append(groups.get('value') or groups.get('text') or (match[1] if match.groups() else text))
        return list(dict.fromkeys(found))

    @staticmethod
    def _sorted(values, how):
        """Sorting by number and in natural order are alike here: what they compare are the numbers in a text."""
        if how == 0:
            return values
        key = SORTED.get(how) or (lambda text: [int(part) if part.isdigit() else part
                                                for part in re.split(r'(\d+)', text)])
        return sorted(values, key=key, reverse=how % 2 == 0)

    def _chosen(self, variable, choice):
        name, options = variable['name'], self.options[variable['name']]
        if isinstance(choice, dict) and name in choice:
            return choice[name]
        many = isinstance(choice, int) and variable.get('hide') != 2 and variable.get('includeAll')
        if many and options:
            return options[:choice] if variable.get('multi') else options[:1]
        if variable.get('includeAll'):
            return ALL
        current = variable.get('current', {}).get('value')
        return current if current and current != [ALL] else options[0] if options else ''

    # ---- queries ----
    def fill(self, text, own=()):
        """`own`: the built-in variables of the query."""
        built_in = {'__range': duration(self.span), '__range_s': str(round(self.span)),
                    '__range_ms': str(round(1000 * self.span)), '__from': str(1000 * self.start),
                    '__to': str(1000 * self.end), **dict(own)}

        def value(match):
            name = match[1] or match[2] or match[4]
            if name in built_in:
                return built_in[name]
            if name in self.variables:
                return self._formatted(name, match[3] or match[5])
            if name.isdigit():  # Of label_replace().
                return match[0]
            raise ValueError(f'${name} is unknown in {text}')
        return REFERENCE.sub(value, text)

    def _formatted(self, name, form):
        variable, value = self.variables[name], self.values[name]
        if value == ALL:
            if variable.get('allValue'):
                return self.fill(variable['allValue'])
            value = self.options[name]
        several = value if isinstance(value, list) else [value]
        if form in ('raw', 'pipe'):
            return '|'.join(several)
        if form == 'regex':
            return self._joined(map(plain_regex, several))
        if form:
            raise ValueError(f'${{{name}:{form}}}: the format is unknown')
        if not variable.get('multi') and not variable.get('includeAll'):
            return escaped(several[0], self.quotes)
        return self._joined(escaped_for_regex(each, self.quotes) for each in several)

    @staticmethod
    def _joined(values):
        values = list(values)
        return values[0] if len(values) == 1 else f'({"|".join(values)})'

    def ask(self, panel):
        """An Answer for each of the panel's queries."""
        points = panel.get('maxDataPoints') or panel['gridPos']['w'] * SCREEN_COLUMN_PX - PANEL_BORDER_PX
        return [self._result(panel, target, points) for target in panel['targets'] if not target.get('hide')]

    def ask_annotations(self, dashboard):
        """Grafana asks for annotations in a hundred steps, of a minute at least."""
        for each in dashboard['annotations']['list']:
            if each.get('expr'):
                target = {'refId': each['name'], 'interval': each.get('step') or f'{ANNOTATION_STEP}s', **each}
                yield self._result({'title': f'annotation {each["name"]}'}, target, ANNOTATION_POINTS)

    def _result(self, panel, target, points):
        least = target.get('interval') or panel.get('interval')
        step = step_of(self.span, points, seconds_of(least) if least else self.scrape_interval)
        scrape = seconds_of(target['interval']) if target.get('interval') else self.scrape_interval
        expression = self.fill(target['expr'], {
            '__interval': duration(step), '__interval_ms': str(round(1000 * step)),
            '__rate_interval': duration(max(step + scrape, 4 * scrape))})
        if target.get('instant'):
            what, times = 'query', {'time': self.end}
        else:
            what, times = 'query_range', {'start': self.start // step * step, 'end': self.end // step * step, 'step': step}
        answer = self._asked(panel, target, what, {'query': expression, **times})
        answer.expression = expression
        if what == 'query_range':
            answer.times = tuple(range(round(times['start']), round(times['end']) + 1, round(step)))
        return answer

    def _asked(self, panel, target, what, parameters):
        began = time.perf_counter()
        body = self.prometheus.body(what, parameters)
        seconds = time.perf_counter() - began
        data = self.prometheus.read(what, parameters, body)
        result = data['result'] if isinstance(data, dict) else data
        return Answer(panel, target, result, seconds=seconds, size=len(body))
