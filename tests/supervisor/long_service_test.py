#!/usr/bin/env python3
"""A server that served for long and then cannot be started: the delay grows as after any other failure."""
import shutil

from supervisor import SupervisorTest, run_tests, sample, stays, wait_until

# After that the first delay is the shortest again.
LONG = 61


class AServerThatServedForLong(SupervisorTest):
    def test_is_tried_less_and_less_often_while_its_program_is_missing(self):
        configuration = self.configure()
        program = configuration.folder / 'ganesha.nfsd'
        program.symlink_to(shutil.which('ganesha.nfsd'))
        supervisor = self.supervise('--ganesha.restart=on-failure', f'--ganesha.binary={program}',
                                    configuration=configuration)
        self.assertTrue(stays(lambda: supervisor.get('/-/ready').status == 200, LONG))
        program.unlink()
        supervisor.kill_one('ganesha.nfsd')
        wait_until(lambda: supervisor.log_lines('wait=4s'), 20, what='the third delay')
        program.symlink_to(shutil.which('ganesha.nfsd'))
        delays = [line.rsplit('wait=')[-1] for line in supervisor.log_lines('Restarting NFS-Ganesha')]
        self.assertEqual(delays, ['1s', '2s', '4s'])
        wait_until(lambda: supervisor.get('/-/ready').status == 200, 20, what='the restart')
        self.assertEqual(sample(supervisor.metrics(), 'ganesha_supervisor_restarts_total'), 1)
        self.assertEqual(supervisor.end(), 0)
        self.assert_nothing_left(supervisor)


if __name__ == '__main__':
    run_tests()
