#!/usr/bin/python3
"""Builds both images and checks what they declare."""
import unittest

import images


def labels(config):
    return {name.removeprefix('org.opencontainers.image.'): value for name, value in config['Labels'].items()}


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
        for config in self.exporter, self.server:
            told = labels(config)
            self.assertEqual(told['revision'], images.REVISION)
            self.assertEqual(told['licenses'], 'MIT')
            self.assertTrue(told['title'] and told['description'] and told['version'])


if __name__ == '__main__':
    images.prepare_build()
    unittest.main(verbosity=2)
