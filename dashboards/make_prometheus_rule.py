#!/usr/bin/python3
"""Prints deploy/kubernetes/prometheusrule/prometheusrule.yaml: the rules for the Prometheus operator."""
import pathlib

FOLDER = pathlib.Path(__file__).parent

HEAD = '''# Made by dashboards/make_prometheus_rule.py; do not edit.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: ganesha-exporter
  labels:
    app.kubernetes.io/component: ganesha-exporter
spec:
  groups:
'''


def groups(file):
    """The lines of a rule file below `groups:`."""
    _, found, lines = (FOLDER / file).read_text().partition('\ngroups:\n')
    if not found:
        raise SystemExit(f'{file} has no groups')
    return lines.splitlines()


def main():
    lines = groups('ganesha.rules.yml') + [''] + groups('ganesha.alerts.yml')
    print(HEAD + '\n'.join(f'  {line}' if line else '' for line in lines))


if __name__ == '__main__':
    main()
