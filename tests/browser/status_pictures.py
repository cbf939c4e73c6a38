#!/usr/bin/python3
"""Draws docs/images/status*.png: the status page of a real server under traffic."""
import contextlib
import pathlib
import subprocess

from page import DESKTOP, PHONE, Page, skip_unless_browser
from traffic import Load, Traffic
from harness import REPOSITORY, Export, Exporter, Ganesha, PrivateBus, nfs_namespace, wait_until
from integration import TOOLS, skip_unless

FOLDER = REPOSITORY / 'docs/images'
PATHS = '/srv/home', '/srv/projects', '/srv/media', '/srv/backup', '/srv/archive'
CLIENTS = [f'10.20.4.{number}' for number in (11, 12, 17, 23, 40)]
POLLS = 30
WIDE = {**DESKTOP, 'width': 1080}
VIEWS = {'status': WIDE, 'status-dark': {**WIDE, 'scheme': 'dark'}, 'status-phone': {**PHONE, 'height': 1100}}


def loads(exports):
    home, projects, media, backup, archive = exports
    one, two, three, four, five = CLIENTS
    return [Load(one, media, 700, 0.2, 2, reads=3, swing=23), Load(two, home, 60, 0.1, reads=2, swing=17),
            Load(three, projects, 150, 0.25, 2, swing=13), Load(four, backup, 600, 0.7, reads=0, swing=31),
            Load(five, archive, 3, 0.3, reads=2, swing=11), Load(one, home, 20, 0.3, 2)]


def draw():
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(PrivateBus())
        exports = [Export(number, 'MEM', path, path) for number, path in enumerate(PATHS, 1)]
        ganesha = stack.enter_context(Ganesha(bus, exports))
        exporter = stack.enter_context(Exporter(f'--dbus.address={bus.address}', '--poll.interval=1s'))
        stack.enter_context(Traffic(ganesha, loads(exports)))
        page = stack.enter_context(Page())
        page.open(url=f'http://{exporter.address}/')
        points = 'document.querySelector("#totals path")?.getAttribute("d").startsWith("M0 ")'
        wait_until(lambda: page.value(points), 2 * POLLS + 30, 'a full history')
        for name, view in VIEWS.items():
            page.view(**view)
            page.picture(path=str(FOLDER / f'{name}.png'), full=view['width'] == WIDE['width'])
            print(pathlib.Path('docs/images', f'{name}.png'))


if __name__ == '__main__':
    skip_unless_browser()
    skip_unless(*TOOLS, root=True)
    nfs_namespace()
    for client in CLIENTS:
        subprocess.run(['ip', 'address', 'add', f'{client}/32', 'dev', 'lo'], check=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw()
