#!/usr/bin/python3
"""Prints dashboards/gandi.rules.yml: the older Go exporter's metric names, recorded from ours."""
FIGURES = {
    'requested_bytes': 'requested_bytes',
    'transfered_bytes': 'transferred_bytes',  # The older exporter's spelling.
    'operations': 'operations',
    'operations_errors': 'operation_errors',
    'operations_latency_seconds': 'operation_latency_seconds',
    'operations_queue_wait_seconds': 'operation_queue_wait_seconds',
}
# Its delay_seconds is left out: it showed a number of delays, divided by 1e9, as seconds.
LAYOUT_FIGURES = {
    'operations': 'layout_operations',
    'operations_errors': 'layout_operation_errors',
}
PROTOCOLS = {'v3': 'NFSv3', 'v40': 'NFSv40', 'v41': 'NFSv41'}
DIRECTION = 'label_replace({}, "direction", "$1", "operation", "(.*)")'
LAYOUT = 'label_replace({}, "type", "$1", "layout", "(.*)")'
EXPORT = 'label_replace({}, "exportid", "$1", "export_id", "(.*)")'
# It showed IPv4 clients as a dual-stack listener knows them.
CLIENT = ('label_replace(label_replace({}, "clientip", "$1", "client", "(.*)"), '
          '"clientip", "::ffff:$1", "client", "([0-9]+(?:[.][0-9]+){{3}})")')
SUBJECTS = {'export': ('exports', EXPORT, 'export_id'), 'client': ('clients', CLIENT, 'client')}

HEAD = '''# Made by make_gandi_rules.py; do not edit.
# Records the metric names of the older exporter, so that its dashboards and alerts go on while you move over.
groups:
'''


def record(name, subject, figure, protocol, part, relabel_part):
    _, relabel, label = SUBJECTS[subject]
    expression = relabel.format(relabel_part.format(f'ganesha_{subject}_{figure}_total{{protocol="{protocol}"}}'))
    return (f'      - record: {name}\n'
            f"        expr: 'sum without ({part}, protocol, {label}) ({expression})'\n")


def io_rule(subject, figure, version):
    name = f'ganesha_{SUBJECTS[subject][0]}_nfs_{version}_{figure}_total'
    return record(name, subject, FIGURES[figure], PROTOCOLS[version], 'operation', DIRECTION)


def layout_rule(subject, figure):
    name = f'ganesha_{SUBJECTS[subject][0]}_pnfs_v41_layout_{figure}_total'
    return record(name, subject, LAYOUT_FIGURES[figure], PROTOCOLS['v41'], 'layout', LAYOUT)


def main():
    print(HEAD, end='')
    for subject, (plural, _, _) in SUBJECTS.items():
        print(f'  - name: gandi_{plural}\n    rules:')
        for version in PROTOCOLS:
            for figure in FIGURES:
                print(io_rule(subject, figure, version), end='')
        for figure in LAYOUT_FIGURES:
            print(layout_rule(subject, figure), end='')


if __name__ == '__main__':
    main()
