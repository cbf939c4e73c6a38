"""What the compiler and the linker did to a program against exploits, read from the binary."""
import platform
import re
import subprocess
import unittest

ON_X86 = platform.machine() in ('x86_64', 'i686')


def readelf(*arguments):
    done = subprocess.run(['readelf', '--wide', *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout


def x86_features(file):
    return set(re.findall(r'IBT|SHSTK', readelf('--notes', file)))


class HardenedProgram:
    """A test case of `program` is this and unittest.TestCase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.header = readelf('--file-header', cls.program)
        cls.segments = readelf('--segments', cls.program)
        cls.dynamic = readelf('--dynamic', cls.program)
        cls.symbols = readelf('--dyn-syms', cls.program)

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
        self.assertIn('glibcxx_assert_fail', readelf('--symbols', self.program))

    @unittest.skipUnless(ON_X86, 'a feature of x86')
    def test_protects_its_returns(self):
        """Debian's crt1.o does not support IBT, so that the linker cannot mark the program with it."""
        self.assertIn('SHSTK', x86_features(self.program))
