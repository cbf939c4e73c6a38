"""The dashboards in the repository, and rules for each of them: a rule yields its violations."""
import json
import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / 'dashboards'
NAMES = 'overview', 'server', 'exports', 'clients', 'exporter'
VARIABLES = ('datasource', 'cluster', 'job', 'instance', 'export', 'client', 'protocol', 'top', 'export_rank',
             'client_rank')
CHOSEN = 'job=~"$job"', 'instance=~"$instance"'
PANELS = 'timeseries', 'stat', 'table', 'bargauge', 'state-timeline', 'heatmap'
OF_PROMETHEUS = {'up', 'scrape_duration_seconds', 'scrape_samples_scraped'}
REFERENCE = (REPOSITORY / 'docs/metrics.md').read_text()
METRICS = OF_PROMETHEUS | set(re.findall(r'^\| `(\w+)`', REFERENCE, re.MULTILINE))
HISTOGRAMS = set(re.findall(r'^\| `(\w+)` \| histogram', REFERENCE, re.MULTILINE))
SERIES = METRICS | {name + part for name in HISTOGRAMS for part in ('_bucket', '_count', '_sum')}
COLLECTORS = set(re.findall(r'^\| \[`(\w+)`\]', (REPOSITORY / 'docs/collectors.md').read_text(), re.MULTILINE))
RECORDING_RULES = FOLDER / 'ganesha.rules.yml'
RECORDED = set(re.findall(r'record: (\S+)', RECORDING_RULES.read_text()))
COLUMNS = 24
SELECTOR = re.compile(r'\b(?!by\b|on\b|group_left\b)([a-z_][\w:]*)\{([^}]*)\}')
WORD = re.compile(r'(?<![\w:])(?:ganesha|process|scrape)_\w+|\bup\b|\w+:\w+:\w+')
QUERY_RESULT = re.compile(r'query_result\((.+)\)')


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


def links_of(panel, target):
    """Links of the series of a target."""
    config = panel['fieldConfig']
    own = [each['value'] for override in config['overrides'] for each in override['properties']
           if each['id'] == 'links' and override['matcher']['options'] == target['legendFormat']]
    return own[0] if own else config['defaults'].get('links', ())


def variables(dashboard):
    return {each['name']: each for each in dashboard['templating']['list']}


def expressions(dashboard):
    """Of panels, annotations and variables, with each value of a variable that is part of a metric's name."""
    for title, expression in written_expressions(dashboard):
        for each in ranked(dashboard, expression):
            yield title, named_first(without_formats(each))


def panel_expressions(dashboard):
    for panel in panels(dashboard):
        for target in panel['targets']:
            yield panel['title'], target['expr']


def written_expressions(dashboard):
    yield from panel_expressions(dashboard)
    for each in dashboard['annotations']['list']:
        yield each['name'], each['expr']
    for each in found(dashboard):
        yield each['name'], QUERY_RESULT.fullmatch(each['query']['query'])[1]


def found(dashboard):
    """The hidden variables that hold what a query found."""
    return [each for each in dashboard['templating']['list']
            if each['type'] == 'query' and each['query']['query'].startswith('query_result')]


def ranked(dashboard, expression):
    """The expression for each rank that the reader may choose."""
    for name in 'export_rank', 'client_rank':
        if f'${{{name}}}' in expression:
            return [expression.replace(f'${{{name}}}', option['value'])
                    for option in variables(dashboard)[name]['options']]
    return [expression]


def without_formats(expression):
    """`${name:format}` as `$name`, so that braces are those of selectors."""
    return re.sub(r'\$\{(\w+)(?::\w+)?\}', r'$\1', expression)


def named_first(expression):
    """With the name before the braces, where it is one of the matchers."""
    return re.sub(r'\{([^}]*)__name__="([^"]*)", __name__=~"[^"]*"([^}]*)\}', r'\2{\1\3}', expression)


# ---- the rules ----

def variables_come_in_order(dashboard):
    answers = [each['name'] for each in found(dashboard)]
    names = tuple(variables(dashboard))
    if names != (*VARIABLES, *answers):
        yield f'variables {names}'
    for name, each in variables(dashboard).items():
        if (each['hide'] == 0) != (name in shown_variables(dashboard)):
            yield f'{name} is shown though unused, or hidden though used'
        if each['type'] == 'query' and each['datasource']['uid'] != '${datasource}':
            yield f'{name} has a data source of its own'
        if name in answers and not (each['skipUrlSync'] and each['multi'] and each['includeAll']):
            yield f'{name} is not always all that was found'


