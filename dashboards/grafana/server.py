"""One server, or the sum of several: operations, latency, caches, open files, process."""
from . import own_page
from .dashboard import UNRECORDED, cell, dashboard, link, row
from .panel import (
    BLUE, GREEN, NO_YES, ON_OFF, RED, STATES, YELLOW, query, stat, stat_of_each, states, statetimeline, thresholds,
    timeseries)
from .query import (
    EACH_SERVER, FAILING, SERVERS, STATE, SUSPENDED, Families, Recorded, age, chosen, each, gauge, increased, rate, ratio,
    series, sum_by, top)
from .shown import highest

PROTOCOL = 'protocol=~"$protocol"'
IO, COMPUTED = Recorded(*SERVERS, PROTOCOL), Families('export', PROTOCOL)
PROCEDURE = 'protocol, procedure'
NAMED = '{{protocol}} {{procedure}}'
TIMED = ('Needs Enable_FULLV3_Stats or Enable_FULLV4_Stats in ganesha.conf. Before 6.1, NFSv4 is shown only until a '
         'client uses NFSv4.2.')
SUPERVISED = 'Only in run mode (--ganesha.run).'
# In a container the exporter exits with its server, and its own counters are reset.
STARTS = each(f'changes({series("ganesha_process_start_time_seconds")}[$__range])')
FD_STATES = states({1: ('below the low water mark', GREEN), 2: ('below the high water mark', BLUE),
                    3: ('above the high water mark', YELLOW), 4: ('at the hard limit', RED)})


EXPORTS_OF, CLIENTS_OF, EXPORTER_OF = (
    link(name, title, instance=cell('__field.labels.instance'))
    for name, title in (('exports', 'Its exports'), ('clients', 'Its clients'), ('exporter', 'Its exporter')))
# From panels without a line for each server.
EXPORTS, CLIENTS = link('exports', 'Open the exports'), link('clients', 'Open the clients')


def per_server(title, description, unit, metric, size=(8, 7), **options):
    return timeseries(title, description, unit, query(each(series(metric), 'sum'), '{{instance}}'), size=size,
                      **{'links': [EXPORTS_OF, CLIENTS_OF], **options})


def of_busiest(title, description, unit, build, by=PROCEDURE, legend=NAMED, links=(CLIENTS,), **options):
    return highest(title, description, unit, build, by, legend, links=list(links), **options)


