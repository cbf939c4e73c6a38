"""Clients: which causes the load, by what, and what it holds."""
from .dashboard import cell, dashboard, link, row
from .layouts import layouts
from .panel import (
    BAR, COLORED_TEXT, ERROR_RATIO, GREEN, YELLOW, Column, bargauge, query, stat, table, thresholds,
    timeseries)
from .query import CLIENT, Figures, age, now, ratio, series, sum_by, top

IO = Figures('client', *CLIENT)
ANY_PROTOCOL = CLIENT[:1]
READ, WRITE = 'operation="read"', 'operation="write"'
EACH = 'cluster, job, instance, client'
BY_CLIENT = 'instance, client'
NAME = '{{client}} on {{instance}}'
THIS = link('clients', 'Only this client', instance=cell('__field.labels.instance'),
            client=cell('__field.labels.client'))
CALLS = 'Needs Enable_CLNT_AllOps_Stats in ganesha.conf, and a server from 15.2 on that no client uses NLM of.'
DELEGATIONS = 'Needs --collector.delegations.'
LAST_SEEN = series('ganesha_client_last_activity_timestamp_seconds', *ANY_PROTOCOL)


def server_time():
    """What a server measures for each client; else the client's part of what the exports took."""
    by = f'{EACH}, protocol, operation'
    kinds = 'cluster, job, instance, protocol, operation'
    estimated = (f'{IO.rate("operations", by)} * on ({kinds}) group_left () '
                 f'({Figures("export", CLIENT[1]).latency(kinds)})')
    return f'{sum_by(BY_CLIENT)} ({IO.rate("operation_latency_seconds", by)} or {estimated})'


def numbers():
    return row(
        'Now',
        stat('Known clients', 'Every client that the servers have seen since they were started: Ganesha '
             'forgets none.', 'none', query(now(f'sum({series("ganesha_clients")})')), size=(4, 4)),
        stat('Active clients', 'Seen in the last 5 minutes.', 'none',
             query(now(f'sum({series("ganesha_clients_active")})')), size=(4, 4)),
        stat('Throughput', 'Bytes really read and written by the clients chosen.', 'Bps',
             query(now(IO.rate('transferred_bytes', ''))), size=(4, 4)),
        stat('Reads and writes', 'Of the clients chosen.', 'ops', query(now(IO.rate('operations', ''))),
             size=(4, 4)),
        stat('Error ratio', 'Share of their reads and writes that failed.', 'percentunit',
             query(IO.error_ratio(''), instant=True), graph=False, thresholds=ERROR_RATIO, size=(4, 4)),
        stat('Left out', 'Clients beyond --collector.clients.max: the ones that have been idle longest are '
             'not shown.', 'none', query(now(f'sum({series("ganesha_exporter_clients_dropped")})')),
             thresholds=thresholds(GREEN, (1, YELLOW)), size=(4, 4)))


def held(state):
    chosen = series('ganesha_client_state', *ANY_PROTOCOL, f'state="{state}"')
    return Column(f'{state.capitalize()}s', f'sum by ({EACH}) ({chosen})', unit='none', custom_width=90)


def every_client():
    this = link('clients', 'Only this client', instance=cell('__data.fields.Server'), client=cell())
    columns = [
        Column('Client', label='client', links=[this]),
        Column('Server', label='instance', links=[link('server', 'Open this server', instance=cell())]),
        Column('Throughput', IO.rate('transferred_bytes', EACH), unit='Bps', custom_cellOptions=BAR,
               color={'mode': 'continuous-BlPu'}),
        Column('Read', IO.rate('transferred_bytes', EACH, READ), unit='Bps', custom_width=105),
        Column('Written', IO.rate('transferred_bytes', EACH, WRITE), unit='Bps', custom_width=105),
        Column('IOPS', IO.rate('operations', EACH), unit='ops', custom_width=105),
        Column('IO size', IO.mean('transferred_bytes', EACH), unit='bytes', custom_width=95),
        Column('Other operations', IO.rate('other_operations', EACH), unit='ops', custom_width=130),
        Column('Errors', IO.error_ratio(EACH), unit='percentunit', decimals=2,
               custom_cellOptions=COLORED_TEXT, thresholds=ERROR_RATIO, custom_width=80),
        held('open'), held('lock'), held('delegation'),
        Column('Last seen', f'max by ({EACH}) ({age(LAST_SEEN)})', unit='s', decimals=0, custom_width=95)]
    return row('Clients', table(
        'Clients', 'The busiest first. Opens, locks and delegations are told from 6.0 on.', columns,
        'Throughput', size=(24, 12)))


def top_clients():
    return row(
        'Top clients',
        bargauge('Most bytes', 'Read and written now.', 'Bps',
                 query(top(IO.rate('transferred_bytes', BY_CLIENT)), NAME, True), links=[THIS]),
        bargauge('Most of the server\'s time', 'Time spent on its reads and writes: 100 % keeps one thread '
                 'busy. Measured before 3.0; from 3.0 on the latency of clients is not '
                 'told, and this is its operations times the mean latency of the exports for the same '
                 'protocol.', 'percentunit', query(top(server_time()), NAME, True), links=[THIS]),
        bargauge('Idle for longest', 'Time since they were seen. Clients idle for longer than '
                 '--collector.clients.max-idle are left out.', 's',
                 query(top(f'max by ({BY_CLIENT}) ({age(LAST_SEEN)})'), NAME, True), links=[THIS]))


