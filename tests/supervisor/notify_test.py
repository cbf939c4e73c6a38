#!/usr/bin/python3
"""What the service manager of an exporter with --ganesha.run is told."""
import pathlib
import unittest

from supervisor import Configuration, Supervisor, run_tests
from harness import NotifySocket


def environment(pid):
    return pathlib.Path(f'/proc/{pid}/environ').read_text(errors='replace').split('\0')


def program(pid):
    return pathlib.Path(f'/proc/{pid}/exe').resolve()


class TheServiceManager(unittest.TestCase):
    def setUp(self):
        self.manager = self.enterContext(NotifySocket())
        self.supervisor = self.enterContext(Supervisor(
            self.enterContext(Configuration()),
            env={'NOTIFY_SOCKET': self.manager.address, 'WATCHDOG_USEC': '100000'}))

    def test_hears_from_the_exporter_and_never_from_ganesha(self):
        # The exporter and its guard, which is a fork of it, show the environment that they were started with.
        ours = program(self.supervisor.pid)
        children = {pid: name for pid, name in self.supervisor.left().items() if program(pid) != ours}
        self.assertIn('ganesha.nfsd', children.values())
        for pid, name in children.items():
            passed_on = [each for each in environment(pid) if each.startswith(('NOTIFY_SOCKET=', 'WATCHDOG_'))]
            self.assertEqual(passed_on, [], name)

    def test_is_told_of_a_life_and_switches_its_watchdog_off(self):
        self.manager.wait('STATUS=Ganesha is up; last poll ')
        self.assertEqual(self.supervisor.end(), 0)
        self.manager.wait('STOPPING=1')
        self.assertEqual(self.manager.messages[:2], ['WATCHDOG_USEC=0', 'READY=1'])
        self.assertEqual(self.manager.messages[-1], 'STOPPING=1\nSTATUS=Stopping')
        self.assertEqual(self.manager.count('WATCHDOG=1'), 0)
        self.assertIn("The service manager's watchdog is switched off", self.supervisor.log)


if __name__ == '__main__':
    run_tests()
