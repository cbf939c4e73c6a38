#!/usr/bin/python3
"""The SPDX list: complete by the rules of SPDX 2.3, with the files of dist/ and the libraries of the portable program."""
import hashlib
import json
import os
import re
import tempfile
import unittest

import jsonschema

from dist import DIST, VERSION, in_dist, run

TEXT = {'type': 'string', 'minLength': 1}
SPDX_ID = {'type': 'string', 'pattern': r'^SPDXRef-[A-Za-z0-9.-]+$'}
LENGTHS = {'SHA1': 40, 'SHA256': 64}
# The relationships that this list uses; SPDX has more.
RELATIONSHIPS = ['DESCRIBES', 'DISTRIBUTION_ARTIFACT', 'CONTAINS', 'STATIC_LINK', 'DYNAMIC_LINK', 'DEPENDS_ON']
DEBIAN_PURL = r'pkg:deb/debian/[a-z0-9.+-]+@[A-Za-z0-9.:~%-]+-[A-Za-z0-9.~%]+\?arch=source&distro=bookworm'
UPSTREAM_PURL = r'pkg:generic/[a-z-]+@\d+(\.\d+)+'
PURL = f'^({DEBIAN_PURL}|{UPSTREAM_PURL})$'


def strict(required, **optional):
    """An object with these keys and no other."""
    return {'type': 'object', 'required': list(required), 'properties': required | optional, 'additionalProperties': False}


def list_of(items, least=1):
    return {'type': 'array', 'minItems': least, 'items': items}


# What SPDX 2.3 asks for, in our words, and only the fields that we use: a misspelt one is an error.
CHECKSUM = strict({'algorithm': {'enum': list(LENGTHS)}, 'checksumValue': {'type': 'string', 'pattern': '^[0-9a-f]+$'}})
LICENCES = {'licenseConcluded': TEXT, 'licenseDeclared': TEXT, 'copyrightText': TEXT}
REFERENCE = strict({'referenceCategory': {'const': 'PACKAGE-MANAGER'}, 'referenceType': {'const': 'purl'},
                    'referenceLocator': {'type': 'string', 'pattern': PURL}})
PACKAGE = strict({'SPDXID': SPDX_ID, 'name': TEXT, 'downloadLocation': TEXT, 'filesAnalyzed': {'const': False}, **LICENCES},
                 versionInfo=TEXT, supplier={'type': 'string', 'pattern': '^Organization: '}, comment=TEXT,
                 externalRefs=list_of(REFERENCE), primaryPackagePurpose={'const': 'APPLICATION'})
FILE = strict({'SPDXID': SPDX_ID, 'fileName': {'type': 'string', 'pattern': r'^\./'}, 'checksums': list_of(CHECKSUM, 2),
               'licenseConcluded': TEXT, 'licenseInfoInFiles': list_of(TEXT), 'copyrightText': TEXT})