def state():
    return row(
        'Is anything wrong?',
        stat_of_each('State', 'Whether Ganesha shows that it lives, and whether its exporter answers.', 'none',
                     each(STATE, 'min'), (4, 4), mappings=STATES, thresholds=thresholds(RED, (1, GREEN)), links=[EXPORTER_OF]),
        stat_of_each('Last heartbeat', 'Age of the last healthy heartbeat. No data for a server without a bus.', 's',
                     each(age(series('ganesha_last_heartbeat_timestamp_seconds'))), decimals=1,
                     thresholds=thresholds(GREEN, (10, RED)), links=[EXPORTER_OF]),
        stat_of_each('In grace', 'During the grace period clients may only reclaim their state. It should end a minute or '
                     'two after a restart.', 'none', each(series('ganesha_in_grace')), (2, 4), mappings=NO_YES,
                     thresholds=thresholds(GREEN, (1, YELLOW)), links=[CLIENTS_OF]),
        stat_of_each('Restarts', 'Restarts of Ganesha in the time range shown.', 'none',
                     f'{STARTS} > 0 or {increased("ganesha_owner_changes_total")}',
                     thresholds=thresholds(GREEN, (1, YELLOW))),
        stat_of_each('Missing exports', 'Exports of the configuration that the server does not serve. The log and the '
                     f'status page of the exporter name them. {SUPERVISED}', 'none', each(series('ganesha_exports_missing')),
                     thresholds=thresholds(GREEN, (1, RED)), links=[EXPORTS_OF]),
        stat_of_each('Suspended methods', 'DBus methods that are not called any more, because Ganesha died three times '
                     'during their calls. Their panels stay empty.', 'none', SUSPENDED,
                     thresholds=thresholds(GREEN, (1, YELLOW)), links=[EXPORTER_OF]),
        stat_of_each('Failing collectors', 'Collectors that failed in the last poll; all of them while Ganesha is down. '
                     'Their panels have gaps.', 'none', FAILING, thresholds=thresholds(GREEN, (1, YELLOW)),
                     links=[EXPORTER_OF]),
        stat_of_each('Last exit code', 'The exit code, or 128 plus the signal number. Empty until the process exited once. '
                     f'{SUPERVISED}', 'none', each(series('ganesha_supervisor_last_exit_code')),
                     thresholds=thresholds(GREEN, (1, YELLOW))),
        stat('Signs of life', 'By what the state is decided: heartbeat; poll, with --heartbeat.timeout=0; null_call and '
             'built_in_page for a server without a bus (--dbus.address=none). Without a bus the panels of exports, clients '
             'and other values that come over DBus stay empty.',
             'none', query(series('ganesha_up_source'), '{{source}}', True), text='name', graph=False, size=(4, 4)),
        stat('Version', 'Version of Ganesha.', 'none', query(series('ganesha_info'), '{{version}}', True),
             text='name', graph=False, size=(4, 4)),
        stat_of_each('Uptime', f'Time since the process was started. {SUPERVISED}', 's',
                     age(each(series('ganesha_process_start_time_seconds'))), (4, 4)),
        stat_of_each('Counters since', 'Time since the counters were reset: by a start of the server or a reset of its '
                     'statistics.', 's', age(each(series('ganesha_stats_start_timestamp_seconds', 'stats="nfs"'))), (4, 4)),
        stat_of_each('Restarts by the exporter', f'Restarts in the time range shown. {SUPERVISED}', 'none',
                     increased('ganesha_supervisor_restarts_total'), (4, 4), thresholds=thresholds(GREEN, (1, YELLOW))),
        stat_of_each('Active clients', 'Clients active in the last 5 minutes.', 'none',
                     each(series('ganesha_clients_active')), (4, 4), links=[CLIENTS_OF]),
        stat_of_each('Exports', 'Exports, including the pseudo root.', 'none', each(series('ganesha_exports')), (4, 4),
                     links=[EXPORTS_OF]))


def calls(window):
    """Rate of calls by procedure; of timed calls for servers where calls are not collected."""
    counted, timed = (f'rate({series(f"ganesha_procedure_{name}_total")}{window})'
                      for name in ('calls', 'timed_calls'))
    return f'{sum_by(PROCEDURE)} ({counted} or {timed}) > 0'


def operations():
    return row(
        'Operations',
        timeseries('Operations by protocol', 'All operations. For NFSv4 operations are counted, not compounds. '
                   'MNT is always 0 since 3.0.', 'ops',
                   query(rate('ganesha_operations_total', 'protocol',
                              'protocol=~"$protocol|MNT.*|NLM.*|RQUOTA"'),
                         '{{protocol}}'), stack=True, links=[EXPORTS, CLIENTS]),
        of_busiest('Busiest procedures', 'Calls per second. Needs Enable_FULLV3_Stats or Enable_FULLV4_Stats in '
                   'ganesha.conf, or --collector.procedures.', 'ops', calls),
        timeseries('Throughput', 'Bytes actually read and written.', 'Bps',
                   query(IO.rate('transferred_bytes', 'operation'), '{{operation}}'), links=[EXPORTS, CLIENTS]),
        timeseries('Latency of reads and writes', 'Mean latency.', 's',
                   query(IO.latency('protocol, operation'), '{{protocol}} {{operation}}'), links=[EXPORTS]))


