#!/usr/bin/python3
"""Each query of each dashboard on a Prometheus that scraped servers under traffic; then the dashboards drawn."""
import re
import unittest

from answers import Asker
from fleet import Fleet
import dashboards
from harness import HarnessError, nfs_namespace, skip_unless

# Without one of these on a server of this world there is nothing to show; an empty panel is right.
NOTHING_HAPPENED = set()


class OnRealFigures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = cls.enterClassContext(Fleet())

    def loaded(self):
        for name in dashboards.NAMES:
            dashboard = dashboards.load(name)
            asker = Asker(self.fleet)
            found = asker.fill_variables(dashboards.variables(dashboard))
            yield name, dashboard, asker, found

    def test_variables_have_values(self):
        for name, _, _, found in self.loaded():
            self.assertEqual(found.pop('cluster'), [], 'no such label in this Prometheus')
            for variable, values in found.items():
                self.assertGreater(len(values), 1, f'{name}: {variable}')

    def test_queries_give_data_and_the_labels_of_their_legends(self):
        for name, dashboard, asker, _ in self.loaded():
            for panel in dashboards.panels(dashboard):
                for answer in asker.ask(panel):
                    with self.subTest(name, panel=panel['title'], query=answer.target['refId']):
                        self.assertTrue(answer.has_data, answer.target['expr'])
                        self.assertEqual(answer.missing_labels(), set())

    def test_links_take_what_is_there(self):
        for name, dashboard, asker, _ in self.loaded():
            for panel in dashboards.panels(dashboard):
                wanted = {url for link in dashboards.links(panel) for url in re.findall(
                    r'__field\.labels\.(\w+)', link['url'])}
                for answer in asker.ask(panel) if wanted else ():
                    with self.subTest(name, panel=panel['title']):
                        self.assertTrue(all(wanted <= set(series['metric']) for series in answer.result), wanted)


if __name__ == '__main__':
    skip_unless('ganesha.nfsd', 'dbus-daemon', 'rpcbind', 'nfs-cp', 'busctl', 'prometheus', 'unshare', root=True)
    nfs_namespace()
    unittest.main(verbosity=2)
