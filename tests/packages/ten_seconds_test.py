#!/usr/bin/python3
"""How soon all metrics are there beside a running Ganesha. CMakeLists.txt lets no other test run meanwhile."""
import unittest

import machine  # noqa: F401  Finds the harness.
from debian import package_of
from file_server import FileServer, server_tree, supported
from harness import nfs_namespace, sample, skip_unless
from portable import NAME, archive

RELEASES = 12, 13
SECONDS = 10
ALWAYS_SUPPORTED = {'server', 'exports', 'clients'}


class TheExporter(unittest.TestCase):
    def servers(self):
        for release in RELEASES:
            with self.subTest(debian=release), FileServer(server_tree(release)) as server:
                server.traffic()
                yield release, server

    def assert_soon_whole(self, server):
        page = server.wait_whole(SECONDS)
        self.assertLessEqual(ALWAYS_SUPPORTED, supported(page).keys())
        self.assertGreater(sample(page, 'ganesha_clients'), 0)
        self.assertEqual(server.problems(), [])

    def test_serves_all_metrics_ten_seconds_after_its_package_is_installed(self):
        for release, server in self.servers():
            server.install(package_of(release))
            self.assert_soon_whole(server)

    def test_serves_all_metrics_ten_seconds_after_its_archive_is_installed(self):
        for _, server in self.servers():
            with server.copied(archive()) as inside:
                server.run('tar', '-C', '/root', '-xf', inside)
            server.run(f'/root/{NAME}/install.sh')
            self.assert_soon_whole(server)


if __name__ == '__main__':
    skip_unless('nfs-cp', 'setpriv', root=True)
    nfs_namespace()
    unittest.main(verbosity=2)
