"""Clients: which causes the load, with which operations, and which state it holds."""
from .dashboard import cell, dashboard, link, row
from .layouts import layouts
from .panel import (
    BAR, COLORED_TEXT, ERROR_RATIO, GREEN, YELLOW, Column, bargauge, query, stat, table, thresholds,
    timeseries)
from .query import CLIENT, Families, age, now, ratio, series, sum_by, top

IO = Families('client', *CLIENT)
ANY_PROTOCOL = CLIENT[:1]
READ, WRITE = 'operation="read"', 'operation="write"'
EACH = 'cluster, job, instance, client'
BY_CLIENT = 'instance, client'
NAME = '{{client}} on {{instance}}'
THIS = link('clients', 'Only this client', instance=cell('__field.labels.instance'),
            client=cell('__field.labels.client'))
CALLS = ('Needs Enable_CLNT_AllOps_Stats in ganesha.conf, Ganesha 15.2 or later, and that no client used NLM.')
DELEGATIONS = 'Needs --collector.delegations.'
LAST_SEEN = series('ganesha_client_last_activity_timestamp_seconds', *ANY_PROTOCOL)


def server_time():
    """The time that a server measures for each client; otherwise the client's share of the time of the exports."""
    by = f'{EACH}, protocol, operation'
    kinds = 'cluster, job, instance, protocol, operation'
    estimated = (f'{IO.rate("operations", by)} * on ({kinds}) group_left () '
                 f'({Families("export", CLIENT[1]).latency(kinds)})')
    return f'{sum_by(BY_CLIENT)} ({IO.rate("operation_latency_seconds", by)} or {estimated})'


def numbers():
    return row(
        'Now',
        stat('Known clients', 'All clients since the servers were started: Ganesha never forgets a client.',
             'none', query(now(f'sum({series("ganesha_clients")})')), size=(4, 4)),
        stat('Active clients', 'Clients active in the last 5 minutes.', 'none',
             query(now(f'sum({series("ganesha_clients_active")})')), size=(4, 4)),
        stat('Throughput', 'Bytes actually read and written by the selected clients.', 'Bps',
             query(now(IO.rate('transferred_bytes', ''))), size=(4, 4)),
        stat('Reads and writes', 'Read and write operations of the selected clients.', 'ops',
             query(now(IO.rate('operations', ''))),
             size=(4, 4)),
        stat('Error ratio', 'Share of failed reads and writes of the selected clients.', 'percentunit',
             query(IO.error_ratio(''), instant=True), graph=False, thresholds=ERROR_RATIO, size=(4, 4)),
        stat('Not shown', 'Clients beyond --collector.clients.max: those that have been idle longest.', 'none',
             query(now(f'sum({series("ganesha_exporter_clients_dropped")})')),
             thresholds=thresholds(GREEN, (1, YELLOW)), size=(4, 4)))


def state_column(state):
    selected = series('ganesha_client_state', *ANY_PROTOCOL, f'state="{state}"')
    return Column(f'{state.capitalize()}s', f'sum by ({EACH}) ({selected})', unit='none', custom_width=90)


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
        Column('I/O size', IO.mean('transferred_bytes', EACH), unit='bytes', custom_width=95),
        Column('Other operations', IO.rate('other_operations', EACH), unit='ops', custom_width=130),
        Column('Errors', IO.error_ratio(EACH), unit='percentunit', decimals=2,
               custom_cellOptions=COLORED_TEXT, thresholds=ERROR_RATIO, custom_width=80),
        state_column('open'), state_column('lock'), state_column('delegation'),
        Column('Last active', f'max by ({EACH}) ({age(LAST_SEEN)})', unit='s', decimals=0, custom_width=95)]
    return row('Clients', table(
        'Clients', 'Busiest first. Opens, locks and delegations are reported since 6.0.', columns,
        'Throughput', size=(24, 12)))


def top_clients():
    return row(
        'Top clients',
        bargauge('Highest throughput', 'Current bytes read and written.', 'Bps',
                 query(top(IO.rate('transferred_bytes', BY_CLIENT)), NAME, True), links=[THIS]),
        bargauge('Server time', 'Time that the server spends on the reads and writes of the client: 100 % is one '
                 'busy thread. Measured before 3.0. Since 3.0 the latency of clients is not reported, and this is '
                 'an estimate: the operations of the client times the mean latency of the exports for the same '
                 'protocol.', 'percentunit', query(top(server_time()), NAME, True), links=[THIS]),
        bargauge('Longest idle', 'Time since the last activity. Clients idle for longer than '
                 '--collector.clients.max-idle are not shown.', 's',
                 query(top(f'max by ({BY_CLIENT}) ({age(LAST_SEEN)})'), NAME, True), links=[THIS]))


def in_time(title, description, unit, expression, legend=NAME, size=(12, 8)):
    return timeseries(title, f'{description} Top seven.', unit, query(top(expression), legend),
                      size=size, links=[THIS])


