"""Builds a dashboard from its rows of panels: variables, links and grid positions."""
import copy

from .panel import BLUE, DATASOURCE, RED, YELLOW
from .query import EACH_SERVER, SERVER, series

TAG = 'nfs-ganesha'
COLUMNS = 24
UIDS = {name: f'nfs-ganesha-{name}' for name in ('overview', 'server', 'exports', 'clients', 'exporter')}
SELECTED = ', '.join(SERVER)
# With the recording rule of ganesha.rules.yml exporters are listed even if they have not answered for long.
EXPORTERS = '__name__=~"ganesha_up|instance:ganesha_exporter:up"'
# The second one is served at each level of --collector.clients.detail.
EACH_CLIENT = '__name__=~"ganesha_client_(last_activity_timestamp_seconds|transferred_bytes_total)"'
# Query, label and value for "All" of each variable. Each selection narrows the variables after it.
LABELS = {
    'cluster': (f'label_values({{{EXPORTERS}}}, cluster)', 'Cluster', '.*'),
    'job': (f'label_values({{{EXPORTERS}, cluster=~"$cluster"}}, job)', 'Job', None),
    'instance': (f'label_values({{{EXPORTERS}, cluster=~"$cluster", job=~"$job"}}, instance)', 'Server',
                 None),
    'export': (f'label_values(ganesha_export_last_activity_timestamp_seconds{{{SELECTED}}}, path)', 'Export', '.*'),
    'client': (f'label_values({{{EACH_CLIENT}, {SELECTED}}}, client)', 'Client', '.*'),
    'protocol': (f'label_values(ganesha_export_operations_total{{{SELECTED}}}, protocol)', 'Protocol', '.*'),
}
# Choices of the reader: label, the text and value of each option, and the option selected first.
CHOICES = {
    'top': ('Top', {str(number): str(number) for number in (3, 5, 7, 10, 20, 50)}, '7'),
    'export_rank': ('Rank by', {
        'Latency': 'operation_latency_seconds', 'Throughput': 'transferred_bytes', 'IOPS': 'operations',
        'Failed reads and writes': 'operation_errors', 'Other operations': 'other_operations'}, 'Latency'),
    'client_rank': ('Rank by', {
        'Throughput': 'transferred_bytes', 'IOPS': 'operations', 'Failed reads and writes': 'operation_errors',
        'Other operations': 'other_operations'}, 'Throughput'),
}
# The servers whose rates are not recorded by ganesha.rules.yml, now or at the start of the range. A server that was not
# scraped for five minutes before the range is not expected to have recorded rates at its start.
RATES = f'on ({EACH_SERVER}) {series("instance_operation_protocol:ganesha_operations:rate5m")}'
# In one line: Grafana does not read query_result() over several.
WITHOUT_RATES = (f'{series("ganesha_up")} unless {RATES}',
                 f'max_over_time(({series("ganesha_up")} offset 5m)[1m:1m] offset $__range) unless {RATES} offset $__range')
NONE = 'label_replace(vector(0), "instance", "none", "", "")'
UNRECORDED = ('unrecorded', f'query_result(group by ({EACH_SERVER}) ({" or ".join(WITHOUT_RATES)}) or {NONE})',
              '/instance="(.*?)"[,}]/')
SHOWN, HIDDEN = 0, 2
ON_TIME_RANGE = 2
UNSORTED, NATURAL_ORDER = 0, 7
ALL = {'selected': True, 'text': ['All'], 'value': ['$__all']}


def dashboard(name, title, description, rows, shown=(), hidden=(), refresh='30s'):
    """`shown`: the variables besides job and instance that its queries use. Links keep all variables.

    `hidden`: variables that hold what a query found: name, query and regular expression.
    """
    shown = 'job', 'instance', *shown
    return {
        'uid': UIDS[name], 'title': f'NFS-Ganesha / {title}', 'description': description,
        'tags': [TAG], 'schemaVersion': 39, 'version': 1, 'editable': True, 'graphTooltip': 1,
        'timezone': 'browser', 'time': {'from': 'now-1h', 'to': 'now'}, 'refresh': refresh,
        'annotations': {'list': annotations()}, 'links': [between_dashboards()],
        'templating': {'list': [datasource(), *(variable(label, shown) for label in LABELS),
                                *(choice(name, shown) for name in CHOICES), *(found(*each) for each in hidden)]},
        'panels': placed(rows)}