def procedures():
    def total(name):
        return lambda window: rate(f'ganesha_procedure_{name}_total', PROCEDURE, window=window)

    def per_call(name):
        return lambda window: ratio(total(name)(window), total('timed_calls')(window))

    def longest(window):
        return f'max by ({PROCEDURE}) ({gauge("ganesha_procedure_latency_max_seconds", window=window)})'
    return row(
        'Procedure latency',
        of_busiest('Slowest procedures', f'Mean latency of a call. {TIMED}', 's', per_call('latency_seconds')),
        of_busiest('Time by procedure', 'Seconds spent in each procedure per second: 1 s is one busy thread. '
                   f'{TIMED}', 's', total('latency_seconds')),
        of_busiest('Maximum latency', f'The longest call since the last reset. {TIMED}', 's', longest, size=(8, 8)),
        of_busiest('Failed calls', 'Share of failed calls. A LOOKUP that finds nothing counts as failed. '
                   f'{TIMED}', 'percentunit', per_call('timed_errors'), size=(8, 8)),
        of_busiest('Retransmitted calls', 'Calls that clients repeated because the reply was late. Not reported '
                   f'for NFSv4. {TIMED}', 'ops', total('timed_duplicates'), size=(8, 8)))


def caches():
    return row(
        'Metadata cache and duplicate request caches',
        timeseries('Metadata cache', 'Hits, added entries, and mappings to exports. For the hit ratio see below: '
                   'it needs the collector built_in.', 'ops',
                   *(query(rate(f'ganesha_mdcache_{name}_total', EACH_SERVER), f'{{{{instance}}}} {name}')
                     for name in ('hits', 'adds', 'mappings')), size=(8, 7)),
        per_server('Cached entries', 'Entries in the metadata cache. Reported since 3.3.', 'short',
                   'ganesha_mdcache_entries'),
        per_server('Cached directory chunks', 'Directory chunks in the metadata cache. Reported since 3.3.',
                   'short', 'ganesha_mdcache_chunks'),
        per_server('Duplicate request cache entries', 'Replies kept for calls that may be retransmitted. Reported '
                   'since 7.0.', 'short', 'ganesha_drc_entries', size=(12, 7)),
        timeseries('Duplicate request caches', 'All caches, and those without a connection. Reported since 7.0.',
                   'short', query(each(series('ganesha_drcs'), 'sum'), '{{instance}} all'),
                   query(each(series('ganesha_inactive_drcs'), 'sum'), '{{instance}} without a connection'),
                   size=(12, 7)))


def descriptors():
    kinds = f'{EACH_SERVER}, kind'
    limits = f'{EACH_SERVER}, limit'
    of_number = ' or '.join(
        f'{number} * max by ({EACH_SERVER}) ({series("ganesha_fd_state", matcher)} == 1)'
        for number, matcher in enumerate(('state="below_low"', 'state="below_high"', 'state="above_high"',
                                          'state="hard_limit"'), start=1))
    return row(
        'Open files',
        timeseries('Open files', 'Files that the server has open. Reported since 3.3; by kind since 6.0 with '
                   '--collector.fds.', 'short',
                   query(f'sum by ({kinds}) ({series("ganesha_open_fds")})', '{{instance}} {{kind}}'),
                   size=(8, 7), links=[CLIENTS_OF]),
        timeseries('Open file limits', 'The limit of the system, and the water marks at which the server closes idle '
                   'files. Needs --collector.fds.', 'short',
                   query(f'max by ({limits}) ({series("ganesha_fd_limit")})', '{{instance}} {{limit}}'),
                   size=(8, 7), links=[CLIENTS_OF]),
        statetimeline('File descriptor state', 'Open files compared with their water marks. Above the high water '
                      'mark the server closes files that it may need again.',
                      query(of_number, '{{instance}}'), mappings=FD_STATES, size=(8, 7), links=[CLIENTS_OF]))


