"""Rows of what only the server's own page of metrics has: distributions, results, saturation."""
from .dashboard import link, row
from .panel import heatmap, query, timeseries
from .query import EACH_SERVER, RECENT, age, each, rate, ratio, series, sum_by
from .shown import highest

NEEDS = 'Needs --collector.built_in.'
DYNAMIC = f'{NEEDS} Enable_Dynamic_Metrics in ganesha.conf must be on.'
# Counts of different buckets have no sum.
OTHER_BUCKETS = 'Choose servers from 6.0 on, or older ones: their buckets differ.'
PROCEDURE, EXPORT = 'protocol, procedure', f'{EACH_SERVER}, path'
NAMED, OF_EXPORT = '{{protocol}} {{procedure}}', '{{instance}} {{path}}'
LINKS = [link('exports', 'Open the exports')]


def percentile(share, metric, by='', *matchers, window=RECENT):
    labels = ', '.join(filter(None, (by, 'le')))
    return f'histogram_quantile({share}, {rate(f"{metric}_bucket", labels, *matchers, window=window)})'


def mean(metric, by='', *matchers, window=RECENT):
    total, count = (rate(f'{metric}_{part}', by, *matchers, window=window) for part in ('sum', 'count'))
    return ratio(total, count)


def percentiles(title, description, unit, metric, by='', **options):
    name = f'{{{{{by}}}}} ' if by else ''
    lines = (query(percentile(share, metric, by), f'{name}{100 * share:g} %') for share in (0.5, 0.9, 0.99))
    return timeseries(title, description, unit, *lines, links=LINKS, **options)


def of_highest(title, description, unit, build, by, legend, **options):
    return highest(title, description, unit, build, by, legend, links=LINKS, **options)


def distributions():
    procedures, exports = 'ganesha_procedure_duration_seconds', 'ganesha_export_procedure_duration_seconds'
    return row(
        'Latency: percentiles and distribution',
        percentiles('Latency percentiles', 'Of all calls of a protocol: half of them, 90 % and 99 % take at most this long. '
                    f'The server measures whole milliseconds. {OTHER_BUCKETS} {NEEDS}', 's', procedures, 'protocol',
                    size=(8, 8)),
        *(heatmap(f'Latency distribution{title}', f'Calls per second by their duration{text}. {OTHER_BUCKETS} {NEEDS}',
                  query(rate(f'{procedures}_bucket', 'le', f'protocol{matches}"NFSv3"'), '{{le}}'), size=(8, 8))
          for title, text, matches in (('', ', without those counted as NFSv3', '!='), (' of NFSv3', '', '='))),
        of_highest('Slowest procedures', f'99 % of the calls take at most this long. {NEEDS}', 's',
                   lambda window: percentile(0.99, procedures, PROCEDURE, window=window), PROCEDURE, NAMED, size=(8, 8)),
        of_highest('Slowest exports', f'99 % of the calls take at most this long. {DYNAMIC}', 's',
                   lambda window: percentile(0.99, exports, EXPORT, window=window), EXPORT, OF_EXPORT, size=(8, 8)),
        percentiles('Compound latency', f'NFSv4 compounds: half of them, 90 % and 99 % take at most this long. {NEEDS} '
                    'Reported since 6.0.', 's', 'ganesha_compound_duration_seconds', size=(8, 8)), collapsed=True)


def results():
    by = f'{PROCEDURE}, status'
    failed = 'status!~"NFS[34]_OK"'
    return row(
        'Results, sizes and operations',
        of_highest('Failed calls by status', f'A LOOKUP or OPEN that finds nothing counts as failed. {NEEDS}', 'ops',
                   lambda window: rate('ganesha_procedure_results_total', by, failed, window=window), by,
                   f'{NAMED} {{{{status}}}}'),
        of_highest('Calls by export', f'Calls per second. {DYNAMIC}', 'ops',
                   lambda window: rate('ganesha_export_procedure_calls_total', EXPORT, window=window), EXPORT, OF_EXPORT),
        timeseries('Request size', f'Mean bytes that a read or write asks for, and that a write wrote. {DYNAMIC}', 'bytes',
                   query(mean('ganesha_request_size_bytes', 'operation'), '{{operation}} requested'),
                   query(mean('ganesha_response_size_bytes', 'operation', 'operation="write"'), '{{operation}} written'),
                   size=(8, 8), links=LINKS),
        of_highest('Request size by export', f'Mean bytes that a read or write asks for. {DYNAMIC}', 'bytes',
                   lambda window: mean('ganesha_export_request_size_bytes', EXPORT, window=window), EXPORT,
                   OF_EXPORT, size=(8, 8)),
        timeseries('Operations by compound', f'Mean number. {NEEDS} Reported since 6.0.', 'short',
                   query(mean('ganesha_compound_operations', EACH_SERVER), '{{instance}}'), size=(8, 8), links=LINKS),
        collapsed=True)


