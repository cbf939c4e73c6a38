"""For tests of files that the program writes for `make docs`."""
import os

from harness.exporter import run_exporter


class GeneratedFile:
    """Mixed into a TestCase with FLAG, which prints the content of FILE.

    GANESHA_UPDATE_DOCS=1 in the environment writes the file again.
    """

    def test_is_current(self):
        done = run_exporter(self.FLAG)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        if os.environ.get('GANESHA_UPDATE_DOCS'):
            self.FILE.write_text(done.stdout)
        self.assertEqual(self.FILE.read_text(), done.stdout, 'run make docs')
