"""Clients: which causes the load, with which operations, and which state it holds.

All panels show the same clients: the N that the reader ranks highest, by their mean over the range.
"""
import functools

from .dashboard import cell, dashboard, link, row
from .layouts import layouts
from .panel import (
    BAR, COLORED_TEXT, ERROR_RATIO, GREEN, RED, YELLOW, Column, bargauge, query, stat, table, thresholds,
    timeseries)
from .query import (
    CLIENT, CLIENTS, EACH_SERVER, NOW, SERVERS, WHOLE, Families, Recorded, age, gauge, last, now, ratio, series,
    sum_by, top)
from .shown import Shown

SHOWN = 'client=~"$shown_clients"', 'instance=~"$shown_servers"'
IO = Families('client', *CLIENT[1:], *SHOWN)
OTHERS = Families('client', *SHOWN)
EVERY, EVERY_SHOWN = Recorded(*CLIENTS, *CLIENT), Recorded(*CLIENTS, *CLIENT[1:], *SHOWN)
OF_SERVERS = Recorded(*SERVERS, CLIENT[1])
READ, WRITE = 'operation="read"', 'operation="write"'
BY_CLIENT = f'{EACH_SERVER}, client'
NAME = '{{client}} on {{instance}}'
THIS = link('clients', 'Only this client', instance=cell('__field.labels.instance'),
            client=cell('__field.labels.client'))
EXPORTS_OF_SERVER = link('exports', 'Exports of its server', instance=cell('__field.labels.instance'))
LINKS = [THIS, EXPORTS_OF_SERVER]
CALLS = ('Needs Enable_CLNT_AllOps_Stats in ganesha.conf, Ganesha 15.2 or later, and that no client used NLM.')
DELEGATIONS = 'Needs --collector.delegations.'
LAST_ACTIVITY = 'ganesha_client_last_activity_timestamp_seconds'


def rank(*matchers):
    return Recorded(*CLIENTS, *CLIENT, *matchers).rate('${client_rank}', BY_CLIENT, window=WHOLE)


TOP = Shown('clients', BY_CLIENT, NAME, LINKS, rank, SHOWN, '/client="(.*?)",(?:cluster|instance)="/')
shown, of_shown, of_busiest = TOP.only, TOP.lines, TOP.busiest
mean_column = functools.partial(TOP.mean_column, BY_CLIENT)


def server_time():
    """The time that a server measures for each client; otherwise the client's share of the time of the exports."""
    by = f'{BY_CLIENT}, protocol, operation'
    kinds = f'{EACH_SERVER}, protocol, operation'
    measured = IO.rate('operation_latency_seconds', by, window=WHOLE)
    latency = OF_SERVERS.latency(kinds, window=WHOLE)
    estimated = f'{IO.rate("operations", by, window=WHOLE)} * on ({kinds}) group_left () ({latency})'
    return shown(f'{sum_by(BY_CLIENT)} ({measured} or {estimated})')


def numbers():
    failing = f'count({EVERY.rate("operation_errors", BY_CLIENT, window=NOW)} > 0.1)'
    share = ratio(f'sum({shown(EVERY_SHOWN.rate("transferred_bytes", BY_CLIENT, window=NOW))})',
                  OF_SERVERS.rate('transferred_bytes', '', window=NOW))
    return row(
        'Is anything wrong?',
        stat('Clients with failures', 'Clients with more than one failed read or write in ten seconds.', 'none',
             query(now(failing), instant=True), graph=False, thresholds=thresholds(GREEN, (1, RED)), size=(4, 4)),
        stat('Error ratio', 'Share of failed reads and writes of the selected servers.', 'percentunit',
             query(OF_SERVERS.error_ratio('', window=NOW), instant=True), graph=False, thresholds=ERROR_RATIO, size=(4, 4),
             links=[link('exports', 'Open the exports')]),
        stat('Not exported', 'Clients beyond --collector.clients.max: those that have been idle longest.', 'none',
             query(now(f'sum({series("ganesha_exporter_clients_dropped")})')),
             thresholds=thresholds(GREEN, (1, YELLOW)), size=(4, 4), links=[link('exporter', 'Open the exporters')]),
        stat('Active clients', 'Clients active in the last 5 minutes.', 'none',
             query(now(f'sum({series("ganesha_clients_active")})')), size=(4, 4)),
        stat('Known clients', 'All clients since the servers were started: Ganesha never forgets a client.',
             'none', query(now(f'sum({series("ganesha_clients")})')), size=(4, 4)),
        stat('Share of the shown clients', 'The part of the throughput of the selected servers that the clients shown '
             'below cause.', 'percentunit', query(share, instant=True), graph=False, max=1, size=(4, 4)))


