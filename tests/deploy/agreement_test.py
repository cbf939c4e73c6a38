#!/usr/bin/env python3
"""Checks that schemas cannot make: the parts of deploy/kubernetes agree with each other and with the program."""
import re
import unittest

from manifests import EXAMPLES, FOLDER, container, document, documents, kustomization, pod, workload, yaml

from harness import REPOSITORY, run_exporter

PORT, HEALTH_PORT = 19587, 19588
WORKLOADS = [example for example in EXAMPLES if example not in ('podmonitor', 'servicemonitor', 'prometheusrule')]
EXPORTERS = {'server': 'nfs-ganesha', 'sidecar': 'ganesha-exporter', 'rook': 'ganesha-exporter'}
WITH_SERVER = {'server', 'sidecar'}


def seconds(duration):
    number, unit = re.fullmatch(r'(\d+)([sm])', duration).groups()
    return int(number) * {'s': 1, 'm': 60}[unit]


def flag(name):
    """The value of a flag in the server's pod."""
    return next(arg.partition('=')[2] for arg in container('server', 'nfs-ganesha')['args']
                if arg.startswith(f'{name}='))


class Kustomizations(unittest.TestCase):
    def test_name_every_file(self):
        for example in EXAMPLES:
            known = kustomization(example)
            files = known['resources'] + [name for one in known.get('configMapGenerator', []) for name in one['files']]
            self.assertEqual(sorted(files + ['kustomization.yaml']),
                             sorted(path.name for path in (FOLDER / example).iterdir()))

    def test_name_every_image(self):
        for example in WORKLOADS:
            images = {one['image'] for one in pod(example)['containers']}
            self.assertEqual({one['name'] for one in kustomization(example)['images']}, images)

    def test_make_the_configuration_that_is_mounted(self):
        for example in WORKLOADS:
            mounted = [one['configMap']['name'] for one in pod(example).get('volumes', []) if 'configMap' in one]
            self.assertEqual(mounted, [one['name'] for one in kustomization(example).get('configMapGenerator', [])])


class Pods(unittest.TestCase):
    def test_have_a_volume_for_each_mount(self):
        for example in WORKLOADS:
            claims = workload(example)['spec'].get('volumeClaimTemplates', [])
            volumes = {one['name'] for one in pod(example).get('volumes', [])}
            mounts = {mount['name'] for one in pod(example)['containers'] for mount in one.get('volumeMounts', [])}
            self.assertEqual(mounts, volumes | {one['metadata']['name'] for one in claims})

    def test_are_those_that_are_selected(self):
        for example in WORKLOADS:
            labels = workload(example)['spec']['template']['metadata']['labels'].items()
            self.assertLessEqual(workload(example)['spec']['selector']['matchLabels'].items(), labels)
            for service in (one for one in documents(example) if one['kind'] == 'Service'):
                self.assertLessEqual(service['spec']['selector'].items(), labels)

    def test_have_the_ports_that_are_named(self):
        for example in WORKLOADS:
            ports = {port['name']: port['containerPort']
                     for one in pod(example)['containers'] for port in one.get('ports', [])}
            nfs = {'nfs': 2049} if example in WITH_SERVER else {}
            self.assertEqual(ports, {**nfs, 'metrics': PORT, 'health': HEALTH_PORT})
            for service in (one for one in documents(example) if one['kind'] == 'Service'):
                for port in service['spec']['ports']:
                    self.assertEqual(ports[port['targetPort']], port['port'])

    def test_are_scraped_by_annotation_or_by_the_operator(self):
        endpoint, = document('servicemonitor', 'ServiceMonitor')['spec']['endpoints']
        wanted = document('servicemonitor', 'ServiceMonitor')['spec']['selector']['matchLabels'].items()
        for example in WORKLOADS:
            annotations = workload(example)['spec']['template']['metadata']['annotations']
            self.assertEqual(annotations, {'prometheus.io/scrape': 'true', 'prometheus.io/port': str(PORT),
                                           'prometheus.io/path': endpoint['path']})
            selected = [one for one in documents(example)
                        if one['kind'] == 'Service' and wanted <= one['metadata']['labels'].items()]
            self.assertEqual([port['name'] for one in selected for port in one['spec']['ports']], [endpoint['port']])

    def test_are_what_the_pod_monitor_selects(self):
        monitor = document('podmonitor', 'PodMonitor')['spec']
        selected, = monitor['selector']['matchExpressions']
        names = {workload(example)['spec']['template']['metadata']['labels'][selected['key']] for example in WORKLOADS}
        self.assertEqual((selected['operator'], set(selected['values'])), ('In', names))
        endpoint, = monitor['podMetricsEndpoints']
        self.assertEqual(endpoint, document('servicemonitor', 'ServiceMonitor')['spec']['endpoints'][0])

    def test_keep_the_pods_service(self):
        self.assertTrue(document('server', 'Service', workload('server')['spec']['serviceName']))


class Probes(unittest.TestCase):
    def test_that_restart_ask_for_health_and_those_that_do_not_for_readiness(self):
        for example, name in EXPORTERS.items():
            spec = container(example, name)
            for probe, path in (('startupProbe', '/-/healthy'), ('livenessProbe', '/-/healthy'),
                                ('readinessProbe', '/-/ready')):
                if probe in spec:
                    self.assertEqual(spec[probe]['httpGet']['path'], path, f'{example} {probe}')

    def test_ask_at_the_address_that_never_demands_tls(self):
        for example, name in EXPORTERS.items():
            spec = container(example, name)
            self.assertIn(f'--web.health-listen-address=:{HEALTH_PORT}', spec['args'])
            asked = {spec[probe]['httpGet']['port'] for probe in spec if probe.endswith('Probe')}
            self.assertEqual(asked, {'health'}, example)


class Program(unittest.TestCase):
    def test_knows_the_flags(self):
        for example, name in EXPORTERS.items():
            done = run_exporter(*container(example, name).get('args', []), '--config.check')
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_knows_the_flags_of_the_service_of_cephadm(self):
        service = yaml.safe_load((REPOSITORY / 'deploy/cephadm/ganesha-exporter.yaml').read_text())
        done = run_exporter(*service['extra_entrypoint_args'], '--config.check')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((service['service_type'], service['spec']['ports']), ('container', [PORT]))

    def test_listens_there_by_default(self):
        self.assertIn(f'(default: :{PORT})', run_exporter('--help').stdout)

    def test_is_given_the_time_that_its_flags_name(self):
        server = container('server', 'nfs-ganesha')
        stop = pod('server')['terminationGracePeriodSeconds']
        self.assertGreater(stop, seconds(flag('--ganesha.stop-timeout')) + 10)
        start = server['startupProbe']
        self.assertGreater(start['periodSeconds'] * start['failureThreshold'],
                           seconds(flag('--ganesha.start-timeout')) + 10)


if __name__ == '__main__':
    unittest.main(verbosity=2)
