"""All servers: which is down, and where load and latency are."""
from .dashboard import UNRECORDED, cell, dashboard, link, row
from .panel import (
    BAR, COLORED_CELL, COLORED_TEXT, ERROR_RATIO, GREEN, LATENCY, NO_YES, RED, STATES, YELLOW, Column,
    bargauge, query, stat, statetimeline, table, thresholds)
from .query import (
    CLIENTS, EACH_SERVER, EXPORTS, NOW, SERVERS, STATE, Recorded, age, busiest, chosen, each, gauge, increased, least_up,
    now, rate, series, top)
from .shown import highest

IO = Recorded(*SERVERS)
TO_SERVER = link('server', 'Open this server', instance=cell('__field.labels.instance'))
TO_EXPORTS = link('exports', 'Its exports', instance=cell('__field.labels.instance'))
TO_CLIENTS = link('clients', 'Its clients', instance=cell('__field.labels.instance'))
OF_SERVER = [TO_SERVER, TO_EXPORTS, TO_CLIENTS]
FAULT, WARNING = thresholds(GREEN, (1, RED)), thresholds(GREEN, (1, YELLOW))


def wrong():
    failed = series('ganesha_exporter_config_last_reload_successful')
    return row(
        'Is anything wrong?',
        stat('Servers down', 'Servers whose Ganesha is down or whose exporter does not answer. The table '
             'below names them.', 'none', query(now(f'count(({STATE}) < 1)')), thresholds=FAULT),
        stat('In grace', 'Servers in their grace period: clients may only reclaim their state.', 'none',
             query(now(f'sum({series("ganesha_in_grace")})')), thresholds=WARNING),
        stat('Missing exports', 'Exports of the configuration that a server does not serve. Only in run mode '
             '(--ganesha.run).', 'none', query(now(f'sum({series("ganesha_exports_missing")})')), thresholds=FAULT,
             links=[link('exports', 'Open the exports')]),
        stat('Suspended methods', 'DBus methods that are not called any more, because Ganesha died three times during '
             'their calls. The dashboard Exporter shows where.', 'none',
             query(now(f'count({series("ganesha_exporter_method_suspended")})')), thresholds=WARNING,
             links=[link('exporter', 'Open the exporters')]),
        stat('Failed reloads', 'Exporters whose last reload of --web.config.file failed. The old settings stay in force.',
             'none', query(now(f'count({failed} == 0)')), thresholds=WARNING,
             links=[link('exporter', 'Open the exporters')]),
        stat('Log lines dropped', 'Log lines in the time range that nobody read in time, or that could not be written.',
             'none',
             query(now(increased('ganesha_exporter_log_lines_dropped_total', '')), instant=True), graph=False,
             thresholds=WARNING, links=[link('exporter', 'Open the exporters')]),
        stat('Mean latency', 'Mean latency of reads and writes.', 's',
             query(IO.latency('', window=NOW), instant=True), graph=False, thresholds=LATENCY,
             links=[link('exports', 'Open the exports')]),
        stat('Error ratio', 'Share of failed reads and writes. NFSv3 counts only drops and stale handles.',
             'percentunit', query(IO.error_ratio('', window=NOW), instant=True), graph=False, thresholds=ERROR_RATIO,
             links=[link('exports', 'Open the exports')]),
        stat('Servers up', 'Servers whose Ganesha is on the bus and sends healthy heartbeats.', 'none',
             query(now(f'count({series("ganesha_up")} == 1)')), size=(4, 4)),
        stat('Exports', 'Exports, including the pseudo roots.', 'none',
             query(now(f'sum({series("ganesha_exports")})')), size=(5, 4), links=[link('exports', 'Open the exports')]),
        stat('Active clients', 'Clients active in the last 5 minutes, summed over the servers.', 'none',
             query(now(f'sum({series("ganesha_clients_active")})')), size=(5, 4),
             links=[link('clients', 'Open the clients')]),
        stat('Throughput', 'Bytes actually read and written.', 'Bps',
             query(now(IO.rate('transferred_bytes', ''))), size=(5, 4)),
        stat('Reads and writes', 'Read and write operations. The dashboard Server shows other operations.',
             'ops', query(now(IO.rate('operations', ''))), size=(5, 4)))


