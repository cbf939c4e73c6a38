#!/usr/bin/python3
"""The library's calls at their limits: calls_tests against the fake, on a private bus."""
import os
import subprocess

from component import ComponentTest, run_tests
from harness import binary


class ManyCalls(ComponentTest):
    def test_share_the_window(self):
        fake = self.start_fake(clients=20, exports=2)
        done = subprocess.run([binary('calls_tests')], env={**os.environ, 'GANESHA_TEST_BUS': self.bus.address},
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertLessEqual(fake.calls()['max_unanswered'], 4)


if __name__ == '__main__':
    run_tests()
