#!/usr/bin/python3
"""Each library that is inside of the portable program has its licence in the archive."""
import pathlib
import re
import tempfile
import unittest

from dist import REPOSITORY, run
from portable import LIBRARIES_OF_PROGRAM, sources, unpacked

BUILD = REPOSITORY / 'build/portable'
MADE = REPOSITORY / 'build/portable-libraries'


def sources_of(files):
    """The names of the source packages that own these files of the system."""
    owners = run('dpkg-query', '--search', *files, check=True).stdout
    packages = set(re.findall(r'(?m)^([^:, ]+)(?::\w+)?: ', owners))
    return set(run('dpkg-query', '--show', '--showformat=${source:Package}\n', *packages, check=True).stdout.split())


def linked_archives():
    """The files of the linker's map."""
    return {pathlib.Path(file).resolve() for file in re.findall(r'(?m)^(/\S+\.a)\(', (BUILD / 'link.map').read_text())}


def included_headers():
    """The headers of the system in the compiler's lists of dependencies."""
    found = re.findall(r'(?m)^ +(/usr/include/\S+)', run('ninja', '-C', BUILD, '-t', 'deps', check=True).stdout)
    return {str(pathlib.Path(file).resolve()) for file in found}


class TheArchive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = unpacked(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.licences = {file.name: file.read_text() for file in (cls.folder / 'licenses').iterdir() if file.is_file()}

    def test_has_the_licence_of_each_archive_that_was_linked(self):
        archives = linked_archives()
        made = {file for file in archives if file.is_relative_to(MADE)}
        names = {(MADE / file.relative_to(MADE).parts[0] / 'source').read_text().split()[0] for file in made}
        self.assertEqual(names, sources('upstream'))
        self.assertEqual(sources_of(archives - made) - {'glibc'}, sources('archive'))
        self.assertLessEqual(sources('upstream', 'archive'), self.licences.keys())

    def test_has_the_licence_of_each_header(self):
        included = sources_of(included_headers())
        self.assertLessEqual(sources('headers'), included)
        declarations = {library.source for library in LIBRARIES_OF_PROGRAM if library.package == '-'}
        self.assertLessEqual(included - declarations, self.licences.keys())

    def test_has_the_texts_that_the_licences_refer_to(self):
        texts = {text.rstrip('.') for licence in self.licences.values()
                 for text in re.findall(r'/usr/share/common-licenses/([\w.-]+)', licence)}
        self.assertIn('LGPL-2.1', texts)
        for text in texts:
            self.assertGreater((self.folder / 'licenses/common-licenses' / text).stat().st_size, 1000, text)

    def test_has_the_exception_for_the_headers_of_sdbus(self):
        self.assertIn('LGPL Exception', self.licences['sdbus-cpp'])

    def test_has_the_licence_of_the_program(self):
        self.assertEqual((self.folder / 'LICENSE').read_text(), (REPOSITORY / 'LICENSE').read_text())


if __name__ == '__main__':
    unittest.main(verbosity=2)
