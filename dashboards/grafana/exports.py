"""Exports: which is slow, which is busy, and with which operations.

All panels show the same exports: the N that the reader ranks highest, by their mean over the range.
"""
import functools

from .dashboard import cell, dashboard, link, row
from .layouts import layouts
from .panel import (
    BAR, COLORED_TEXT, ERROR_RATIO, GREEN, LATENCY, RED, YELLOW, Column, bargauge, query, stat, table, thresholds,
    timeseries)
from .query import (
    EACH_SERVER, EXPORT, EXPORTS, NOW, SERVERS, Families, Recorded, age, last, now, ratio, series, top)
from .shown import Shown

SHOWN = 'path=~`${shown_exports:regex}`', 'instance=~"$shown_servers"'
IO = Families('export', *EXPORT[1:], *SHOWN)
OTHERS = Families('export', *SHOWN)
# Of all protocols.
EVERY, EVERY_SHOWN, EVERYTHING = Recorded(*EXPORTS, EXPORT[0]), Recorded(*EXPORTS, *SHOWN), Recorded(*SERVERS)
OF_SERVERS = Recorded(*SERVERS, EXPORT[1])
READ, WRITE = 'operation="read"', 'operation="write"'
BY_PATH, BY_OPERATION = f'{EACH_SERVER}, path', f'{EACH_SERVER}, path, operation'
EACH = f'{EACH_SERVER}, export_id, path'
NAME, NAMED = '{{path}} on {{instance}}', '{{path}} on {{instance}}: {{operation}}'
THIS = link('exports', 'Only this export', instance=cell('__field.labels.instance'),
            export=cell('__field.labels.path'))
CLIENTS_OF_SERVER = link('clients', 'Clients of its server', instance=cell('__field.labels.instance'))
LINKS = [THIS, CLIENTS_OF_SERVER]
DETAILS = 'Needs --collector.export_details, and a server from 3.0 on.'


def rank(*matchers):
    return Recorded(*EXPORTS, EXPORT[0], *matchers).ranking('${export_rank}', BY_PATH)


TOP = Shown('exports', BY_PATH, NAME, LINKS, rank, SHOWN, '/path="(.*)"} /')
shown, of_shown, of_busiest = TOP.only, TOP.lines, TOP.busiest
mean_column = functools.partial(TOP.mean_column, EACH)


def numbers():
    # A single slow operation of an idle export is no sign of a problem.
    busy = f'{EVERY.rate("operations", BY_PATH, window=NOW)} > 1'
    slow = f'count({EVERY.latency(BY_PATH, window=NOW)} > {LATENCY["steps"][-1]["value"]} and {busy})'
    failing = f'count({EVERY.rate("operation_errors", BY_PATH, window=NOW)} > 0.1)'
    missing = f'sum({series("ganesha_exports_missing")})'
    return row(
        'Is anything wrong?',
        stat('Slow exports', 'Exports whose reads and writes take more than 100 ms on average, with more than one '
             'in a second.', 'none',
             query(now(slow), instant=True), graph=False, thresholds=thresholds(GREEN, (1, RED)), size=(4, 4)),
        stat('Exports with failures', 'Exports with more than one failed read or write in ten seconds.', 'none',
             query(now(failing), instant=True), graph=False, thresholds=thresholds(GREEN, (1, RED)), size=(4, 4)),
        stat('Missing exports', 'Exports of the configuration that the server does not serve. The log and the status '
             'page of the exporter name them. Only in run mode (--ganesha.run).', 'none',
             query(now(missing)), thresholds=thresholds(GREEN, (1, RED)), size=(4, 4),
             links=[link('server', 'Open the servers')]),
        stat('Not exported', 'Exports beyond --collector.exports.max: those that have been idle longest.', 'none',
             query(now(f'sum({series("ganesha_exporter_exports_dropped")})')),
             thresholds=thresholds(GREEN, (1, YELLOW)), size=(4, 4)),
        stat('Mean latency', 'Mean latency of reads and writes of the selected servers.', 's',
             query(OF_SERVERS.latency('', window=NOW), instant=True), graph=False, thresholds=LATENCY, size=(4, 4)),
        stat('Error ratio', 'Share of failed reads and writes of the selected servers. NFSv3 counts only drops and '
             'stale handles.', 'percentunit', query(OF_SERVERS.error_ratio('', window=NOW), instant=True), graph=False,
             thresholds=ERROR_RATIO, size=(4, 4)))


def latency_column(name, *operation, width=110):
    return mean_column(name, 's', IO.latency, *operation, custom_cellOptions=COLORED_TEXT, thresholds=LATENCY,
                       custom_width=width)


def bytes_column(name, operation):
    return mean_column(name, 'Bps', IO.of('transferred_bytes'), operation, custom_cellOptions=BAR,
                       color={'mode': 'continuous-BlPu'})


