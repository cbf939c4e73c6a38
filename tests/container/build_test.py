#!/usr/bin/python3
"""Builds both images and checks what they declare and what they list as inside."""
import datetime
import json
import re
import unittest

import images

# Of the licences in these images, those that have a name in SPDX.
SPDX = {'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BSD-4-Clause', 'BSL-1.0', 'CC0-1.0', 'ISC', 'MIT', 'MPL-2.0',
        'Zlib', *(f'{name}-{kind}' for kind in ('only', 'or-later') for name in (
            'GPL-1.0', 'GPL-2.0', 'GPL-3.0', 'LGPL-2.0', 'LGPL-2.1', 'LGPL-3.0'))}
CREATED = datetime.datetime.fromtimestamp(images.TIME, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
LIST = 'usr/share/doc/ganesha-exporter/image.spdx.json'


def labels(config):
    return {name.removeprefix('org.opencontainers.image.'): value for name, value in config['Labels'].items()}


def installed(root):
    """The versions of the packages that dpkg's database has, by name."""
    paragraphs = (root / 'var/lib/dpkg/status').read_text().strip().split('\n\n')
    fields = [dict(re.findall(r'^(Package|Status|Version): (.*)$', one, re.MULTILINE)) for one in paragraphs]
    return {one['Package']: one['Version'] for one in fields if one['Status'].endswith(' installed')}


class TheImages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        images.build()
        cls.exporter, cls.server = images.config(images.EXPORTER), images.config(images.SERVER)

    def test_of_the_exporter_is_run_by_a_user_who_is_not_root(self):
        self.assertRegex(self.exporter['User'], r'^[1-9]\d*:[1-9]\d*$')
        self.assertEqual(self.exporter['Entrypoint'], ['ganesha_exporter'])
        self.assertEqual(list(self.exporter['ExposedPorts']), ['19587/tcp'])
        self.assertNotIn('Healthcheck', self.exporter)

    def test_of_the_server_has_a_health_check(self):
        self.assertEqual(self.server['Healthcheck']['Test'], ['CMD', 'ganesha_exporter', '--healthcheck.live'])
        self.assertIn('GANESHA_RUN=1', self.server['Env'])
        self.assertEqual(sorted(self.server['ExposedPorts']), ['19587/tcp', '2049/tcp'])

    def test_end_when_asked(self):
        for config in self.exporter, self.server:
            self.assertEqual(config['StopSignal'], 'SIGTERM')

    def test_declare_what_they_are(self):
        version = images.run('scripts/version')
        for config in self.exporter, self.server:
            told = labels(config)
            self.assertEqual(told['revision'], images.REVISION)
            self.assertEqual(told['version'], version)
            self.assertEqual(told['base.name'], images.BASE)
            self.assertRegex(told['base.digest'], r'^sha256:[0-9a-f]{64}$')
            self.assertEqual(told['source'], images.SOURCE_URL)
            self.assertEqual(told['documentation'], images.SOURCE_URL)
            self.assertTrue(told['title'] and told['description'])
        self.assertEqual(labels(self.exporter)['licenses'], 'MIT')
        self.assertEqual(labels(self.server)['licenses'], 'MIT AND LGPL-3.0-or-later')

    def test_have_the_time_of_the_commit(self):
        for image in images.EXPORTER, images.SERVER:
            self.assertEqual(images.inspect(image)['created'], CREATED)
            self.assertEqual(labels(images.config(image))['created'], CREATED)


class TheListOfWhatIsInside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lists, cls.installed = {}, {}
        for image in images.EXPORTER, images.SERVER:
            with images.mounted(image) as root:
                cls.lists[image] = json.loads((root / LIST).read_text())
                cls.installed[image] = installed(root)

    def packages(self, image):
        return {one['name']: one for one in self.lists[image]['packages']}

    def test_has_each_package_and_the_program(self):
        for image, packages in self.installed.items():
            found = {name: one['versionInfo'] for name, one in self.packages(image).items()}
            name, version = image.partition('/')[2].partition(':')[0], images.run('scripts/version')
            self.assertEqual(found, {**packages, name: version, 'ganesha_exporter': version})
            self.assertIn('libsdbus-c++2', found)
        self.assertIn('nfs-ganesha', self.packages(images.SERVER))
        self.assertNotIn('nfs-ganesha', self.packages(images.EXPORTER))

    def test_gives_licences_by_names_of_spdx(self):
        for image in self.lists:
            found = self.packages(image)
            self.assertEqual(found['ganesha_exporter']['licenseDeclared'], 'MIT')
            self.assertEqual(found['libspdlog1.15']['licenseDeclared'], 'MIT')
            self.assertEqual(found['libsdbus-c++2']['licenseDeclared'], 'LGPL-2.1-or-later')
            named = {word for one in found.values() for word in re.findall(r'[^() ]+', one['licenseDeclared'])}
            self.assertLessEqual(named - {'AND', 'OR', 'NOASSERTION'}, SPDX)

    def test_gives_the_address_of_each_package(self):
        sdbus = self.packages(images.EXPORTER)['libsdbus-c++2']
        version = sdbus['versionInfo'].replace('+', '%2B')
        self.assertEqual(sdbus['externalRefs'][0]['referenceLocator'],
                         f'pkg:deb/debian/libsdbus-c%2B%2B2@{version}?arch=amd64&distro=debian-13')

    def test_is_whole(self):
        for one in self.lists.values():
            self.assertEqual((one['spdxVersion'], one['SPDXID']), ('SPDX-2.3', 'SPDXRef-DOCUMENT'))
            ids = [package['SPDXID'] for package in one['packages']]
            self.assertEqual(len(set(ids)), len(ids))
            for name in ids:
                self.assertRegex(name, r'^SPDXRef-[A-Za-z0-9.-]+$')
            contained = [row['relatedSpdxElement'] for row in one['relationships']
                         if row['relationshipType'] == 'CONTAINS']
            self.assertEqual(sorted([*contained, 'SPDXRef-image']), sorted(ids))
            self.assertEqual(one['creationInfo']['created'], CREATED)


if __name__ == '__main__':
    images.prepare_build()
    unittest.main(verbosity=2)