def servers():
    by = EACH_SERVER
    columns = [
        Column('Server', label='instance', links=[
            link('server', 'Open this server', instance=cell()), link('exports', 'Its exports', instance=cell()),
            link('clients', 'Its clients', instance=cell()), link('exporter', 'Its exporter', instance=cell())]),
        Column('State', each(STATE), mappings=STATES, custom_cellOptions=COLORED_CELL,
               custom_width=150),
        Column('Version', label='version', custom_width=80),
        Column('In grace', each(series('ganesha_in_grace')), mappings=NO_YES, custom_width=80,
               custom_cellOptions=COLORED_TEXT, thresholds=thresholds(GREEN, (1, YELLOW))),
        Column('Last heartbeat', each(age(series('ganesha_last_heartbeat_timestamp_seconds'))), unit='s',
               decimals=1, custom_width=120),
        Column('Clients', each(series('ganesha_clients_active')), unit='none', custom_width=80),
        Column('Throughput', IO.rate('transferred_bytes', by, window=NOW), unit='Bps', custom_cellOptions=BAR,
               color={'mode': 'continuous-BlPu'}),
        Column('IOPS', IO.rate('operations', by, window=NOW), unit='ops', custom_width=100),
        Column('Latency', IO.latency(by, window=NOW), unit='s', custom_cellOptions=COLORED_TEXT, thresholds=LATENCY,
               custom_width=100),
        Column('Errors', IO.error_ratio(by, window=NOW), unit='percentunit', decimals=2, custom_cellOptions=COLORED_TEXT,
               thresholds=ERROR_RATIO, custom_width=90),
        Column('Job', label='job', custom_width=100),
        Column(None, f'max by ({by}, version) ({series("ganesha_info")})')]
    return row(
        'Servers',
        table('Servers', 'One row per server, those that are down first. Click a server for its dashboard. A server '
              'that is down has no values but the age of its last heartbeat; if its exporter is unreachable it '
              'has none.', columns, 'State', descending=False, size=(24, 5)),
        statetimeline('State over time', 'Down: Ganesha is not on the bus, its heartbeat stopped or, where it has no bus, it does not '
                      'answer. The servers that were up '
                      'for the least time.',
                      query(chosen(each(STATE, 'min'), EACH_SERVER, least_up()), '{{instance}}'), mappings=STATES,
                      links=OF_SERVER),
        statetimeline('Grace period',
                      'After a restart clients may only reclaim their state; new opens and locks wait. The servers with '
                      'the longest grace periods.', query(busiest(in_grace, EACH_SERVER), '{{instance}}'), mappings=NO_YES,
                      links=OF_SERVER))


def in_grace(window):
    return each(gauge('ganesha_in_grace', window=window))


def top_exports_and_clients():
    by_export, by_client = f'{EACH_SERVER}, path', f'{EACH_SERVER}, client'
    exports, clients = Recorded(*EXPORTS), Recorded(*CLIENTS)
    to_export = link('exports', 'Open this export', instance=cell('__field.labels.instance'),
                     export=cell('__field.labels.path'))
    to_client = link('clients', 'Open this client', instance=cell('__field.labels.instance'),
                     client=cell('__field.labels.client'))
    return row(
        'Top exports and clients',
        bargauge('Slowest exports', 'Exports with the highest current mean latency of reads and writes. Click one '
                 'for its dashboard.', 's',
                 query(top(exports.latency(by_export, window=NOW)), '{{path}} on {{instance}}', True),
                 thresholds=LATENCY, links=[to_export]),
        bargauge('Busiest exports', 'Exports with the highest current throughput.', 'Bps',
                 query(top(exports.rate('transferred_bytes', by_export, window=NOW)), '{{path}} on {{instance}}', True),
                 links=[to_export]),
        bargauge('Busiest clients', 'Clients with the highest current throughput. Click one for its '
                 'dashboard.', 'Bps',
                 query(top(clients.rate('transferred_bytes', by_client, window=NOW)), '{{client}} on {{instance}}', True),
                 links=[to_client]))


def of_servers(title, description, unit, build, *arguments):
    """The N servers for which build(*arguments, window=...) is highest."""
    return highest(title, description, unit, lambda window: build(*arguments, window=window), EACH_SERVER,
                   '{{instance}}', links=OF_SERVER)


def load():
    return row(
        'Load',
        of_servers('Throughput', 'Bytes actually read and written.', 'Bps', IO.rate, 'transferred_bytes', EACH_SERVER),
        of_servers('Reads and writes', 'Read and write operations.', 'ops', IO.rate, 'operations', EACH_SERVER),
        of_servers('Read latency', 'Mean latency of reads. Empty while there are none.', 's',
                   IO.latency, EACH_SERVER, 'operation="read"'),
        of_servers('Write latency', 'Mean latency of writes. Empty while there are none.', 's',
                   IO.latency, EACH_SERVER, 'operation="write"'),
        of_servers('Failed reads and writes', 'Share of failed operations. NFSv3 counts only drops and stale handles.',
                   'percentunit', IO.error_ratio, EACH_SERVER),
        of_servers('All operations', 'Operations of every protocol, including reads and writes: many more than those mean '
                   'many metadata operations. For NFSv4 operations are counted, not compounds.', 'ops',
                   rate, 'ganesha_operations_total', EACH_SERVER))


def overview():
    return dashboard('overview', 'Overview', 'All servers: which is down, which export is slow, which client '
                     'is busy.', [wrong(), servers(), top_exports_and_clients(), load()], shown=('top',),
                     hidden=(UNRECORDED,))
