#!/usr/bin/python3
"""Prints what no test touches, by room, from gcovr's JSON."""
import collections
import json
import pathlib
import sys


def ranges(numbers):
    """1-3, 7"""
    runs = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ', '.join(f'{a}-{b}' if a != b else str(a) for a, b in runs)


def lines_of(file):
    """How often each line ran. A template has an entry for each of its instances."""
    counts = collections.Counter()
    for line in file['lines']:
        if not line.get('gcovr/noncode'):
            counts[line['line_number']] += line['count']
    return counts


def untouched_functions(file):
    """A template is one function: it is touched if one of its instances is."""
    functions = file.get('functions', [])
    touched = {one['lineno'] for one in functions if one['execution_count']}
    names = {one['lineno']: one.get('demangled_name') or one['name'] for one in functions}
    return [name for line, name in sorted(names.items()) if line not in touched]


def main():
    rooms = collections.defaultdict(list)
    for file in json.loads(pathlib.Path(sys.argv[1]).read_text())['files']:
        rooms[str(pathlib.Path(file['file']).parent)].append(file)
    for room, files in sorted(rooms.items()):
        counted = {file['file']: lines_of(file) for file in files}
        total = sum(len(counts) for counts in counted.values())
        missed = sum(list(counts.values()).count(0) for counts in counted.values())
        print(f'{room}: {total - missed} of {total} lines run by a test')
        for file in files:
            untouched = [number for number, count in counted[file['file']].items() if count == 0]
            if untouched:
                print(f"  {file['file']}: {ranges(untouched)}")
            for name in untouched_functions(file):
                print(f'    {name}')


if __name__ == '__main__':
    main()
