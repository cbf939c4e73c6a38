#!/usr/bin/python3
"""Redraws the dashboards in docs/images, from a working day."""
import sys

import pictures
from day import Day
import dashboards

FOLDER = dashboards.REPOSITORY / 'docs/images'


def main():
    with Day() as day:
        names = sys.argv[1:] or dashboards.NAMES
        complaints = pictures.draw([pictures.content(day, name) for name in names], FOLDER)
    for name, each in complaints.items():
        for complaint in each:
            print(f'{name}: {complaint}')


if __name__ == '__main__':
    main()
