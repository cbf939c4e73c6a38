"""What a real server says over plain DBus calls, as the series that a page must have for it."""
from harness import (
    ADMIN, BUS_NAME, CLIENT_MGR, CLIENT_STATS, EXPORT_MGR, EXPORT_STATS, busctl, ganesha_version, series)

FIGURES = {'requested_bytes_total': 1, 'transferred_bytes_total': 1, 'operations_total': 1,
           'operation_errors_total': 1, 'operation_latency_seconds_total': 1e9,
           'operation_queue_wait_seconds_total': 1e9}
ALWAYS_MEASURED = 'transferred_bytes_total', 'operations_total', 'operation_errors_total'
PROTOCOLS = 'NFSv3', 'NFSv40', 'NFSv41', 'NFSv42'
OPERATIONS = 'read', 'write'
SWITCHES = 'nfs', 'fsal', 'v3_full', 'v4_full', 'auth', 'client_all_ops'
STATES = {'Open': 'open', 'Lock': 'lock', 'Delegation': 'delegation'}


def seconds(time):
    return time[0] + time[1] / 1e9


def client_label(address):
    return address.removeprefix('::ffff:')


def milliseconds(average, count):
    return round(average * count * 1e6) / 1e9


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def io_names(owner):
    """The families of the I/O of `owner`: export or client."""
    return {f'ganesha_{owner}_{figure}' for figure in FIGURES}


def io_of_exports(ganesha):
    """{labels: (read, write)} by GetNFSIO."""
    paths = {entry[0]: entry[1] for entry in ganesha.call(EXPORT_MGR, 'ShowExports')[1]}
    return {(('export_id', str(export_id)), ('path', paths[export_id]), ('protocol', protocol)): blocks
            for (export_id, protocol), blocks in ganesha.nfs_io().items()}


def io_of_clients(ganesha):
    """{labels: (read, write)} by GetNFSv3IO and the like, by the protocols that ShowClients has as used.

    From 6.x on a reset makes them unused, while GetNFSv3IO answers zeros.
    """
    tables = {}
    for address, protocols, *_ in ganesha.call(CLIENT_MGR, 'ShowClients')[1]:
        used = dict(protocols)
        for protocol in filter(used.get, PROTOCOLS):
            told, _, *rest = ganesha.call(CLIENT_STATS, f'Get{protocol}IO', 's', address)
            if told:
                tables[('client', client_label(address)), ('protocol', protocol)] = rest[1:]
    return tables


def io_series(owner, tables):
    """The series of these tables: those that must be on the page, and those that the server may not measure."""
    required, unmeasured = {}, {}
    measured = {(figure, direction): figure in ALWAYS_MEASURED or any(blocks[direction][number]
                                                                      for blocks in tables.values())
                for number, figure in enumerate(FIGURES) for direction in range(2)}
    for labels, blocks in tables.items():
        for direction, operation in enumerate(OPERATIONS):
            for number, (figure, unit) in enumerate(FIGURES.items()):
                key = series(f'ganesha_{owner}_{figure}', operation=operation, **dict(labels))
                target = required if measured[figure, direction] else unmeasured
                target[key] = blocks[direction][number] / unit
    return required, unmeasured


def answer(ganesha, method, *args, target=EXPORT_STATS):
    """The reply without its head; empty for a refusal."""
    told, _, *rest = ganesha.call(target, method, *args)
    return rest[1:] if told else []


def operations(ganesha):
    """By GetGlobalOPS; nothing while the server does not count."""
    counts = pairs(*answer(ganesha, 'GetGlobalOPS') or [()])
    if counts:
        counts['NLMv4'] = counts.pop('NLM4')
    return {series('ganesha_operations_total', protocol=name): count for name, count in counts.items()}


def other_operations(ganesha):
    """Of exports and clients, by GetExportDetails and GetClientIOops."""
    found = {}
    for export_id, path, *_ in ganesha.call(EXPORT_MGR, 'ShowExports')[1]:
        _add_other('export', {'export_id': str(export_id), 'path': path},
                   answer(ganesha, 'GetExportDetails', 'q', export_id), found)
    for client, *_ in ganesha.call(CLIENT_MGR, 'ShowClients')[1]:
        _add_other('client', {'client': client_label(client)},
                   answer(ganesha, 'GetClientIOops', 's', client, target=CLIENT_STATS), found)
    return found


def _add_other(owner, labels, told, found):
    for protocol in PROTOCOLS if told else ():
        if not told.pop(0):
            continue
        _, _, other = told[:3]
        del told[:4 if protocol in PROTOCOLS[2:] else 3]
        for name, value in zip(('operations', 'operation_errors'), other):
            found[series(f'ganesha_{owner}_other_{name}_total', protocol=protocol, **labels)] = value


def timed_procedures(ganesha, protocol, method):
    """Calls, errors and latency by procedure, by GetFULLV3Stats or GetFULLV4Stats."""
    found = {}
    for name, calls, errors, *rest in (answer(ganesha, method) or [()])[0]:
        labels = {'protocol': protocol, 'procedure': name}
        average, least, most = rest[-3:]
        found |= {
            series('ganesha_procedure_timed_calls_total', **labels): calls,
            series('ganesha_procedure_timed_errors_total', **labels): errors,
            series('ganesha_procedure_latency_seconds_total', **labels): milliseconds(average, calls),
            series('ganesha_procedure_latency_min_seconds', **labels): least / 1e3,
            series('ganesha_procedure_latency_max_seconds', **labels): most / 1e3}
        if len(rest) == 4:
            found[series('ganesha_procedure_timed_duplicates_total', **labels)] = rest[0]
    return found


def statistics(ganesha):
    """By StatusStats: which statistics are counted, and since when."""
    _, _, *switches = ganesha.call(EXPORT_STATS, 'StatusStats')
    if len(switches) != len(SWITCHES):
        raise ValueError(f'StatusStats has {len(switches)} statistics')
    found = {}
    for name, (enabled, since) in zip(SWITCHES, switches):
        found[series('ganesha_stats_enabled', stats=name)] = int(enabled)
        if enabled:
            found[series('ganesha_stats_start_timestamp_seconds', stats=name)] = seconds(since)
    return found


def version_and_grace(ganesha):
    version = busctl(ganesha.bus.address, 'get-property', BUS_NAME, '/org/ganesha/nfsd/admin',
                     'org.ganesha.nfsd.admin', 'VERSION_RELEASE')
    return {series('ganesha_info', version=version): 1,
            series('ganesha_in_grace'): int(ganesha.call(ADMIN, 'get_grace')[0])}


def client_states(ganesha):
    """From 6.0 on."""
    if ganesha_version() < (6, 0):
        return {}
    # 15.2 has another field before the states.
    return {series('ganesha_client_state', client=client_label(address), state=STATES[name]): count
            for address, *_, states, _ in ganesha.call(CLIENT_MGR, 'ShowClients')[1]
            for name, count in pairs(states).items()}
