#!/usr/bin/python3
"""What the service manager is told: readiness, status, stop, and beats of the watchdog."""
import contextlib
import ctypes
import os
import pathlib
import re
import signal
import socket
import tempfile
import time

from component import A_LONG_TIME, QUICK, ComponentTest, run_tests
from harness import LOOPBACK, NotifySocket, run_exporter, stays, wait_until

WATCHDOG_SECONDS = 0.1
BEAT = 'WATCHDOG=1'
UP = 'STATUS=Ganesha is up; last poll '
PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
ANY_THREAD = 0x40000000  # __WALL


def ptrace(request, thread):
    function = ctypes.CDLL(None, use_errno=True).ptrace
    function.argtypes, function.restype = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p), ctypes.c_long
    if function(request, thread, None, None) < 0:
        raise OSError(ctypes.get_errno(), 'ptrace')


@contextlib.contextmanager
def hanging(threads):
    """These threads stand still, the others run."""
    with contextlib.ExitStack() as traced:
        for thread in threads:
            ptrace(PTRACE_SEIZE, thread)
            ptrace(PTRACE_INTERRUPT, thread)
            os.waitpid(thread, ANY_THREAD)
            traced.callback(ptrace, PTRACE_DETACH, thread)
        yield


def threads_of(process):
    return [int(task.name) for task in pathlib.Path(f'/proc/{process}/task').iterdir()]


class NotifyTest(ComponentTest):
    def start_notifying(self, *flags, watchdog=None, **options):
        self.manager = self.enterContext(NotifySocket(**options))
        env = {'NOTIFY_SOCKET': self.manager.address}
        if watchdog:
            env['WATCHDOG_USEC'] = str(int(watchdog * 1e6))
        return self.start_exporter(*flags, env=env)


class TheServiceManager(NotifyTest):
    def check_a_life(self, **options):
        exporter = self.start_notifying(**options)
        self.manager.wait('STATUS=Waiting for NFS-Ganesha on the bus: nobody has its name')
        self.assertEqual(exporter.get('/-/healthy').status, 200)
        self.start_fake(clients=3, exports=1)
        status = self.manager.wait(UP)
        self.assertRegex(status, r'^STATUS=Ganesha is up; last poll \d+\.\d\d s, 3 clients, 1 export$')
        self.assertEqual(exporter.process.stop(), 0)
        self.manager.wait('STOPPING=1')
        self.assertEqual(self.manager.messages[0], 'READY=1')
        self.assertEqual(self.manager.messages[-1], 'STOPPING=1\nSTATUS=Stopping')
        for once in 'READY=1', self.manager.messages[-1]:
            self.assertEqual(self.manager.count(once), 1)
        self.assertEqual(self.manager.count(BEAT), 0, 'nobody asked for them')

    def test_is_told_of_a_life_at_a_path(self):
        self.check_a_life()

    def test_is_told_of_a_life_at_an_abstract_name(self):
        self.check_a_life(abstract=True)

    def test_is_told_that_the_exporter_is_ready_once_it_serves(self):
        manager = self.enterContext(NotifySocket())
        with socket.create_server((LOOPBACK, 0)) as taken:
            result = run_exporter(f'--dbus.address={self.bus.address}',
                                  f'--web.listen-address={LOOPBACK}:{taken.getsockname()[1]}',
                                  env={'NOTIFY_SOCKET': manager.address})
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(manager.messages, [])

    def test_is_told_why_there_is_no_bus(self):
        self.bus.stop()
        self.start_notifying()
        self.manager.wait('STATUS=Waiting for NFS-Ganesha on the bus: not connected to DBus; last error: ')

    def test_hears_a_status_only_when_it_changes_and_at_most_once_a_second(self):
        start = time.monotonic()
        exporter = self.start_notifying()
        self.manager.wait('STATUS=')
        self.start_fake()
        self.manager.wait(UP)
        self.wait_polls(exporter, 20)
        told = [message for message in self.manager.messages if message.startswith('STATUS=')]
        self.assertLessEqual(len(told), time.monotonic() - start + 2, 'of a poll each 0.1 s')
        self.assertTrue(all(one != next_one for one, next_one in zip(told, told[1:])), told)

    def test_may_not_read(self):
        self.start_fake()
        manager = self.manager = self.enterContext(NotifySocket(read=False))
        manager.fill()
        exporter = self.start_exporter(env={'NOTIFY_SOCKET': manager.address})
        self.wait_polls(exporter, 15)
        self.assertEqual(len(exporter.log_lines('Cannot notify the service manager')), 1)
        manager.read()
        manager.wait('READY=1')
        manager.wait(UP)

    def test_may_be_out_of_reach(self):
        self.start_fake()
        for wrong in '/nonexistent/notify', 'notify', '@', '/' + 120 * 'n', 'vsock:2:1', str(pathlib.Path(__file__)):
            with self.subTest(wrong):
                exporter = self.start_exporter(env={'NOTIFY_SOCKET': wrong})
                self.wait_whole(exporter)
                self.assertEqual(len(exporter.log_lines('Cannot notify the service manager')), 1)
                exporter.stop()

    def test_is_told_of_a_reload_before_and_after_it(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / 'web.yml').write_text('')
        exporter = self.start_notifying(f'--web.config.file={folder}/web.yml')
        self.manager.wait('READY=1')
        for number in 1, 2:
            before = time.clock_gettime(time.CLOCK_MONOTONIC)
            exporter.process.signal(signal.SIGHUP)
            wait_until(lambda: self.manager.count('READY=1') == number + 1, A_LONG_TIME, 'the end of the reload')
            said = [message for message in self.manager.messages if not message.startswith('STATUS=')]
            reloading = re.fullmatch(r'RELOADING=1\nMONOTONIC_USEC=(\d+)', said[-2])
            self.assertIsNotNone(reloading, said)
            self.assertTrue(before <= int(reloading[1]) / 1e6 <= time.clock_gettime(time.CLOCK_MONOTONIC), said)
            self.assertEqual(len(exporter.log_lines('Reloaded')), number)
            self.assertEqual(len(said), 2 * number + 1)

    def test_is_not_told_of_what_a_user_asks(self):
        manager = self.enterContext(NotifySocket())
        for flags in (['--version'], ['--config.check'], ['--once', f'--dbus.address={self.bus.address}', *QUICK]):
            result = run_exporter(*flags, env={'NOTIFY_SOCKET': manager.address, 'WATCHDOG_USEC': '100000'})
            self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(manager.messages, [])


