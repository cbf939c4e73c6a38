#!/usr/bin/python3
"""The documentation names flags that the program has, and links to files and headings that exist."""
import functools
import itertools
import pathlib
import re
import sys
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from harness.exporter import run_exporter  # noqa: E402

# The changelog may name flags that were removed. Not the scripts of packages: they call other programs.
NAMES_FLAGS = ('README.md', 'SECURITY.md', 'UPGRADING.md', 'Dockerfile', 'docs/*.md', 'dashboards/*.*', 'dashboards/grafana/*.py',
               'deploy/**/*.*', 'packaging/*/README*', 'packaging/container/*.*', 'packaging/dbus/*.*', 'packaging/man/*.*',
               'packaging/systemd/*.*', 'examples/*.conf')
HAS_LINKS = 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'UPGRADING.md', 'docs/*.md', 'deploy/**/*.md'
# Directories of this repository: what is quoted with one of them is a path in it.
DIRECTORIES = 'dbus', 'ganesha', 'exporter', 'tests', 'dashboards', 'docs', 'deploy', 'packaging', 'scripts', 'examples', 'cmake'
# Flags of other programs, by program.
FOREIGN = {
    'apt-get': {'--no-install-recommends'},
    'ceph': {'--daemon_type'},
    'cmake': {'--build', '--component', '--install', '--prefix', '--preset', '--strip'},
    'coredumpctl, dmesg, journalctl': {'--ctime', '--since'},
    'curl': {'--cacert', '--max-time'},
    'dbus-daemon': {'--nofork', '--nopidfile'},
    'dbus-send': {'--dest', '--print-reply', '--system'},
    'docker': {'--cap-add', '--cap-drop', '--entrypoint', '--init', '--network', '--no-cache', '--output', '--profile', '--read-only', '--rm',
               '--security-opt', '--target', '--ulimit', '--user'},
    'Dockerfile': {'--from', '--mount', '--start-period', '--timeout'},
    'firewall-cmd': {'--add-port', '--permanent', '--reload'},
    'fleet_bench.py': {'--history', '--limit', '--limits', '--only', '--ranges', '--rules', '--scrape-interval', '--seconds', '--unrecorded',
                       '--verbose'},
    'gpg': {'--armor', '--detach-sign', '--verify'},
    'groupadd, useradd': {'--gid', '--home-dir', '--no-create-home', '--shell', '--system', '--uid'},
    'install.sh': {'--destdir', '--uninstall'},
    'prometheus': {'--config.file', '--enable-feature', '--storage.tsdb.path'},
    'prlimit': {'--nofile', '--pid'},
    'scripts/release-check': {'--skip-tests'},
    'setpriv': {'--clear-groups', '--regid', '--reuid'},
    'ss': {'--listening', '--numeric', '--processes', '--tcp'},
    'systemctl': {'--now'},
    'systemd-run': {'--pipe', '--property', '--quiet', '--wait'},
    'tests/bench/sizing.py': {'--flag', '--prometheus'},
}
FLAG = re.compile(r'(?<![\w-])--(?:\[no-\])?[a-z][a-z0-9._-]*')
LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"')


def files(patterns):
    return sorted(set(itertools.chain.from_iterable(REPOSITORY.glob(pattern) for pattern in patterns)))


def text_of(file):
    return file.read_text() if file.is_file() else ''


@functools.cache
def flags_of_the_program():
    shown = run_exporter('--help').stdout + run_exporter('top', '--help').stdout
    return {flag.replace('[no-]', negation) for flag in FLAG.findall(shown) for negation in ('', 'no-')}


def named_flags(text):
    """Each flag that a text names, and whether it stands for a group, as in --ganesha.* or --collector.NAME."""
    for match in FLAG.finditer(text):
        group = match[0].endswith('.') and text[match.end():match.end() + 1] in [*'*{N']
        flag = match[0] if group else match[0].rstrip('.-_')
        yield flag.replace('[no-]', ''), group


def is_known(flag, group):
    known = flags_of_the_program()
    return any(each.startswith(flag) for each in known) if group else flag in known


def unknown_flags(text):
    return {flag for flag, group in named_flags(text) if not is_known(flag, group)}


def anchors(text):
    """Of the headings of a page, as GitHub makes them."""
    headings = re.findall(r'^#+ (.*)$', text, re.M)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


def missing_paths(text):
    """The paths of this repository that stand in backticks and name nothing; * and a part without an ending count."""
    quoted = re.findall(r'`([^`\s]+)`', text)
    ours = [path for path in quoted if path.split('/')[0] in DIRECTORIES and '/' in path.rstrip('/')]
    return [path for path in ours if not any(REPOSITORY.glob(path.rstrip('/'))) and
            not any(REPOSITORY.glob(f'{path}.*'))]


def broken_links(file, text):
    for link in filter(None, itertools.chain.from_iterable(LINK.findall(text))):
        if re.match(r'\w+:', link):
            continue
        path, _, anchor = link.partition('#')
        target = (file.parent / path).resolve()
        if not target.exists() or anchor and anchor not in anchors(text_of(target) if path else text):
            yield link


class TheDocumentation(unittest.TestCase):
    def test_names_only_flags_of_the_program_or_of_a_listed_one(self):
        listed = set().union(*FOREIGN.values())
        for file in files(NAMES_FLAGS):
            with self.subTest(file.relative_to(REPOSITORY)):
                self.assertEqual(unknown_flags(text_of(file)) - listed, set())

    def test_lists_only_foreign_flags_that_it_names(self):
        used = set().union(*(unknown_flags(text_of(file)) for file in files(NAMES_FLAGS)))
        self.assertEqual(set().union(*FOREIGN.values()) - used, set())

    def test_links_to_files_and_headings_that_exist(self):
        for file in files(HAS_LINKS):
            with self.subTest(file.relative_to(REPOSITORY)):
                self.assertEqual(list(broken_links(file, text_of(file))), [])

    def test_names_files_that_exist(self):
        for file in files(HAS_LINKS):
            with self.subTest(file.relative_to(REPOSITORY)):
                self.assertEqual(missing_paths(text_of(file)), [])


class TheChecks(unittest.TestCase):
    def test_find_a_missing_path(self):
        self.assertEqual(missing_paths('`dbus/bus.hpp`, `exporter/no/such.cpp`, `a/b`, `docs/*.md`, `dbus/no_*.cpp`'),
                         ['exporter/no/such.cpp', 'dbus/no_*.cpp'])

    def test_find_an_unknown_flag(self):
        self.assertEqual(unknown_flags('`--web.no-such=x`, --once. --ganesha.* --[no-]collector.NAME --no-such.*'),
                         {'--web.no-such', '--no-such.'})

    def test_find_a_broken_link(self):
        links = ['metrics.md', 'runbooks.md#nfsganeshadown', '#here', 'https://example.org/x', 'no-such.md',
                 'runbooks.md#no-such', '#gone']
        text = '# Here\n' + ' '.join(f'[x]({link})' for link in links) + '<img src="no-such.png">'
        page = REPOSITORY / 'docs/page.md'
        self.assertEqual(list(broken_links(page, text)),
                         ['no-such.md', 'runbooks.md#no-such', '#gone', 'no-such.png'])

    def test_know_the_anchors_of_headings(self):
        self.assertEqual(anchors('# Run mode\n## Which `x` needs what?\n'), {'run-mode', 'which-x-needs-what'})


if __name__ == '__main__':
    unittest.main(verbosity=2)
