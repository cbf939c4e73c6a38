"""What must hold when nothing happens: the page has the server's own values, and nothing has leaked."""
import os
import pathlib

from harness import (
    CLIENT_MGR, EXPORT_MGR, DBusError, HarnessError, busctl, families, ganesha_version, sample, sanitized, series,
    wait_until)
from pages import OPENMETRICS, check_with_promtool, parse_metrics
from server_values import (
    client_states, io_names, io_of_clients, io_of_exports, io_series, operations, other_operations, statistics,
    timed_procedures, version_and_grace)

# After a second death with calls pending the exporter makes none for ten seconds.
WHOLE_SECONDS = 30
POLL_SECONDS = 10
SETTLE_SECONDS = 20
SHOWN = 10
MEMORY_FACTOR = 1.5
MEMORY_SLACK = 8 * 1024 * 1024
DESCRIPTORS = 2
BUS = 'org.freedesktop.DBus'
TIMED = {f'ganesha_procedure_timed_{what}_total' for what in ('calls', 'errors', 'duplicates')}
OTHER = {f'ganesha_{owner}_other_operation{what}_total' for owner in ('export', 'client') for what in ('s', '_errors')}
# Families of which the page must have the server's values, and nothing else.
COMPARED = {'ganesha_stats_enabled', 'ganesha_stats_start_timestamp_seconds', 'ganesha_info', 'ganesha_in_grace',
            'ganesha_client_state', 'ganesha_exports', 'ganesha_clients', 'ganesha_operations_total',
            *io_names('export'), *io_names('client'), *OTHER, *TIMED}


def is_whole(metrics):
    success = [value for (name, _), value in metrics.items() if name == 'ganesha_exporter_collector_success']
    return sample(metrics, 'ganesha_up') == 1 and bool(success) and all(success)


def told_by(ganesha):
    """(series that must be on the page, series that may be there with this value), of whole families."""
    switches = statistics(ganesha)
    required = switches | version_and_grace(ganesha) | client_states(ganesha) | {
        series('ganesha_exports'): len(ganesha.call(EXPORT_MGR, 'ShowExports')[1]),
        series('ganesha_clients'): len(ganesha.call(CLIENT_MGR, 'ShowClients')[1])}
    possible = {}
    for protocol, method in timed_methods().items():
        required |= {key: value for key, value in timed_procedures(ganesha, protocol, method).items()
                     if key[0] in TIMED and ('procedure', 'None') not in key[1]}
    if switches[series('ganesha_stats_enabled', stats='nfs')]:
        required |= operations(ganesha) | other_operations(ganesha)
        for owner, tables in ('export', io_of_exports(ganesha)), ('client', io_of_clients(ganesha)):
            for target, found in zip((required, possible), io_series(owner, tables)):
                target |= found
    return required, possible


def timed_methods():
    """Before 6.1 not those of NFSv4, which the exporter reads only until a client uses NFSv4.2: docs/calls.md."""
    methods = {'NFSv3': 'GetFULLV3Stats', 'NFSv4': 'GetFULLV4Stats'}
    return methods if ganesha_version() >= (6, 1) else {'NFSv3': methods['NFSv3']}


def is_compared(key):
    name, labels = key
    return name in COMPARED and (name not in TIMED or dict(labels)['protocol'] in timed_methods())


def differences(page, told):
    required, possible = told
    served = {key: value for key, value in page.items() if is_compared(key)}
    for key in sorted(required.keys() | served.keys(), key=str):
        expected = required.get(key, possible.get(key))
        if key in served and served[key] != expected or key in required and key not in served:
            yield f'{key[0]} {dict(key[1])}: the page has {served.get(key)}, the server {expected}'


