"""One server, or the sum of some: what it is asked for, how long it takes, and what it holds."""
from .dashboard import cell, dashboard, link, row
from .panel import (
    BLUE, GREEN, NO_YES, ON_OFF, RED, STATES, YELLOW, query, stat, states, statetimeline, thresholds,
    timeseries)
from .query import STATE, Figures, age, each, rate, ratio, series, sum_by, top

IO = Figures('export', 'protocol=~"$protocol"')
PROCEDURE = 'protocol, procedure'
NAMED = '{{protocol}} {{procedure}}'
TIMED = ('Needs Enable_FULLV3_Stats or Enable_FULLV4_Stats in ganesha.conf; of servers before 6.1 NFSv4 is shown '
         'only while no client uses NFSv4.2.')
SUPERVISED = 'Only for a server that the exporter runs (--ganesha.run).'
# Where the exporter ends with its server, as in a container, its own counts begin anew with it.
STARTS = each(f'changes({series("ganesha_process_start_time_seconds")}[$__range])')
FD_STATES = states({1: ('below the low mark', GREEN), 2: ('below the high mark', BLUE),
                    3: ('above the high mark', YELLOW), 4: ('at the hard limit', RED)})


def increased(metric):
    return f'round(sum by (instance) (increase({series(metric)}[$__range])))'


def per_server(title, description, unit, metric, size=(8, 7), **options):
    return timeseries(title, description, unit, query(each(series(metric), 'sum'), '{{instance}}'), size=size,
                      **options)


def state():
    return row(
        'State',
        stat('State', 'Whether Ganesha is up, by its heartbeat, and whether its exporter answers.', 'none',
             query(each(STATE, 'min'), '{{instance}}', True), mappings=STATES, graph=False,
             thresholds=thresholds(RED, (1, GREEN)), size=(4, 4)),
        stat('Version', 'Of the Ganesha server.', 'none', query(series('ganesha_info'), '{{version}}', True),
             text='name', graph=False, size=(3, 4)),
        stat('In grace', 'Whether clients may only reclaim their state. It should last a minute or two after '
             'a restart.',
             'none', query(each(series('ganesha_in_grace')), '{{instance}}', True), mappings=NO_YES,
             graph=False, thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Last heartbeat', 'Age of the last healthy heartbeat when Prometheus last asked.', 's',
             query(each(age(series('ganesha_last_heartbeat_timestamp_seconds'))), '{{instance}}', True),
             decimals=1, graph=False, thresholds=thresholds(GREEN, (10, RED))),
        stat('Counting for', 'Time since its counters began: start of the server, or a reset of its '
             'statistics.', 's',
             query(age(each(series('ganesha_stats_start_timestamp_seconds', 'stats="nfs"'))), '{{instance}}',
                   True),
             graph=False),
        stat('Restarts', 'How often another process took over Ganesha\'s name on the bus, or was started by '
             'the exporter, in the time shown.', 'none',
             query(f'{STARTS} > 0 or {increased("ganesha_owner_changes_total")}', '{{instance}}', True),
             graph=False,
             thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Active clients', 'Clients seen in the last 5 minutes.', 'none',
             query(each(series('ganesha_clients_active')), '{{instance}}', True), graph=False,
             links=[link('clients', 'Open its clients', instance=cell('__field.labels.instance'))]),
        stat('Exports', 'Exports, the pseudo root included.', 'none',
             query(each(series('ganesha_exports')), '{{instance}}', True), graph=False, size=(2, 4),
             links=[link('exports', 'Open its exports', instance=cell('__field.labels.instance'))]))


def calls():
    """Where the calls are not collected, those that are timed: calls by calls, server by server."""
    counted, timed = (f'rate({series(f"ganesha_procedure_{name}_total")}[$__rate_interval])'
                      for name in ('calls', 'timed_calls'))
    return f'{sum_by(PROCEDURE)} ({counted} or {timed})'


def operations():
    return row(
        'Operations',
        timeseries('Operations by protocol', 'All operations. For NFSv4 these are operations, not compounds; '
                   'MNT stays 0 from 3.0 on.', 'ops',
                   query(rate('ganesha_operations_total', 'protocol',
                              'protocol=~"$protocol|MNT.*|NLM.*|RQUOTA"'),
                         '{{protocol}}'), stack=True),
        timeseries('Busiest procedures', 'The seven that are called most. Needs Enable_FULLV3_Stats or '
                   'Enable_FULLV4_Stats in ganesha.conf, or --collector.procedures.', 'ops',
                   query(top(f'{calls()} > 0'), NAMED)),
        timeseries('Throughput', 'Bytes really read and written.', 'Bps',
                   query(IO.rate('transferred_bytes', 'operation'), '{{operation}}')),
        timeseries('Latency of reads and writes', 'Mean time that the server spent on one.', 's',
                   query(IO.latency('protocol, operation'), '{{protocol}} {{operation}}')))