def annotations():
    """Marks in every panel: what explains a jump or a gap. Grafana asks in steps of $__interval, a hundredth of the range."""
    started = series('ganesha_stats_start_timestamp_seconds', 'stats="nfs"')
    owners = series('ganesha_owner_changes_total')
    process = series('ganesha_process_start_time_seconds')
    # In run mode the exporter can exit together with its server. Then its counter of owners starts at 0 again, and there
    # are no samples until both run: the last ones of the hour before are compared.
    processes = f'{process} - last_over_time({process}[1h] offset $__interval) > 0'
    restarts = f'{processes} or ({owners} - {owners} offset $__interval > 0 unless {process})'
    return [
        annotation('Restarts', YELLOW, restarts, 'Ganesha was restarted'),
        annotation('Resets', BLUE, f'{started} * 1000', 'The counters were reset', at_value=True),
        annotation('Grace periods', 'purple', f'max_over_time({series("ganesha_in_grace")}[$__interval]) == 1',
                   'In grace'),
        annotation('Failed reloads', RED, f'{series("ganesha_exporter_config_last_reload_successful")} == 0',
                   'The last reload of --web.config.file failed')]


def annotation(name, color, expr, title, at_value=False):
    """A mark while the expression is positive; `at_value`: where its value, in milliseconds, says."""
    return {'name': name, 'datasource': DATASOURCE, 'enable': True, 'hide': False, 'iconColor': color, 'expr': expr,
            'step': '60s', 'titleFormat': title, 'textFormat': '{{instance}}', 'tagKeys': 'instance',
            'useValueForTime': at_value}


def between_dashboards():
    return {'type': 'dashboards', 'title': 'NFS-Ganesha', 'tags': [TAG], 'asDropdown': False,
            'icon': 'external link',
            'includeVars': True, 'keepTime': True, 'targetBlank': False, 'tooltip': '', 'url': ''}


def datasource():
    return {'type': 'datasource', 'name': 'datasource', 'label': 'Data source', 'query': 'prometheus',
            'hide': SHOWN, 'includeAll': False, 'multi': False, 'refresh': 1, 'regex': '', 'options': []}


def variable(name, shown):
    query, label, all_value = LABELS[name]
    return {'type': 'query', 'name': name, 'label': label, 'datasource': DATASOURCE,
            'query': {'query': query, 'refId': f'Variable-{name}'},
            'hide': SHOWN if name in shown else HIDDEN, 'refresh': ON_TIME_RANGE, 'sort': NATURAL_ORDER,
            'regex': '',
            'multi': True, 'includeAll': True, **({'allValue': all_value} if all_value else {}),
            'options': [], 'current': ALL}


def choice(name, shown):
    label, values, selected = CHOICES[name]
    options = [{'selected': text == selected, 'text': text, 'value': value} for text, value in values.items()]
    return {'type': 'custom', 'name': name, 'label': label, 'hide': SHOWN if name in shown else HIDDEN,
            'query': ', '.join(f'{text} : {value}' for text, value in values.items()), 'multi': False,
            'includeAll': False, 'options': options, 'current': next(each for each in options if each['selected'])}


def found(name, query, regex):
    """A hidden variable, always All: what the query finds. The URL does not have it."""
    return {'type': 'query', 'name': name, 'datasource': DATASOURCE, 'query': {'query': query, 'refId': f'Variable-{name}'},
            'hide': HIDDEN, 'refresh': ON_TIME_RANGE, 'sort': UNSORTED, 'regex': regex, 'multi': True,
            'includeAll': True, 'skipUrlSync': True, 'options': [], 'current': ALL}


def link(name, title, **variables):
    """Link to a dashboard. Keeps time range and variables, except those given: instance='${__value.raw}'."""
    kept = ['datasource', *LABELS, *CHOICES]
    query_string = [f'${{{each}:queryparam}}' if each not in variables else f'var-{each}={variables[each]}'
                    for each in kept]
    return {'title': title, 'url': f'/d/{UIDS[name]}?{"&".join(query_string)}&${{__url_time_range}}',
            'targetBlank': False}


def cell(text='__value.raw'):
    """Value of the clicked cell, encoded for a URL; `__data.fields.Server` is another cell of the row."""
    return f'${{{text}:percentencode}}'


def row(title, *panels, collapsed=False):
    return title, panels, collapsed


def placed(rows):
    """Numbers the panels and places them in lines below the titles of their rows."""
    every, y = [], 0
    for title, panels, collapsed in rows:
        head = {'type': 'row', 'title': title, 'collapsed': collapsed, 'panels': [],
                'gridPos': {'x': 0, 'y': y, 'w': COLUMNS, 'h': 1}}
        inside, end = in_lines(panels, y + 1)
        every += [{**head, 'panels': inside}] if collapsed else [head, *inside]
        y = y + 1 if collapsed else end
    for number, each in enumerate(flat(every), start=1):
        each['id'] = number
    return every


def in_lines(panels, y):
    inside, x, height = [], 0, 0
    for each in copy.deepcopy(panels):
        size = each['gridPos']
        if x + size['w'] > COLUMNS:
            x, y, height = 0, y + height, 0
        each['gridPos'] = {'x': x, 'y': y, **size}
        x, height = x + size['w'], max(height, size['h'])
        inside.append(each)
    return inside, y + height


def flat(panels):
    """All panels, including those of collapsed rows."""
    return [each for outer in panels for each in (outer, *outer.get('panels', ()))]