def hit_ratio(hits, misses, by, window=RECENT):
    found, missed = (rate(metric, by, window=window) for metric in (hits, misses))
    # No series of misses means none.
    return ratio(found, f'({found} + ({missed} or 0 * {found}))')


def saturation():
    def now(metric, name):
        return query(each(series(metric), 'sum'), f'{{{{instance}}}} {name}')
    return row(
        'Saturation, metadata cache hit ratio and NFSv4 state',
        timeseries('RPC calls in flight and worker threads', 'If all worker threads are busy, calls wait. The threads are '
                   f'reported since 15.2. {NEEDS}', 'short', now('ganesha_rpcs_in_flight', 'calls in flight'),
                   now('ganesha_worker_threads_busy', 'busy threads'), now('ganesha_worker_threads_max', 'threads'),
                   links=LINKS),
        timeseries('RPC calls', f'Received and completed. {NEEDS}', 'ops',
                   *(query(rate(f'ganesha_rpcs_{name}_total', EACH_SERVER), f'{{{{instance}}}} {name}')
                     for name in ('received', 'completed')), links=LINKS),
        timeseries('Metadata cache hit ratio', f'Share of look-ups that the cache answered. {DYNAMIC}', 'percentunit',
                   query(hit_ratio('ganesha_mdcache_operation_hits_total', 'ganesha_mdcache_misses_total', 'operation'),
                         '{{operation}}'), size=(8, 8), max=1, links=LINKS),
        timeseries('Metadata cache hit ratio by export', 
                   f'The lowest show which export the cache is too small for. {DYNAMIC}',
                   'percentunit', query(hit_ratio('ganesha_export_mdcache_hits_total', 'ganesha_export_mdcache_misses_total',
                                                  EXPORT), OF_EXPORT), size=(8, 8), max=1, links=LINKS),
        timeseries('Connections and NFSv4 state', f'TCP connections, confirmed NFSv4 clients and locks. {NEEDS} Reported '
                   'since 6.5, connections since 15.2.', 'short', now('ganesha_tcp_connections', 'connections'),
                   now('ganesha_clients_confirmed', 'clients'),
                   query(f'{sum_by(f"{EACH_SERVER}, kind")} ({series("ganesha_locks")})', '{{instance}} lock {{kind}}'),
                   size=(8, 8), links=LINKS),
        timeseries('Expired leases', 'NFSv4 clients that lost their state, as their lease expired. '
                   f'{NEEDS} Reported since 6.5.', 'short',
                   query(rate('ganesha_lease_expiries_total', EACH_SERVER), '{{instance}}'), size=(8, 8), links=LINKS),
        timeseries('Authentication', f'99 % of the authentications of calls take at most this long. {NEEDS} Reported since '
                   '15.2.', 's', query(percentile(0.99, 'ganesha_rpc_auth_duration_seconds', 'flavor'), '{{flavor}}'),
                   size=(8, 8), links=LINKS),
        timeseries('Mapping of users and groups', 'Mean duration of a request to the directory service. '
                   f'{NEEDS} Reported since 6.0.', 's',
                   query(mean('ganesha_idmapping_request_duration_seconds', 'operation'), '{{operation}}'), size=(8, 8),
                   links=LINKS), collapsed=True)


