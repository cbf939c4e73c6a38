#!/usr/bin/python3
"""The bus policy that is shipped is what --help-bus-policy prints, and allows the methods of dbus/methods.hpp alone;
GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
import itertools
import pathlib
import re
import sys
import unittest
import xml.etree.ElementTree

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from generated import GeneratedFile  # noqa: E402

POLICY = REPOSITORY / 'packaging/dbus/ganesha-exporter.conf'
# In a container there is no user ganesha-exporter.
OF_THE_SIDECAR = REPOSITORY / 'deploy/kubernetes/sidecar/ganesha-exporter.conf'
SERVICE = 'org.ganesha.nfsd'

INTERFACE = re.compile(r'\* (\w+) = "([\w.]+)";')
# A function that names one method a protocol: its name and its body.
CHOICE = re.compile(r'constexpr const char\* (\w+_method)\(Protocol \w+\) \{(.*?)\n\}', re.DOTALL)
# The method within a TypedMethod: {object, interface, member}.
METHOD = re.compile(r'\{objects::\w+,\s*(interfaces::\w+),\s*([^},]+)\}')
# Its reply can end the server. The reference alone names it, to say why it is never called.
FORBIDDEN = 'GetClientAllops'
SOURCES = 'dbus', 'exporter', 'ganesha', 'examples', 'packaging', 'deploy'
NAMES_IT = REPOSITORY / 'exporter/metrics/reference.cpp'


def sources():
    return {path.name: path.read_text() for path in sorted((REPOSITORY / 'dbus').glob('*.[ch]pp'))}


def members(expression, choices):
    """The names that the third part of a Method stands for."""
    quoted = re.fullmatch(r'"(\w+)"', expression)
    return [quoted[1]] if quoted else choices[expression.partition('(')[0]]


def called():
    """(interface, member) of every Method in the sources."""
    texts = sources()
    everything = '\n'.join(texts.values())
    interfaces = dict(INTERFACE.findall(texts['method.hpp'].partition('namespace interfaces')[2]))
    choices = {name: re.findall(r'"(\w+)"', body) for name, body in CHOICE.findall(everything)}
    found = set()
    for interface, member in METHOD.findall(everything):
        names = members(member.strip(), choices)
        found.update(itertools.product([interfaces[interface.removeprefix('interfaces::')]], names))
    return found


class TheBusPolicy(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-bus-policy', POLICY

    def setUp(self):
        self.rules = list(xml.etree.ElementTree.parse(POLICY).iter('policy'))

    def test_has_one_rule_per_method_of_the_sources(self):
        rows = [(row.get('send_interface'), row.get('send_member')) for rule in self.rules for row in rule]
        self.assertEqual(len(rows), len(set(rows)), 'a rule twice')
        self.assertEqual(set(rows), called())

    def test_allows_nothing_else(self):
        self.assertEqual([rule.attrib for rule in self.rules], [{'user': 'ganesha-exporter'}])
        for row in self.rules[0]:
            self.assertEqual(row.tag, 'allow')
            self.assertEqual(row.keys(), ['send_destination', 'send_interface', 'send_member'])
            self.assertEqual(row.get('send_destination'), SERVICE)

    def test_of_the_sidecar_is_the_same_for_a_user_that_images_have(self):
        same = POLICY.read_text().replace('user="ganesha-exporter"', 'user="nobody"')
        self.assertEqual(OF_THE_SIDECAR.read_text(), same, 'run make docs')

    def test_and_the_sources_do_not_know_the_method_that_ends_servers(self):
        self.assertNotIn(FORBIDDEN, POLICY.read_text())
        files = {path for folder in SOURCES for path in (REPOSITORY / folder).rglob('*') if path.is_file()}
        self.assertGreater(len(files), 150)
        named = {path for path in files if FORBIDDEN in path.read_text(errors='replace')}
        self.assertEqual(named, {NAMES_IT})
        self.assertNotIn(f'"{FORBIDDEN}"', NAMES_IT.read_text(), 'as text, not as a name to call')


if __name__ == '__main__':
    unittest.main(verbosity=2)
