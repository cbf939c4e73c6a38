#!/usr/bin/python3
"""What the portable program asks the system for, against the oldest system that it is for."""
import pathlib
import re
import tempfile
import unittest

from dist import run
from portable import FLOORS, LIBRARIES, unpacked, version_of_symbol


class ThePortableProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = unpacked(cls.enterClassContext(tempfile.TemporaryDirectory())) / 'ganesha_exporter'

    def readelf(self, *arguments):
        return run('readelf', '--wide', *arguments, self.program, check=True).stdout

    def test_needs_nothing_but_libc_openssl_and_libsystemd(self):
        self.assertEqual(set(re.findall(r'\(NEEDED\).*\[(.*)\]', self.readelf('--dynamic'))), LIBRARIES)

    def test_needs_no_newer_symbol_than_the_oldest_system_has(self):
        versions = {(name, version_of_symbol(version)) for name, version in
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
