#!/usr/bin/python3
"""Redraws the dashboards in docs/images, from a working day."""
import sys

import pictures
from day import Day
import dashboards

FOLDER = dashboards.REPOSITORY / 'docs/images'
# Rows of the dashboard Server that are collapsed: a picture of their own.
OWN_PAGE = 'own-page'
ROWS = ('Latency: percentiles and distribution', 'Results, sizes and operations',
        'Saturation, metadata cache hit ratio and NFSv4 state')


def content(day, name):
    if name == OWN_PAGE:
        return pictures.content(day, 'server', ROWS) | {'name': OWN_PAGE}
    return pictures.content(day, name)


def main():
    with Day() as day:
        names = sys.argv[1:] or (*dashboards.NAMES, OWN_PAGE)
        complaints = pictures.draw([content(day, name) for name in names], FOLDER)
    for name, each in complaints.items():
        for complaint in each:
            print(f'{name}: {complaint}')


if __name__ == '__main__':
    main()
