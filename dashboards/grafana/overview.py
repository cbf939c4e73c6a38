"""All servers: which is down, and where load and latency are."""
from .dashboard import cell, dashboard, link, row
from .panel import (
    BAR, COLORED_CELL, COLORED_TEXT, ERROR_RATIO, GREEN, LATENCY, NO_YES, RED, STATES, YELLOW, Column,
    bargauge, query, stat, statetimeline, table, thresholds, timeseries)
from .query import EACH_SERVER, STATE, Families, age, each, now, rate, ratio, series, top

IO = Families('export')
ALL_OPERATIONS = rate('ganesha_operations_total', 'instance')
TO_SERVER = link('server', 'Open this server', instance=cell('__field.labels.instance'))
ROW_TO_SERVER = link('server', 'Open this server', instance=cell())


def each_server(expression, calculation='max'):
    return f'{calculation} by ({EACH_SERVER}) ({expression})'


def numbers():
    return row(
        'Now',
        stat('Servers up', 'Servers whose Ganesha is on the bus and sends healthy heartbeats.', 'none',
             query(now(f'count({series("ganesha_up")} == 1)')), thresholds=thresholds(RED, (1, GREEN))),
        stat('Servers down', 'Servers whose Ganesha is down or whose exporter does not answer. The table '
             'below names them.', 'none', query(now(f'count(({STATE}) < 1)')),
             thresholds=thresholds(GREEN, (1, RED))),
        stat('Active clients', 'Clients active in the last 5 minutes, summed over the servers.', 'none',
             query(now(f'sum({series("ganesha_clients_active")})'))),
        stat('Exports', 'Exports, including the pseudo roots.', 'none',
             query(now(f'sum({series("ganesha_exports")})'))),
        stat('Throughput', 'Bytes actually read and written.', 'Bps',
             query(now(IO.rate('transferred_bytes', '')))),
        stat('Reads and writes', 'Read and write operations. The dashboard Server shows other operations.',
             'ops', query(now(IO.rate('operations', '')))),
        stat('Mean latency', 'Mean latency of reads and writes.', 's',
             query(IO.latency(''), instant=True), graph=False, thresholds=LATENCY),
        stat('Error ratio', 'Share of failed reads and writes. NFSv3 counts only drops and stale handles.',
             'percentunit', query(IO.error_ratio(''), instant=True), graph=False, thresholds=ERROR_RATIO))


def servers():
    by = EACH_SERVER
    columns = [
        Column('Server', label='instance', links=[ROW_TO_SERVER]),
        Column('State', each_server(STATE), mappings=STATES, custom_cellOptions=COLORED_CELL,
               custom_width=150),
        Column('Version', label='version', custom_width=80),
        Column('In grace', each_server(series('ganesha_in_grace')), mappings=NO_YES, custom_width=80,
               custom_cellOptions=COLORED_TEXT, thresholds=thresholds(GREEN, (1, YELLOW))),
        Column('Last heartbeat', each_server(age(series('ganesha_last_heartbeat_timestamp_seconds'))), unit='s',
               decimals=1, custom_width=120),
        Column('Clients', each_server(series('ganesha_clients_active')), unit='none', custom_width=80),
        Column('Throughput', IO.rate('transferred_bytes', by), unit='Bps', custom_cellOptions=BAR,
               color={'mode': 'continuous-BlPu'}),
        Column('IOPS', IO.rate('operations', by), unit='ops', custom_width=100),
        Column('Latency', IO.latency(by), unit='s', custom_cellOptions=COLORED_TEXT, thresholds=LATENCY,
               custom_width=100),
        Column('Errors', IO.error_ratio(by), unit='percentunit', decimals=2, custom_cellOptions=COLORED_TEXT,
               thresholds=ERROR_RATIO, custom_width=90),
        Column('Job', label='job', custom_width=100),
        Column(None, f'max by ({by}, version) ({series("ganesha_info")})')]
    return row(
        'Servers',
        table('Servers', 'One row per server, those that are down first. Click a server for its dashboard. A server '
              'that is down has no values but the age of its last heartbeat; if its exporter is unreachable it '
              'has none.', columns, 'State', descending=False, size=(24, 6)),
        statetimeline('State over time', 'Down: Ganesha is not on the bus, or its heartbeat stopped.',
                      query(each(STATE, 'min'), '{{instance}}'), mappings=STATES,
                      links=[TO_SERVER]),
        statetimeline('Grace period',
                      'After a restart clients may only reclaim their state; new opens and locks wait.',
                      query(each(series('ganesha_in_grace')), '{{instance}}'),
                      mappings=NO_YES, links=[TO_SERVER]))


def top_exports_and_clients():
    by_export, by_client = 'instance, path', 'instance, client'
    clients = Families('client')
    to_export = link('exports', 'Open this export', instance=cell('__field.labels.instance'),
                     export=cell('__field.labels.path'))
    to_client = link('clients', 'Open this client', instance=cell('__field.labels.instance'),
                     client=cell('__field.labels.client'))
    return row(
        'Top exports and clients',
        bargauge('Slowest exports', 'Exports with the highest current mean latency of reads and writes. Click one '
                 'for its dashboard.', 's',
                 query(top(IO.latency(by_export)), '{{path}} on {{instance}}', True),
                 thresholds=LATENCY, links=[to_export]),
        bargauge('Busiest exports', 'Exports with the highest current throughput.', 'Bps',
                 query(top(IO.rate('transferred_bytes', by_export)), '{{path}} on {{instance}}', True),
                 links=[to_export]),
        bargauge('Busiest clients', 'Clients with the highest current throughput. Click one for its '
                 'dashboard.', 'Bps',
                 query(top(clients.rate('transferred_bytes', by_client)), '{{client}} on {{instance}}', True),
                 links=[to_client]))


def load():
    return row(
        'Load',
        timeseries('Throughput', 'Bytes actually read and written.', 'Bps',
                   query(IO.rate('transferred_bytes', 'instance'), '{{instance}}'), links=[TO_SERVER]),
        timeseries('Reads and writes', 'Read and write operations.', 'ops',
                   query(IO.rate('operations', 'instance'), '{{instance}}'), links=[TO_SERVER]),
        timeseries('Latency of reads and writes', 'Mean latency. Empty while there are no operations.', 's',
                   query(IO.latency('instance, operation'), '{{instance}} {{operation}}'), links=[TO_SERVER]),
        timeseries('Failed reads and writes', 'Share of failed operations. NFSv3 counts only drops and stale handles.',
                   'percentunit', query(IO.error_ratio('instance'), '{{instance}}'), links=[TO_SERVER]),
        timeseries('All operations', 'Operations of every protocol, including reads and writes. For NFSv4 '
                   'operations are counted, not compounds.', 'ops',
                   query(ALL_OPERATIONS, '{{instance}}'), links=[TO_SERVER]),
        timeseries('Share of other operations', 'Share of operations other than reads and writes. A high share '
                   'means many metadata operations. Operations on exports that the exporter does not show '
                   'count as other operations.', 'percentunit',
                   query(f'1 - {ratio(IO.rate("operations", "instance"), ALL_OPERATIONS)}', '{{instance}}'),
                   max=1, links=[TO_SERVER]))


def overview():
    return dashboard('overview', 'Overview', 'All servers: which is down, which export is slow, which client '
                     'is busy.', [numbers(), servers(), top_exports_and_clients(), load()])
