#!/usr/bin/python3
"""The status page as a person sees and uses it: beside a real server under traffic, in a real browser."""
import http.server
import itertools
import re
import threading
import time
import unittest

from page import DESKTOP, PHONE, Page, skip_unless_browser
from traffic import Load, Traffic
from harness import LOOPBACK, Export, Exporter, Ganesha, PrefixProxy, PrivateBus, free_port, stays, wait_until
from integration import TOOLS, skip_unless

TIMEOUT, INTERVAL = 2, 0.2
# Slack of a busy machine, in addition to the heartbeat timeout and the interval of the page.
SLACK = 1.5
PATHS = '/srv/archive', '/srv/home', '/srv/media', '/srv/scratch'
# As the server lists them: with the pseudo root.
NAMES = '/', *PATHS
VIEWS = {'light': DESKTOP, 'dark': {**DESKTOP, 'scheme': 'dark'}, 'phone': PHONE,
         'dark phone': {**PHONE, 'scheme': 'dark'}, 'tablet': {'width': 800},
         'small window': {'width': 1040}}
TOO_WIDE = '''[...document.querySelectorAll("#shown *:not(.unseen)")]
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 100))'''


class StatusPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        exports = [Export(number, 'MEM', path, path) for number, path in enumerate(PATHS, 1)]
        cls.ganesha = cls.enterClassContext(Ganesha(cls.bus, exports, heartbeat_ms=200))
        cls.port = free_port()
        cls.exporter = cls.enterClassContext(Exporter(
            f'--dbus.address={cls.bus.address}', f'--poll.interval={INTERVAL * 1000:.0f}ms',
            '--poll.max-duty-ratio=1', f'--heartbeat.timeout={TIMEOUT}s',
            f'--web.listen-address={LOOPBACK}:{cls.port}'))
        archive, home, media, _ = exports
        cls.enterClassContext(Traffic(cls.ganesha, [
            Load('127.0.0.1', media, 400, 0.02), Load('127.0.0.2', home, 20, 0.02, 2),
            Load('127.0.0.3', archive, 2, 0.1)]))
        cls.page = cls.enterClassContext(Page())

    def setUp(self):
        self.page.view(**DESKTOP)
        self.open()
        self.page.problems()
        self.page.requests()

    def open(self, query='', **options):
        self.page.open(url=f'http://{LOOPBACK}:{self.port}/{query}', **options)

    def wait_text(self, selector, pattern, timeout=10):
        """Waits until the element's text matches, returns the match."""
        return wait_until(lambda: re.search(pattern, self.page.text(selector)), timeout,
                          f'{pattern} in {selector}')

    def wait_names(self, names, table='exports'):
        names = list(names)
        wait_until(lambda: self.names(table) == names, what=f'{names}')

    def names(self, table='exports'):
        return [text.splitlines()[0] for text in self.page.texts(f'#{table}-rows th')]

    def wait_traffic(self):
        wait_until(lambda: self.names()[:1] == ['/srv/media'], what='traffic')

    def focused(self):
        return self.page.value('document.activeElement.id || document.activeElement.name')

    def sorted_by(self, button):
        return self.page.value(f'document.getElementById("{button}").closest("th").ariaSort')


