"""Panels in Grafana's JSON format: title, description, unit, queries and size in the grid."""
import string

DATASOURCE = {'type': 'prometheus', 'uid': '${datasource}'}
GREEN, YELLOW, RED, BLUE, GREY = 'green', 'yellow', 'red', 'blue', 'text'


def query(expr, legend='', instant=False, columns=False):
    """`columns`: the labels become columns of a table."""
    return {'datasource': DATASOURCE, 'editorMode': 'code', 'expr': expr, 'legendFormat': legend or '__auto',
            'instant': instant or columns, 'range': not (instant or columns),
            'format': 'table' if columns else 'time_series'}


def thresholds(*steps):
    """Colours and the values at which they start: GREEN, (0.01, RED)."""
    first, *others = steps
    return {'mode': 'absolute', 'steps': [{'color': first, 'value': None},
                                          *({'color': color, 'value': value} for value, color in others)]}


def states(mapping):
    """A value mapping: {1: ('up', GREEN)}."""
    return [{'type': 'value', 'options': {
        str(value): {'text': text, 'color': color, 'index': index}
        for index, (value, (text, color)) in enumerate(mapping.items())}}]


STATES = states({1: ('up', GREEN), 0: ('Ganesha down', RED), -1: ('unreachable', 'dark-red')})
NO_YES = states({0: ('no', GREEN), 1: ('yes', YELLOW)})
YES_NO = states({1: ('yes', GREEN), 0: ('no', RED)})
SUPPORTED = states({1: ('yes', GREEN), 0: ('no', GREY)})
ON_OFF = states({1: ('on', GREEN), 0: ('off', GREY)})
ERROR_RATIO = thresholds(GREEN, (0.01, YELLOW), (0.05, RED))
LATENCY = thresholds(GREEN, (0.02, YELLOW), (0.1, RED))


def panel(kind, title, description, unit, queries, size, options, defaults, custom=None, overrides=()):
    targets = [{**each, 'refId': letter} for letter, each in zip(string.ascii_uppercase, queries)]
    defaults = {'unit': unit, 'color': {'mode': 'palette-classic'}, 'thresholds': thresholds(GREEN),
                'mappings': [], 'custom': custom or {}, **defaults}
    return {'type': kind, 'title': title, 'description': description, 'datasource': DATASOURCE,
            'gridPos': {'w': size[0], 'h': size[1]}, 'targets': targets, 'options': options,
            'fieldConfig': {'defaults': defaults, 'overrides': list(overrides)}}


def timeseries(title, description, unit, *queries, size=(12, 8), stack=False, overrides=(), **defaults):
    custom = {'drawStyle': 'line', 'lineInterpolation': 'linear', 'lineWidth': 2, 'showPoints': 'never',
              'fillOpacity': 30 if stack else 0, 'gradientMode': 'none', 'spanNulls': False,
              'axisPlacement': 'auto', 'stacking': {'mode': 'normal' if stack else 'none', 'group': 'A'}}
    options = {'legend': legend(), 'tooltip': {'mode': 'multi', 'sort': 'desc'}}
    # min=None: there are values below 0.
    fields = {name: value for name, value in {'min': 0, **defaults}.items() if value is not None}
    return panel('timeseries', title, description, unit, queries, size, options, fields, custom, overrides)


def heatmap(title, description, buckets, size=(12, 8)):
    """`buckets`: the query of a rate by le, whose legend is le."""
    scheme = {'mode': 'scheme', 'scheme': 'Spectral', 'scale': 'exponential', 'exponent': 0.5, 'steps': 64, 'reverse': True,
              'fill': 'dark-orange'}
    options = {'calculate': False, 'cellGap': 1, 'color': scheme, 'filterValues': {'le': 1e-9}, 'showValue': 'never',
               'yAxis': {'axisPlacement': 'left', 'unit': 's'}, 'rowsFrame': {'layout': 'auto'}, 'legend': {'show': True},
               'tooltip': {'mode': 'single', 'yHistogram': False}, 'exemplars': {'color': 'rgba(255,0,255,0.7)'}}
    return panel('heatmap', title, description, 'ops', [{**buckets, 'format': 'heatmap'}], size, options, {})


