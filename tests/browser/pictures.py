"""Draws the dashboards from the data of a fleet."""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'support')]
import dashboards  # noqa: E402
from grafana import Asker  # noqa: E402

# Others are for tests alone.
CHOICE = {'job': ['ganesha']}


def marks_of(answer):
    """When the marks of an annotation begin: Grafana draws samples that follow each other as one."""
    step = answer.times[1] - answer.times[0]
    for series in answer.result:
        before = 0
        for time, value in series['values']:
            mark = float(value) / 1000 if answer.target.get('useValueForTime') else time
            if mark - before > step:
                yield {'time': mark, 'color': answer.target['iconColor']}
            before = mark


def opened(dashboard, titles):
    """Of the dashboard only these rows, which are collapsed in it, with their panels."""
    panels, y = [], 0
    for row in dashboard['panels']:
        if row['type'] != 'row' or row['title'] not in titles:
            continue
        moved = y - row['gridPos']['y']
        panels += [{**row, 'collapsed': False, 'panels': []}, *row['panels']]
        for each in panels[-1 - len(row['panels']):]:
            each['gridPos'] = {**each['gridPos'], 'y': each['gridPos']['y'] + moved}
        y = max(each['gridPos']['y'] + each['gridPos']['h'] for each in panels)
    return {**dashboard, 'panels': panels}


def content(fleet, name, rows=()):
    """A dashboard with the answers for its open panels, with all servers selected; of `rows` only, if they are given."""
    dashboard = dashboards.load(name)
    if rows:
        dashboard = opened(dashboard, rows)
    asker = Asker(fleet.prometheus, fleet.start, fleet.end, fleet.scrape_interval)
    asker.resolve(dashboard, CHOICE)
    marks = [mark for answer in asker.ask_annotations(dashboard) for mark in marks_of(answer)]
    answers = {panel['id']: [vars(answer) for answer in asker.ask(panel)]
               for panel in dashboards.panels(dashboard, collapsed=False)}
    return {'name': name, 'dashboard': dashboard, 'answers': answers, 'marks': marks}


def draw(contents, folder):
    """Writes NAME.png for each into the folder; returns what is wrong with them: {name: complaints}."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile('w', suffix='.json') as data:
        json.dump(contents, data)
        data.flush()
        done = subprocess.run(['node', HERE / 'picture/draw.mjs', data.name, folder], capture_output=True,
                              text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
