"""What may happen to a server, its bus and its exporter. Each action leaves a server that runs."""
import signal
import subprocess

from harness import EXPORT_STATS, Export, wait_until
from traffic import libnfs_round, session_round
from truth import BEATING, DEAD, SILENT

STATISTICS = 'nfs', 'fsal', 'v3_full', 'v4_full', 'auth', 'client_all_ops', 'all'
LONGEST_STOP = 15
LONGEST_FREEZE_OF_THE_BUS = 8
LONGEST_ABSENCE = 4
LONGEST_HANG = 6
END_SECONDS = 10


def kill_server(world, random):
    absence = random.uniform(0, LONGEST_ABSENCE)
    world.report.say(f'    it is away for {absence:.1f} s')
    with world.server_changes(DEAD):
        world.ganesha.kill()
    world.report.pause(absence)
    world.start_server()


def stop_server(world, random):
    absence = random.uniform(0, LONGEST_ABSENCE)
    with world.server_changes(DEAD):
        code = world.ganesha.stop()
    world.report.say(f'    exit code {code}, it is away for {absence:.1f} s')
    if code:
        world.report.fail(f'Ganesha ended with {code} when it was to stop')
    world.report.pause(absence)
    world.start_server()


def kill_hung_server(world, random):
    """As an administrator does: calls of the exporter are pending then, and none of them is to blame."""
    seconds = random.uniform(0, LONGEST_HANG)
    world.report.say(f'    after {seconds:.1f} s')
    with world.server_changes(SILENT):
        world.ganesha.freeze()
    world.report.pause(seconds)
    with world.server_changes(DEAD):
        world.ganesha.kill()
    world.start_server()


def freeze_server(world, random):
    _freeze(world, world.ganesha, random.uniform(0, LONGEST_STOP))


def freeze_bus(world, random):
    _freeze(world, world.bus, random.uniform(0, LONGEST_FREEZE_OF_THE_BUS))


def _freeze(world, service, seconds):
    world.report.say(f'    for {seconds:.1f} s')
    with world.server_changes(SILENT):
        service.freeze()
    world.report.pause(seconds)
    with world.server_changes(BEATING):
        service.thaw()


def kill_bus(world, random):
    """Ganesha ends with its bus: that is of the suite's own making, and the suite starts both again."""
    absence = random.uniform(0, LONGEST_ABSENCE)
    with world.server_changes(DEAD):
        world.bus.kill()
        code = _end_of_server(world)
    world.report.say(f'    Ganesha ended with its bus, exit code {code}; both are away for {absence:.1f} s')
    world.report.pause(absence)
    world.bus.start()
    world.start_server()


def _end_of_server(world):
    try:
        return world.ganesha.process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        world.report.say('    it lives on without its bus: the suite ends it')
        return world.ganesha.kill()


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
    world.ganesha.process.signal(signal.SIGHUP)
    paths = {export.path for export in world.ganesha.exports}
    wait_until(lambda: paths <= set(world.ganesha.exported_paths()), END_SECONDS, f'exports {sorted(paths)}')


def bad_http_clients(world, _random):
    world.begin_bad_clients()


ACTIONS = (kill_server, kill_hung_server, stop_server, freeze_server, freeze_bus, kill_bus, reset_stats, disable_stats,
           enable_stats, add_export, remove_export, reload, bad_http_clients)
