#!/usr/bin/python3
"""The defaults file of the units is what --help-defaults-file prints, explains the flags of a service, and is read by
systemd as it is meant. GANESHA_UPDATE_DOCS=1 in the environment writes it again."""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from generated import GeneratedFile  # noqa: E402
from harness import run_exporter, skip, unit_settings  # noqa: E402

DEFAULTS = REPOSITORY / 'packaging/systemd/ganesha-exporter.default'
UNIT = REPOSITORY / 'packaging/systemd/ganesha-exporter.service'
FLAGS = REPOSITORY / 'docs/flags.md'
# Flags that run a server, or that are for one call; the unit sets the place of the state.
NOT_OF_A_SERVICE = {'Running NFS-Ganesha', 'Connection of --healthcheck and --healthcheck.live', 'Other'}
SET_BY_THE_UNIT = '--state.path=DIRECTORY'
# systemd reads files of ~/.config/environment.d by the rules of EnvironmentFile=, and this program of it prints them.
READER = pathlib.Path('/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator')


def sections():
    """(group, label and default as the reference has them) of each flag of the program itself."""
    own = FLAGS.read_text().partition('\n# `ganesha_exporter ')[0]
    for section in own.split('\n## ')[1:]:
        for label, default in re.findall(r'^\| `(-.*?)` \| (.*?) ?\|', section, re.M):
            yield section.partition('\n')[0], f'{label} ({default})' if default else label


def read_by_systemd(text):
    """The variables of a file with this text, none of which may be empty, and those of the machine."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, 'environment.d/ganesha-exporter.conf')
        file.parent.mkdir()
        file.write_text(text)
        done = subprocess.run([READER], capture_output=True, text=True, env={'XDG_CONFIG_HOME': folder}, timeout=30)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr)
    return dict(word.partition('=')[::2] for word in shlex.split(done.stdout))


class TheDefaultsFile(GeneratedFile, unittest.TestCase):
    FLAG, FILE = '--help-defaults-file', DEFAULTS

    def test_explains_each_flag_of_a_service_and_no_other(self):
        text = DEFAULTS.read_text()
        explained = re.findall(r'^#   (--[^:]*?(?: \(.*?\))?): [A-Z]', text, re.M)
        wanted = [flag for group, flag in sections()
                  if group not in NOT_OF_A_SERVICE and not flag.startswith(SET_BY_THE_UNIT)]
        self.assertGreater(len(wanted), 40)
        self.assertEqual(explained, wanted)

    def test_is_comments_and_one_line_without_arguments(self):
        lines = DEFAULTS.read_text().splitlines()
        self.assertEqual([line for line in lines if line and not line.startswith('#')], ['ARGS=""'])
        self.assertEqual(lines[-1], 'ARGS=""')
        # Older versions of systemd would read the next line as part of the comment.
        self.assertEqual([line for line in lines if line.endswith('\\')], [])

    def test_has_no_more_than_a_few_screens(self):
        lines = DEFAULTS.read_text().splitlines()
        self.assertLessEqual(len(lines), 130)
        self.assertLessEqual(max(map(len, lines)), 120)

    def test_is_read_by_systemd_with_the_arguments_of_its_example(self):
        example = re.search(r'ARGS="(--.*)"', DEFAULTS.read_text())[1]
        read = read_by_systemd(DEFAULTS.read_text().replace('\nARGS=""', f'\nARGS="{example}"'))
        self.assertEqual(read.get('ARGS'), example)

    def test_is_the_file_of_the_unit(self):
        self.assertEqual(unit_settings(UNIT)['EnvironmentFile'], ['-/etc/default/ganesha-exporter'])
        self.assertTrue(unit_settings(UNIT)['ExecStart'][0].endswith(' $ARGS'))

    def test_has_examples_that_the_program_accepts(self):
        examples = re.findall(r': +(--\S+)$', DEFAULTS.read_text().partition('--ganesha.run')[0], re.M)
        self.assertGreater(len(examples), 5)
        for flag in examples:
            done = run_exporter('--config.check', flag)
            # No file is there, and no service manager.
            self.assertNotIn('see --help', done.stderr, flag)


if __name__ == '__main__':
    if not READER.exists():
        skip(f'{READER} is missing')
    unittest.main(verbosity=2)
