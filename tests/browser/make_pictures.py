#!/usr/bin/python3
"""Redraws the dashboards in docs/images, from a minute of traffic."""
import os

os.environ.setdefault('GANESHA_FLEET_SECONDS', '60')

import pictures  # noqa: E402
from fleet import Fleet  # noqa: E402
import dashboards  # noqa: E402
from harness import nfs_namespace  # noqa: E402

FOLDER = dashboards.REPOSITORY / 'docs/images'


def main():
    nfs_namespace()
    with Fleet() as fleet:
        complaints = pictures.draw([pictures.content(fleet, name) for name in dashboards.NAMES], FOLDER)
    for name, each in complaints.items():
        for complaint in each:
            print(f'{name}: {complaint}')


if __name__ == '__main__':
    main()