def details():
    users, third = 'Mapping of users and groups', {'size': (8, 7), 'links': LINKS}

    def lines(title, description, unit, *queries, since='15.2'):
        return timeseries(title, f'{description} {NEEDS} Reported since {since}.', unit, *queries, **third)

    def rates(name, labels, legend):
        return query(rate(f'ganesha_{name}_total', labels), legend)

    def slow(name, labels, legend):
        return query(percentile(0.99, f'ganesha_{name}_duration_seconds', labels), legend)

    def now(name, labels, legend):
        return query(f'{sum_by(labels)} ({series(f"ganesha_{name}")})', legend)
    of_server = f'{EACH_SERVER}, state'
    hits = rate('ganesha_idmapping_cache_uses_total', 'cache', 'result="hit"')
    left, size = (f'max by ({EXPORT}) ({series(f"ganesha_export_{name}_bytes")})' for name in ('available', 'size'))
    return row(
        'Details: mapping of users, GSS, connections, space',
        lines(f'{users}: hit ratio', 'Share of look-ups that the caches answered.', 'percentunit',
              query(ratio(hits, rate('ganesha_idmapping_cache_uses_total', 'cache')), '{{cache}}'), since='6.0'),
        lines(f'{users}: requests', 'Users and groups that were resolved, those with more groups than the server takes, and '
              'failures.', 'ops', rates('idmapping_resolutions', 'operation, status', '{{operation}} {{status}}'),
              rates('idmapping_failures', 'operation', '{{operation}} failed'),
              rates('idmapping_max_groups_exceeded', EACH_SERVER, '{{instance}} too many groups'), since='6.0'),
        lines(f'{users}: cached entries', 'Entries in the caches, and those that are removed per second.', 'short',
              now('idmapping_cache_entries', 'entity', '{{entity}}'),
              rates('idmapping_cache_reaped_entries', 'entity', '{{entity}} removed'), since='7.0'),
        lines(f'{users}: groups', 'Mean number of groups of a user that was resolved.', 'short',
              query(mean('ganesha_idmapping_user_groups', EACH_SERVER), '{{instance}}'), since='6.0'),
        lines(f'{users}: age of evicted entries', 'Mean age.', 's',
              query(mean('ganesha_idmapping_evicted_entry_age_seconds', 'entity'), '{{entity}}'), since='6.0'),
        lines('GSS latency', '99 % of the steps and operations of Kerberos take at most this long.', 's',
              slow('gss_step', 'step', '{{step}}'), slow('gss_operation', 'operation', '{{operation}}')),
        lines('Dropped and denied', 'Requests of GSS that were dropped, and connections that were denied a session.', 'ops',
              rates('gss_dropped_requests', EACH_SERVER, '{{instance}} requests'),
              rates('session_denied_connections', EACH_SERVER, '{{instance}} connections'), since='6.4'),
        lines('Connection manager', 'Clients by state.', 'short', now('connection_manager_clients', of_server,
                                                                    '{{instance}} {{state}}'), since='6.0'),
        lines('Connection manager latency', '99 % of the starts and of the drains of connections take at most this long.',
              's',
              slow('connection_manager_start', 'result', 'start: {{result}}'),
              slow('connection_manager_drain', 'result', 'drain: {{result}}'), since='6.0'),
        lines('NFSv4 sessions', 'Mean number of connections by session, and of sessions by connection.', 'short',
              query(mean('ganesha_session_connections', EACH_SERVER), '{{instance}} connections'),
              query(mean('ganesha_transport_sessions', EACH_SERVER), '{{instance}} sessions'), since='6.5'),
        lines('NFSv4 registrations', 'Clients that registered, by their state protection, and changes of the association of '
              'connections with sessions.', 'ops', rates('state_protection_clients', 'protection', '{{protection}}'),
              rates('transport_associations', 'status', '{{status}}'), since='6.5'),
        of_highest('Bytes by write', f'Mean bytes that a write wrote. {DYNAMIC}', 'bytes',
                   lambda window: mean('ganesha_export_response_size_bytes', EXPORT, 'operation="write"', window=window),
                   EXPORT, OF_EXPORT, size=(8, 7)),
        lines('Available space', 'Share of the file system of the export.', 'percentunit',
              query(ratio(left, size), OF_EXPORT), since='16'),
        lines('Available files', 'Files that can still be created.', 'short',
              query(f'max by ({EXPORT}) ({series("ganesha_export_available_files")})', OF_EXPORT), since='16'),
        lines('Cost of the own page', 'Mean time that the server needs for a page of its own metrics.', 's',
              query(mean('ganesha_monitoring_page_duration_seconds', EACH_SERVER), '{{instance}}'), since='6.3'),
        lines('Age of the own page', 'Time since a page was last taken. It is shown while it is younger than two '
              'intervals and one timeout, unless the connection is refused.', 's',
              query(each(age(series('ganesha_exporter_built_in_last_fetch_timestamp_seconds'))), '{{instance}}'),
              since='5.0'),
        lines('Uptime', 'Time since the server was started.', 's', now('uptime_seconds', EACH_SERVER, '{{instance}}'),
              since='15.3'),
        lines('Not shown', 'Families of the own page that the exporter does not know, and exports and clients beyond the '
              'limits.', 'short', now('exporter_built_in_families_unknown', EACH_SERVER, '{{instance}} families'),
              now('exporter_built_in_entries_dropped', EACH_SERVER, '{{instance}} exports and clients'), since='5.0'),
        collapsed=True)


ROWS = distributions, results, saturation, details
