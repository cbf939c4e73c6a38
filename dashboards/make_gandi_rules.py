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
PROTOCOLS = {'v3': 'NFSv3', 'v40': 'NFSv40', 'v41': 'NFSv41'}
DIRECTION = 'label_replace({}, "direction", "$1", "operation", "(.*)")'
EXPORT = 'label_replace({}, "exportid", "$1", "export_id", "(.*)")'
# It showed IPv4 clients as a dual-stack listener knows them.
CLIENT = ('label_replace(label_replace({}, "clientip", "$1", "client", "(.*)"), '
          '"clientip", "::ffff:$1", "client", "([0-9]+(?:[.][0-9]+){{3}})")')
SUBJECTS = {'export': ('exports', EXPORT, 'export_id'), 'client': ('clients', CLIENT, 'client')}

HEAD = '''# Made by make_gandi_rules.py; do not edit.
# Records the metric names of the older exporter, so that its dashboards and alerts go on while you move over.
groups:
'''


def rule(subject, figure, version):
    plural, relabel, label = SUBJECTS[subject]
    series = f'ganesha_{subject}_{FIGURES[figure]}_total{{protocol="{PROTOCOLS[version]}"}}'
    expression = relabel.format(DIRECTION.format(series))
    return (f'      - record: ganesha_{plural}_nfs_{version}_{figure}_total\n'
            f"        expr: 'sum without (operation, protocol, {label}) ({expression})'\n")


def main():
    print(HEAD, end='')
    for subject, (plural, _, _) in SUBJECTS.items():
        print(f'  - name: gandi_{plural}\n    rules:')
        for version in PROTOCOLS:
            for figure in FIGURES:
                print(rule(subject, figure, version), end='')


if __name__ == '__main__':
    main()
