"""The series of a working day: every family that the dashboards show, as lines for a Prometheus."""
import itertools
import random

from working_day import DAY, END, READ, START, STEP, TIMES, WRITE, noise

JOB = 'ganesha'
FIRST_START = START - 9 * DAY
OTHER_LATENCY = 0.0004
SHORT = 0.01  # Of the bytes that were asked for: reads beyond the end of a file.
FAILING = 0.05  # Of the operations other than reads and writes: look-ups of names that are not there.
SHARES = {'GETATTR': 0.46, 'LOOKUP': 0.24, 'ACCESS': 0.14, 'OPEN': 0.06, 'CLOSE': 0.06, 'SETATTR': 0.02, 'READDIR': 0.02}
NOT_IN_NFSV3 = 'OPEN', 'CLOSE'
FAILED = {'LOOKUP': 0.12, 'OPEN': 0.02, 'ACCESS': 0.004}
SLOWER = {'WRITE': 5, 'READ': 3, 'OPEN': 2.4, 'READDIR': 2, 'SETATTR': 1.8, 'CLOSE': 1.2}
LIMITS = {'system': 1_048_576, 'hard': 1_038_090, 'high_mark': 943_718, 'low_mark': 524_288}
STATISTICS = {'nfs': 1, 'fsal': 0, 'v3_full': 1, 'v4_full': 1, 'auth': 1, 'client_all_ops': 1}
# Seconds that each collector takes for a hundred active clients.
COLLECTORS = {'server': 0.002, 'exports': 0.004, 'clients': 0.03, 'client_ops': 0.02, 'operations': 0.001, 'mdcache': 0.001,
              'procedures': 0.002, 'procedures_detailed': 0.003, 'auth': 0.001, 'drc': 0.001, 'fds': 0.001}


def varied(values, factor, owner):
    """The values times this factor, which changes slowly."""
    chance = random.Random(repr(owner))
    return [value * factor * change for value, change in zip(values, noise(chance, 0.35, 0.98))]


def sum_of(*lists):
    return [sum(values) for values in zip(*lists)]


def scaled(values, factor):
    return [value * factor for value in values]


class Page:
    """What the exporter of one server shows over the day: `series` are their names with labels, and values at TIMES."""

    def __init__(self, server):
        self.server, self.series = server, []
        self.up = [not server.is_down(time) for time in TIMES]
        self.reachable = [time < server.unreachable for time in TIMES]
        self.last_start = server.down[1] if server.down and server.down[1] < END else FIRST_START

    def gauge(self, name, values, always=False, **labels):
        """`always`: also while the server is down. A value of None is left out."""
        inside = ','.join(f'{key}="{value}"' for key, value in {'job': JOB, 'instance': self.server.name, **labels}.items())
        self.series.append((f'{name}{{{inside}}}', [
            value if reachable and (always or up) else None
            for value, reachable, up in zip(values, self.reachable, self.up)]))

    def constant(self, name, value, always=False, **labels):
        self.gauge(name, itertools.repeat(value, len(TIMES)), always, **labels)

    def counter(self, name, amounts, digits=0, always=False, **labels):
        """`amounts` of each minute. A restart of the server makes it start from 0 again."""
        values, total = [], 0
        for up, amount in zip(self.up, amounts):
            total = 0 if not up and not always else total + amount
            values.append(round(total, digits) if digits else int(total))
        self.gauge(name, values, always, **labels)

    def steady(self, name, per_second, always=False, digits=0, **labels):
        chance = random.Random(f'{self.server.name} {name} {labels}')
        self.counter(name, (per_second * STEP * factor for factor in noise(chance, 0.05)), digits, always, **labels)

    def level(self, name, busy, low, high, digits=0, spread=0.04, always=False, **labels):
        """A gauge between `low` and `high` that follows how busy the server is, slowly."""
        chance, smooth, values = random.Random(f'{self.server.name} {name} {labels}'), 0, []
        for share, factor in zip(busy, noise(chance, spread)):
            smooth = 0.93 * smooth + 0.07 * share
            value = (low + (high - low) * smooth) * factor
            values.append(round(value, digits) if digits else int(value))
        self.gauge(name, values, always, **labels)


def io(page, owner, labels, flows, states):
    """Reads and writes of an export or client. `states`: latency and share of errors of each minute, by export."""
    for operation in READ, WRITE:
        own = {**labels, 'operation': operation}
        counts = [flow.operations[operation] for flow in flows]
        moved = sum_of(*(flow.bytes(operation) for flow in flows))
        page.counter(f'ganesha_{owner}_operations_total', sum_of(*counts), **own)
        page.counter(f'ganesha_{owner}_transferred_bytes_total', moved, **own)
        missing = varied(moved, SHORT if operation == READ else 0, (owner, *own.values()))
        page.counter(f'ganesha_{owner}_requested_bytes_total', sum_of(moved, missing), **own)
        page.counter(f'ganesha_{owner}_operation_errors_total', sum_of(*(
            [count * errors for count, (_, errors) in zip(each, states[flow.export.path])]
            for each, flow in zip(counts, flows))), **own)
        if owner == 'export':
            slower = 1 if operation == READ else 2.2
            page.counter('ganesha_export_operation_latency_seconds_total', sum_of(*(
                [count * latency * slower for count, (latency, _) in zip(each, states[flow.export.path])]
                for each, flow in zip(counts, flows))), 6, **own)


def others(flows):
    """Operations other than reads and writes of each minute."""
    return sum_of(*(scaled(flow.total, flow.kind.others) for flow in flows))