def every_export():
    this = link('exports', 'Only this export', instance=cell('__data.fields.Server'), export=cell())
    clients = link('clients', 'Clients of its server', instance=cell('__data.fields.Server'))
    last_used = age(last('ganesha_export_last_activity_timestamp_seconds', *SHOWN))
    columns = [
        Column('Export', label='path', links=[this, clients]),
        Column('Server', label='instance', links=[link('server', 'Open this server', instance=cell())]),
        Column('Id', label='export_id', custom_width=55),
        Column('Pseudo path', label='pseudo'),
        latency_column('Latency', width=90), latency_column('Read latency', READ), latency_column('Write latency', WRITE),
        bytes_column('Read', READ), bytes_column('Written', WRITE),
        mean_column('IOPS', 'ops', IO.of('operations'), custom_width=95),
        mean_column('I/O size', 'bytes', IO.io_size, custom_width=85),
        mean_column('Errors', 'percentunit', IO.error_ratio, decimals=2, custom_cellOptions=COLORED_TEXT,
                    thresholds=ERROR_RATIO, custom_width=75),
        Column('Last used', shown(f'max by ({EACH}) ({last_used})'), unit='s', decimals=0, custom_width=85),
        Column(None, shown(f'max by ({EACH}, pseudo) ({last("ganesha_export_info", *SHOWN)})'))]
    return row('Top exports', table(
        'Top exports', 'The exports that rank highest by the mean over the time range; choose their number and the rank '
        'at the top of the dashboard. The values are means over the time range. Some Ganesha versions report the real '
        'path as pseudo path: see docs/metrics.md.', columns, 'Latency', size=(24, 8)))


def extremes():
    return row(
        'Extremes, of all exports',
        bargauge('Highest latency', 'Current mean latency of reads and writes, of all protocols.', 's',
                 query(top(EVERY.latency(BY_PATH, window=NOW)), NAME, True), thresholds=LATENCY, links=LINKS),
        bargauge('Highest throughput', 'Current bytes read and written, of all protocols.', 'Bps',
                 query(top(EVERY.rate('transferred_bytes', BY_PATH, window=NOW)), NAME, True), links=LINKS),
        bargauge('Most failures', 'Failed reads and writes per second, of all protocols.', 'ops',
                 query(top(EVERY.rate('operation_errors', BY_PATH, window=NOW)), NAME, True),
                 thresholds=thresholds(GREEN, (0.1, RED)), links=LINKS))


def reads_and_writes():
    short = '1 - ' + ratio(IO.rate('transferred_bytes', BY_PATH), IO.rate('requested_bytes', BY_PATH))
    return row(
        'Reads and writes',
        of_shown('Read latency', 'Mean latency of reads. Empty while there are none.', 's', IO.latency(BY_PATH, READ)),
        of_shown('Write latency', 'Mean latency of writes. Empty while there are none.', 's', IO.latency(BY_PATH, WRITE)),
        TOP.stacked('Throughput', 'Bytes actually read and written. Of all protocols.', 'Bps', 'transferred_bytes',
                    EVERY_SHOWN, EVERYTHING),
        TOP.stacked('IOPS', 'Read and write operations. Of all protocols.', 'ops', 'operations', EVERY_SHOWN, EVERYTHING),
        of_shown('Read throughput', 'Bytes actually read.', 'Bps', IO.rate('transferred_bytes', BY_PATH, READ)),
        of_shown('Write throughput', 'Bytes actually written.', 'Bps', IO.rate('transferred_bytes', BY_PATH, WRITE)),
        of_shown('Average I/O size', 'Bytes actually transferred per operation. Small operations cost more per byte.',
                 'bytes', IO.io_size(BY_PATH), (6, 8)),
        of_shown('Failed reads and writes', 'Share of failed operations. NFSv3 counts only drops and stale handles.',
                 'percentunit', IO.error_ratio(BY_PATH), (6, 8)),
        of_shown('Short reads and writes', 'Share of the requested bytes that were not transferred, for example '
                 'reads beyond the end of a file. Not reported for reads by 6.0 to 6.5.', 'percentunit', short, (6, 8)),
        timeseries('Throughput by protocol', 'Bytes read and written, by NFS version.', 'Bps',
                   query(OF_SERVERS.rate('transferred_bytes', 'protocol'), '{{protocol}}'), size=(6, 8), stack=True))


def other_operations():
    other = 'other_operations'
    return row(
        'Other operations',
        of_shown('Other operations', 'Operations other than reads and writes. For NFSv4, operations and compounds '
                 f'are added. {DETAILS}', 'ops', OTHERS.rate(other, BY_PATH), (8, 8)),
        of_shown('Latency of other operations', f'Mean latency. {DETAILS}', 's',
                 OTHERS.timed('other_operation_latency_seconds', BY_PATH, of=other), (8, 8)),
        of_shown('Failed other operations', f'Share of failed operations. {DETAILS}', 'percentunit',
                 OTHERS.mean('other_operation_errors', BY_PATH, of=other), (8, 8)))


def only_old_servers():
    return row(
        'Only before Ganesha 2.8',
        of_busiest('Queue wait', 'Mean time that reads and writes spent queued. Not reported since 2.8.', 's',
                   lambda window: IO.timed('operation_queue_wait_seconds', BY_OPERATION, window=window), BY_OPERATION,
                   NAMED, (24, 8)), collapsed=True)


def exports():
    return dashboard('exports', 'Exports', 'Which export is slow, which is busy, and why.',
                     [numbers(), every_export(), extremes(), reads_and_writes(), other_operations(),
                      layouts(OTHERS, 'path', '{{path}} on {{instance}}: {{layout}}', of_busiest),
                      only_old_servers()],
                     shown=('export', 'protocol', 'top', 'export_rank'), hidden=TOP.hidden)
