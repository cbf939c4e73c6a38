#!/usr/bin/env python3
"""deploy/compose matches the published schema of Compose, and agrees with the program and the other examples."""
import copy
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from manifests import FOLDER as KUBERNETES
from manifests import SCHEMAS, container, jsonschema, yaml

from harness import REPOSITORY, run_exporter, skip_unless

FOLDER = REPOSITORY / 'deploy/compose'
RULES = jsonschema.Draft7Validator(json.loads((SCHEMAS / 'compose/compose-spec.json').read_text()))
COMPOSE = yaml.safe_load((FOLDER / 'compose.yaml').read_text())
SERVICES = COMPOSE['services']
SERVER, EXPORTER, PROMETHEUS = (SERVICES[name] for name in ('server', 'exporter', 'prometheus'))
OURS = SERVER, EXPORTER
MISTAKES = {
    'a misspelt key': ('server', 'readonly', True, "'readonly' does not match"),
    'a wrong type': ('server', 'cap_drop', 'ALL', "'ALL' is not of type 'array'"),
    'a health check of a wrong type': ('exporter', 'healthcheck', {'test': 1}, '1 is not'),
    'a volume without a type': ('exporter', 'volumes', [{'source': '/run/dbus'}], 'not valid under any')}


def complaints(document):
    return '\n'.join(error.message for error in RULES.iter_errors(document))


def mounts(service):
    """Target to source."""
    found = {}
    for volume in service['volumes']:
        if isinstance(volume, str):
            source, target = volume.split(':')[:2]
        else:
            source, target = volume['source'], volume['target']
        found[target] = source
    return found


class TheSchema(unittest.TestCase):
    def test_is_kept_to(self):
        self.assertEqual(complaints(COMPOSE), '')

    def test_reports_each_mistake(self):
        for what, (service, key, value, told) in MISTAKES.items():
            with self.subTest(what):
                wrong = copy.deepcopy(COMPOSE)
                wrong['services'][service][key] = value
                self.assertIn(told, complaints(wrong))


class TheServices(unittest.TestCase):
    def test_start_only_when_asked_for(self):
        for name, service in SERVICES.items():
            self.assertEqual(service['profiles'], [name])

    def test_may_do_as_little_as_possible(self):
        for service in SERVICES.values():
            self.assertTrue(service['read_only'])
            self.assertEqual(service['cap_drop'], ['ALL'])
            self.assertEqual(service['security_opt'], ['no-new-privileges:true'])
        self.assertNotIn('cap_add', EXPORTER)
        self.assertEqual(EXPORTER['user'], '19587:19587')

    def test_have_the_capabilities_of_the_pod_in_kubernetes(self):
        pod = container('server', 'nfs-ganesha')['securityContext']['capabilities']
        self.assertEqual(SERVER['cap_add'], pod['add'])

    def test_are_given_flags_that_the_program_knows(self):
        for service in OURS:
            done = run_exporter(*service['command'], '--config.check')
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_ask_for_their_health_at_the_address_that_never_demands_tls(self):
        for service in OURS:
            self.assertEqual(service['healthcheck']['test'], ['CMD', 'ganesha_exporter', '--healthcheck.live'])
            self.assertIn('--web.health-listen-address=127.0.0.1:19588', service['command'])
            self.assertNotIn('19588', ' '.join(service['ports']))

    def test_are_given_more_time_to_stop_than_ganesha(self):
        flag = next(one for one in SERVER['command'] if one.startswith('--ganesha.stop-timeout='))
        seconds = [int(re.fullmatch(r'(\d+)s', text)[1]) for text in (SERVER['stop_grace_period'], flag.split('=')[1])]
        self.assertGreater(seconds[0], seconds[1] + 10)

    def test_mount_the_directory_of_the_bus_and_not_its_socket(self):
        self.assertEqual(mounts(EXPORTER), {'/run/dbus': '/run/dbus'})

    def test_keep_the_state_of_clients(self):
        pod = {mount['mountPath'] for mount in container('server', 'nfs-ganesha')['volumeMounts']}
        self.assertEqual({*mounts(SERVER), *SERVER['tmpfs'], '/etc/ganesha'}, pod)
        self.assertLessEqual({mounts(SERVER)['/var/lib/nfs/ganesha'], 'prometheus'}, COMPOSE['volumes'].keys())
        self.assertTrue((KUBERNETES / 'server/ganesha.conf').exists())


class Prometheus(unittest.TestCase):
    def test_scrapes_whichever_service_runs(self):
        config = yaml.safe_load((FOLDER / 'prometheus.yml').read_text())
        target, = config['scrape_configs'][0]['static_configs'][0]['targets']
        host, _, port = target.partition(':')
        for service in OURS:
            self.assertEqual(service['networks']['default']['aliases'], [host])
            self.assertIn(f'{port}:{port}', service['ports'])

    def test_takes_the_configuration_and_the_rules_that_are_mounted(self):
        with tempfile.TemporaryDirectory() as folder:
            for target, source in mounts(PROMETHEUS).items():
                if target.startswith('/etc/prometheus/'):
                    place = pathlib.Path(folder, target.removeprefix('/etc/prometheus/'))
                    place.parent.mkdir(exist_ok=True)
                    shutil.copy(FOLDER / source, place)
            done = subprocess.run(['promtool', 'check', 'config', f'{folder}/prometheus.yml'], capture_output=True,
                                  text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('2 rule files found', done.stdout)


if __name__ == '__main__':
    skip_unless('promtool')
    unittest.main(verbosity=2)
