#!/usr/bin/python3
"""The man page is what --help-man prints; groff and mandoc find no fault in it; a reader sees every flag and variable.
GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from generated import GeneratedFile  # noqa: E402
from harness import skip_unless  # noqa: E402

PAGE = REPOSITORY / 'packaging/man/ganesha_exporter.1'
FLAGS = REPOSITORY / 'docs/flags.md'
SECTIONS = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'COMMANDS', 'ENVIRONMENT', 'EXIT STATUS', 'SIGNALS', 'FILES',
            'EXAMPLES', 'SECURITY', 'SEE ALSO']
# On purpose: with a date the page would change without a change of its text.
NO_DATE = 'WARNING: missing date'
# Lines are not broken, so that each label is in one piece.
WIDE = {'MANWIDTH': '1000', 'LC_ALL': 'C.UTF-8', 'MANROFFSEQ': ''}


def run(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, env={**os.environ, **WIDE})
    return done.stdout, done.stderr


def complaints_of_man(page):
    return run('man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page)[1].splitlines()


def complaints_of_mandoc(page):
    shown, errors = run('mandoc', '-Tlint', page)
    return [line for line in (shown + errors).splitlines() if NO_DATE not in line]


def as_read(page):
    """The text that man shows, without overstriking and colours."""
    shown = run('man', '-P', 'cat', '-l', page)[0]
    return re.sub(r'.\x08|\x1b\[[0-9;]*m', '', shown)


class TheManPage(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-man', PAGE

    def test_has_no_fault_that_man_or_mandoc_knows(self):
        self.assertEqual(complaints_of_man(PAGE), [])
        self.assertEqual(complaints_of_mandoc(PAGE), [])

    def test_has_the_usual_sections(self):
        self.assertEqual(re.findall(r'^\.SH (.*)$', PAGE.read_text(), re.M), SECTIONS)

    def test_shows_every_flag_and_variable_of_the_reference(self):
        text = as_read(PAGE)
        rows = re.findall(r'^\| `(-.*?)` \|', FLAGS.read_text(), re.M)
        self.assertGreater(len(rows), 60)
        for name in rows + re.findall(r'Environment: `(\w+)`', FLAGS.read_text()):
            self.assertRegex(text, rf'(?m)^ +{re.escape(name)}( |$)')

    def test_has_only_dashes_that_can_be_copied(self):
        self.assertEqual([line for line in PAGE.read_text().splitlines()[1:] if re.search(r'(?<!\\)-', line)], [])


class TheChecks(unittest.TestCase):
    def test_find_faults(self):
        with tempfile.NamedTemporaryFile('w', suffix='.1') as page:
            page.write(PAGE.read_text() + '.SH\n.no_such_macro\n\\fQtext\n')
            page.flush()
            self.assertTrue(complaints_of_man(page.name))
            self.assertTrue(complaints_of_mandoc(page.name))


if __name__ == '__main__':
    skip_unless('man', 'mandoc')
    unittest.main(verbosity=2)
