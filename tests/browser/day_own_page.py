"""The series of a working day that only the own page of a server has."""
import math

from day_series import FAILED, SLOWER, calls_of, group, mean_latencies, others, scaled, sum_of, varied
from working_day import READ, STEP, TIMES, WRITE

BOUNDS = [0.001 * 2 ** power for power in range(14)]
# Of the logarithm of the durations.
SPREAD = 1.1
STATUSES = {'LOOKUP': 'NOENT', 'OPEN': 'ACCESS', 'ACCESS': 'STALE'}
CALLS_OF_A_COMPOUND = 3.4


def share_below(bound, mean):
    """Of durations that are distributed lognormally."""
    middle = math.log(mean) - SPREAD ** 2 / 2
    return (1 + math.erf((math.log(bound) - middle) / (SPREAD * math.sqrt(2)))) / 2


def histogram(page, name, counts, means, **labels):
    """`means` of each minute, in seconds."""
    for bound in BOUNDS:
        page.counter(f'{name}_bucket', [count * share_below(bound, mean) for count, mean in zip(counts, means)], 2, **labels,
                     le=f'{bound:g}')
    page.counter(f'{name}_bucket', counts, 2, **labels, le='+Inf')
    page.counter(f'{name}_count', counts, **labels)
    page.counter(f'{name}_sum', [count * mean for count, mean in zip(counts, means)], 6, **labels)


def procedures(page, flows, states):
    mean = mean_latencies(states)
    for protocol, some in group(flows, lambda flow: flow.client.protocol[:5]).items():
        prefix = protocol.replace('v', '')[:4].upper()
        for name, counts in calls_of(some, protocol).items():
            own, slower = {'protocol': protocol, 'procedure': name}, SLOWER.get(name, 1)
            histogram(page, 'ganesha_procedure_duration_seconds', counts, scaled(mean, slower / 4), **own)
            failed = FAILED.get(name, 0)
            page.counter('ganesha_procedure_results_total', scaled(counts, 1 - failed), **own, status=f'{prefix}_OK')
            if failed:
                page.counter('ganesha_procedure_results_total', scaled(counts, failed), **own,
                             status=f'{prefix}ERR_{STATUSES[name]}')


def exports(page, flows, states):
    for export, some in group(flows, lambda flow: flow.export.path).items():
        labels = {'export_id': some[0].export.number, 'path': export}
        mean = [latency for latency, _ in states[export]]
        for operation in READ, WRITE:
            counts = sum_of(*(flow.operations[operation] for flow in some))
            own = {**labels, 'procedure': operation.upper()}
            histogram(page, 'ganesha_export_procedure_duration_seconds', counts, mean, **own)
            page.counter('ganesha_export_procedure_calls_total', counts, **own)
            sized(page, 'ganesha_export_request_size_bytes', counts, some, operation, **labels)
        cache(page, 'ganesha_export_mdcache_hits_total', 'ganesha_export_mdcache_misses_total', others(some), **labels)


def cache(page, hits, misses, counts, **labels):
    for operation, share, missed in ('lookup', 0.3, 0.12), ('getattr', 0.5, 0.04):
        own = {**labels, 'operation': operation}
        page.counter(hits, scaled(counts, share * (1 - missed)), 2, **own)
        page.counter(misses, varied(counts, share * missed, (hits, *own.values())), 2, **own)


def sized(page, name, counts, flows, operation, **labels):
    page.counter(f'{name}_count', counts, **labels, operation=operation)
    page.counter(f'{name}_sum', sum_of(*(flow.bytes(operation) for flow in flows)), **labels, operation=operation)


def whole_server(page, flows, states, busy):
    newer = [flow for flow in flows if flow.client.protocol != 'NFSv3']
    operations = sum_of(others(newer), *(flow.total for flow in newer))
    compounds = scaled(operations, 1 / CALLS_OF_A_COMPOUND)
    histogram(page, 'ganesha_compound_duration_seconds', compounds, scaled(mean_latencies(states), 0.8))
    page.counter('ganesha_compound_operations_count', compounds)
    page.counter('ganesha_compound_operations_sum', varied(operations, 1, 'compounds'))
    for operation in READ, WRITE:
        counts = sum_of(*(flow.operations[operation] for flow in flows))
        sized(page, 'ganesha_request_size_bytes', counts, flows, operation)
        sized(page, 'ganesha_response_size_bytes', counts, flows, operation)
    calls = sum_of(others(flows), *(flow.total for flow in flows))
    for name in 'received', 'completed':
        page.counter(f'ganesha_rpcs_{name}_total', calls)
    cache(page, 'ganesha_mdcache_operation_hits_total', 'ganesha_mdcache_misses_total', calls)
    histogram(page, 'ganesha_rpc_auth_duration_seconds', calls, varied([0.0011] * len(TIMES), 1, 'auth'), status='AUTH_OK',
              flavor='SYS')
    saturation(page, busy)


def saturation(page, busy):
    page.level('ganesha_rpcs_in_flight', busy, 2, 120, spread=0.5)
    page.level('ganesha_worker_threads_busy', busy, 3, 110, spread=0.4)
    page.constant('ganesha_worker_threads_max', 256)
    page.level('ganesha_tcp_connections', busy, 12, 20)
    page.level('ganesha_clients_confirmed', busy, 11, 14)
    for kind, most in ('holders', 60), ('waiters', 4):
        page.level('ganesha_locks', busy, 0, most, kind=kind, spread=0.3)
    page.counter('ganesha_lease_expiries_total', (int(index % 400 == 17) for index in range(len(TIMES))))
    for operation, seconds in ('uid_to_uname', 0.004), ('gid_to_group', 0.006):
        own = {'operation': operation, 'status': 'success', 'utility': 'nfsidmap'}
        page.counter('ganesha_idmapping_request_duration_seconds_count', (0.2 * STEP * share for share in busy), 3, **own)
        page.counter('ganesha_idmapping_request_duration_seconds_sum', (0.2 * STEP * share * seconds for share in busy), 6, **own)


def own_page(page, flows, states, busy):
    """Of a server that has both: its page is fetched."""
    if not page.server.has_own_page:
        return
    procedures(page, flows, states)
    exports(page, flows, states)
    whole_server(page, flows, states, busy)
