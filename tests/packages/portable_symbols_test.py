#!/usr/bin/python3
"""What the portable program asks the system for, against the oldest system that it is for."""
import pathlib
import re
import tempfile
import unittest

from dist import run
from portable import unpacked

# EL 9: glibc 2.34, OpenSSL 3.0, systemd 252; Ubuntu 22.04: glibc 2.35, systemd 249. libgcc_s comes with glibc.
FLOORS = {'GLIBC': (2, 34), 'LIBSYSTEMD': (249,), 'OPENSSL': (3, 0, 0), 'GCC': (4, 2, 0)}
NEEDED = {'libc.so.6', 'libm.so.6', 'libgcc_s.so.1', 'ld-linux-x86-64.so.2', 'libsystemd.so.0', 'libssl.so.3',
          'libcrypto.so.3'}


class ThePortableProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = unpacked(cls.enterClassContext(tempfile.TemporaryDirectory())) / 'ganesha_exporter'

    def readelf(self, *arguments):
        return run('readelf', '--wide', *arguments, self.program, check=True).stdout

    def test_needs_nothing_but_libc_openssl_and_libsystemd(self):
        self.assertEqual(set(re.findall(r'\(NEEDED\).*\[(.*)\]', self.readelf('--dynamic'))), NEEDED)

    def test_needs_no_newer_symbol_than_the_oldest_system_has(self):
        versions = {(name, tuple(map(int, version.split('.')))) for name, version in
                    re.findall(r'Name: (?:.*@)?([A-Z]+)_([0-9.]+) ', self.readelf('--version-info'))}
        self.assertEqual({name for name, _ in versions}, FLOORS.keys())
        self.assertEqual([(name, version) for name, version in versions if version > FLOORS[name]], [])

    def test_asks_for_no_symbol_without_a_version(self):
        undefined = re.findall(r' GLOBAL +\w+ +UND (\S+)', self.readelf('--dyn-syms'))
        self.assertGreater(len(undefined), 300)
        self.assertEqual([name for name in undefined if '@' not in name], [])

    def test_is_for_this_machine_and_stripped(self):
        self.assertIn('Advanced Micro Devices X86-64', self.readelf('--file-header'))
        self.assertNotRegex(self.readelf('--sections'), r'\.(symtab|debug_info)')


if __name__ == '__main__':
    unittest.main(verbosity=2)