def procedures():
    timed = ratio(rate('ganesha_procedure_latency_seconds_total', PROCEDURE),
                  rate('ganesha_procedure_timed_calls_total', PROCEDURE))
    errors = ratio(rate('ganesha_procedure_timed_errors_total', PROCEDURE),
                   rate('ganesha_procedure_timed_calls_total', PROCEDURE))
    longest = f'max by ({PROCEDURE}) ({series("ganesha_procedure_latency_max_seconds")})'
    return row(
        'Procedures, timed',
        timeseries('Slowest procedures', f'Mean time of a call, the seven longest. {TIMED}', 's',
                   query(top(timed), NAMED)),
        timeseries('Where the time goes', 'Time spent in each procedure, per second: 1 s is one thread at '
                   f'work all the time. The seven highest. {TIMED}', 's',
                   query(top(rate('ganesha_procedure_latency_seconds_total', PROCEDURE)), NAMED)),
        timeseries('Longest calls', f'The longest call since the last reset, the seven highest. {TIMED}', 's',
                   query(top(longest), NAMED), size=(8, 8)),
        timeseries('Failed calls', 'Share of calls that failed, the seven highest. A LOOKUP that finds '
                   f'nothing is one. {TIMED}', 'percentunit', query(top(errors), NAMED), size=(8, 8)),
        timeseries('Calls sent twice', 'Repeated by clients that waited too long. Not told for NFSv4. '
                   f'{TIMED}', 'ops',
                   query(top(rate('ganesha_procedure_timed_duplicates_total', PROCEDURE)), NAMED),
                   size=(8, 8)))


def caches():
    return row(
        'Metadata cache and duplicate requests',
        timeseries('Metadata cache', 'What was found and added, and mappings to exports made. Misses are not '
                   'counted: there is no hit ratio.', 'ops',
                   *(query(rate(f'ganesha_mdcache_{name}_total', 'instance'), f'{{{{instance}}}} {name}')
                     for name in ('hits', 'adds', 'mappings')), size=(8, 7)),
        per_server('Entries cached', 'Entries in the metadata cache. From 3.3 on.', 'short',
                   'ganesha_mdcache_entries'),
        per_server('Chunks of directories cached', 'Parts of listings in the metadata cache. From 3.3 on.',
                   'short', 'ganesha_mdcache_chunks'),
        per_server('Entries of duplicate request caches', 'Replies kept for calls that might be sent again. '
                   'From 15.2 on.', 'short', 'ganesha_drc_entries', size=(12, 7)),
        timeseries('Duplicate request caches', 'All, and those without a connection. From 15.2 on.', 'short',
                   query(each(series('ganesha_drcs'), 'sum'), '{{instance}} all'),
                   query(each(series('ganesha_inactive_drcs'), 'sum'), '{{instance}} without a connection'),
                   size=(12, 7)))


def descriptors():
    kinds = 'instance, kind'
    limits = 'instance, limit'
    of_number = ' or '.join(
        f'{number} * max by (instance) ({series("ganesha_fd_state", matcher)} == 1)'
        for number, matcher in enumerate(('state="below_low"', 'state="below_high"', 'state="above_high"',
                                          'state="hard_limit"'), start=1))
    return row(
        'Open files',
        timeseries('Open files', 'Files that the server holds open. 3.3 and later tell it, kinds from 6.0 on '
                   'with --collector.fds.', 'short',
                   query(f'sum by ({kinds}) ({series("ganesha_open_fds")})', '{{instance}} {{kind}}'),
                   size=(8, 7)),
        timeseries('Limits of open files', 'The system\'s limit and the marks at which the server closes '
                   'idle files. Needs --collector.fds.', 'short',
                   query(f'max by ({limits}) ({series("ganesha_fd_limit")})', '{{instance}} {{limit}}'),
                   size=(8, 7)),
        statetimeline('Where the number stands', 'Of the open files, against their marks. Above the high '
                      'mark the server closes files that it will need again.',
                      query(of_number, '{{instance}}'), mappings=FD_STATES, size=(8, 7)))


