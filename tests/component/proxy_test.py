#!/usr/bin/python3
"""The pages behind a reverse proxy that serves them below a path."""
import html.parser
import urllib.error
import urllib.parse
import urllib.request

from component import ComponentTest, run_tests
from harness import PrefixProxy, wait_until


class Links(html.parser.HTMLParser):
    """Where a page at `url` leads, and what it loads."""

    def __init__(self, url, text):
        super().__init__()
        self.url = url
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ('href', 'src', 'action') and not value.startswith('#'):
                self.found.add(urllib.parse.urljoin(self.url, value))


def get(url):
    """The status, the address after redirects, and the text."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.url, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, url, ''


class BehindAProxy(ComponentTest):
    def links(self, *flags, prefix):
        self.start_fake(clients=45, exports=2)
        exporter = self.start_exporter(*flags)
        wait_until(lambda: exporter.get('/-/ready').status == 200, what='readiness')
        proxy = self.enterContext(PrefixProxy(exporter.address, prefix))
        status, url, page = get(proxy.url)
        self.assertEqual((status, url), (200, proxy.url))
        return proxy, Links(url, page).found

    def assert_all_lead_somewhere(self, prefix, *flags):
        proxy, links = self.links(*flags, prefix=prefix)
        for url in links:
            with self.subTest(url):
                self.assertTrue(url.startswith(proxy.url))
                self.assertEqual(get(url)[0], 200)
        return {url.removeprefix(proxy.url) for url in links}

    def test_every_link_of_the_status_page_leads_somewhere(self):
        paths = self.assert_all_lead_somewhere('/ganesha/')
        self.assertLessEqual({'metrics', 'api/v1/status', '-/healthy', '-/ready'}, paths)
        self.assertEqual(sorted(path.rpartition('/')[2] for path in paths if path.startswith('static/')),
                         ['page.css', 'page.js', 'up.svg'])
        self.assertTrue(any('clients.page=2' in path for path in paths), paths)

    def test_so_it_does_at_the_root(self):
        self.assertIn('metrics', self.assert_all_lead_somewhere('/'))

    def test_so_it_does_with_a_telemetry_path_of_several_segments(self):
        paths = self.assert_all_lead_somewhere('/a/b/', '--web.telemetry-path=/nfs:1/ganesha/metrics')
        self.assertIn('nfs:1/ganesha/metrics', paths)

    def test_it_needs_the_slash_that_the_proxy_adds(self):
        proxy, _ = self.links(prefix='/ganesha/')
        self.assertEqual(get(proxy.url.removesuffix('/'))[:2], (200, proxy.url))


if __name__ == '__main__':
    run_tests()
