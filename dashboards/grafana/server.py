"""One server, or the sum of several: operations, latency, caches, open files, process."""
from .dashboard import cell, dashboard, link, row
from .panel import (
    BLUE, GREEN, NO_YES, ON_OFF, RED, STATES, YELLOW, query, stat, states, statetimeline, thresholds,
    timeseries)
from .query import STATE, Families, age, each, rate, ratio, series, sum_by, top

IO = Families('export', 'protocol=~"$protocol"')
PROCEDURE = 'protocol, procedure'
NAMED = '{{protocol}} {{procedure}}'
TIMED = ('Needs Enable_FULLV3_Stats or Enable_FULLV4_Stats in ganesha.conf. Before 6.1, NFSv4 is shown only until a '
         'client uses NFSv4.2.')
SUPERVISED = 'Only in run mode (--ganesha.run).'
# In a container the exporter exits with its server, and its own counters are reset.
STARTS = each(f'changes({series("ganesha_process_start_time_seconds")}[$__range])')
FD_STATES = states({1: ('below the low water mark', GREEN), 2: ('below the high water mark', BLUE),
                    3: ('above the high water mark', YELLOW), 4: ('at the hard limit', RED)})


def increased(metric):
    return f'round(sum by (instance) (increase({series(metric)}[$__range])))'


def per_server(title, description, unit, metric, size=(8, 7), **options):
    return timeseries(title, description, unit, query(each(series(metric), 'sum'), '{{instance}}'), size=size,
                      **options)


def state():
    return row(
        'State',
        stat('State', 'Whether Ganesha sends healthy heartbeats, and whether its exporter answers.', 'none',
             query(each(STATE, 'min'), '{{instance}}', True), mappings=STATES, graph=False,
             thresholds=thresholds(RED, (1, GREEN)), size=(4, 4)),
        stat('Version', 'Version of Ganesha.', 'none', query(series('ganesha_info'), '{{version}}', True),
             text='name', graph=False, size=(3, 4)),
        stat('In grace', 'During the grace period clients may only reclaim their state. It should end a minute or '
             'two after a restart.', 'none', query(each(series('ganesha_in_grace')), '{{instance}}', True),
             mappings=NO_YES, graph=False, thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Last heartbeat', 'Age of the last healthy heartbeat.', 's',
             query(each(age(series('ganesha_last_heartbeat_timestamp_seconds'))), '{{instance}}', True),
             decimals=1, graph=False, thresholds=thresholds(GREEN, (10, RED))),
        stat('Counters since', 'Time since the counters were reset: by a start of the server or a reset of its '
             'statistics.', 's',
             query(age(each(series('ganesha_stats_start_timestamp_seconds', 'stats="nfs"'))), '{{instance}}',
                   True),
             graph=False),
        stat('Restarts', 'Restarts of Ganesha in the time range shown.', 'none',
             query(f'{STARTS} > 0 or {increased("ganesha_owner_changes_total")}', '{{instance}}', True),
             graph=False,
             thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Active clients', 'Clients active in the last 5 minutes.', 'none',
             query(each(series('ganesha_clients_active')), '{{instance}}', True), graph=False,
             links=[link('clients', 'Open its clients', instance=cell('__field.labels.instance'))]),
        stat('Exports', 'Exports, including the pseudo root.', 'none',
             query(each(series('ganesha_exports')), '{{instance}}', True), graph=False, size=(2, 4),
             links=[link('exports', 'Open its exports', instance=cell('__field.labels.instance'))]))


def calls():
    """Rate of calls by procedure; of timed calls for servers where calls are not collected."""
    counted, timed = (f'rate({series(f"ganesha_procedure_{name}_total")}[$__rate_interval])'
                      for name in ('calls', 'timed_calls'))
    return f'{sum_by(PROCEDURE)} ({counted} or {timed})'


def operations():
    return row(
        'Operations',
        timeseries('Operations by protocol', 'All operations. For NFSv4 operations are counted, not compounds. '
                   'MNT is always 0 since 3.0.', 'ops',
                   query(rate('ganesha_operations_total', 'protocol',
                              'protocol=~"$protocol|MNT.*|NLM.*|RQUOTA"'),
                         '{{protocol}}'), stack=True),
        timeseries('Busiest procedures', 'Top seven by calls. Needs Enable_FULLV3_Stats or '
                   'Enable_FULLV4_Stats in ganesha.conf, or --collector.procedures.', 'ops',
                   query(top(f'{calls()} > 0'), NAMED)),
        timeseries('Throughput', 'Bytes actually read and written.', 'Bps',
                   query(IO.rate('transferred_bytes', 'operation'), '{{operation}}')),
        timeseries('Latency of reads and writes', 'Mean latency.', 's',
                   query(IO.latency('protocol, operation'), '{{protocol}} {{operation}}')))