def shown_variables(dashboard):
    used = {name for _, expression in written_expressions(dashboard)
            for name in re.findall(r'\$\{?(?!__)(\w+)', expression)}
    return {'datasource', *used} - {'cluster', *(each['name'] for each in found(dashboard))}


def found_variables_are_used_and_in_one_line(dashboard):
    """Grafana reads query_result() in one line only."""
    for each in found(dashboard):
        if not any(re.search(rf'=~["`]\$\{{?{each["name"]}\b', expression) for _, expression in written_expressions(dashboard)):
            yield f'{each["name"]} is not used'
        if '\n' in each['query']['query']:
            yield f'{each["name"]} has several lines'


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
    for each in dashboard['annotations']['list']:
        if each['datasource'] != {'type': 'prometheus', 'uid': '${datasource}'}:
            yield f'{each["name"]}: {each["datasource"]}'


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
        unknown = {name for name, _ in SELECTOR.findall(expression)} - SERIES - RECORDED
        if unknown:
            yield f'{title}: {unknown}'


def rates_span_the_rate_interval(dashboard):
    """Or, for a choice that is the same at each step, the range up to its end."""
    means = '[$__rate_interval]', '[$__range] @ end()'
    spans = {'rate': means, 'avg_over_time': means, 'sum_over_time': means[1:], 'count_over_time': means[1:],
             'increase': ('[$__range]',), 'changes': ('[$__range]',),
             'last_over_time': ('[$__range]', '[1h]'), 'max_over_time': ('[$__interval]',)}
    for title, expression in expressions(dashboard):
        for function, span in re.findall(r'\b(\w+) ?\([^()]*\{[^}]*\}(\[[^\]]*\](?: @ end\(\))?)', expression):
            if span not in spans.get(function, ()):
                yield f'{title}: {function} over {span}'


def the_top_is_chosen_once(dashboard):
    """A range query evaluates topk() at each step: with different series, unless each selector in it has @ end()."""
    for panel in panels(dashboard):
        for target in panel['targets']:
            for choice in choices(target['expr']):
                if target['range'] and choice.count('@ end()') != choice.count('{'):
                    yield f'{panel["title"]}: {choice}'


def choices(expression):
    """The arguments of each topk() and bottomk()."""
    for call in re.finditer(r'\b(?:top|bottom)k\(', expression):
        depth, end = 1, call.end()
        while depth:
            depth += {'(': 1, ')': -1}.get(expression[end], 0)
            end += 1
        yield without_formats(expression[call.end():end - 1])


def counters_are_read_as_rates(dashboard):
    for title, expression in panel_expressions(dashboard):
        for function, counter in re.findall(r'(\w*)\(?(?<!\w)(\w[\w${}]*_(?:total|bucket))\{', expression):
            if function not in ('rate', 'increase'):
                yield f'{title}: {counter}'


def legends_name_the_server(dashboard):
    """Several servers may have a client of the same name, or the same path."""
    for panel in panels(dashboard):
        for target in panel['targets']:
            labels = set(re.findall(r'{{(\w+)}}', target['legendFormat']))
            if labels & {'client', 'path'} and 'instance' not in labels:
                yield f'{panel["title"]}: {target["legendFormat"]}'


def servers_are_identified_by_cluster_and_job(dashboard):
    """Two clusters may use the same instance."""
    for title, expression in expressions(dashboard):
        for labels in re.findall(r'\b(?:by|on) \(([^)]*)\)', expression):
            if 'instance' in labels and not labels.startswith('cluster, job, instance'):
                yield f'{title}: {labels}'


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


def every_row_leads_further(dashboard):
    """A row has a panel with a link to another dashboard."""
    mine = dashboard['uid']
    rows = {}
    for panel in dashboard['panels']:
        if panel['type'] == 'row':
            title = panel['title']
        rows.setdefault(title, []).extend(panel['panels'] if panel['type'] == 'row' else [panel])
    for title, inside in rows.items():
        if all(link['url'].startswith(f'/d/{mine}?') for panel in inside for link in links(panel)):
            yield f'the row {title}'


RULES = (
    variables_come_in_order, found_variables_are_used_and_in_one_line, panels_tell_what_they_show, panels_are_of_today,
    data_sources_are_chosen, series_are_of_the_chosen_servers, metrics_are_in_the_reference,
    rates_span_the_rate_interval, the_top_is_chosen_once, counters_are_read_as_rates, legends_name_the_server,
    servers_are_identified_by_cluster_and_job, panels_do_not_overlap,
    numbers_are_given_once, links_lead_to_dashboards_with_the_choice, every_row_leads_further)