def names():
    source = 'source'
    mean = ratio(rate('ganesha_auth_latency_seconds_total', source),
                 rate('ganesha_auth_requests_total', source))
    longest = f'max by ({source}) ({series("ganesha_auth_latency_max_seconds")})'
    return row(
        'Names, groups and statistics',
        timeseries('Requests for names and groups', 'Of the group cache, winbind and DNS. Needs '
                   'Enable_AUTH_Stats.',
                   'reqps', query(rate('ganesha_auth_requests_total', source), '{{source}}'), size=(8, 7)),
        timeseries('Latency of names and groups', 'Mean time of a request, and the longest since the last '
                   'reset: slow directory services stall clients. Needs Enable_AUTH_Stats.', 's',
                   query(mean, '{{source}}'), query(longest, '{{source}} longest'),
                   size=(8, 7)),
        statetimeline('Statistics that are on', 'What is off is not counted, and its panels stay empty: '
                      'ganesha.conf switches it on. Of several servers the one with the least is shown.',
                      query(f'min by (stats) ({series("ganesha_stats_enabled")})', '{{stats}}'),
                      mappings=ON_OFF, size=(8, 7)))


def process():
    descriptors_used = ratio(each(series('ganesha_process_open_fds')),
                             each(series('ganesha_process_max_fds')))
    return row(
        'Process',
        timeseries('CPU', f'CPU time used in a second: 1 is one core. {SUPERVISED}', 'short',
                   query(rate('ganesha_process_cpu_seconds_total', 'instance'), '{{instance}}'), size=(6, 7)),
        per_server('Memory', f'Resident memory. {SUPERVISED}', 'bytes',
                   'ganesha_process_resident_memory_bytes', size=(6, 7)),
        timeseries('Descriptors in use', f'Share of the file descriptors that it may have, sockets included. '
                   f'{SUPERVISED}', 'percentunit', query(descriptors_used, '{{instance}}'), size=(6, 7)),
        per_server('Threads', f'Threads of the server. {SUPERVISED}', 'short', 'ganesha_process_threads',
                   size=(6, 7)),
        stat('Running for', f'Time since its process was started. {SUPERVISED}', 's',
             query(age(each(series('ganesha_process_start_time_seconds'))), '{{instance}}', True),
             graph=False, size=(6, 4)),
        stat('Restarts by the exporter', f'How often it was started again, in the time shown. {SUPERVISED}',
             'none',
             query(increased('ganesha_supervisor_restarts_total'), '{{instance}}', True), graph=False,
             size=(6, 4), thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Last exit code', 'How it last ended: its exit code, or 128 and the signal; nothing before its '
             f'first end. {SUPERVISED}', 'none',
             query(each(series('ganesha_supervisor_last_exit_code')), '{{instance}}', True), graph=False,
             size=(6, 4), thresholds=thresholds(GREEN, (1, RED))),
        stat('Exports not served', 'Exports of its configuration that the server does not serve; the '
             f"exporter's log and status page name them. {SUPERVISED}", 'none',
             query(each(series('ganesha_exports_missing')), '{{instance}}', True), graph=False, size=(6, 4),
             thresholds=thresholds(GREEN, (1, RED))))


def rare():
    wait = IO.mean('operation_queue_wait_seconds', 'instance, operation')
    fsal = 'fsal, operation'
    fsal_mean = ratio(rate('ganesha_fsal_operation_latency_seconds_total', fsal),
                      rate('ganesha_fsal_operations_total', fsal))
    return row(
        'Only some servers tell: before 2.8, and with GPFS',
        timeseries('Wait in the queue', 'Mean time that a read or write waited to be taken up. Not told from '
                   '2.8 on.', 's', query(wait, '{{instance}} {{operation}}'), size=(8, 8)),
        timeseries('Operations of the file system', 'The seven most frequent. GPFS alone counts them: needs '
                   'Enable_FSAL_Stats and --collector.fsal.', 'ops',
                   query(top(rate('ganesha_fsal_operations_total', fsal)), '{{fsal}} {{operation}}'),
                   size=(8, 8)),
        timeseries('Latency of the file system', 'Mean time of an operation, the seven slowest. GPFS alone '
                   'counts them: needs Enable_FSAL_Stats and --collector.fsal.', 's',
                   query(top(fsal_mean), '{{fsal}} {{operation}}'), size=(8, 8)), collapsed=True)


def server():
    return dashboard('server', 'Server', 'One server, or the sum of those chosen: operations, latency, '
                     'caches, process.',
                     [state(), operations(), procedures(), caches(), descriptors(), names(), process(),
                      rare()],
                     shown=('protocol',))