def procedures():
    timed = ratio(rate('ganesha_procedure_latency_seconds_total', PROCEDURE),
                  rate('ganesha_procedure_timed_calls_total', PROCEDURE))
    errors = ratio(rate('ganesha_procedure_timed_errors_total', PROCEDURE),
                   rate('ganesha_procedure_timed_calls_total', PROCEDURE))
    longest = f'max by ({PROCEDURE}) ({series("ganesha_procedure_latency_max_seconds")})'
    return row(
        'Procedure latency',
        timeseries('Slowest procedures', f'Mean latency of a call, top seven. {TIMED}', 's',
                   query(top(timed), NAMED)),
        timeseries('Time by procedure', 'Seconds spent in each procedure per second: 1 s is one busy thread. Top '
                   f'seven. {TIMED}', 's',
                   query(top(rate('ganesha_procedure_latency_seconds_total', PROCEDURE)), NAMED)),
        timeseries('Maximum latency', f'The longest call since the last reset, top seven. {TIMED}', 's',
                   query(top(longest), NAMED), size=(8, 8)),
        timeseries('Failed calls', 'Share of failed calls, top seven. A LOOKUP that finds nothing counts as failed. '
                   f'{TIMED}', 'percentunit', query(top(errors), NAMED), size=(8, 8)),
        timeseries('Retransmitted calls', 'Calls that clients repeated because the reply was late. Not reported '
                   f'for NFSv4. {TIMED}', 'ops',
                   query(top(rate('ganesha_procedure_timed_duplicates_total', PROCEDURE)), NAMED),
                   size=(8, 8)))


