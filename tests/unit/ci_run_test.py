#!/usr/bin/python3
""".ci/run in a folder where small scripts stand for the long steps: what it says and leaves when one fails."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness import wait_until  # noqa: E402

# Begins something long, and says which processes are to be gone later.
SLOW = """#!/bin/sh
sleep 100 &
echo $$ $! >processes.new && mv processes.new processes
wait
"""
# `make test` fails as soon as the other system is being made.
MAKEFILE = """deps:
test:
\t@until [ -e processes ]; do sleep 0.1; done; echo "a test failed"; exit 1
"""
PASSED = """deps test:
\t@echo "100% tests passed, 0 tests failed out of 7"
"""


class TheRun(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for script in 'scripts/debian13', 'scripts/test', 'tests/packages/prepare':
            self.script(script, '#!/bin/sh\n')
        (self.root / '.ci').mkdir()
        shutil.copy(REPOSITORY / '.ci/run', self.root / '.ci')

    def script(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run_all(self, makefile):
        (self.root / 'Makefile').write_text(makefile)
        return subprocess.run([self.root / '.ci/run'], capture_output=True, text=True, timeout=120)

    def test_ends_what_it_prepares_when_a_test_fails(self):
        self.script('scripts/debian13', SLOW)
        done = self.run_all(MAKEFILE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('a test failed\n', done.stdout)
        processes = (self.root / 'processes').read_text().split()
        self.assertEqual(len(processes), 2)
        wait_until(lambda: not any(os.path.exists(f'/proc/{process}') for process in processes), what='end of all processes')

    def test_accepts_tests_that_all_passed(self):
        done = self.run_all(PASSED)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertTrue(done.stdout.endswith('100% tests passed, 0 tests failed out of 7\n'), done.stdout)

    def test_refuses_tests_that_were_skipped(self):
        self.script('scripts/test', '#!/bin/sh\necho "3/7 Test #3: component.tls ...***Skipped   0.1 sec"\n')
        done = self.run_all(PASSED)
        self.assertEqual(done.returncode, 1)
        self.assertIn('Tests were skipped:\n3/7 Test #3: component.tls', done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
