#!/usr/bin/python3
"""The checks of the chaos find what is wrong: here they are shown it."""
import pathlib
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from checks import Usage, differences  # noqa: E402
from harness import series, skip_unless  # noqa: E402
from pages import check_with_promtool, parse_openmetrics  # noqa: E402
from truth import BEATING, CHANGING, DEAD, SILENT, Truth  # noqa: E402

PAGE = '# HELP ganesha_up Whether it is up.\n# TYPE ganesha_up gauge\nganesha_up 1\n'
COUNT = 'ganesha_export_operations_total'


class TheTruth(unittest.TestCase):
    def setUp(self):
        self.now = 0
        self.truth = Truth(lambda: self.now)

    def test_of_a_state_that_just_began_is_either(self):
        for state in BEATING, SILENT, DEAD:
            self.truth.becomes(state)
            self.assertIsNone(self.truth.up(asked=self.now + Truth.SETTLED[state] - 0.1))

    def test_of_a_state_that_lasts_is_one(self):
        for state, up in (BEATING, 1), (SILENT, 0), (DEAD, 0):
            self.truth.becomes(state)
            self.assertEqual(self.truth.up(asked=self.now + Truth.SETTLED[state]), up)

    def test_while_something_changes_is_unknown(self):
        self.truth.becomes(CHANGING)
        self.assertIsNone(self.truth.up(asked=self.now + 1000))
        self.assertFalse(self.truth.must_run(self.truth.changes))

    def test_of_a_server_that_must_run_is_for_the_state_that_was_looked_at(self):
        self.truth.becomes(SILENT)
        changes = self.truth.changes
        self.assertTrue(self.truth.must_run(changes))
        self.truth.becomes(BEATING)
        self.assertFalse(self.truth.must_run(changes))

    def test_is_stable_since_the_last_change_only(self):
        self.now = 5
        self.truth.becomes(BEATING)
        self.assertTrue(self.truth.is_stable(BEATING, since=5))
        self.assertFalse(self.truth.is_stable(BEATING, since=4))
        self.assertFalse(self.truth.is_stable(SILENT, since=5))


class TheComparison(unittest.TestCase):
    def setUp(self):
        self.key = series(COUNT, export_id='1')

    def found(self, page, required, possible=()):
        return list(differences(page, (required, dict(possible))))

    def test_takes_a_page_with_the_servers_values(self):
        self.assertEqual(self.found({self.key: 7, series('ganesha_up'): 1}, {self.key: 7}), [])

    def test_finds_a_wrong_a_missing_and_an_added_series(self):
        for page, required in ({self.key: 8}, {self.key: 7}), ({}, {self.key: 7}), ({self.key: 7}, {}):
            self.assertEqual(len(self.found(page, required)), 1)

    def test_takes_what_is_not_measured_as_zero_or_not_at_all(self):
        self.assertEqual(self.found({}, {}, {self.key: 0}), [])
        self.assertEqual(self.found({self.key: 0}, {}, {self.key: 0}), [])
        self.assertEqual(len(self.found({self.key: 1}, {}, {self.key: 0})), 1)


class Leaks(unittest.TestCase):
    HELD = {'memory': 20e6, 'descriptors': 12, 'threads': 3, 'connections': 1, 'rules': 2}

    def grown(self, **changes):
        earlier, later = (types.SimpleNamespace(**{**self.HELD, **more}) for more in ({}, changes))
        return list(Usage.grown_since(later, earlier))

    def test_are_none_without_growth(self):
        self.assertEqual(self.grown(), [])
        self.assertEqual(self.grown(memory=21e6, descriptors=13), [])

    def test_are_found_one_by_one(self):
        for changes in {'memory': 60e6}, {'descriptors': 20}, {'threads': 4}, {'connections': 2}, {'rules': 3}:
            self.assertEqual(len(self.grown(**changes)), 1, changes)


class APage(unittest.TestCase):
    def test_that_is_invalid_is_found(self):
        check_with_promtool(PAGE.encode())
        with self.assertRaises(ValueError):
            check_with_promtool(PAGE.replace('ganesha_up', 'ganesha_up_total').encode())

    def test_in_the_other_format_that_is_invalid_is_found(self):
        self.assertEqual(parse_openmetrics(PAGE + '# EOF\n'), {series('ganesha_up'): 1})
        for page in PAGE, PAGE + 'ganesha_up 1\n# EOF\n':
            with self.assertRaises(ValueError):
                parse_openmetrics(page)


if __name__ == '__main__':
    skip_unless('promtool', modules=['prometheus_client'])
    unittest.main(verbosity=2)
