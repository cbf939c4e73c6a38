"""Exports: which is slow, which is busy, and with which operations."""
from .dashboard import cell, dashboard, link, row
from .layouts import layouts
from .panel import (
    BAR, COLORED_TEXT, ERROR_RATIO, LATENCY, Column, bargauge, query, table, timeseries)
from .query import EXPORT, Families, age, ratio, series, top

IO = Families('export', *EXPORT)
READ, WRITE = 'operation="read"', 'operation="write"'
EACH = 'cluster, job, instance, export_id, path'
BY_PATH, BY_OPERATION = 'instance, path', 'instance, path, operation'
NAME, NAMED = '{{path}} on {{instance}}', '{{path}} on {{instance}}: {{operation}}'
THIS = link('exports', 'Only this export', instance=cell('__field.labels.instance'),
            export=cell('__field.labels.path'))
DETAILS = 'Needs --collector.export_details, and a server from 3.0 on.'


def latency_column(name, operation):
    return Column(name, IO.latency(EACH, operation), unit='s', custom_cellOptions=COLORED_TEXT,
                  thresholds=LATENCY, custom_width=110)


def every_export():
    this = link('exports', 'Only this export', instance=cell('__data.fields.Server'), export=cell())
    clients = link('clients', 'Clients of its server', instance=cell('__data.fields.Server'))
    last = series('ganesha_export_last_activity_timestamp_seconds', EXPORT[0])
    info = series('ganesha_export_info', EXPORT[0])
    columns = [
        Column('Export', label='path', links=[this, clients]),
        Column('Server', label='instance', links=[link('server', 'Open this server', instance=cell())]),
        Column('Id', label='export_id', custom_width=55),
        Column('Pseudo path', label='pseudo'),
        Column('Latency', IO.latency(EACH), unit='s', custom_cellOptions=COLORED_TEXT, thresholds=LATENCY,
               custom_width=90),
        latency_column('Read latency', READ), latency_column('Write latency', WRITE),
        Column('Read', IO.rate('transferred_bytes', EACH, READ), unit='Bps', custom_cellOptions=BAR,
               color={'mode': 'continuous-BlPu'}),
        Column('Written', IO.rate('transferred_bytes', EACH, WRITE), unit='Bps', custom_cellOptions=BAR,
               color={'mode': 'continuous-BlPu'}),
        Column('IOPS', IO.rate('operations', EACH), unit='ops', custom_width=95),
        Column('I/O size', IO.mean('transferred_bytes', EACH), unit='bytes', custom_width=85),
        Column('Errors', IO.error_ratio(EACH), unit='percentunit', decimals=2,
               custom_cellOptions=COLORED_TEXT, thresholds=ERROR_RATIO, custom_width=75),
        Column('Last used', f'max by ({EACH}) ({age(last)})', unit='s', decimals=0, custom_width=85),
        Column(None, f'max by ({EACH}, pseudo) ({info})')]
    return row('Exports', table(
        'Exports', 'Slowest first. An unused export has no values. Some Ganesha versions report the real path as '
        'pseudo path: see docs/metrics.md.', columns, 'Latency', size=(24, 11)))


def top_exports():
    return row(
        'Top exports',
        bargauge('Highest latency', 'Current mean latency of reads and writes.', 's',
                 query(top(IO.latency(BY_PATH)), NAME, True), thresholds=LATENCY, links=[THIS]),
        bargauge('Highest throughput', 'Current bytes read and written.', 'Bps',
                 query(top(IO.rate('transferred_bytes', BY_PATH)), NAME, True), links=[THIS]),
        bargauge('Highest IOPS', 'Current read and write operations.', 'ops',
                 query(top(IO.rate('operations', BY_PATH)), NAME, True), links=[THIS]))


def in_time(title, description, unit, expression, legend=NAMED, size=(12, 8)):
    return timeseries(title, f'{description} Top seven.', unit, query(top(expression), legend),
                      size=size, links=[THIS])


def reads_and_writes():
    short = '1 - ' + ratio(IO.rate('transferred_bytes', BY_OPERATION),
                           IO.rate('requested_bytes', BY_OPERATION))
    return row(
        'Reads and writes',
        in_time('Read throughput', 'Bytes actually read.', 'Bps', IO.rate('transferred_bytes', BY_PATH, READ),
                NAME),
        in_time('Write throughput', 'Bytes actually written.', 'Bps',
                IO.rate('transferred_bytes', BY_PATH, WRITE), NAME),
        in_time('Read latency', 'Mean latency of reads. Empty while there are none.', 's',
                IO.latency(BY_PATH, READ), NAME),
        in_time('Write latency', 'Mean latency of writes. Empty while there are none.', 's',
                IO.latency(BY_PATH, WRITE), NAME),
        in_time('IOPS', 'Read and write operations.', 'ops', IO.rate('operations', BY_OPERATION)),
        timeseries('Average I/O size', 'Bytes actually transferred per operation, the seven lowest. Small '
                   'operations cost more per byte.', 'bytes',
                   query(f'bottomk(7, {IO.mean("transferred_bytes", BY_OPERATION)})', NAMED), links=[THIS]),
        in_time('Failed reads and writes', 'Share of failed operations. NFSv3 counts only drops and stale handles.',
                'percentunit', IO.error_ratio(BY_PATH), NAME, (8, 8)),
        in_time('Short reads and writes', 'Share of the requested bytes that were not transferred, for example '
                'reads beyond the end of a file. Not reported for reads by 6.0 to 6.5.', 'percentunit', short,
                size=(8, 8)),
        timeseries('Throughput by protocol', 'Bytes read and written, by NFS version.', 'Bps',
                   query(IO.rate('transferred_bytes', 'protocol'), '{{protocol}}'), size=(8, 8), stack=True))


def other_operations():
    other = 'other_operations'
    return row(
        'Other operations',
        in_time('Other operations', 'Operations other than reads and writes. For NFSv4, operations and compounds '
                f'are added. {DETAILS}', 'ops', IO.rate(other, BY_PATH), NAME, (8, 8)),
        in_time('Latency of other operations', f'Mean latency. {DETAILS}', 's',
                IO.timed('other_operation_latency_seconds', BY_PATH, of=other), NAME, (8, 8)),
        in_time('Failed other operations', f'Share of failed operations. {DETAILS}', 'percentunit',
                IO.mean('other_operation_errors', BY_PATH, of=other), NAME, (8, 8)))


def only_old_servers():
    return row(
        'Only before Ganesha 2.8',
        in_time('Queue wait', 'Mean time that reads and writes spent queued. Not reported since 2.8.', 's',
                IO.timed('operation_queue_wait_seconds', BY_OPERATION), size=(24, 8)), collapsed=True)


def exports():
    return dashboard('exports', 'Exports', 'Which export is slow, which is busy, and why.',
                     [every_export(), top_exports(), reads_and_writes(), other_operations(),
                      layouts(IO, 'path', '{{path}} on {{instance}}: {{layout}}', in_time),
                      only_old_servers()],
                     shown=('export', 'protocol'))
