"""Builds a dashboard from its rows of panels: variables, links and grid positions."""
import copy

from .panel import DATASOURCE
from .query import SERVER

TAG = 'nfs-ganesha'
COLUMNS = 24
UIDS = {name: f'nfs-ganesha-{name}' for name in ('overview', 'server', 'exports', 'clients', 'exporter')}
SELECTED = ', '.join(SERVER)
# With the recording rule of ganesha.rules.yml exporters are listed even if they have not answered for long.
EXPORTERS = '__name__=~"ganesha_up|instance:ganesha_exporter:up"'
# Query, label and value for "All" of each variable. Each selection narrows the variables after it.
LABELS = {
    'cluster': (f'label_values({{{EXPORTERS}}}, cluster)', 'Cluster', '.*'),
    'job': (f'label_values({{{EXPORTERS}, cluster=~"$cluster"}}, job)', 'Job', None),
    'instance': (f'label_values({{{EXPORTERS}, cluster=~"$cluster", job=~"$job"}}, instance)', 'Server',
                 None),
    'export': (f'label_values(ganesha_export_info{{{SELECTED}}}, path)', 'Export', '.*'),
    'client': (f'label_values(ganesha_client_last_activity_timestamp_seconds{{{SELECTED}}}, client)', 'Client',
               '.*'),
    'protocol': (f'label_values(ganesha_export_operations_total{{{SELECTED}}}, protocol)', 'Protocol', '.*'),
}
SHOWN, HIDDEN = 0, 2
ON_TIME_RANGE = 2
NATURAL_ORDER = 7


def dashboard(name, title, description, rows, shown=(), refresh='30s'):
    """`shown`: the variables besides job and instance that its queries use. Links keep all variables."""
    return {
        'uid': UIDS[name], 'title': f'NFS-Ganesha / {title}', 'description': description,
        'tags': [TAG], 'schemaVersion': 39, 'version': 1, 'editable': True, 'graphTooltip': 1,
        'timezone': 'browser', 'time': {'from': 'now-1h', 'to': 'now'}, 'refresh': refresh,
        'annotations': {'list': []}, 'links': [between_dashboards()],
        'templating': {'list': [datasource(),
                                *(variable(label, ('job', 'instance', *shown)) for label in LABELS)]},
        'panels': placed(rows)}


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
            'options': [], 'current': {'selected': True, 'text': ['All'], 'value': ['$__all']}}


def link(name, title, **variables):
    """Link to a dashboard. Keeps time range and variables, except those given: instance='${__value.raw}'."""
    kept = ['datasource', 'cluster', 'job', 'instance', 'export', 'client', 'protocol']
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
