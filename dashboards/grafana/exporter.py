"""The exporter itself: whether its data can be trusted, and what it costs."""
from .dashboard import cell, dashboard, link, row
from .panel import (
    GREEN, RED, SUPPORTED, YELLOW, YES_NO, query, stat, stat_of_each, statetimeline, thresholds, timeseries)
from .query import EACH_SERVER, FAILING, SUSPENDED, age, busiest, each, gauge, increased, rate, series

TO_SERVER = link('server', 'Open its server', instance=cell('__field.labels.instance'))


def of_instance(title, description, unit, expression, size=(8, 7), **options):
    return timeseries(title, description, unit, query(expression, '{{instance}}'), size=size,
                      links=[TO_SERVER], **options)


def number(title, description, unit, expression, size=(3, 5), **options):
    return stat_of_each(title, description, unit, expression, size, links=[TO_SERVER], **options)


def state():
    bus = each(series('ganesha_exporter_dbus_connected'))
    warning = thresholds(GREEN, (1, YELLOW))
    return row(
        'Is anything wrong?',
        number('DBus connection', 'Whether the exporter is connected to the bus. No data with --dbus.address=none.', 'none', bus, mappings=YES_NO,
               thresholds=thresholds(RED, (1, GREEN))),
        number('Age of the last poll', 'Time since the last poll ended.', 's',
               each(age(series('ganesha_exporter_last_poll_timestamp_seconds'))), decimals=1,
               thresholds=thresholds(GREEN, (60, YELLOW), (300, RED))),
        number('Failing collectors', 'Collectors that failed in the last poll; all of them while Ganesha is '
               'down. The log has the reason.', 'none', FAILING, thresholds=thresholds(GREEN, (1, RED))),
        number('Suspended methods', 'DBus methods that are not called any more, because Ganesha died three '
               'times during their calls. The log and the status page name them.', 'none', SUSPENDED, thresholds=warning),
        number('Last reload succeeded', 'Whether the last reload of --web.config.file and its certificates succeeded; no '
               'data without this flag. After a failure the old settings stay in force.', 'none',
               each(series('ganesha_exporter_config_last_reload_successful')), mappings=YES_NO,
               thresholds=thresholds(RED, (1, GREEN))),
        number('Log lines dropped', 'Log lines in the time range that nobody read in time, or that could not be written.',
               'none', increased('ganesha_exporter_log_lines_dropped_total'), thresholds=warning),
        number('Clients not exported', 'Clients beyond --collector.clients.max: those that have been idle longest.',
               'none', each(series('ganesha_exporter_clients_dropped')), thresholds=warning),
        number('Exports not exported', 'Exports beyond --collector.exports.max: those that have been idle longest.',
               'none', each(series('ganesha_exporter_exports_dropped')), thresholds=warning))


def polls():
    return row(
        'Polls',
        of_instance('Poll duration', 'Duration of the last poll.', 's',
                    each(series('ganesha_exporter_poll_duration_seconds'))),
        of_instance('Polls', 'Polls per second. Polls that take long are made less often.', 'cps',
                    rate('ganesha_exporter_polls_total', EACH_SERVER)),
        of_instance('Heartbeats', 'Healthy heartbeats received per second. Heartbeat_Freq in ganesha.conf sets '
                    'the rate.', 'cps', rate('ganesha_heartbeats_total', EACH_SERVER)),
        timeseries('DBus calls', 'Completed DBus calls by result.', 'cps',
                   query(rate('ganesha_exporter_dbus_calls_total', f'{EACH_SERVER}, result'), '{{instance}} '
                         '{{result}}'),
                   links=[TO_SERVER]),
        timeseries('Collector duration', 'Duration of each collector in the last poll, the longest by the mean over the '
                   'time range. With several servers, the longest.', 's',
                   query(busiest(collector_duration, 'collector'), '{{collector}}'),
                   links=[link('server', 'Open the servers')]))


def collector_duration(window):
    return f'max by (collector) ({gauge("ganesha_exporter_collector_duration_seconds", window=window)})'


def collectors():
    links = [link('server', 'Open the servers')]
    return row(
        'Collectors',
        statetimeline('Collector success', 'Whether each collector succeeded. With several servers, the worst.',
                      query(f'min by (collector) ({series("ganesha_exporter_collector_success")})', '{{collector}}'),
                      mappings=YES_NO, size=(12, 12), links=links),
        statetimeline('Supported collectors', 'Whether this server has the methods that the collector calls: '
                      'older servers lack some. With several servers, the best.',
                      query(f'max by (collector) ({series("ganesha_exporter_collector_supported")})',
                            '{{collector}}'),
                      mappings=SUPPORTED, size=(12, 12), links=links))


def scrapes():
    return row(
        'Scrapes',
        timeseries('HTTP requests', 'Requests answered, by status code.', 'reqps',
                   query(rate('ganesha_exporter_http_requests_total', f'{EACH_SERVER}, code'), '{{instance}} '
                         '{{code}}'),
                   size=(6, 7), links=[TO_SERVER]),
        timeseries('Closed connections', 'HTTP connections that the exporter closed early or refused, by reason. '
                   'Many: clients that do not read, or an attack. Scrapes go on.', 'ops',
                   query(rate('ganesha_exporter_connections_closed_total', f'{EACH_SERVER}, reason'),
                         '{{instance}} {{reason}}'),
                   size=(6, 7), links=[TO_SERVER]),
        of_instance('Scrape duration', 'Measured by Prometheus.', 's',
                    each(series('scrape_duration_seconds')), (6, 7)),
        of_instance('Scrape samples', 'Samples per scrape.', 'short',
                    each(series('scrape_samples_scraped')), (6, 7)))


def process():
    descriptors = f'{each(series("process_open_fds"))} / {each(series("process_max_fds"))}'
    return row(
        'Process',
        of_instance('CPU', 'CPU seconds per second: 1 is one core.', 'short',
                    rate('process_cpu_seconds_total', EACH_SERVER), (6, 7)),
        of_instance('Resident memory', 'Memory in RAM.', 'bytes',
                    each(series('process_resident_memory_bytes')), (6, 7)),
        of_instance('Virtual memory', 'Address space.', 'bytes',
                    each(series('process_virtual_memory_bytes')), (6, 7)),
        of_instance('File descriptor usage', 'Share of the process limit.', 'percentunit',
                    descriptors, (6, 7), decimals=2),
        stat('Version', 'Version of the exporter.', 'none',
             query(f'max by ({EACH_SERVER}, version) ({series("ganesha_exporter_build_info")})',
                   '{{instance}} {{version}}', True), text='name', graph=False, size=(8, 4)),
        number('Uptime', 'Time since the exporter was started.', 's',
               each(age(series('process_start_time_seconds'))), (8, 4)),
        number('Age of the settings', 'Time since the last successful reload of --web.config.file.', 's',
               each(age(series('ganesha_exporter_config_last_reload_success_timestamp_seconds'))), (8, 4)))


def exporter():
    return dashboard('exporter', 'Exporter', 'Whether the data can be trusted, and what it costs.',
                     [state(), polls(), collectors(), scrapes(), process()], shown=('top',))
