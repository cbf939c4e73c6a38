"""Rows of what only the server's own page of metrics has: distributions, results, saturation."""
from .dashboard import link, row
from .panel import heatmap, query, timeseries
from .query import EACH_SERVER, RECENT, each, rate, ratio, series, sum_by
from .shown import highest

NEEDS = 'Needs --collector.built_in.'
DYNAMIC = f'{NEEDS} Enable_Dynamic_Metrics in ganesha.conf must be on.'
PROCEDURE, EXPORT = 'protocol, procedure', f'{EACH_SERVER}, path'
NAMED, OF_EXPORT = '{{protocol}} {{procedure}}', '{{instance}} {{path}}'
LINKS = [link('exports', 'Open the exports')]


def percentile(share, metric, by='', *matchers, window=RECENT):
    labels = ', '.join(filter(None, ('le', by)))
    return f'histogram_quantile({share}, {rate(f"{metric}_bucket", labels, *matchers, window=window)})'


def mean(metric, by='', *matchers, window=RECENT):
    total, count = (rate(f'{metric}_{part}', by, *matchers, window=window) for part in ('sum', 'count'))
    return ratio(total, count)


def percentiles(title, description, unit, metric, **options):
    lines = (query(percentile(share, metric), f'{100 * share:g} %') for share in (0.5, 0.9, 0.99))
    return timeseries(title, description, unit, *lines, links=LINKS, **options)


def of_highest(title, description, unit, build, by, legend, **options):
    return highest(title, description, unit, build, by, legend, links=LINKS, **options)


def distributions():
    procedures, exports = 'ganesha_procedure_duration_seconds', 'ganesha_export_procedure_duration_seconds'
    return row(
        'Latency: percentiles and distribution',
        percentiles('Latency percentiles', 'Of all calls: half of them, 90 % and 99 % take at most this long. The server '
                    f'measures whole milliseconds. {NEEDS}', 's', procedures),
        heatmap('Latency distribution', f'Calls per second by their duration. {NEEDS}',
                query(rate(f'{procedures}_bucket', 'le'), '{{le}}')),
        of_highest('Slowest procedures', f'99 % of the calls take at most this long. {NEEDS}', 's',
                lambda window: percentile(0.99, procedures, PROCEDURE, window=window), PROCEDURE, NAMED, size=(8, 8)),
        of_highest('Slowest exports', f'99 % of the calls take at most this long. {DYNAMIC}', 's',
                lambda window: percentile(0.99, exports, EXPORT, window=window), EXPORT, OF_EXPORT, size=(8, 8)),
        percentiles('Compound latency', f'NFSv4 compounds: half of them, 90 % and 99 % take at most this long. {NEEDS} '
                    'Reported since 15.2.', 's', 'ganesha_compound_duration_seconds', size=(8, 8)), collapsed=True)


def results():
    by = f'{PROCEDURE}, status'
    failed = 'status!~"NFS[34]_OK"'
    return row(
        'Results, sizes and operations',
        of_highest('Failed calls by status', f'A LOOKUP or OPEN that finds nothing counts as failed. {NEEDS}', 'ops',
                lambda window: rate('ganesha_procedure_results_total', by, failed, window=window), by, f'{NAMED} {{{{status}}}}'),
        of_highest('Calls by export', f'Calls per second. {DYNAMIC}', 'ops',
                lambda window: rate('ganesha_export_procedure_calls_total', EXPORT, window=window), EXPORT, OF_EXPORT),
        timeseries('Request size', f'Mean bytes that a read or write asks for, and that a write wrote. {DYNAMIC}', 'bytes',
                   query(mean('ganesha_request_size_bytes', 'operation'), '{{operation}} requested'),
                   query(mean('ganesha_response_size_bytes', 'operation', 'operation="write"'), '{{operation}} written'),
                   size=(8, 8), links=LINKS),
        of_highest('Request size by export', f'Mean bytes that a read or write asks for. {DYNAMIC}', 'bytes',
                lambda window: mean('ganesha_export_request_size_bytes', EXPORT, window=window), EXPORT, OF_EXPORT, size=(8, 8)),
        timeseries('Operations by compound', f'Mean number. {NEEDS} Reported since 15.2.', 'short',
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
        timeseries('Metadata cache hit ratio by export', f'The lowest show which export the cache is too small for. {DYNAMIC}',
                   'percentunit', query(hit_ratio('ganesha_export_mdcache_hits_total', 'ganesha_export_mdcache_misses_total',
                                                  EXPORT), OF_EXPORT), size=(8, 8), max=1, links=LINKS),
        timeseries('Connections and NFSv4 state', f'TCP connections, confirmed NFSv4 clients and locks. {NEEDS} Reported since '
                   '15.2.', 'short', now('ganesha_tcp_connections', 'connections'), now('ganesha_clients_confirmed', 'clients'),
                   query(f'{sum_by(f"{EACH_SERVER}, kind")} ({series("ganesha_locks")})', '{{instance}} lock {{kind}}'),
                   size=(8, 8), links=LINKS),
        timeseries('Expired leases', 'NFSv4 clients that lost their state, as their lease expired. '
                   f'{NEEDS} Reported since 6.2.', 'short',
                   query(rate('ganesha_lease_expiries_total', EACH_SERVER), '{{instance}}'), size=(8, 8), links=LINKS),
        timeseries('Authentication', f'99 % of the authentications of calls take at most this long. {NEEDS} Reported since 15.2.',
                   's', query(percentile(0.99, 'ganesha_rpc_auth_duration_seconds', 'flavor'), '{{flavor}}'), size=(8, 8),
                   links=LINKS),
        timeseries('Mapping of users and groups', 'Mean duration of a request to the directory service. '
                   f'{NEEDS} Reported since 6.2.', 's',
                   query(mean('ganesha_idmapping_request_duration_seconds', 'operation'), '{{operation}}'), size=(8, 8),
                   links=LINKS), collapsed=True)


ROWS = distributions, results, saturation