class UnderTraffic(StatusPage):
    def tearDown(self):
        self.assertEqual(self.page.problems(), [])

    def test_it_shows_the_state_of_the_server(self):
        self.assertEqual(self.page.text('#verdict'), 'NFS-Ganesha is up')
        self.wait_text('#facts', 'Version')
        self.assertRegex(self.page.text('#since'), r'^counting since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, for \d+ ')
        self.assertRegex(self.page.text('#facts'), r'Last heartbeat\n(just now|[12] s ago)\n')
        self.assertRegex(self.page.text('#facts'), r'Grace period\nover\n')
        self.assertRegex(self.page.text('#facts'), r'Counting for\n')
        self.assertIn('server', self.page.text('#collector-list .works'))

    def test_its_numbers_move(self):
        self.wait_traffic()
        read = self.wait_text('#totals', r'Read\n([\d.]+ [kM]B/s)')[1]
        wait_until(lambda: self.wait_text('#totals', r'Read\n(.*)')[1] != read, what='another figure')
        picture = 'document.querySelector("#exports-rows svg path").getAttribute("d")'
        before = wait_until(lambda: self.page.value(picture), what='a sparkline')
        wait_until(lambda: self.page.value(picture) != before, what='another sparkline')
        row = self.page.text('#exports-rows tr').split('\t')
        self.assertRegex(row[1], 'MB/s')
        self.assertRegex(row[5], r'[µm]s$', 'latency')

    def test_it_shows_who_causes_the_load(self):
        self.wait_traffic()
        self.wait_names(['127.0.0.1', '127.0.0.2', '127.0.0.3'], 'clients')
        self.assertIn('NFSv42', self.page.texts('#clients-rows th')[1])

    def test_it_is_sorted_by_a_click(self):
        self.wait_traffic()
        self.assertEqual(self.sorted_by('exports-throughput'), 'descending')
        self.page.click(selector='#exports-name')
        self.wait_names(NAMES)
        self.assertEqual(self.sorted_by('exports-name'), 'ascending')
        self.assertIsNone(self.sorted_by('exports-throughput'))
        self.page.click(selector='#exports-name')
        self.wait_names(reversed(NAMES))
        self.assertIn('exports.sort=name&exports.order=desc', self.page.value('location.search'))
        self.assertEqual(self.sorted_by('clients-throughput'), 'descending', 'of the other table')

    def test_it_is_sorted_by_the_keyboard_and_keeps_the_focus(self):
        self.wait_traffic()
        self.page.press(key='Tab')
        self.assertEqual(self.page.text(':focus'), 'Skip to the exports')
        wait_until(lambda: self.page.press(key='Tab') or self.focused() == 'exports-activity',
                   what='the button')
        self.page.press(key='Enter')
        wait_until(lambda: self.sorted_by('exports-activity') == 'descending', what='the order')
        self.page.press(key='Space')
        wait_until(lambda: self.sorted_by('exports-activity') == 'ascending', what='the other order')
        self.assertEqual(self.names()[-1], '/srv/scratch', 'never active: last either way')
        self.assertTrue(stays(lambda: self.focused() == 'exports-activity', 3 * INTERVAL))
        outline = self.page.value('getComputedStyle(document.activeElement).outlineStyle')
        self.assertEqual(outline, 'solid', 'the focus is seen')

    def test_it_is_filtered_while_one_types(self):
        self.page.type(selector='[name="exports.filter"]', text='SRV/ME')
        self.wait_names(['/srv/media'])
        self.wait_text('#exports-count', r'^1 of \d match$')
        self.assertEqual(self.focused(), 'exports.filter')
        self.page.type(selector='[name="exports.filter"]', text='x')
        self.wait_text('#exports-rows', '^Nothing matches the filter.$')
        for _ in 'SRV/MEx':
            self.page.press(key='Backspace')
        wait_until(lambda: len(self.names()) == len(NAMES), what='all of them')

    def test_it_keeps_what_was_chosen_before_an_answer_came(self):
        self.page.value("""(() => {
            const choose = name => document.getElementById(name).click();
            choose('exports-latency');
            choose('clients-errors');
        })()""")
        wait_until(lambda: self.sorted_by('clients-errors') == 'descending', what='the second choice')
        self.assertEqual(self.sorted_by('exports-latency'), 'descending', 'and the first')

    def test_it_is_read_page_by_page(self):
        self.open('?exports.per_page=3&exports.sort=name')
        self.wait_names(NAMES[:3])
        self.wait_text('#exports-pages', 'Page 1 of 2')
        self.page.click(selector='#exports-next')
        self.wait_names(NAMES[3:])
        self.assertEqual(self.focused(), 'exports-next', 'though there is none')
        self.page.click(selector='#exports-previous')
        self.wait_names(NAMES[:3])

    def test_it_works_without_a_script(self):
        self.wait_traffic()
        self.open(script=False)
        self.assertEqual(self.names()[0], '/srv/media')
        self.page.submit(selector='#exports-name')
        self.assertEqual(self.names(), list(NAMES))
        self.page.submit(selector='#exports-name')
        self.assertEqual(self.names(), list(reversed(NAMES)))
        self.page.type(selector='[name="exports.filter"]', text='h')
        self.page.submit(selector='#exports .filter button')
        self.assertEqual(self.names(), ['/srv/scratch', '/srv/home', '/srv/archive'])

    def test_it_asks_nobody_else(self):
        self.open()
        wait_until(lambda: self.page.value('performance.getEntriesByType("resource").length > 5'),
                   what='requests')
        origin = f'http://{LOOPBACK}:{self.port}/'
        self.assertEqual([url for url in self.page.requests() if not url.startswith(origin)], [])

    def test_it_asks_nothing_while_it_is_hidden(self):
        hide = 'Object.defineProperty(document, "hidden", {{value: {}, configurable: true}});' \
               'document.dispatchEvent(new Event("visibilitychange"))'
        wait_until(self.page.requests, what='a refresh')
        self.page.value(hide.format('true'))
        # A request that was pending may still complete.
        wait_until(lambda: not self.page.requests() and stays(lambda: not self.page.requests(), 2 * INTERVAL),
                   what='silence')
        self.assertTrue(stays(lambda: not self.page.requests(), 5 * INTERVAL))
        self.page.value(hide.format('false'))
        wait_until(self.page.requests, what='a refresh')

    def test_everybody_can_read_it(self):
        self.wait_traffic()
        for name, view in VIEWS.items():
            with self.subTest(name):
                self.page.view(**view)
                self.assertEqual(self.page.violations(), [])
                self.assertLessEqual(self.page.value('document.documentElement.scrollWidth'), view['width'])
                self.assertEqual(self.page.value(TOO_WIDE), [])

    def test_it_would_be_reported_if_somebody_could_not(self):
        self.page.value('document.querySelector("[name=\'exports.filter\']").removeAttribute("aria-label")')
        self.page.value('document.querySelector("[name=\'exports.filter\']").removeAttribute("placeholder")')
        self.assertRegex(' '.join(self.page.violations()), 'label')