def names():
    source = 'source'
    mean = ratio(rate('ganesha_auth_latency_seconds_total', source),
                 rate('ganesha_auth_requests_total', source))
    longest = f'max by ({source}) ({series("ganesha_auth_latency_max_seconds")})'
    return row(
        'Name and group look-ups, statistics',
        timeseries('Name and group look-ups', 'Requests to the group cache, winbind and DNS. Needs '
                   'Enable_AUTH_Stats.', 'reqps', query(rate('ganesha_auth_requests_total', source), '{{source}}'),
                   size=(8, 7), links=[CLIENTS]),
        timeseries('Name and group look-up latency', 'Mean latency of a request, and the longest since the last '
                   'reset. Slow directory services stall clients. Needs Enable_AUTH_Stats.', 's',
                   query(mean, '{{source}}'), query(longest, '{{source}} longest'),
                   size=(8, 7), links=[CLIENTS]),
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
                   query(rate('ganesha_process_cpu_seconds_total', EACH_SERVER), '{{instance}}'), size=(6, 7)),
        per_server('Memory', f'Resident memory. {SUPERVISED}', 'bytes',
                   'ganesha_process_resident_memory_bytes', size=(6, 7)),
        timeseries('File descriptor usage', f'Share of the process limit, sockets included. {SUPERVISED}',
                   'percentunit', query(descriptors_used, '{{instance}}'), size=(6, 7)),
        per_server('Threads', f'Threads of the server. {SUPERVISED}', 'short', 'ganesha_process_threads',
                   size=(6, 7)))


def memory():
    since = 'Reported since 15.2.'
    by, name = 'component', '{{component}}'

    def value(metric):
        return lambda window: f'sum by ({by}) ({gauge(f"ganesha_memory_{metric}_bytes", window=window)})'

    def total(metric):
        return lambda window: rate(f'ganesha_memory_{metric}_total', by, window=window)

    def growth(at=''):
        active = series('ganesha_memory_active_bytes')
        return f'sum by ({by}) ({active}{at} - {active} offset 1d{at})'
    return row(
        'Memory by component, since Ganesha 15.2',
        of_busiest('Active memory', f'What each component of the server has allocated and not freed. {since}', 'bytes',
                   value('active'), by, name, size=(12, 8)),
        timeseries('Growth over a day', 'Active memory compared with a day ago. The components that have grown most at the '
                   f'end of the time range. {since}', 'bytes', query(chosen(growth(), by, top(growth(' @ end()'))), name),
                   size=(12, 8), min=None, links=[CLIENTS]),
        of_busiest('Maximum memory', f'The most that each component has used since the server was started. {since}',
                   'bytes', value('peak'), by, name, size=(8, 8)),
        of_busiest('Allocations', f'Allocations per second. {since}', 'ops', total('allocations'), by, name, size=(8, 8)),
        of_busiest('Allocated memory', f'Bytes allocated per second, freed or not. {since}', 'Bps',
                   total('allocated_bytes'), by, name, size=(8, 8)), collapsed=True)


def only_some_servers():
    wait = COMPUTED.mean('operation_queue_wait_seconds', f'{EACH_SERVER}, operation')
    fsal = 'fsal, operation'
    needs = 'Only GPFS counts them. Needs Enable_FSAL_Stats and --collector.fsal.'

    def total(name):
        return lambda window: rate(f'ganesha_fsal_{name}_total', fsal, window=window)

    def mean(window):
        return ratio(total('operation_latency_seconds')(window), total('operations')(window))
    return row(
        'Only before Ganesha 2.8, or with GPFS',
        timeseries('Queue wait', 'Mean time that reads and writes spent queued. Not reported since 2.8.', 's',
                   query(wait, '{{instance}} {{operation}}'), size=(8, 8), links=[EXPORTS_OF, CLIENTS_OF]),
        of_busiest('FSAL operations', f'Operations of the file system. {needs}', 'ops', total('operations'), fsal,
                   '{{fsal}} {{operation}}', [EXPORTS], size=(8, 8)),
        of_busiest('FSAL latency', f'Mean latency of an operation. {needs}', 's', mean, fsal,
                   '{{fsal}} {{operation}}', [EXPORTS], size=(8, 8)), collapsed=True)


def server():
    return dashboard('server', 'Server', 'One server, or the sum of several: operations, latency, '
                     'caches, process.',
                     [state(), operations(), procedures(), caches(), descriptors(), names(), process(), memory(),
                      *(own() for own in own_page.ROWS), only_some_servers()],
                     shown=('protocol', 'top'), hidden=(UNRECORDED,))