RELATIONSHIP = strict({'spdxElementId': SPDX_ID, 'relationshipType': {'enum': RELATIONSHIPS}, 'relatedSpdxElement': SPDX_ID})
CREATION = strict({'created': {'type': 'string', 'pattern': r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'}, 'creators': list_of(TEXT)})
DOCUMENT = strict({
    'spdxVersion': {'const': 'SPDX-2.3'}, 'dataLicense': {'const': 'CC0-1.0'}, 'SPDXID': {'const': 'SPDXRef-DOCUMENT'},
    'name': TEXT, 'documentNamespace': {'type': 'string', 'pattern': '^https://[^#]+$'}, 'creationInfo': CREATION,
    'packages': list_of(PACKAGE), 'files': list_of(FILE), 'relationships': list_of(RELATIONSHIP)})
STATIC = {'fmtlib', 'gcc', 'libxcrypt', 'ncurses', 'prometheus-cpp', 're2', 'sdbus-cpp', 'spdlog', 'yaml-cpp', 'zlib'}
# Upstream's releases without Debian's patches: they must not pass as Debian's.
UPSTREAM = {'fmtlib', 'prometheus-cpp', 'sdbus-cpp', 'spdlog'}
HEADERS = {'boost', 'cli11', 'nlohmann-json3'}
DYNAMIC = {'gcc', 'glibc', 'openssl', 'systemd'}
PROGRAM = 'SPDXRef-portable-program'


class TheList(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.document = json.loads(in_dist('ganesha_exporter-{version}.spdx.json').read_text())
        cls.packages = {package['SPDXID']: package for package in cls.document['packages']}
        cls.files = {file['SPDXID']: file for file in cls.document['files']}

    def related(self, element, kind):
        return [row['relatedSpdxElement'] for row in self.document['relationships']
                if (row['spdxElementId'], row['relationshipType']) == (element, kind)]

    def libraries(self, kind):
        """Names without the version that some of Debian's sources have in theirs."""
        return {re.sub(r'-?\d[\d.]*$', '', name) if name.startswith(('gcc', 'boost')) else name
                for name in (self.packages[one]['name'] for one in self.related(PROGRAM, kind))}

    def test_has_what_spdx_asks_for(self):
        errors = jsonschema.Draft7Validator(DOCUMENT).iter_errors(self.document)
        self.assertEqual([f'{list(error.path)}: {error.message}' for error in errors], [])

    def test_names_each_element_once_and_relates_only_what_it_has(self):
        names = ['SPDXRef-DOCUMENT', *(one['SPDXID'] for one in self.document['packages'] + self.document['files'])]
        self.assertEqual(len(names), len(set(names)))
        related = {row[key] for row in self.document['relationships'] for key in ('spdxElementId', 'relatedSpdxElement')}
        self.assertEqual(related, set(names))

    def test_describes_this_version(self):
        described, = self.related('SPDXRef-DOCUMENT', 'DESCRIBES')
        self.assertEqual((self.packages[described]['name'], self.packages[described]['versionInfo']),
                         ('ganesha_exporter', VERSION))

    def test_has_the_checksums_of_the_files_in_dist(self):
        listed = {file['fileName'].removeprefix('./'): file['checksums']
                  for name, file in self.files.items() if name != PROGRAM}
        there = {file.name for file in DIST.iterdir()} - {f'ganesha_exporter-{VERSION}.spdx.json'}
        self.assertEqual(set(listed), {name for name in there if not name.startswith('SHA256SUMS')})
        for name, checksums in listed.items():
            for checksum in checksums:
                algorithm, value = checksum['algorithm'], checksum['checksumValue']
                self.assertEqual(len(value), LENGTHS[algorithm])
                self.assertEqual(value, hashlib.new(algorithm.lower(), (DIST / name).read_bytes()).hexdigest(), name)

    def test_has_the_libraries_of_the_portable_program(self):
        self.assertEqual(self.libraries('STATIC_LINK'), STATIC)
        self.assertEqual(self.libraries('CONTAINS'), HEADERS)
        self.assertEqual(self.libraries('DYNAMIC_LINK'), DYNAMIC)

    def test_knows_version_licence_and_purl_of_each_library_inside(self):
        for one in self.related(PROGRAM, 'STATIC_LINK') + self.related(PROGRAM, 'CONTAINS'):
            package = self.packages[one]
            with self.subTest(package['name']):
                self.assertRegex(package['versionInfo'], r'^(\d+:)?\d')
                self.assertNotIn('NOASSERTION', (package['licenseConcluded'], package['licenseDeclared']))
                self.assertEqual(len(package['externalRefs']), 1)

    def test_says_which_libraries_are_not_debians(self):
        for one in self.related(PROGRAM, 'STATIC_LINK'):
            package = self.packages[one]
            upstream = package['name'] in UPSTREAM
            with self.subTest(package['name']):
                self.assertRegex(package['externalRefs'][0]['referenceLocator'], UPSTREAM_PURL if upstream else DEBIAN_PURL)
                self.assertEqual('supplier' in package, not upstream)

    def test_has_the_licences_that_the_rpm_names(self):
        inside = self.related(PROGRAM, 'STATIC_LINK') + self.related(PROGRAM, 'CONTAINS')
        with tempfile.TemporaryDirectory() as home:
            named = run('rpm', '-qp', '--queryformat', '%{LICENSE}', in_dist('ganesha-exporter-{version}-1.x86_64.rpm'),
                        check=True, env=os.environ | {'HOME': home}).stdout
        self.assertEqual(set(named.split(' AND ')), {'MIT', *(self.packages[one]['licenseDeclared'] for one in inside)})

    def test_is_about_the_program_in_the_rpm(self):
        rpm = in_dist('ganesha-exporter-{version}-1.x86_64.rpm')
        shown = run('bash', '-c', f'rpm2archive - <{rpm} | tar -xzO ./usr/bin/ganesha_exporter | sha256sum', check=True)
        value, = (checksum['checksumValue'] for checksum in self.files[PROGRAM]['checksums']
                  if checksum['algorithm'] == 'SHA256')
        self.assertEqual(shown.stdout.split()[0], value)

    def test_has_what_each_deb_depends_on(self):
        debs = [name for name, file in self.files.items() if file['fileName'].endswith('.deb') and 'dbgsym' not in name]
        self.assertEqual(len(debs), 2)
        for deb in debs:
            needed = {self.packages[one]['name'] for one in self.related(deb, 'DEPENDS_ON')}
            self.assertLessEqual({'libc6', 'libsystemd0'}, needed, deb)


if __name__ == '__main__':
    unittest.main(verbosity=2)