class WhenTheServerGoes(StatusPage):
    def verdict_within(self, word, seconds):
        """Waits for it, and for its colour."""
        start = time.monotonic()
        self.wait_text('#verdict', f'^NFS-Ganesha is {word}$', timeout=seconds + 20)
        self.assertLess(time.monotonic() - start, seconds)
        red, green, _ = map(int, re.findall(r'\d+', self.page.value(
            'getComputedStyle(document.getElementById("verdict")).color'))[:3])
        self.assertEqual(red > green, word == 'down', 'red is down, green is up')
        self.assertEqual(self.page.value('document.title'), f'NFS-Ganesha is {word}')
        self.assertIn(f'/{word}.svg', self.page.value('document.getElementById("icon").href'))

    def tearDown(self):
        self.assertEqual(self.page.problems(), [])

    def test_killed_it_turns_red_and_green_again(self):
        self.wait_traffic()
        self.ganesha.process.kill()
        self.verdict_within('down', TIMEOUT + INTERVAL + SLACK)
        self.assertRegex(self.page.text('#since'),
                         '^NFS-Ganesha is not on the bus, since .* UTC, for [0-4] s$')
        self.assertEqual(self.page.text('#exports-rows'), 'NFS-Ganesha is down.')
        self.assertEqual(self.page.text('#exports-count'), 'unknown')
        for name, view in VIEWS.items():
            with self.subTest(name):
                self.page.view(**view)
                self.assertEqual(self.page.violations(), [])
        self.ganesha.start()
        self.verdict_within('up', INTERVAL + SLACK)
        self.wait_traffic()

    def test_frozen_it_turns_red_within_the_timeout(self):
        self.wait_traffic()
        self.ganesha.freeze()
        self.addCleanup(self.ganesha.thaw)
        self.verdict_within('down', TIMEOUT + INTERVAL + SLACK)
        self.assertIn('no healthy heartbeat', self.page.text('#since'))
        self.ganesha.thaw()
        self.verdict_within('up', 2 + INTERVAL + SLACK)