def in_time(title, description, unit, expression, legend=NAME, size=(12, 8)):
    return timeseries(title, f'{description} The seven highest.', unit, query(top(expression), legend),
                      size=size, links=[THIS])


def load():
    return row(
        'Load',
        in_time('Read throughput', 'Bytes really read.', 'Bps',
                IO.rate('transferred_bytes', BY_CLIENT, READ)),
        in_time('Write throughput', 'Bytes really written.', 'Bps',
                IO.rate('transferred_bytes', BY_CLIENT, WRITE)),
        in_time('IOPS', 'Read and write operations.', 'ops', IO.rate('operations', BY_CLIENT)),
        timeseries('Average IO size', 'Bytes that one operation really moved, the seven lowest: small ones '
                   'cost more for each byte.', 'bytes',
                   query(f'bottomk(7, {IO.mean("transferred_bytes", BY_CLIENT)})', NAME), links=[THIS]),
        in_time('Other operations', 'Neither reads nor writes; of NFSv4 operations and compounds are mixed. '
                'Told from 3.0 on.', 'ops', IO.rate('other_operations', BY_CLIENT)),
        timeseries('Protocol mix', 'Read and write operations by NFS version.', 'ops',
                   query(IO.rate('operations', 'protocol'), '{{protocol}}'), stack=True))


def calls():
    by = 'instance, client, protocol, procedure'
    named = '{{client}}: {{protocol}} {{procedure}}'
    procedures = Figures('client', *ANY_PROTOCOL)
    return row(
        'Errors and procedures',
        in_time('Failed reads and writes', 'Share that failed. NFSv3 counts only drops and stale handles.',
                'percentunit', IO.error_ratio(BY_CLIENT), size=(8, 8)),
        in_time('Failed other operations', 'Share that failed: a LOOKUP that finds nothing is one. Told from '
                '3.0 on.',
                'percentunit', IO.mean('other_operation_errors', BY_CLIENT, of='other_operations'),
                size=(8, 8)),
        in_time('Calls sent twice', 'Repeated because the client waited too long. Not told for NFSv4. '
                f'{CALLS}', 'ops', procedures.rate('procedure_duplicates', by), named, (8, 8)),
        in_time('Calls by procedure', f'What the clients ask for. {CALLS}', 'ops',
                f'{procedures.rate("procedure_calls", by)} > 0', named),
        in_time('Failed calls by procedure', f'What does not succeed. {CALLS}', 'ops',
                procedures.rate('procedure_errors', by), named))


def holdings():
    chosen = series('ganesha_client_state', *ANY_PROTOCOL)
    state = f'sum by (instance, client, state) ({chosen})'
    return row(
        'Opens, locks, delegations',
        in_time('Held', 'Opens, locks and delegations that clients hold. Told from 6.0 on.', 'short', state,
                '{{client}}: {{state}}'),
        stat('Held in all', 'Of the clients chosen. Told from 6.0 on.', 'short',
             query(f'sum by (state) ({chosen})', '{{state}}', True), graph=False,
             size=(12, 8)))


def delegations():
    whose = Figures('client', *ANY_PROTOCOL)
    titles = {'grants_and_returns': ('Delegations granted or returned', 'The server counts both in one.'),
              'recalls': ('Delegations recalled', 'Asked back by the server, as another client wants the '
                          'file.'),
              'failed_recalls': ('Recalls in vain', 'The client did not give the delegation back.'),
              'revokes': ('Delegations revoked', 'Taken away by the server.')}
    return row('Delegations', *(
        in_time(title, f'{text} {DELEGATIONS}', 'ops', whose.rate(f'delegation_{figure}', BY_CLIENT),
                size=(6, 8))
        for figure, (title, text) in titles.items()), collapsed=True)


def rare():
    by = 'instance, client, operation'
    named = '{{client}} on {{instance}}: {{operation}}'
    return row(
        'Only some servers tell: before 3.0, and before 2.8',
        in_time('Latency', 'Mean time of a read or write. Not told from 3.0 on: see the latency of exports.',
                's', IO.latency(by), named, (8, 8)),
        in_time('Wait in the queue', 'Mean time that a read or write waited to be taken up. Not told from '
                '2.8 on.', 's', IO.timed('operation_queue_wait_seconds', by), named, (8, 8)),
        in_time('Bytes asked for in vain', 'Share of the requested bytes that were not moved. Not told for '
                'reads by 6.0 to 6.5.', 'percentunit',
                '1 - ' + ratio(IO.rate('transferred_bytes', by), IO.rate('requested_bytes', by)), named,
                (8, 8)),
        collapsed=True)


def clients():
    return dashboard('clients', 'Clients', 'Which client causes the load, and how.',
                     [numbers(), every_client(), top_clients(), load(), calls(), holdings(), delegations(),
                      layouts(IO, 'client', '{{client}}: {{layout}}', in_time), rare()],
                     shown=('client', 'protocol'))
