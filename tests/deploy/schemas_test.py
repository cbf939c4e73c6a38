#!/usr/bin/env python3
"""deploy/kubernetes matches the published schemas, strictly and offline."""
import copy
import shutil
import subprocess
import unittest

from manifests import EXAMPLES, FOLDER, complaints, document, documents, yaml

SERVER, SIDECAR, MONITOR = ('server', 'StatefulSet'), ('sidecar', 'Deployment'), ('servicemonitor', 'ServiceMonitor')
PODS = 'podmonitor', 'PodMonitor'
RULES = 'prometheusrule', 'PrometheusRule'
CONTAINER = 'spec/template/spec/containers/0'
# Mistakes: the document, the path, the key that is added or changed, its value, and the expected error.
MISTAKES = {
    'a misspelt probe': (SIDECAR, CONTAINER, 'livenesProbe', {}, "'livenesProbe' was unexpected"),
    'a wrong type': (SERVER, 'spec', 'replicas', '1', "replicas: '1' is not of type 'integer'"),
    'a wrong word': (SIDECAR, CONTAINER, 'imagePullPolicy', 'Sometimes', "'Sometimes' is not one of"),
    'a rule without its expression': (
        RULES, 'spec/groups/0', 'rules', [{'alert': 'Down'}], "'expr' is a required property"),
    'a number as an annotation': (
        SERVER, 'spec/template/metadata/annotations', 'prometheus.io/port', 19587, "19587 is not of type 'string'"),
    'an unknown kind': (SERVER, '', 'kind', 'Statefulset', 'no schema for apps/v1 Statefulset'),
    'an old version': (SIDECAR, '', 'apiVersion', 'apps/v1beta1', 'no schema for apps/v1beta1 Deployment')}
# Objects that accept any key.
FREE = {'labels', 'annotations', 'matchLabels', 'requests', 'limits'}


def place(document, path):
    for step in filter(None, path.split('/')):
        document = document[int(step) if step.isdigit() else step]
    return document


def objects(node, path=''):
    """The path of every object in a document that has its own fields."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    free = path.rpartition('/')[2] in FREE or (path == '/spec/selector' and 'matchLabels' not in node)
    if isinstance(node, dict) and not free:
        yield path
    for key, value in entries:
        if not free:
            yield from objects(value, f'{path}/{key}')


class Schemas(unittest.TestCase):
    def test_every_document_keeps_to_its_own(self):
        for example in EXAMPLES:
            for one in documents(example):
                with self.subTest(example=example, kind=one['kind'], name=one['metadata']['name']):
                    self.assertEqual(complaints(one), [])

    def test_the_documents_are_there(self):
        kinds = {one['kind'] for example in EXAMPLES for one in documents(example)}
        self.assertEqual(kinds, {'StatefulSet', 'Deployment', 'Service', 'ServiceMonitor', 'PodMonitor',
                                 'PrometheusRule'})

    def test_each_mistake_is_reported(self):
        for what, (target, path, key, value, told) in MISTAKES.items():
            with self.subTest(what):
                wrong = copy.deepcopy(document(*target))
                place(wrong, path)[key] = value
                self.assertIn(told, '\n'.join(complaints(wrong)))

    def test_an_unknown_field_is_reported_wherever_it_is(self):
        for one in (one for example in EXAMPLES for one in documents(example)):
            for path in objects(one):
                with self.subTest(kind=one['kind'], path=path):
                    wrong = copy.deepcopy(one)
                    place(wrong, path)['unheardOf'] = {}
                    self.assertIn('unheardOf', '\n'.join(complaints(wrong)))

    def test_a_missing_field_is_reported(self):
        for target in SERVER, SIDECAR, MONITOR, PODS:
            wrong = copy.deepcopy(document(*target))
            del wrong['spec']['selector']
            self.assertIn("'selector' is a required property", '\n'.join(complaints(wrong)))

    @unittest.skipUnless(shutil.which('kubectl'), 'kubectl is not here')
    def test_what_kubectl_makes_of_them_keeps_to_them_too(self):
        for example in EXAMPLES:
            with self.subTest(example):
                done = subprocess.run(['kubectl', 'kustomize', FOLDER / example], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                for one in yaml.safe_load_all(done.stdout):
                    self.assertEqual(complaints(one), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