def load():
    return row(
        'Load',
        in_time('Read throughput', 'Bytes actually read.', 'Bps',
                IO.rate('transferred_bytes', BY_CLIENT, READ)),
        in_time('Write throughput', 'Bytes actually written.', 'Bps',
                IO.rate('transferred_bytes', BY_CLIENT, WRITE)),
        in_time('IOPS', 'Read and write operations.', 'ops', IO.rate('operations', BY_CLIENT)),
        timeseries('Average I/O size', 'Bytes actually transferred per operation, the seven lowest. Small '
                   'operations cost more per byte.', 'bytes',
                   query(f'bottomk(7, {IO.mean("transferred_bytes", BY_CLIENT)})', NAME), links=[THIS]),
        in_time('Other operations', 'Operations other than reads and writes. For NFSv4, operations and compounds '
                'are added. Reported since 3.0.', 'ops', IO.rate('other_operations', BY_CLIENT)),
        timeseries('Operations by protocol', 'Read and write operations by NFS version.', 'ops',
                   query(IO.rate('operations', 'protocol'), '{{protocol}}'), stack=True))


def calls():
    by = 'instance, client, protocol, procedure'
    named = '{{client}}: {{protocol}} {{procedure}}'
    procedures = Families('client', *ANY_PROTOCOL)
    return row(
        'Errors and procedures',
        in_time('Failed reads and writes', 'Share of failed operations. NFSv3 counts only drops and stale handles.',
                'percentunit', IO.error_ratio(BY_CLIENT), size=(8, 8)),
        in_time('Failed other operations', 'Share of failed operations. A LOOKUP that finds nothing counts as '
                'failed. Reported since 3.0.', 'percentunit',
                IO.mean('other_operation_errors', BY_CLIENT, of='other_operations'), size=(8, 8)),
        in_time('Retransmitted calls', 'Calls that the client repeated because the reply was late. Not reported '
                f'for NFSv4. {CALLS}', 'ops', procedures.rate('procedure_duplicates', by), named, (8, 8)),
        in_time('Calls by procedure', f'Calls of each client. {CALLS}', 'ops',
                f'{procedures.rate("procedure_calls", by)} > 0', named),
        in_time('Failed calls by procedure', f'Calls that returned an error. {CALLS}', 'ops',
                procedures.rate('procedure_errors', by), named))


def open_state():
    selected = series('ganesha_client_state', *ANY_PROTOCOL)
    state = f'sum by (instance, client, state) ({selected})'
    return row(
        'Opens, locks, delegations',
        in_time('Open state', 'Opens, locks and delegations that each client holds. Reported since 6.0.', 'short',
                state, '{{client}}: {{state}}'),
        stat('Open state total', 'Sum over the selected clients. Reported since 6.0.', 'short',
             query(f'sum by (state) ({selected})', '{{state}}', True), graph=False,
             size=(12, 8)))


def delegations():
    families = Families('client', *ANY_PROTOCOL)
    titles = {'grants_and_returns': ('Delegations granted or returned', 'Ganesha has one counter for both.'),
              'recalls': ('Delegations recalled', 'Recalled by the server because another client wants the '
                          'file.'),
              'failed_recalls': ('Failed recalls', 'The client did not return the delegation.'),
              'revokes': ('Delegations revoked', 'Revoked by the server.')}
    return row('Delegations', *(
        in_time(title, f'{text} {DELEGATIONS}', 'ops', families.rate(f'delegation_{name}', BY_CLIENT),
                size=(6, 8))
        for name, (title, text) in titles.items()), collapsed=True)


def only_old_servers():
    by = 'instance, client, operation'
    named = '{{client}} on {{instance}}: {{operation}}'
    return row(
        'Only before Ganesha 3.0 or 2.8',
        in_time('Latency', 'Mean latency of reads and writes. Not reported since 3.0: see the latency of exports.',
                's', IO.latency(by), named, (8, 8)),
        in_time('Queue wait', 'Mean time that reads and writes spent queued. Not reported since 2.8.', 's',
                IO.timed('operation_queue_wait_seconds', by), named, (8, 8)),
        in_time('Short reads and writes', 'Share of the requested bytes that were not transferred. Not reported '
                'for reads by 6.0 to 6.5.', 'percentunit',
                '1 - ' + ratio(IO.rate('transferred_bytes', by), IO.rate('requested_bytes', by)), named,
                (8, 8)),
        collapsed=True)


def clients():
    return dashboard('clients', 'Clients', 'Which client causes the load, and with which operations.',
                     [numbers(), every_client(), top_clients(), load(), calls(), open_state(), delegations(),
                      layouts(IO, 'client', '{{client}}: {{layout}}', in_time), only_old_servers()],
                     shown=('client', 'protocol'))