def stat(title, description, unit, *queries, size=(3, 4), text='auto', graph=True, color='value', **defaults):
    options = {'colorMode': color, 'graphMode': 'area' if graph else 'none', 'justifyMode': 'auto',
               'orientation': 'auto', 'textMode': text, 'wideLayout': True, 'showPercentChange': False,
               'percentChangeColorMode': 'standard', 'reduceOptions': last_value()}
    return panel('stat', title, description, unit, queries, size, options,
                 {'color': {'mode': 'thresholds'}, **defaults})


def stat_of_each(title, description, unit, expression, size=(3, 4), **options):
    """What each server has now."""
    return stat(title, description, unit, query(expression, '{{instance}}', True), graph=False, size=size, **options)


def bargauge(title, description, unit, *queries, size=(8, 8), **defaults):
    options = {'displayMode': 'basic', 'orientation': 'horizontal', 'showUnfilled': True,
               'valueMode': 'color', 'minVizHeight': 10, 'minVizWidth': 0, 'maxVizHeight': 300,
               'sizing': 'auto',
               'namePlacement': 'auto', 'legend': legend(False), 'reduceOptions': last_value()}
    return panel('bargauge', title, description, unit, queries, size, options,
                 {'min': 0, 'color': {'mode': 'thresholds'}, 'thresholds': thresholds(BLUE), **defaults})


def statetimeline(title, description, *queries, unit='none', size=(12, 6), **defaults):
    options = {'alignValue': 'left', 'mergeValues': True, 'rowHeight': 0.8, 'showValue': 'auto',
               'legend': legend(), 'tooltip': {'mode': 'single', 'sort': 'none'}}
    return panel('state-timeline', title, description, unit, queries, size, options,
                 {'color': {'mode': 'thresholds'}, **defaults}, {'fillOpacity': 70, 'lineWidth': 0})


REST = '#7f8694'


def stacked_top(title, description, unit, shown, everything, legend, rest, size=(12, 8), **defaults):
    """The shown series, and what is missing from everything as one more, so that the stack is the whole."""
    others = f'clamp_min({everything} - (sum({shown}) or vector(0)), 0)'
    return timeseries(title, description, unit, query(shown, legend), query(others, rest), size=size, stack=True,
                      overrides=[override(rest, color={'mode': 'fixed', 'fixedColor': REST}, links=[])], **defaults)


def legend(shown=True):
    return {'displayMode': 'list', 'placement': 'bottom', 'showLegend': shown, 'calcs': []}


def last_value():
    return {'calcs': ['lastNotNull'], 'fields': '', 'values': False}


def override(name, **properties):
    """Properties of the column or series with this name; `custom_width` means custom.width."""
    return {'matcher': {'id': 'byName', 'options': name},
            'properties': [{'id': key.replace('custom_', 'custom.'), 'value': value}
                           for key, value in properties.items()]}


class Column:
    """A column of a table: the value of a query, or a label. A column without a name is hidden."""

    def __init__(self, name, expr=None, label=None, **properties):
        # Otherwise Grafana formats a version or an id as a number.
        text = {} if expr else {'unit': 'string'}
        self.name, self.expr, self.label, self.properties = name, expr, label, text | properties


def table(title, description, columns, sort, descending=True, size=(24, 9)):
    """Rows are joined on the labels that all queries share, and sorted by the column `sort`."""
    values = [column for column in columns if column.expr]
    for letter, column in zip(string.ascii_uppercase, values):
        column.label = f'Value #{letter}'
    hidden = 'Time', *({'job'} - {each.label for each in columns})
    organize = {'excludeByName': {**dict.fromkeys(hidden, True),
                                  **{each.label: True for each in columns if not each.name}},
                'indexByName': {each.label: index for index, each in enumerate(columns)},
                'renameByName': {each.label: each.name for each in columns if each.name}}
    options = {'frameIndex': 0, 'cellHeight': 'sm', 'showHeader': True,
               'sortBy': [{'displayName': sort, 'desc': descending}]}
    made = panel('table', title, description, 'short',
                 [query(column.expr, columns=True) for column in values],
                 size, options, {'color': {'mode': 'thresholds'}},
                 {'align': 'auto', 'cellOptions': {'type': 'auto'}, 'inspect': False, 'filterable': True},
                 [override(column.name, **column.properties) for column in columns if column.properties])
    made['transformations'] = [{'id': 'merge', 'options': {}}, {'id': 'organize', 'options': organize}]
    return made


COLORED_TEXT = {'type': 'color-text'}
COLORED_CELL = {'type': 'color-background', 'mode': 'basic'}
BAR = {'type': 'gauge', 'mode': 'basic', 'valueDisplayMode': 'text'}
