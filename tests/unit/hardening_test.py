#!/usr/bin/python3
"""What the compiler and the linker did to the program against exploits, read from the binary."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness.hardening import ON_X86, HardenedProgram, readelf, x86_features  # noqa: E402

BUILD = pathlib.Path(os.environ['GANESHA_BUILD_DIR'])


def run(*argv):
    subprocess.run([*map(str, argv)], check=True, capture_output=True)


def objects():
    return sorted(file for room in ('dbus', 'ganesha', 'exporter') for file in (BUILD / room).rglob('*.o'))


class TheProgram(HardenedProgram, unittest.TestCase):
    program = BUILD / 'ganesha_exporter'

    @unittest.skipUnless(ON_X86, 'a feature of x86')
    def test_is_made_of_parts_that_protect_returns_and_indirect_calls(self):
        self.assertGreater(len(objects()), 20)
        for file in objects():
            self.assertEqual(x86_features(file), {'IBT', 'SHSTK'}, file)


class TheInstalledProgram(unittest.TestCase):
    def test_is_stripped_and_its_debug_file_is_found_by_the_build_id(self):
        prefix = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        run('cmake', '--install', BUILD, '--prefix', prefix, '--component', 'program', '--strip')
        run('cmake', '--install', BUILD, '--prefix', prefix, '--component', 'debug')
        program = prefix / 'bin/ganesha_exporter'
        self.assertNotIn('.debug_info', readelf('--sections', program))
        self.assertNotIn('.symtab', readelf('--sections', program))
        build_id = re.search(r'Build ID: (\w+)', readelf('--notes', program))[1]
        debug_file = prefix / f'lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug'
        self.assertIn('.debug_info', readelf('--sections', debug_file))
        self.assertIn(f'Build ID: {build_id}', readelf('--notes', debug_file))
        self.assertIn(' main\n', readelf('--symbols', debug_file))


if __name__ == '__main__':
    unittest.main(verbosity=2)