class WhenTheExporterGoes(StatusPage):
    def test_the_page_says_so_and_nothing_old_looks_alive(self):
        self.wait_traffic()
        self.exporter.stop()
        self.wait_text('#lost', '^The exporter cannot be reached: no connection')
        self.assertFalse(self.page.value('document.getElementById("state").checkVisibility()'), 'is up')
        self.assertEqual(self.page.value('document.title'), 'The exporter cannot be reached')
        self.assertEqual(self.page.violations(), [])
        self.exporter.start()
        self.wait_text('#verdict', '^NFS-Ganesha is up$')
        wait_until(lambda: self.page.value('document.getElementById("state").checkVisibility()'),
                   what='the state')
        self.assertEqual(self.page.text('#lost'), '')
        problems = [problem for problem in self.page.problems() if 'ERR_CONNECTION_REFUSED' not in problem]
        self.assertEqual(problems, [], 'but for the connection')

    def test_the_page_takes_no_other_ones_answer_for_its_own(self):
        self.wait_traffic()
        self.exporter.stop()
        stranger = http.server.ThreadingHTTPServer((LOOPBACK, self.exporter.port), Stranger)
        thread = threading.Thread(target=stranger.serve_forever)
        thread.start()
        self.addCleanup(lambda: (stranger.shutdown(), thread.join(), stranger.server_close()))
        self.wait_text('#lost', 'the response is not the status page')


class BehindAProxy(StatusPage):
    def open(self, query='', **options):
        self.proxy = self.enterContext(PrefixProxy(self.exporter.address))
        self.page.open(url=self.proxy.url + query, **options)

    def test_it_works_below_a_path(self):
        self.wait_traffic()
        self.page.click(selector='#exports-name')
        self.wait_names(NAMES)
        self.page.click(selector='#exports-name')
        self.wait_names(reversed(NAMES))
        self.assertEqual(self.page.value('location.pathname'), self.proxy.prefix)
        self.assertEqual(self.page.problems(), [], 'style, script and picture are there')
        self.assertEqual([url for url in self.page.requests() if not url.startswith(self.proxy.url)], [])


class Versions(PrefixProxy):
    """Serves the page as exporters of other versions do: `versions` has that of each response.

    `loads` has how often the page was loaded, and how often each of these fetched itself afterwards.
    """

    def __init__(self, address, versions):
        super().__init__(address)
        self.versions = versions
        self.loads = []

    def pass_on(self, request, target):
        del request.headers['Accept-Encoding']
        if request.headers['Sec-Fetch-Dest'] == 'document':
            self.loads.append(0)
        elif request.headers['Sec-Fetch-Dest'] == 'empty':
            self.loads[-1] += 1
        super().pass_on(request, re.sub('^/static/v[0-9]-', '/static/', target))

    def changed(self, body):
        if b'"./static/' not in body:
            return body
        return body.replace(b'"./static/', f'"./static/v{next(self.versions)}-'.encode())


class WhenTheExporterIsUpgraded(StatusPage):
    def start(self, versions):
        self.proxy = self.enterContext(Versions(self.exporter.address, versions))
        self.page.open(url=self.proxy.url)

    def wait_loads(self, number):
        """Waits for that many, and until the last one is at work."""
        wait_until(lambda: len(self.proxy.loads) == number and self.proxy.loads[-1] > 3, what=f'{number} loads')

    def test_an_open_page_is_loaded_again(self):
        self.start(itertools.repeat(1))
        self.wait_loads(1)
        self.proxy.versions = itertools.repeat(2)
        self.wait_loads(2)
        self.assertIn('/v2-', self.page.value('document.querySelector("script[src]").src'))
        self.assertEqual((self.page.text('#verdict'), self.page.text('#lost')), ('NFS-Ganesha is up', ''))

    def test_it_is_not_loaded_again_and_again_while_two_versions_respond_in_turn(self):
        self.start(itertools.cycle([1, 2]))
        self.wait_loads(2)
        self.wait_text('#lost', 'another version of it responds')
        self.assertTrue(stays(lambda: len(self.proxy.loads) == 2, 10 * INTERVAL))


class Stranger(http.server.BaseHTTPRequestHandler):
    """Another server at the address, such as a proxy that requires a password."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'<title>Login</title>')

    def log_message(self, *_):
        pass


if __name__ == '__main__':
    skip_unless_browser()
    skip_unless(*TOOLS, root=True)
    unittest.main(verbosity=2)
