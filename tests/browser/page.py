"""A page in headless Chromium, which tests read and use as a person does."""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'support'), str(HERE.parent / 'integration')]
from harness import HarnessError, skip, skip_unless  # noqa: E402

PHONE = {'width': 360, 'height': 740}
DESKTOP = {'width': 1280, 'height': 900}


class Page:
    """One browser with one page; each method is one of page_driver.mjs's actions."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'TERM', 'node', HERE / 'page_driver.mjs'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_exception):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def __getattr__(self, action):
        return lambda **details: self._do(action, details)

    def value(self, code):
        """The value of a JavaScript expression on the page."""
        return self.evaluate(code=code)

    def text(self, selector):
        return self.value(f'document.querySelector({json.dumps(selector)}).innerText')

    def texts(self, selector):
        return self.value(f'[...document.querySelectorAll({json.dumps(selector)})].map(one => one.innerText)')

    def _do(self, action, details):
        self.process.stdin.write(json.dumps({'do': action, **details}) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise HarnessError(f'the browser ended at {action}')
        answer = json.loads(line)
        if 'error' in answer:
            raise HarnessError(f'{action} {details}: {answer["error"]}')
        return answer.get('value')


def skip_unless_browser():
    skip_unless('node', os.environ.get('CHROMIUM', 'chromium'))
    if not (HERE / 'node_modules/puppeteer-core').exists():
        skip('npm packages missing: run scripts/node-packages')
