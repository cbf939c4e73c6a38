#!/usr/bin/python3
"""Generates the Grafana dashboards in this directory from their source in grafana/."""
import json
import pathlib

from grafana.clients import clients
from grafana.exporter import exporter
from grafana.exports import exports
from grafana.overview import overview
from grafana.server import server

FOLDER = pathlib.Path(__file__).resolve().parent


def files():
    """The text of each file, by its path."""
    built = {'overview': overview(), 'server': server(), 'exports': exports(), 'clients': clients(),
            'exporter': exporter()}
    return {FOLDER / f'{name}.json': json.dumps(each, indent=2) + '\n' for name, each in built.items()}


def main():
    for path, text in files().items():
        path.write_text(text)


if __name__ == '__main__':
    main()
