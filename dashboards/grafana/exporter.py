"""The exporter itself: whether its figures can be trusted, and what they cost."""
from .dashboard import cell, dashboard, link, row
from .panel import (
    GREEN, RED, SUPPORTED, YELLOW, YES_NO, query, stat, statetimeline, thresholds, timeseries)
from .query import age, each, rate, series, top

TO_SERVER = link('server', 'Open its server', instance=cell('__field.labels.instance'))


def of_instance(title, description, unit, expression, size=(8, 7), **options):
    return timeseries(title, description, unit, query(expression, '{{instance}}'), size=size,
                      links=[TO_SERVER], **options)


def state():
    bus = each(series('ganesha_exporter_dbus_connected'))
    failing = f'count by (instance) ({series("ganesha_exporter_collector_success")} == 0) or 0 * {bus}'
    return row(
        'State',
        stat('Version', 'Of the exporter.', 'none',
             query(f'max by (instance, version) ({series("ganesha_exporter_build_info")})',
                   '{{instance}} {{version}}', True), text='name', graph=False, size=(4, 5)),
        stat('Connected to the bus', 'Whether the exporter can ask Ganesha at all.', 'none',
             query(bus, '{{instance}}', True), mappings=YES_NO, graph=False,
             thresholds=thresholds(RED, (1, GREEN)), size=(4, 5)),
        stat('Age of the figures', 'Time since the last poll ended.', 's',
             query(each(age(series('ganesha_exporter_last_poll_timestamp_seconds'))), '{{instance}}', True),
             decimals=1, graph=False, thresholds=thresholds(GREEN, (60, YELLOW), (300, RED)), size=(4, 5)),
        stat('Collectors that fail', 'They did not get all that they asked for in the last poll; all while '
             'Ganesha is down. The log says why, once.',
             'none', query(failing, '{{instance}}', True), graph=False,
             thresholds=thresholds(GREEN, (1, RED)), size=(4, 5)),
        stat('Clients left out', 'Beyond --collector.clients.max: the ones that have been idle longest.',
             'none',
             query(each(series('ganesha_exporter_clients_dropped')), '{{instance}}', True), graph=False,
             thresholds=thresholds(GREEN, (1, YELLOW)), size=(4, 5)),
        stat('Running for', 'Time since the exporter was started.', 's',
             query(each(age(series('process_start_time_seconds'))), '{{instance}}', True), graph=False,
             size=(4, 5)))


def polls():
    return row(
        'Polls of Ganesha',
        of_instance('Duration of a poll', 'How long the last one took.', 's',
                    each(series('ganesha_exporter_poll_duration_seconds'))),
        of_instance('Polls', 'That ended, in a second. They become rarer where they take long.', 'cps',
                    rate('ganesha_exporter_polls_total', 'instance')),
        of_instance('Heartbeats', 'Healthy ones that came, in a second: Heartbeat_Freq says how many there '
                    'should be.', 'cps', rate('ganesha_heartbeats_total', 'instance')),
        timeseries('Calls on the bus', 'DBus calls that ended, by their result.', 'cps',
                   query(rate('ganesha_exporter_dbus_calls_total', 'instance, result'), '{{instance}} '
                         '{{result}}'),
                   links=[TO_SERVER]),
        timeseries('Duration of collectors', 'How long each took in the last poll, the seven longest. Of '
                   'several servers the longest is shown.', 's', query(top(
                       f'max by (collector) ({series("ganesha_exporter_collector_duration_seconds")})'),
                       '{{collector}}')))


def collectors():
    suspended = (f'count by (instance) ({series("ganesha_exporter_method_suspended")})'
                 f' or 0 * {each(series("ganesha_exporter_dbus_connected"))}')
    return row(
        'Collectors',
        statetimeline('Collectors that work', 'Whether each got all that it asked for. Of several servers '
                      'the worst is shown.', query('min by (collector) '
                                                   f'({series("ganesha_exporter_collector_success")})',
                                      '{{collector}}'), mappings=YES_NO, size=(12, 12)),
        statetimeline('Collectors that the server supports', 'Whether this server has the methods that it '
                      'calls: older ones lack some. Of several servers the best is shown.',
                      query(f'max by (collector) ({series("ganesha_exporter_collector_supported")})',
                            '{{collector}}'),
                      mappings=SUPPORTED, size=(12, 12)),
        of_instance('Suspended methods', 'How many DBus methods are not called any more, because Ganesha ended '
                    'three times while they were. The log and the status page name them.', 'none', suspended,
                    (24, 5)))


def scrapes():
    return row(
        'Scrapes',
        timeseries('HTTP requests', 'Answered, by status code.', 'reqps',
                   query(rate('ganesha_exporter_http_requests_total', 'instance, code'), '{{instance}} '
                         '{{code}}'),
                   size=(8, 7), links=[TO_SERVER]),
        of_instance('Duration of a scrape', 'As Prometheus sees it.', 's',
                    each(series('scrape_duration_seconds'))),
        of_instance('Samples of a scrape', 'How many series the exporter serves.', 'short',
                    each(series('scrape_samples_scraped'))))


def process():
    descriptors = f'{each(series("process_open_fds"))} / {each(series("process_max_fds"))}'
    return row(
        'Process',
        of_instance('CPU', 'CPU time used in a second: 1 is one core.', 'short',
                    rate('process_cpu_seconds_total', 'instance'), (6, 7)),
        of_instance('Resident memory', 'What it holds in memory.', 'bytes',
                    each(series('process_resident_memory_bytes')), (6, 7)),
        of_instance('Virtual memory', 'What it has reserved.', 'bytes',
                    each(series('process_virtual_memory_bytes')), (6, 7)),
        of_instance('Descriptors in use', 'Share of the file descriptors that it may have.', 'percentunit',
                    descriptors, (6, 7), decimals=2))


def exporter():
    return dashboard('exporter', 'Exporter', 'Whether the figures can be trusted, and what they cost.',
                     [state(), polls(), collectors(), scrapes(), process()])
