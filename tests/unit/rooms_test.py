#!/usr/bin/python3
"""A room can include the rooms below it only: docs/architecture.md shows the arrows, the compiler enforces them."""
import functools
import json
import os
import pathlib
import re
import shlex
import subprocess
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ['GANESHA_BUILD_DIR'])
# One header for each room; dbus/records.hpp stands for the plain records alone.
HEADERS = {
    'records': 'dbus/records.hpp', 'dbus': 'dbus/bus.hpp', 'ganesha': 'ganesha/child.hpp',
    'base': 'exporter/base/log.hpp', 'model': 'exporter/model/snapshot.hpp', 'http': 'exporter/http/server.hpp',
    'web_config': 'exporter/web_config/web_config.hpp', 'metrics': 'exporter/metrics/metric_table.hpp', 'collect': 'exporter/collect/poller.hpp',
    'built_in': 'exporter/built_in/read_page.hpp', 'record': 'exporter/record/recording.hpp',
    'status': 'exporter/status/page.hpp', 'site': 'exporter/site/routes.hpp',
    'systemd': 'exporter/systemd/notifier.hpp',
    'supervisor': 'exporter/supervisor/supervisor.hpp', 'top': 'exporter/top/top.hpp', 'cli': 'exporter/cli/flags.hpp'}
# What each room may include, itself aside.
MAY_INCLUDE = {
    'exporter/base/log.cpp': set(),
    'exporter/systemd/service_manager.cpp': {'base', 'records', 'dbus'},
    'exporter/model/selection.cpp': {'base', 'records'},
    'exporter/http/server.cpp': {'base'},
    'exporter/web_config/web_config.cpp': {'base', 'http'},
    'exporter/metrics/metric_table.cpp': {'base', 'model', 'records'},
    'exporter/built_in/read_page.cpp': {'base', 'model', 'records'},
    'exporter/built_in/page_fetcher.cpp': {'base', 'model', 'records', 'http', 'dbus'},
    'exporter/status/page.cpp': {'base', 'model', 'records'},
    'exporter/collect/poller.cpp': {'base', 'model', 'records', 'dbus'},
    'exporter/record/recording.cpp': {'base', 'model', 'records', 'dbus'},
    'exporter/site/routes.cpp': {'base', 'model', 'records', 'http', 'metrics', 'status'},
    'exporter/supervisor/supervisor.cpp': {'base', 'model', 'records', 'dbus', 'ganesha'},
    'exporter/top/view.cpp': {'base', 'model', 'records'},
    'exporter/top/top.cpp': {'base', 'model', 'records', 'http'},
    'exporter/cli/flags.cpp': {'base', 'model', 'records'},
    'ganesha/child.cpp': {'records', 'dbus'},
    'dbus/bus.cpp': {'records'},
}
# Libraries that only one room knows.
LIBRARIES = {'boost/beast': 'exporter/http', 'openssl/': 'exporter/http', 'crypt.h': 'exporter/http',
             'sdbus-c++/': 'dbus', 'systemd/sd-bus': 'dbus', 'systemd/sd-daemon': 'exporter/systemd',
             'prometheus/': 'exporter/metrics', 'CLI/': 'exporter/cli', 'spdlog/': 'exporter/base',
             'curses.h': 'exporter/top', 'yaml-cpp/': 'exporter/web_config'}


def room_of(source):
    return source.split('/')[-2]


def sources():
    for folder in 'dbus', 'ganesha', 'exporter':
        yield from (REPOSITORY / folder).rglob('*.[ch]pp')


@functools.cache
def compile_commands():
    return json.loads((BUILD / 'compile_commands.json').read_text())


def compiles(command, source):
    # On another machine the tree may be mounted elsewhere: the end of the path names the file.
    file = pathlib.Path(command['file'])
    joined = file.read_text() if file.parent.name == 'Unity' else ''
    return file.as_posix().endswith('/' + source) or f'/{source}"' in joined


def include_flags(source):
    """The compiler and the include directories that `source` is compiled with, alone or joined with others."""
    command = next(c for c in compile_commands() if compiles(c, source))
    words = [word for word in shlex.split(command['command']) if not word.endswith('ccache')]
    return [words[0], '-std=c++20', *(word for word in words if word.startswith('-I'))]


def visible_from(source):
    """The rooms whose headers a file beside `source` could include."""
    lines = [f'__has_include("{header}") {room}' for room, header in HEADERS.items()]
    text = '\n'.join(f'#if {line.split()[0]}\nfound {line.split()[1]}\n#endif' for line in lines)
    result = subprocess.run([*include_flags(source), '-E', '-P', '-x', 'c++', '-'], input=text, text=True, cwd='/',
                            check=True, capture_output=True)
    return set(re.findall(r'found (\w+)', result.stdout))


def compile_with(source, header):
    result = subprocess.run([*include_flags(source), '-fsyntax-only', '-x', 'c++', '-'],
                            input=f'#include "{header}"\n', text=True, cwd='/', capture_output=True)
    return result.returncode, result.stderr


class ARoom(unittest.TestCase):
    def test_can_include_the_rooms_below_it_only(self):
        for source, allowed in MAY_INCLUDE.items():
            with self.subTest(source):
                self.assertEqual(visible_from(source) - {room_of(source)}, allowed)

    def test_does_not_compile_with_a_forbidden_header(self):
        code, errors = compile_with('exporter/http/server.cpp', HEADERS['metrics'])
        self.assertNotEqual(code, 0)
        self.assertRegex(errors, 'No such file|file not found')
        self.assertEqual(compile_with('exporter/http/server.cpp', HEADERS['base']), (0, ''))

    def test_includes_the_libraries_that_are_its_own(self):
        for path in sources():
            name = path.relative_to(REPOSITORY).as_posix()
            for library, home in LIBRARIES.items():
                if re.search(f'#include <{library}', path.read_text()):
                    self.assertTrue(name.startswith(home + '/'), f'{name} includes {library}')


if __name__ == '__main__':
    unittest.main(verbosity=2)
