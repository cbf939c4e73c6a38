#!/usr/bin/python3
"""What the compiler and the linker did to the program against exploits, read from the binary."""
import os
import pathlib
import platform
import re
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ['GANESHA_BUILD_DIR'])
PROGRAM = BUILD / 'ganesha_exporter'
ON_X86 = platform.machine() in ('x86_64', 'i686')


def run(*argv):
    return subprocess.run([*map(str, argv)], check=True, capture_output=True, text=True).stdout


def readelf(*arguments):
    return run('readelf', '--wide', *arguments)


def objects():
    return sorted(file for room in ('dbus', 'ganesha', 'exporter') for file in (BUILD / room).rglob('*.o'))


def x86_features(file):
    return set(re.findall(r'IBT|SHSTK', readelf('--notes', file)))


class TheProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.header = readelf('--file-header', PROGRAM)
        cls.segments = readelf('--segments', PROGRAM)
        cls.dynamic = readelf('--dynamic', PROGRAM)
        cls.symbols = readelf('--dyn-syms', PROGRAM)

    def test_is_loaded_at_a_random_address(self):
        self.assertRegex(self.header, r'Type: +DYN')
        self.assertRegex(self.dynamic, r'\(FLAGS_1\).*\bPIE\b')

    def test_has_no_table_of_functions_that_can_be_written(self):
        self.assertIn('GNU_RELRO', self.segments)
        self.assertRegex(self.dynamic, r'\(FLAGS\).*\bBIND_NOW\b')

    def test_has_no_stack_that_can_be_executed(self):
        flags = re.search(r'GNU_STACK( +0x\w+){5} +([RWE ]+) 0x', self.segments)[2]
        self.assertEqual(flags.strip(), 'RW')

    def test_has_no_memory_that_can_be_written_and_executed(self):
        loaded = re.findall(r'LOAD(?: +0x\w+){5} +([RWE ]+?) +0x', self.segments)
        self.assertIn('R E', loaded)
        self.assertFalse([flags for flags in loaded if 'W' in flags and 'E' in flags])

    def test_looks_for_libraries_where_the_system_keeps_them(self):
        self.assertNotRegex(self.dynamic, r'\((RPATH|RUNPATH)\)')

    def test_needs_no_change_of_its_code_when_it_is_loaded(self):
        self.assertNotIn('TEXTREL', self.dynamic)

    def test_checks_its_stack_and_the_sizes_of_buffers(self):
        self.assertIn(' __stack_chk_fail@', self.symbols)
        self.assertRegex(self.symbols, r' __(?!stack)\w+_chk@')

    def test_checks_its_use_of_containers(self):
        # In the portable program it is inside.
        self.assertIn('glibcxx_assert_fail', readelf('--symbols', PROGRAM))

    @unittest.skipUnless(ON_X86, 'a feature of x86')
    def test_protects_its_returns_and_indirect_calls(self):
        """Debian's crt1.o does not support IBT, so that the linker cannot mark the program with it; its parts are."""
        self.assertGreater(len(objects()), 20)
        for file in objects():
            self.assertEqual(x86_features(file), {'IBT', 'SHSTK'}, file)
        self.assertIn('SHSTK', x86_features(PROGRAM))


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