class TheWatchdog(NotifyTest):
    def start_watched(self, **options):
        return self.start_notifying(watchdog=WATCHDOG_SECONDS, **options)

    def wait_silence(self):
        """Ten intervals without a beat."""
        def silent():
            before = self.manager.count(BEAT)
            return stays(lambda: self.manager.count(BEAT) == before, 10 * WATCHDOG_SECONDS / 2)
        wait_until(silent, A_LONG_TIME, 'silence of the watchdog')

    def test_hears_beats_whatever_ganesha_and_the_bus_do(self):
        self.start_watched()
        self.manager.wait_more(BEAT)
        with self.subTest('Ganesha works'):
            fake = self.start_fake()
            self.manager.wait(UP)
            self.manager.wait_more(BEAT)
        with self.subTest('Ganesha is frozen'):
            fake.freeze()
            self.manager.wait('STATUS=Ganesha is down: ')
            self.manager.wait_more(BEAT)
        with self.subTest('Ganesha is gone'):
            fake.kill()
            self.manager.wait('STATUS=Waiting for NFS-Ganesha on the bus: nobody has its name')
            self.manager.wait_more(BEAT)
        with self.subTest('the bus is frozen'):
            self.bus.freeze()
            self.manager.wait_more(BEAT)
            self.bus.thaw()
        with self.subTest('the bus is gone'):
            self.bus.kill()
            self.manager.wait('STATUS=Waiting for NFS-Ganesha on the bus: not connected to DBus')
            self.manager.wait_more(BEAT)

    def test_hears_nothing_while_the_loop_hangs(self):
        exporter = self.start_watched()
        self.manager.wait_more(BEAT)
        with hanging([exporter.pid]):
            self.wait_silence()
        self.manager.wait_more(BEAT)

    def test_hears_nothing_while_the_worker_hangs(self):
        exporter = self.start_watched()
        self.manager.wait_more(BEAT)
        # It has no name that tells it from other threads.
        with hanging(thread for thread in threads_of(exporter.pid) if thread != exporter.pid):
            self.wait_silence()
            self.assertEqual(exporter.get('/-/healthy').status, 200, 'the loop turns')
        self.manager.wait_more(BEAT)


if __name__ == '__main__':
    run_tests()
