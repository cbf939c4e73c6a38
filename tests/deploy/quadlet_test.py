#!/usr/bin/env python3
"""Podman's generator takes deploy/quadlet, and what it makes of it agrees with the program and the other examples."""
import pathlib
import subprocess
import tempfile
import unittest

from manifests import container, yaml

import quadlet
from harness import REPOSITORY, run_exporter, skip, skip_unless

EXPORTER, SERVER, VOLUME = 'ganesha-exporter.service', 'ganesha-server.service', 'ganesha-recovery-volume.service'
COMPOSE = yaml.safe_load((REPOSITORY / 'deploy/compose/compose.yaml').read_text())['services']


def options(words, name):
    return [words[place + 1] for place, word in enumerate(words) if word == name]


def arguments(words):
    """What comes after the image."""
    return words[next(place for place, word in enumerate(words) if word.startswith('localhost/')) + 1:]


class TheUnits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.code, cls.units, cls.errors = quadlet.generate()
        cls.commands = {name: quadlet.command(cls.units[name]) for name in (EXPORTER, SERVER)}

    def test_are_made_without_a_complaint(self):
        self.assertEqual(self.code, 0, self.errors)
        self.assertEqual(sorted(self.units), [EXPORTER, VOLUME, SERVER])

    def test_are_not_made_of_a_file_with_an_unknown_key(self):
        def misspell(folder):
            path = folder / 'ganesha-exporter.container'
            path.write_text(path.read_text().replace('ReadOnly=', 'Readonly='))

        code, units, errors = quadlet.generate(misspell)
        self.assertNotEqual(code, 0)
        self.assertNotIn(EXPORTER, units)
        self.assertIn("unsupported key 'Readonly'", errors)

    def test_are_understood_by_systemd(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in self.units.items():
                # Of what they need this machine has no podman in its path and no nfs-ganesha.service.
                pathlib.Path(folder, name).write_text(text.replace('/usr/bin/podman', '/bin/true'))
            done = subprocess.run(['systemd-analyze', 'verify', '--man=no', *sorted(pathlib.Path(folder).iterdir())],
                                  capture_output=True, text=True)
        self.assertEqual([line for line in (done.stdout + done.stderr).splitlines() if 'ganesha' in line], [])

    def test_start_with_the_machine_and_again_after_a_failure(self):
        for name in EXPORTER, SERVER:
            self.assertEqual(quadlet.values(self.units[name], 'WantedBy'), ['multi-user.target'])
            self.assertEqual(quadlet.values(self.units[name], 'Restart'), ['on-failure'])

    def test_may_do_as_little_as_the_services_of_compose(self):
        for name, service in ((EXPORTER, COMPOSE['exporter']), (SERVER, COMPOSE['server'])):
            words = self.commands[name]
            self.assertIn('--read-only', words)
            self.assertIn('--security-opt=no-new-privileges', words)
            self.assertEqual(options(words, '--cap-drop'), ['all'])
            self.assertEqual([one.upper() for one in options(words, '--cap-add')], service.get('cap_add', []))
            self.assertEqual(options(words, '--user'), [service['user']] if 'user' in service else [])
            self.assertEqual(options(words, '--publish'), service['ports'])
            self.assertEqual(options(words, '--tmpfs'), service.get('tmpfs', []))

    def test_mount_the_directory_of_the_bus_and_not_its_socket(self):
        self.assertEqual(options(self.commands[EXPORTER], '-v'), ['/run/dbus:/run/dbus:ro'])

    def test_keep_the_state_of_clients(self):
        pod = {mount['mountPath'] for mount in container('server', 'nfs-ganesha')['volumeMounts']}
        words = self.commands[SERVER]
        mounted = {one.split(':')[1] for one in options(words, '-v')}
        self.assertEqual({*mounted, *options(words, '--tmpfs'), '/etc/ganesha'}, pod)
        self.assertIn(VOLUME, quadlet.values(self.units[SERVER], 'Requires'))

    def test_are_given_the_flags_of_the_services_of_compose(self):
        for name, service in ((EXPORTER, COMPOSE['exporter']), (SERVER, COMPOSE['server'])):
            self.assertEqual(arguments(self.commands[name]), service['command'])
            done = run_exporter(*arguments(self.commands[name]), '--config.check')
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_ask_for_their_health(self):
        for name in EXPORTER, SERVER:
            self.assertEqual(options(self.commands[name], '--health-cmd'), ['ganesha_exporter --healthcheck.live'])

    def test_are_given_more_time_to_stop_than_ganesha(self):
        stop, = options(self.commands[SERVER], '--stop-timeout')
        limit, = quadlet.values(self.units[SERVER], 'TimeoutStopSec')
        ganesha, = (one for one in arguments(self.commands[SERVER]) if one.startswith('--ganesha.stop-timeout='))
        seconds = [int(text.strip('s')) for text in (ganesha.partition('=')[2], stop, limit)]
        self.assertEqual(seconds, sorted(seconds))
        self.assertEqual(len(set(seconds)), 3)


if __name__ == '__main__':
    skip_unless('systemd-analyze')
    if not quadlet.generator():
        skip('no quadlet: Podman 4.4 or later has it, as that of Debian 13')
    unittest.main(verbosity=2)
