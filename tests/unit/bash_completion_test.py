#!/usr/bin/python3
"""The completion of bash is what --help-bash-completion prints, and completes flags, commands and values in a real bash,
with bash-completion's functions and without them. GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
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
from harness import TerminalProgram, run_exporter, skip_unless  # noqa: E402

COMPLETION = REPOSITORY / 'packaging/bash-completion/ganesha_exporter'
HELPERS = '/usr/share/bash-completion/bash_completion'
# Defines what bash would set before it calls the function, and prints what the function offers.
DRIVER = '''
[[ -z $2 ]] || source "$2"
source "$1"
shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
_ganesha_exporter ganesha_exporter "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[[ ${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "${COMPREPLY[@]}"
'''


def words_of(line, breaks):
    """As bash splits the line: characters of COMP_WORDBREAKS are words of their own."""
    words = []
    for word in line.split(' '):
        words += re.findall(rf'[{breaks}]|[^{breaks}]+', word) if breaks and word else [word]
    return words


def flags_of(*command):
    """The flags that --help shows, as they are typed."""
    shown = re.findall(r'^  (-.*)$', run_exporter(*command, '--help').stdout, re.MULTILINE)
    names = [name for row in shown for name in row.split(', ')]
    for name in names:
        for negation in ('', 'no-') if '[no-]' in name else ('',):
            flag, equals, _ = name.replace('[no-]', negation).partition('=')
            yield flag + equals


class TheCompletion(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-bash-completion', COMPLETION

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / 'web.yml').touch()
        (self.folder / 'web files').mkdir()

    def bash(self, *arguments):
        done = subprocess.run(['bash', '--norc', '--noprofile', *arguments], cwd=self.folder, capture_output=True,
                              text=True, timeout=60, env={**os.environ, 'PATH': f'{self.folder}:{os.environ["PATH"]}'})
        # The compopt of bash-completion has nothing to change here.
        errors = [line for line in done.stderr.splitlines() if 'not currently executing completion' not in line]
        self.assertEqual((done.returncode, errors), (0, []))
        return done.stdout

    def offered(self, line, helpers='', breaks='=:'):
        shown = self.bash('-c', DRIVER, 'bash', str(COMPLETION), helpers, *words_of('ganesha_exporter ' + line, breaks))
        return sorted(shown.splitlines())

    def each_way(self, line):
        """What is offered, which does not depend on bash-completion."""
        alone, helped = self.offered(line), self.offered(line, HELPERS)
        self.assertEqual(alone, helped)
        return alone

    def test_is_registered(self):
        self.assertEqual(self.bash('-c', 'source "$1"; complete -p ganesha_exporter', 'bash', str(COMPLETION)),
                         'complete -F _ganesha_exporter ganesha_exporter\n')

    def test_offers_every_flag_of_the_help_and_the_commands(self):
        self.assertGreater(len(set(flags_of())), 80)
        self.assertEqual(self.each_way(''), sorted({'record', 'top', *flags_of()}))
        self.assertEqual(self.each_way('top '), sorted({*flags_of('top')}))

    def test_offers_what_begins_alike(self):
        self.assertEqual(self.each_way('--log.'), ['--log.format=', '--log.level='])
        self.assertEqual(self.each_way('--once --no-collector.client'),
                         ['--no-collector.client_ops', '--no-collector.client_procedures', '--no-collector.clients'])
        self.assertEqual(self.each_way('t'), ['top'])
        self.assertEqual(self.each_way('--no-such'), [])

    def test_offers_the_values_of_a_choice(self):
        self.assertEqual(self.each_way('--log.level='), ['debug', 'error', 'info', 'warn'])
        self.assertEqual(self.each_way('--log.level=d'), ['debug'])
        self.assertEqual(self.each_way('--log.format j'), ['json'])
        self.assertEqual(self.each_way('top -s l'), ['latency'])
        self.assertEqual(self.each_way('top --table='), ['clients', 'exports'])

    def test_offers_them_where_bash_does_not_split_at_the_equals_sign(self):
        self.assertEqual(self.offered('--log.level=d', breaks=''), ['--log.level=debug'])

    def test_offers_files_and_directories(self):
        self.assertEqual(self.each_way('--web.config.file=w'), ['web files', 'web.yml'])
        self.assertEqual(self.each_way('--exporter.ca-file web.'), ['web.yml'])
        self.assertEqual(self.each_way('--state.path=w'), ['web files'])

    def test_offers_programs(self):
        program = self.folder / 'ganesha.nfsd.of.this.test'
        program.touch(mode=0o755)
        self.assertEqual(self.each_way('--ganesha.binary=ganesha.nfsd.of'), [program.name])
        self.assertEqual(self.each_way('--ganesha.binary=./ganesha.nfsd.of'), ['./' + program.name])

    def test_offers_nothing_for_other_values(self):
        for line in '--poll.interval=', '--web.listen-address=127.0.0.1:', '--dbus.address unix:path=':
            self.assertEqual(self.each_way(line), [])

    def test_takes_no_value_for_a_command(self):
        self.assertIn('--once', self.each_way('--dbus.service-name top --'))
        self.assertIn('--once', self.each_way('--dbus.service-name=top --'))
        self.assertNotIn('--once', self.each_way('--dbus.service-name=x top --'))


class TheKeyTab(unittest.TestCase):
    def test_completes_a_flag_and_its_value(self):
        for helpers in '/dev/null', HELPERS:
            with self.subTest(helpers), TerminalProgram('bash', '--norc', '--noprofile', '-i', env={'PS1': '> '}) as bash:
                bash.wait_for('^>')
                bash.press(f'source {helpers}; source {COMPLETION}; clear; echo rea"d"y', 'Enter')
                bash.wait_for('^ready')
                bash.press('ganesha_exporter --log.l', 'Tab', 'e', 'Tab')
                bash.wait_for('ganesha_exporter --log.level=error$')


if __name__ == '__main__':
    skip_unless('bash')
    unittest.main(verbosity=2)
