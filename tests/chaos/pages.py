"""Whether a page is valid: by a strict reader of ours, by Prometheus' own tool and client library."""
import json
import subprocess

from harness import parse_openmetrics, parse_text_format

TEXT, OPENMETRICS = 'text/plain', 'application/openmetrics-text'


def check_with_promtool(page):
    done = subprocess.run(['promtool', 'check', 'metrics'], input=page, capture_output=True, timeout=60)
    if done.returncode or done.stdout or done.stderr:
        raise ValueError(f'promtool: {(done.stdout + done.stderr).decode()}')


def parse_metrics(response):
    """The series of a page in either format; ValueError if it is not valid."""
    kind = response.headers['Content-Type'] or ''
    if kind.startswith(OPENMETRICS):
        return parse_openmetrics(response.text)
    if kind.startswith(TEXT):
        return parse_text_format(response.text)
    raise ValueError(f'a page of type {kind}')


def check_json(response):
    json.loads(response.body)


def check_html(response):
    if not response.text.rstrip().endswith('</html>'):
        raise ValueError('a page that does not end')
