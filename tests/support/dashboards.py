"""The dashboards in the repository, and rules for each of them: a rule yields its violations."""
import json
import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / 'dashboards'
NAMES = 'overview', 'server', 'exports', 'clients', 'exporter'
VARIABLES = 'datasource', 'cluster', 'job', 'instance', 'export', 'client', 'protocol'
CHOSEN = 'job=~"$job"', 'instance=~"$instance"'
PANELS = 'timeseries', 'stat', 'table', 'bargauge', 'state-timeline'
OF_PROMETHEUS = {'up', 'scrape_duration_seconds', 'scrape_samples_scraped'}
REFERENCE = (REPOSITORY / 'docs/metrics.md').read_text()
METRICS = OF_PROMETHEUS | set(re.findall(r'^\| `(\w+)`', REFERENCE, re.MULTILINE))
COLUMNS = 24
SELECTOR = re.compile(r'\b(?!by\b|on\b|group_left\b)([a-z_]\w*)\{([^}]*)\}')
WORD = re.compile(r'\b(?:ganesha|process|scrape)_\w+|\bup\b')


def load(name):
    return json.loads((FOLDER / f'{name}.json').read_text())


def panels(dashboard, collapsed=True):
    """All panels except rows; `collapsed`: also those of collapsed rows."""
    for panel in dashboard['panels']:
        if panel['type'] != 'row':
            yield panel
        elif collapsed:
            yield from panel['panels']


def links(panel):
    """Links of all fields and of single fields."""
    config = panel['fieldConfig']
    yield from config['defaults'].get('links', ())
    for override in config['overrides']:
        for each in override['properties']:
            if each['id'] == 'links':
                yield from each['value']


def variables(dashboard):
    return {each['name']: each for each in dashboard['templating']['list']}


def expressions(dashboard):
    for panel in panels(dashboard):
        for target in panel['targets']:
            yield panel['title'], target['expr']


# ---- the rules ----

def variables_come_in_order(dashboard):
    names = tuple(variables(dashboard))
    if names != VARIABLES:
        yield f'variables {names}'
    for name, each in variables(dashboard).items():
        used = name in ('datasource', 'job', 'instance') or name != 'cluster' and any(
            f'"${name}"' in expression for _, expression in expressions(dashboard))
        if (each['hide'] == 0) != used:
            yield f'{name} is shown though unused, or hidden though used'
        if name != 'datasource' and each['datasource']['uid'] != '${datasource}':
            yield f'{name} has a data source of its own'


def panels_tell_what_they_show(dashboard):
    for panel in panels(dashboard):
        unit = panel['fieldConfig']['defaults'].get('unit')
        if not panel['title'] or len(panel['description']) < 4 or not unit:
            yield f'title, description or unit missing: {panel["title"]}'


def panels_are_of_today(dashboard):
    for panel in panels(dashboard):
        if panel['type'] not in PANELS:
            yield f'{panel["title"]} is a {panel["type"]}'


def data_sources_are_chosen(dashboard):
    for panel in panels(dashboard):
        for each in panel, *panel['targets']:
            if each['datasource'] != {'type': 'prometheus', 'uid': '${datasource}'}:
                yield f'{panel["title"]}: {each["datasource"]}'


def series_are_of_the_chosen_servers(dashboard):
    for title, expression in expressions(dashboard):
        for name, matchers in SELECTOR.findall(expression):
            if not all(each in matchers for each in CHOSEN):
                yield f'{title}: {name}'
        bare = set(WORD.findall(expression)) - {name for name, _ in SELECTOR.findall(expression)}
        if bare:
            yield f'{title}: {bare} without matchers'


def metrics_are_in_the_reference(dashboard):
    for title, expression in expressions(dashboard):
        unknown = {name for name, _ in SELECTOR.findall(expression)} - METRICS
        if unknown:
            yield f'{title}: {unknown}'


def rates_span_the_rate_interval(dashboard):
    for title, expression in expressions(dashboard):
        for function, span in re.findall(r'\b(\w+) ?\([^()]*\{[^}]*\}\[([^\]]*)\]', expression):
            if span != {'rate': '$__rate_interval', 'increase': '$__range', 'changes': '$__range'}.get(function):
                yield f'{title}: {function} over {span}'


def counters_are_read_as_rates(dashboard):
    for title, expression in expressions(dashboard):
        for counter in re.findall(r'\b\w+_total\{', expression):
            if f'rate({counter}' not in expression and f'increase({counter}' not in expression:
                yield f'{title}: {counter}'


def panels_do_not_overlap(dashboard):
    for group in (dashboard['panels'],
                  *(each['panels'] for each in dashboard['panels'] if each['type'] == 'row')):
        taken = set()
        for panel in group:
            place = panel['gridPos']
            cells = {(x, y) for x in range(place['x'], place['x'] + place['w'])
                     for y in range(place['y'], place['y'] + place['h'])}
            if taken & cells or place['x'] + place['w'] > COLUMNS:
                yield f'{panel["title"]} lies upon another, or outside'
            taken |= cells


def numbers_are_given_once(dashboard):
    ids = [panel['id'] for panel in (*dashboard['panels'], *(
        inner for panel in dashboard['panels'] for inner in panel.get('panels', ())))]
    if len(ids) != len(set(ids)):
        yield 'two panels have the same id'
    for panel in panels(dashboard):
        letters = [target['refId'] for target in panel['targets']]
        if len(letters) != len(set(letters)):
            yield f'{panel["title"]}: {letters}'


def links_lead_to_dashboards_with_the_choice(dashboard):
    if not any(each['type'] == 'dashboards' and each['includeVars'] and each['keepTime']
               and set(each['tags']) <= set(dashboard['tags']) for each in dashboard['links']):
        yield 'no links to the other dashboards'
    known = {load(name)['uid'] for name in NAMES}
    for panel in panels(dashboard):
        for each in links(panel):
            url = each['url']
            uid = re.match(r'/d/([\w-]+)\?', url)
            given = set(re.findall(r'var-(\w+)=', url)) | set(re.findall(r'\$\{(\w+):queryparam\}', url))
            if not uid or uid[1] not in known or given != set(VARIABLES) or '${__url_time_range}' not in url:
                yield f'{panel["title"]}: {url}'


RULES = (
    variables_come_in_order, panels_tell_what_they_show, panels_are_of_today, data_sources_are_chosen,
    series_are_of_the_chosen_servers, metrics_are_in_the_reference, rates_span_the_rate_interval,
    counters_are_read_as_rates, panels_do_not_overlap, numbers_are_given_once,
    links_lead_to_dashboards_with_the_choice)
