#!/usr/bin/python3
"""Writes the table of docs/alerts.md from ganesha.alerts.yml: each alert has a comment `# Fires when: ...` above it."""
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent
PAGE = FOLDER.parent / 'docs/alerts.md'
HEAD = '| alert | severity | fires when |\n|---|---|---|\n'
ALERT = re.compile(r'# Fires when: ([^\n]*)\n\s*- alert: (\w+)\n.*?severity: (\w+)\n.*?runbook_url: docs/(\S+)\n', re.S)


def table():
    found = ALERT.findall((FOLDER / 'ganesha.alerts.yml').read_text())
    return HEAD + ''.join(f'| [`{name}`]({link}) | {severity} | {when} |\n' for when, name, severity, link in found)


def main():
    before, _, _ = PAGE.read_text().partition(HEAD)
    PAGE.write_text(before + table())


if __name__ == '__main__':
    main()