def state_column(state):
    held = last('ganesha_client_state', *SHOWN, f'state="{state}"')
    return Column(f'{state.capitalize()}s', shown(f'sum by ({BY_CLIENT}) ({held})'), unit='none', custom_width=90)


def every_client():
    this = link('clients', 'Only this client', instance=cell('__data.fields.Server'), client=cell())
    columns = [
        Column('Client', label='client', links=[this]),
        Column('Server', label='instance', links=[
            link('server', 'Open this server', instance=cell()),
            link('exports', 'Exports of this server', instance=cell())]),
        mean_column('Throughput', 'Bps', IO.of('transferred_bytes'), custom_cellOptions=BAR,
                    color={'mode': 'continuous-BlPu'}),
        mean_column('Read', 'Bps', IO.of('transferred_bytes'), READ, custom_width=105),
        mean_column('Written', 'Bps', IO.of('transferred_bytes'), WRITE, custom_width=105),
        mean_column('IOPS', 'ops', IO.of('operations'), custom_width=105),
        mean_column('I/O size', 'bytes', IO.io_size, custom_width=95),
        mean_column('Other operations', 'ops', OTHERS.of('other_operations'), custom_width=130),
        mean_column('Errors', 'percentunit', IO.error_ratio, decimals=2, custom_cellOptions=COLORED_TEXT,
                    thresholds=ERROR_RATIO, custom_width=80),
        state_column('open'), state_column('lock'), state_column('delegation'),
        Column('Last active', shown(f'max by ({BY_CLIENT}) ({age(last(LAST_ACTIVITY, *SHOWN))})'), unit='s', decimals=0,
               custom_width=95)]
    return row('Top clients', table(
        'Top clients', 'The clients that rank highest by the mean over the time range; choose their number and the rank '
        'at the top of the dashboard. The values are means over the time range; opens, locks and delegations are the last '
        'ones, and are reported since 6.0.', columns, 'Throughput', size=(24, 8)))


def extremes():
    return row(
        'Extremes',
        bargauge('Server time', 'Time that the server spends on the reads and writes of the clients shown, by the mean '
                 'over the time range: 100 % is one busy thread. Measured before 3.0. Since 3.0 the latency of clients is '
                 'not reported, and this is an estimate: the operations of the client times the mean latency of the '
                 'exports for the same protocol.', 'percentunit', query(top(server_time()), NAME, True), links=LINKS),
        bargauge('Most failures', 'Failed reads and writes per second, of all clients.', 'ops',
                 query(top(EVERY.rate('operation_errors', BY_CLIENT, window=NOW)), NAME, True),
                 thresholds=thresholds(GREEN, (0.1, RED)), links=LINKS),
        bargauge('Longest idle', 'Time since the last activity, of all clients. Clients idle for longer than '
                 '--collector.clients.max-idle are not shown.', 's',
                 query(top(f'max by ({BY_CLIENT}) ({age(series(LAST_ACTIVITY, CLIENT[0]))})'),
                       NAME, True), links=LINKS))


def load():
    return row(
        'Load',
        TOP.stacked('Throughput', 'Bytes actually read and written.', 'Bps', 'transferred_bytes', EVERY_SHOWN, OF_SERVERS),
        TOP.stacked('IOPS', 'Read and write operations.', 'ops', 'operations', EVERY_SHOWN, OF_SERVERS),
        of_shown('Read throughput', 'Bytes actually read.', 'Bps', IO.rate('transferred_bytes', BY_CLIENT, READ)),
        of_shown('Write throughput', 'Bytes actually written.', 'Bps', IO.rate('transferred_bytes', BY_CLIENT, WRITE)),
        of_shown('Average I/O size', 'Bytes actually transferred per operation. Small operations cost more per byte.',
                 'bytes', IO.io_size(BY_CLIENT), (8, 8)),
        of_shown('Other operations', 'Operations other than reads and writes. For NFSv4, operations and compounds '
                 'are added. Reported since 3.0.', 'ops', OTHERS.rate('other_operations', BY_CLIENT), (8, 8)),
        timeseries('Operations by protocol', 'Read and write operations of all clients by NFS version.', 'ops',
                   query(OF_SERVERS.rate('operations', 'protocol'), '{{protocol}}'), size=(8, 8), stack=True))


