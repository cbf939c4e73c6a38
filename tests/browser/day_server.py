"""The series of a working day that have no export and no client: caches, processes, the exporter itself."""
from day_series import COLLECTORS, FIRST_START, LIMITS, STATISTICS, others, sum_of
from working_day import STEP, TIMES, clock

MEGABYTE = 1_000_000
GRACE_SECONDS = 90
# Between these times the web configuration of files2 has an error.
BROKEN_FROM, BROKEN_UNTIL = clock(10, 5), clock(10, 40)
# After the restart one export of files2 is missing, until its path exists again.
MISSING_UNTIL = clock(10, 1)


def busyness(flows):
    """Operations of each minute as a share of the most."""
    counts = sum_of(*(flow.total for flow in flows))
    most = max(counts)
    return [count / most for count in counts]


def heartbeat(page):
    server = page.server
    page.gauge('ganesha_up', map(int, page.up), always=True)
    page.steady('ganesha_heartbeats_total', 1)
    beats = [time - 1 if up else server.down[0] for time, up in zip(TIMES, page.up)]
    page.gauge('ganesha_last_heartbeat_timestamp_seconds', beats, always=True)
    restarted = page.last_start
    page.counter('ganesha_owner_changes_total', (1 if index == 0 or 0 <= time - restarted < STEP else 0
                                                 for index, time in enumerate(TIMES)), always=True)
    page.constant('ganesha_info', 1, version=server.version)
    page.constant('ganesha_up_source', 1, source='heartbeat')
    page.gauge('ganesha_in_grace', (int(0 <= time - restarted < GRACE_SECONDS) for time in TIMES))
    for name, enabled in STATISTICS.items():
        page.constant('ganesha_stats_enabled', enabled, stats=name)
        if enabled:
            page.gauge('ganesha_stats_start_timestamp_seconds', starts(page), stats=name)


def starts(page):
    """When the process of each minute was started."""
    return [page.last_start if time >= page.last_start else FIRST_START for time in TIMES]


def caches(page, flows, busy):
    counts = sum_of(others(flows), *(flow.total for flow in flows))
    for name, share in ('hits', 2.6), ('adds', 0.07), ('mappings', 0.03):
        page.counter(f'ganesha_mdcache_{name}_total', [count * share for count in counts])
    page.level('ganesha_mdcache_entries', busy, 60_000, 180_000)
    page.level('ganesha_mdcache_chunks', busy, 3000, 9000)
    page.level('ganesha_drc_entries', busy, 300, 2400)
    page.level('ganesha_drcs', busy, 6, 30)
    page.level('ganesha_inactive_drcs', busy, 2, 4)
    for kind, part in ('fsal', 0.4), ('global', 1):
        page.level('ganesha_open_fds', busy, 8000 * part, 410_000 * part, kind=kind)
    for limit, value in LIMITS.items():
        page.constant('ganesha_fd_limit', value, limit=limit)
    for state in 'below_low', 'below_high', 'above_high', 'hard_limit':
        page.constant('ganesha_fd_state', int(state == 'below_low'), state=state)


def look_ups(page, busy):
    for source, rate, seconds in ('group_cache', 40, 0.00004), ('winbind', 1.2, 0.004), ('dns', 0.4, 0.012):
        page.counter('ganesha_auth_requests_total', (rate * STEP * share for share in busy), source=source)
        page.counter('ganesha_auth_latency_seconds_total', (rate * STEP * share * seconds for share in busy), 6, source=source)
        page.constant('ganesha_auth_latency_min_seconds', seconds / 5, source=source)
        page.constant('ganesha_auth_latency_max_seconds', seconds * 12, source=source)


