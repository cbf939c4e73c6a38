"""What may happen to a server, its bus and its exporter. Each action leaves a server that runs."""
import signal

from harness import EXPORT_STATS, Export, wait_until
from traffic import libnfs_round, session_round
from truth import SILENT

STATISTICS = 'nfs', 'fsal', 'v3_full', 'v4_full', 'auth', 'client_all_ops', 'all'
LONGEST_STOP = 15
LONGEST_FREEZE_OF_THE_BUS = 8
LONGEST_ABSENCE = 4
LONGEST_HANG = 6
END_SECONDS = 10


def kill_server(world, random):
    with world.server_dies():
        world.host.kill_server()
    world.absence(random.uniform(0, LONGEST_ABSENCE))


def kill_hung_server(world, random):
    """As an administrator does: calls of the exporter are pending then, and none of them is to blame."""
    _begin_freeze(world, world.host.signal_server, random.uniform(0, LONGEST_HANG))
    with world.server_dies():
        world.host.kill_server()
    world.absence(0)


def stop_server(world, random):
    """In run mode with its exporter."""
    with world.server_dies():
        code = world.host.stop_server()
    if code:
        world.report.fail(f'the exit code is {code} after a clean stop')
    world.absence(random.uniform(0, LONGEST_ABSENCE))


def freeze_server(world, random):
    _freeze(world, world.host.signal_server, random.uniform(0, LONGEST_STOP))


def freeze_bus(world, random):
    _freeze(world, world.host.signal_bus, random.uniform(0, LONGEST_FREEZE_OF_THE_BUS))


def _freeze(world, send_signal, seconds):
    _begin_freeze(world, send_signal, seconds)
    with world.server_changes():
        send_signal(signal.SIGCONT)


def _begin_freeze(world, send_signal, seconds):
    world.report.say(f'    for {seconds:.1f} s')
    with world.server_changes(SILENT):
        send_signal(signal.SIGSTOP)
    world.report.pause(seconds)


def kill_bus(world, random):
    """Ganesha ends with its bus: that is of the suite's own making."""
    with world.server_dies():
        what = world.host.kill_bus()
    world.report.say(f'    {what}')
    world.absence(random.uniform(0, LONGEST_ABSENCE))


def reset_stats(world, _random):
    world.ganesha.call(EXPORT_STATS, 'ResetStats')


def disable_stats(world, random):
    name = random.choice(STATISTICS)
    world.report.say(f'    {name}')
    world.ganesha.call(EXPORT_STATS, 'DisableStats', 's', name)
    world.disabled.add(name)


def enable_stats(world, random):
    name = random.choice(sorted(world.disabled) or STATISTICS)
    world.report.say(f'    {name}')
    world.ganesha.call(EXPORT_STATS, 'EnableStats', 's', name)
    world.disabled.discard(name)


def add_export(world, random):
    export = Export(world.next_export, random.choice(('VFS', 'MEM')))
    world.next_export += 1
    world.report.say(f'    {export.id}, {export.fsal}')
    world.ganesha.add_export(export)
    session_round(world.ganesha, 1, export, 'session', b'data')
    libnfs_round(world.ganesha, 3, export, 'libnfs', b'data')


def remove_export(world, random):
    if not world.extra_exports:
        add_export(world, random)
    export = random.choice(world.extra_exports)
    world.report.say(f'    {export.id}')
    world.ganesha.remove_export(export)


def reload(world, random):
    """SIGHUP, half of the time with one more export in the configuration."""
    if random.random() < 0.5:
        world.ganesha.exports.append(Export(world.next_export, 'MEM'))
        world.next_export += 1
        world.ganesha.write_config()
        world.report.say(f'    with export {world.ganesha.exports[-1].id}')
    world.host.reload()
    paths = {export.path for export in world.ganesha.exports}
    wait_until(lambda: paths <= set(world.ganesha.exported_paths()), END_SECONDS, f'exports {sorted(paths)}')


def bad_http_clients(world, _random):
    world.begin_bad_clients()


ACTIONS = (kill_server, kill_hung_server, stop_server, freeze_server, freeze_bus, kill_bus, reset_stats, disable_stats,
           enable_stats, add_export, remove_export, reload, bad_http_clients)
