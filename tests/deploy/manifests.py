"""Shared by the tests of deploy/kubernetes: its documents, and the published schemas that they must match."""
import functools
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import skip_unless  # noqa: E402
from harness.process import REPOSITORY  # noqa: E402

skip_unless(modules=('jsonschema', 'yaml'))
import jsonschema  # noqa: E402
import yaml  # noqa: E402

FOLDER = REPOSITORY / 'deploy/kubernetes'
SCHEMAS = pathlib.Path(__file__).parent / 'schemas'
# The schemas of a document's apiVersion.
GROUPS = {'v1': 'io.k8s.api.core.v1', 'apps/v1': 'io.k8s.api.apps.v1',
          'monitoring.coreos.com/v1': 'monitoring.coreos.com.v1'}
EXAMPLES = sorted(path.parent.name for path in FOLDER.glob('*/kustomization.yaml'))


def kustomization(example):
    return yaml.safe_load((FOLDER / example / 'kustomization.yaml').read_text())


@functools.cache
def documents(example):
    """All documents of an example's resources."""
    texts = [(FOLDER / example / name).read_text() for name in kustomization(example)['resources']]
    return [document for text in texts for document in yaml.safe_load_all(text)]


def document(example, kind, name=None):
    found = [one for one in documents(example)
             if one['kind'] == kind and name in (None, one['metadata']['name'])]
    assert len(found) == 1, f'{example}: {len(found)} documents of kind {kind} {name or ""}'
    return found[0]


def workload(example):
    """The document that creates the pods."""
    return next(one for one in documents(example) if 'template' in one['spec'])


def pod(example):
    """The specification of its pods."""
    return workload(example)['spec']['template']['spec']


def container(example, name):
    return next(one for one in pod(example)['containers'] if one['name'] == name)


@functools.cache
def schemas():
    """All published schemas, by name."""
    files = [json.loads(path.read_text()) for path in SCHEMAS.glob('*.json')]
    return _strict({name: one for file in files for name, one in file.items()})


def schema(api_version, kind):
    """The kind's schema with what it refers to; None if there is none for it."""
    name = f'{GROUPS.get(api_version)}.{kind}'
    if name in schemas():
        return {'$ref': f'#/components/schemas/{name}', 'components': {'schemas': schemas()}}
    return None


def complaints(document):
    """Violations of the published schema in a document, one line each. Unknown fields count."""
    rules = schema(document.get('apiVersion'), document.get('kind'))
    if not rules:
        return [f'no schema for {document.get("apiVersion")} {document.get("kind")}']
    errors = jsonschema.Draft202012Validator(rules).iter_errors(document)
    return [f'{"/".join(map(str, error.absolute_path))}: {error.message}' for error in errors]


def _strict(node):
    """The same schemas; objects with listed fields accept no other fields."""
    if isinstance(node, list):
        return [_strict(value) for value in node]
    if not isinstance(node, dict):
        return node
    strict = {key: _strict(value) for key, value in node.items()}
    if isinstance(strict.get('$ref'), str) and strict['$ref'].endswith('#'):
        # The operator's model uses these names for those of Kubernetes.
        strict['$ref'] = '#/components/schemas/' + strict['$ref'].rstrip('#')
    if 'type' in node and isinstance(node.get('properties'), dict):
        strict.setdefault('additionalProperties', False)
    return strict