def calls():
    by = f'{BY_CLIENT}, protocol, procedure'
    named = '{{client}} on {{instance}}: {{protocol}} {{procedure}}'

    def of_procedures(title, description, family, size):
        return of_busiest(title, f'{description} {CALLS}', 'ops',
                          lambda window: f'{OTHERS.rate(family, by, window=window)} > 0', by, named, size)
    return row(
        'Errors and procedures',
        of_shown('Failed reads and writes', 'Share of failed operations. NFSv3 counts only drops and stale handles.',
                 'percentunit', IO.error_ratio(BY_CLIENT)),
        of_shown('Failed other operations', 'Share of failed operations. A LOOKUP that finds nothing counts as '
                 'failed. Reported since 3.0.', 'percentunit',
                 OTHERS.mean('other_operation_errors', BY_CLIENT, of='other_operations')),
        of_procedures('Calls by procedure', 'Calls of each client.', 'procedure_calls', (8, 8)),
        of_procedures('Failed calls by procedure', 'Calls that returned an error.', 'procedure_errors', (8, 8)),
        of_shown('Retransmitted calls', 'Calls that the client repeated because the reply was late. Not reported '
                 f'for NFSv4. {CALLS}', 'ops', OTHERS.rate('procedure_duplicates', BY_CLIENT), (8, 8)))


def open_state():
    by = f'{BY_CLIENT}, state'
    return row(
        'Opens, locks, delegations',
        of_busiest('Open state', 'Opens, locks and delegations that each client holds. Reported since 6.0.', 'short',
                   lambda window: f'sum by ({by}) ({gauge("ganesha_client_state", *SHOWN, window=window)})', by,
                   '{{client}} on {{instance}}: {{state}}', (16, 8)),
        stat('Open state total', 'Sum over the clients shown. Reported since 6.0.', 'short',
             query(f'sum by (state) ({shown(series("ganesha_client_state", *SHOWN))})', '{{state}}', True), graph=False,
             size=(8, 8)))


def delegations():
    titles = {'grants_and_returns': ('Delegations granted or returned', 'Ganesha has one counter for both.'),
              'recalls': ('Delegations recalled', 'Recalled by the server because another client wants the '
                          'file.'),
              'failed_recalls': ('Failed recalls', 'The client did not return the delegation.'),
              'revokes': ('Delegations revoked', 'Revoked by the server.')}
    return row('Delegations', *(
        of_shown(title, f'{text} {DELEGATIONS}', 'ops', OTHERS.rate(f'delegation_{name}', BY_CLIENT), (6, 8))
        for name, (title, text) in titles.items()), collapsed=True)


def only_old_servers():
    by = f'{BY_CLIENT}, operation'
    named = '{{client}} on {{instance}}: {{operation}}'

    def short(window):
        return '1 - ' + ratio(IO.rate('transferred_bytes', by, window=window),
                              IO.rate('requested_bytes', by, window=window))
    return row(
        'Only before Ganesha 3.0 or 2.8',
        of_busiest('Latency', 'Mean latency of reads and writes. Not reported since 3.0: see the latency of exports.',
                   's', lambda window: IO.latency(by, window=window), by, named, (8, 8)),
        of_busiest('Queue wait', 'Mean time that reads and writes spent queued. Not reported since 2.8.', 's',
                   lambda window: IO.timed('operation_queue_wait_seconds', by, window=window), by, named, (8, 8)),
        of_busiest('Short reads and writes', 'Share of the requested bytes that were not transferred. Not reported '
                   'for reads by 6.0 to 6.5.', 'percentunit', short, by, named, (8, 8)), collapsed=True)


def clients():
    return dashboard('clients', 'Clients', 'Which client causes the load, and with which operations.',
                     [numbers(), every_client(), extremes(), load(), calls(), open_state(), delegations(),
                      layouts(OTHERS, 'client', '{{client}} on {{instance}}: {{layout}}', of_busiest), only_old_servers()],
                     shown=('client', 'protocol', 'top', 'client_rank'), hidden=TOP.hidden)