def process(page, busy):
    """Of a server that the exporter runs."""
    if not page.server.supervised:
        return
    restarted = page.last_start
    page.counter('ganesha_process_cpu_seconds_total', ((0.05 + 1.6 * share) * STEP for share in busy), 2)
    page.level('ganesha_process_open_fds', busy, 9000, 430_000)
    page.constant('ganesha_process_max_fds', LIMITS['system'])
    page.level('ganesha_process_resident_memory_bytes', busy, 420 * MEGABYTE, 1300 * MEGABYTE)
    page.level('ganesha_process_threads', busy, 290, 310, spread=0.005)
    page.gauge('ganesha_process_start_time_seconds', starts(page))
    page.counter('ganesha_supervisor_restarts_total', (int(0 <= time - restarted < STEP) for time in TIMES), always=True)
    page.constant('ganesha_supervisor_last_exit_code', 139 if page.server.down else 0, always=True)
    page.gauge('ganesha_exports_missing', (int(bool(page.server.down) and restarted <= time < MISSING_UNTIL) for time in TIMES))


def exporter(page, busy):
    name = page.server.name
    page.constant('ganesha_exporter_build_info', 1, True, version='1.0.0', revision='3f9c1d2')
    page.constant('ganesha_exporter_dbus_connected', 1, True)
    page.gauge('ganesha_exporter_last_poll_timestamp_seconds', (time - 3 for time in TIMES), True)
    page.level('ganesha_exporter_poll_duration_seconds', busy, 0.015, 0.09, 4, spread=0.15, always=True)
    page.steady('ganesha_exporter_polls_total', 0.2, True)
    page.steady('ganesha_exporter_dbus_calls_total', 6 + 3 * len(page.server.clients), True, result='ok')
    page.counter('ganesha_exporter_dbus_calls_total', (0 if up else 12 for up in page.up), always=True, result='error')
    page.steady('ganesha_exporter_http_requests_total', 1 / 15, True, code='200')
    # A port scan of files3: connections that send nothing, and a log line for each.
    scanned = [name == 'files3' and 0 <= time - clock(14, 20) < 240 for time in TIMES]
    page.counter('ganesha_exporter_connections_closed_total', (25 * each for each in scanned), always=True,
                 reason='first_byte_timeout')
    page.counter('ganesha_exporter_log_lines_dropped_total', (40 * each for each in scanned), always=True)
    for collector, seconds in COLLECTORS.items():
        own = seconds * len(page.server.clients) / 40
        page.gauge('ganesha_exporter_collector_success', map(int, page.up), True, collector=collector)
        page.constant('ganesha_exporter_collector_supported', int(collector != 'auth' or name != 'files4'), True,
                      collector=collector)
        page.level('ganesha_exporter_collector_duration_seconds', busy, own / 2, own, 5, spread=0.2, collector=collector)
    page.constant('ganesha_exporter_clients_dropped', 0)
    page.constant('ganesha_exporter_exports_dropped', 0)
    configuration(page)
    page.steady('process_cpu_seconds_total', 0.004, True, 3)
    page.constant('process_max_fds', 1024, True)
    page.level('process_open_fds', busy, 14, 19, always=True)
    page.level('process_resident_memory_bytes', busy, 9.5 * MEGABYTE, 12 * MEGABYTE, spread=0.01, always=True)
    page.constant('process_virtual_memory_bytes', 305 * MEGABYTE, True)
    page.constant('process_start_time_seconds', FIRST_START, True)


def configuration(page):
    broken = [page.server.name == 'files2' and BROKEN_FROM <= time < BROKEN_UNTIL for time in TIMES]
    page.gauge('ganesha_exporter_config_last_reload_successful', (int(not each) for each in broken), True)
    page.gauge('ganesha_exporter_config_last_reload_success_timestamp_seconds',
               (BROKEN_UNTIL if page.server.name == 'files2' and time >= BROKEN_UNTIL else FIRST_START for time in TIMES), True)


def target(page):
    """What Prometheus itself records of a scrape."""
    scraped, page.reachable = page.reachable, [True] * len(TIMES)
    page.gauge('up', map(int, scraped), True)
    page.level('scrape_duration_seconds', [float(each) for each in scraped], 0.004, 0.012, 4, spread=0.2, always=True)
    page.gauge('scrape_samples_scraped', (18 * len(page.server.clients) + 300 if up and good else 40 if good else 0
                                          for up, good in zip(page.up, scraped)), True)