class QuietPoint:
    """There is no traffic."""

    def __init__(self, ganesha, exporter):
        self.ganesha, self.exporter = ganesha, exporter

    def check(self):
        """Returns how many series were compared. Raises HarnessError for what is not as it must be."""
        wait_until(lambda: is_whole(self.exporter.metrics()), WHOLE_SECONDS, 'whole page')
        page = wait_until(self._page_of_a_server_at_rest, SETTLE_SECONDS, 'server at rest')
        if 'ganesha_exporter_method_suspended' in families(page):
            raise HarnessError('methods are suspended')
        self._check_formats()
        return sum(map(is_compared, page))

    def _page_of_a_server_at_rest(self):
        """A session that ended, or a client that was killed, may still change what the server counts."""
        before = told_by(self.ganesha)
        page = self._next_page()
        if told_by(self.ganesha) != before:
            return None
        found = list(differences(page, before))
        if found:
            raise HarnessError(f'{len(found)} differences: {"; ".join(found[:SHOWN])}')
        return page

    def _next_page(self):
        """The page of a poll that began after now: the second that ends, as one may be in progress."""
        ends = set()

        def page():
            metrics = self.exporter.metrics()
            ends.add(sample(metrics, 'ganesha_exporter_last_poll_timestamp_seconds'))
            return metrics if len(ends) > 2 else None
        return wait_until(page, POLL_SECONDS, 'poll')

    def _check_formats(self):
        """Both formats have the same series, and other tools take them."""
        plain = self.exporter.get()
        check_with_promtool(plain.body)
        strict = self.exporter.get(headers={'Accept': f'{OPENMETRICS};version=1.0.0'})
        if parse_metrics(plain).keys() != parse_metrics(strict).keys():
            raise HarnessError('the two formats have different series')


class Usage:
    """What the exporter holds: memory, descriptors, threads, connections to the bus and their match rules."""

    def __init__(self, bus, exporter):
        pid = exporter.pid
        page = exporter.metrics()
        self.memory = sample(page, 'process_resident_memory_bytes')
        self.descriptors = sample(page, 'process_open_fds')
        self.threads = len(list(pathlib.Path(f'/proc/{pid}/task').iterdir()))
        connections = connections_of(bus, pid)
        rules = match_rules(bus)
        self.connections = len(connections)
        self.rules = sum(len(rules.get(name, ())) for name in connections)

    def grown_since(self, earlier):
        """What grew beyond measure, as text."""
        bound = earlier.memory * MEMORY_FACTOR + MEMORY_SLACK
        # A sanitizer keeps freed memory.
        if self.memory > bound and not sanitized():
            yield f'memory {earlier.memory} -> {self.memory}'
        if self.descriptors > earlier.descriptors + DESCRIPTORS:
            yield f'descriptors {earlier.descriptors} -> {self.descriptors}'
        for name in 'threads', 'connections', 'rules':
            before, now = getattr(earlier, name), getattr(self, name)
            if now != before:
                yield f'{name} {before} -> {now}'

    def __str__(self):
        return (f'{self.memory / 1e6:.1f} MB, {self.descriptors:.0f} descriptors, {self.threads} threads, '
                f'{self.connections} connections to the bus, {self.rules} match rules')


def ask_bus(bus, method, *args, interface=BUS):
    return busctl(bus.address, 'call', BUS, '/org/freedesktop/DBus', interface, method, *args)


def connections_of(bus, pid):
    """The unique names of this process on the bus."""
    names = [name for name in ask_bus(bus, 'ListNames')[0] if name.startswith(':')]
    return [name for name in names if process_of(bus, name) == pid]


def process_of(bus, name):
    try:
        return ask_bus(bus, 'GetConnectionUnixProcessID', 's', name)[0]
    except DBusError:
        return None  # It has left meanwhile, as busctl itself.


def match_rules(bus):
    """{unique name: its rules}."""
    return ask_bus(bus, 'GetAllMatchRules', interface=f'{BUS}.Debug.Stats')[0]


def check_for_leaks(bus, exporter, baseline):
    """Waits until what was held for others is given back."""
    def grown():
        return list(Usage(bus, exporter).grown_since(baseline))
    try:
        wait_until(lambda: not grown(), SETTLE_SECONDS, 'end of what has grown')
    except TimeoutError:
        raise HarnessError(f'leaked: {", ".join(grown())}') from None


def processes_with(mark):
    """The names of the processes with this text in their environment, this one aside, by process id."""
    found = {}
    for folder in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if mark.encode() in (folder / 'environ').read_bytes() and int(folder.name) != os.getpid():
                found[int(folder.name)] = (folder / 'comm').read_text().strip()
        except OSError:
            continue
    return found