def caches():
    return row(
        'Metadata cache and duplicate request caches',
        timeseries('Metadata cache', 'Hits, added entries, and mappings to exports. Ganesha does not count misses: '
                   'there is no hit ratio.', 'ops',
                   *(query(rate(f'ganesha_mdcache_{name}_total', 'instance'), f'{{{{instance}}}} {name}')
                     for name in ('hits', 'adds', 'mappings')), size=(8, 7)),
        per_server('Cached entries', 'Entries in the metadata cache. Reported since 3.3.', 'short',
                   'ganesha_mdcache_entries'),
        per_server('Cached directory chunks', 'Directory chunks in the metadata cache. Reported since 3.3.',
                   'short', 'ganesha_mdcache_chunks'),
        per_server('Duplicate request cache entries', 'Replies kept for calls that may be retransmitted. Reported '
                   'since 15.2.', 'short', 'ganesha_drc_entries', size=(12, 7)),
        timeseries('Duplicate request caches', 'All caches, and those without a connection. Reported since 15.2.',
                   'short', query(each(series('ganesha_drcs'), 'sum'), '{{instance}} all'),
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
        timeseries('Open files', 'Files that the server has open. Reported since 3.3; by kind since 6.0 with '
                   '--collector.fds.', 'short',
                   query(f'sum by ({kinds}) ({series("ganesha_open_fds")})', '{{instance}} {{kind}}'),
                   size=(8, 7)),
        timeseries('Open file limits', 'The limit of the system, and the water marks at which the server closes idle '
                   'files. Needs --collector.fds.', 'short',
                   query(f'max by ({limits}) ({series("ganesha_fd_limit")})', '{{instance}} {{limit}}'),
                   size=(8, 7)),
        statetimeline('File descriptor state', 'Open files compared with their water marks. Above the high water '
                      'mark the server closes files that it may need again.',
                      query(of_number, '{{instance}}'), mappings=FD_STATES, size=(8, 7)))


def names():
    source = 'source'
    mean = ratio(rate('ganesha_auth_latency_seconds_total', source),
                 rate('ganesha_auth_requests_total', source))
    longest = f'max by ({source}) ({series("ganesha_auth_latency_max_seconds")})'
    return row(
        'Name and group look-ups, statistics',
        timeseries('Name and group look-ups', 'Requests to the group cache, winbind and DNS. Needs '
                   'Enable_AUTH_Stats.', 'reqps', query(rate('ganesha_auth_requests_total', source), '{{source}}'),
                   size=(8, 7)),
        timeseries('Name and group look-up latency', 'Mean latency of a request, and the longest since the last '
                   'reset. Slow directory services stall clients. Needs Enable_AUTH_Stats.', 's',
                   query(mean, '{{source}}'), query(longest, '{{source}} longest'),
                   size=(8, 7)),
        statetimeline('Enabled statistics', 'A disabled statistic is not counted, and its panels stay empty. '
                      'ganesha.conf enables it. With several servers, the lowest.',
                      query(f'min by (stats) ({series("ganesha_stats_enabled")})', '{{stats}}'),
                      mappings=ON_OFF, size=(8, 7)))


def process():
    descriptors_used = ratio(each(series('ganesha_process_open_fds')),
                             each(series('ganesha_process_max_fds')))
    return row(
        'Process',
        timeseries('CPU', f'CPU seconds per second: 1 is one core. {SUPERVISED}', 'short',
                   query(rate('ganesha_process_cpu_seconds_total', 'instance'), '{{instance}}'), size=(6, 7)),
        per_server('Memory', f'Resident memory. {SUPERVISED}', 'bytes',
                   'ganesha_process_resident_memory_bytes', size=(6, 7)),
        timeseries('File descriptor usage', f'Share of the process limit, sockets included. {SUPERVISED}',
                   'percentunit', query(descriptors_used, '{{instance}}'), size=(6, 7)),
        per_server('Threads', f'Threads of the server. {SUPERVISED}', 'short', 'ganesha_process_threads',
                   size=(6, 7)),
        stat('Uptime', f'Time since the process was started. {SUPERVISED}', 's',
             query(age(each(series('ganesha_process_start_time_seconds'))), '{{instance}}', True),
             graph=False, size=(6, 4)),
        stat('Restarts by the exporter', f'Restarts in the time range shown. {SUPERVISED}',
             'none',
             query(increased('ganesha_supervisor_restarts_total'), '{{instance}}', True), graph=False,
             size=(6, 4), thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Last exit code', 'The exit code, or 128 plus the signal number. Empty until the process exited once. '
             f'{SUPERVISED}', 'none',
             query(each(series('ganesha_supervisor_last_exit_code')), '{{instance}}', True), graph=False,
             size=(6, 4), thresholds=thresholds(GREEN, (1, RED))),
        stat('Missing exports', 'Exports of the configuration that the server does not serve. The log and the status '
             f'page of the exporter name them. {SUPERVISED}', 'none',
             query(each(series('ganesha_exports_missing')), '{{instance}}', True), graph=False, size=(6, 4),
             thresholds=thresholds(GREEN, (1, RED))))


def only_some_servers():
    wait = IO.mean('operation_queue_wait_seconds', 'instance, operation')
    fsal = 'fsal, operation'
    fsal_mean = ratio(rate('ganesha_fsal_operation_latency_seconds_total', fsal),
                      rate('ganesha_fsal_operations_total', fsal))
    return row(
        'Only before Ganesha 2.8, or with GPFS',
        timeseries('Queue wait', 'Mean time that reads and writes spent queued. Not reported since 2.8.', 's',
                   query(wait, '{{instance}} {{operation}}'), size=(8, 8)),
        timeseries('FSAL operations', 'Operations of the file system, top seven. Only GPFS counts them. Needs '
                   'Enable_FSAL_Stats and --collector.fsal.', 'ops',
                   query(top(rate('ganesha_fsal_operations_total', fsal)), '{{fsal}} {{operation}}'),
                   size=(8, 8)),
        timeseries('FSAL latency', 'Mean latency of an operation, top seven. Only GPFS counts them. Needs '
                   'Enable_FSAL_Stats and --collector.fsal.', 's',
                   query(top(fsal_mean), '{{fsal}} {{operation}}'), size=(8, 8)), collapsed=True)


def server():
    return dashboard('server', 'Server', 'One server, or the sum of several: operations, latency, '
                     'caches, process.',
                     [state(), operations(), procedures(), caches(), descriptors(), names(), process(),
                      only_some_servers()],
                     shown=('protocol',))