def group(flows, key):
    groups = {}
    for flow in flows:
        groups.setdefault(key(flow), []).append(flow)
    return groups


def last_activity(page, flows, long_ago):
    """The time of the latest minute with an operation; None before any."""
    last = long_ago
    for time, *counts in zip(TIMES, *(flow.total for flow in flows)):
        if any(counts):
            last = time - 7
        yield last


def exports(page, flows, states):
    for export in page.server.exports:
        labels = {'export_id': export.number, 'path': export.path}
        mine = [flow for flow in flows if flow.export is export]
        for protocol, some in group(mine, lambda flow: flow.client.protocol).items():
            own = {**labels, 'protocol': protocol}
            io(page, 'export', own, some, states)
            counts = others(some)
            page.counter('ganesha_export_other_operations_total', counts, **own)
            page.counter('ganesha_export_other_operation_errors_total', varied(counts, FAILING, list(own.values())), **own)
            page.counter('ganesha_export_other_operation_latency_seconds_total', [
                count * (OTHER_LATENCY + latency / 4) for count, (latency, _) in zip(counts, states[export.path])], 6, **own)
        page.gauge('ganesha_export_last_activity_timestamp_seconds', last_activity(page, mine, FIRST_START), **labels)
        page.constant('ganesha_export_info', 1, **labels, pseudo=export.path, tag=export.tag)
    page.constant('ganesha_exports', len(page.server.exports) + 1)


def clients(page, flows, states):
    active = [0] * len(TIMES)
    for number, (client, mine) in enumerate(group(flows, lambda flow: flow.client.address).items()):
        labels = {'client': client, 'protocol': mine[0].client.protocol}
        io(page, 'client', labels, mine, states)
        counts = others(mine)
        page.counter('ganesha_client_other_operations_total', counts, **labels)
        page.counter('ganesha_client_other_operation_errors_total', varied(counts, FAILING, client), **labels)
        last = list(last_activity(page, mine, FIRST_START + 7200 * number))
        page.gauge('ganesha_client_last_activity_timestamp_seconds', last, client=client)
        active = [count + (time - latest < 300) for count, time, latest in zip(active, TIMES, last)]
        client_state(page, client, mine)
        client_procedures(page, labels, mine, counts)
    page.constant('ganesha_clients', len({flow.client.address for flow in flows}))
    page.gauge('ganesha_clients_active', active)


def client_state(page, client, flows):
    busy = sum_of(*(scaled(flow.total, 1 / STEP) for flow in flows))
    most = 6 if flows[0].kind.reads == 1 else 25 + 2 * flows[0].kind.rate
    share = [min(1, value / (2 * flows[0].kind.rate)) for value in busy]
    for state, part in ('open', 1), ('lock', 0.15), ('delegation', 0.25):
        page.level('ganesha_client_state', share, 2 * part, most * part, client=client, state=state)


def client_procedures(page, labels, flows, counts):
    if not page.server.procedures:
        return
    for procedure, share in SHARES.items():
        if labels['protocol'] == 'NFSv3' and procedure in NOT_IN_NFSV3:
            continue
        own = {'client': labels['client'], 'protocol': labels['protocol'][:5], 'procedure': procedure}
        page.counter('ganesha_client_procedure_calls_total', scaled(counts, share), **own)
        page.counter('ganesha_client_procedure_errors_total', scaled(counts, share * FAILED.get(procedure, 0)), **own)
        if own['protocol'] == 'NFSv3':
            page.counter('ganesha_client_procedure_duplicates_total', scaled(counts, share * 0.0008), **own)


def mean_latencies(states):
    """Over the exports, of each minute."""
    return [sum(each[index][0] for each in states.values()) / len(states) for index in range(len(TIMES))]


def calls_of(flows, protocol):
    """Calls of each minute by procedure."""
    counts = others(flows)
    calls = {name: scaled(counts, share) for name, share in SHARES.items()
             if protocol != 'NFSv3' or name not in NOT_IN_NFSV3}
    return calls | {name: sum_of(*(flow.operations[operation] for flow in flows))
                    for name, operation in (('READ', READ), ('WRITE', WRITE))}


def procedures(page, flows, states):
    """Of the whole server: calls, failures and time by procedure."""
    mean = mean_latencies(states)
    for protocol, some in group(flows, lambda flow: flow.client.protocol[:5]).items():
        for name, amounts in calls_of(some, protocol).items():
            own, slower = {'protocol': protocol, 'procedure': name}, SLOWER.get(name, 1)
            page.counter('ganesha_procedure_calls_total', amounts, **own)
            page.counter('ganesha_procedure_timed_calls_total', amounts, **own)
            page.counter('ganesha_procedure_timed_errors_total', scaled(amounts, FAILED.get(name, 0.0002)), **own)
            page.counter('ganesha_procedure_latency_seconds_total',
                         [count * latency * slower / 4 for count, latency in zip(amounts, mean)], 6, **own)
            page.constant('ganesha_procedure_latency_min_seconds', 0.00002 * slower, **own)
            page.constant('ganesha_procedure_latency_max_seconds', round(0.11 * slower, 3), **own)
            if protocol == 'NFSv3':
                page.counter('ganesha_procedure_timed_duplicates_total', scaled(amounts, 0.0006), **own)
    for protocol, some in group(flows, lambda flow: flow.client.protocol).items():
        page.counter('ganesha_operations_total', sum_of(others(some), *(flow.total for flow in some)), protocol=protocol)
