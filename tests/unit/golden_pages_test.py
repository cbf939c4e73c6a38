#!/usr/bin/env python3
"""Checks the golden pages with Prometheus' own tools."""
import pathlib
import shutil
import subprocess
import sys
import unittest

SKIPPED = 77
PAGES = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "pages"

try:
    from prometheus_client import parser as text_parser
    from prometheus_client.openmetrics import parser as openmetrics_parser
except ImportError:
    print("skipped: python3-prometheus-client is not installed")
    sys.exit(SKIPPED)
if not shutil.which("promtool"):
    print("skipped: promtool is not installed")
    sys.exit(SKIPPED)


def text_pages():
    return sorted(path for path in PAGES.glob("*.txt") if not path.name.endswith(".openmetrics.txt"))


def openmetrics_page(text_page):
    return text_page.with_suffix(".openmetrics.txt")


def read(path):
    return path.read_bytes().decode()


def samples(families):
    return sorted((sample.name, sorted(sample.labels.items()), sample.value)
                  for family in families for sample in family.samples)


class GoldenPages(unittest.TestCase):
    def test_there_are_some_in_both_formats(self):
        self.assertGreaterEqual(len(text_pages()), 8)
        both = {path for page in text_pages() for path in (page, openmetrics_page(page))}
        self.assertEqual(both, set(PAGES.iterdir()))

    def test_promtool_has_nothing_to_say(self):
        for page in text_pages():
            with self.subTest(page=page.name), page.open("rb") as text:
                done = subprocess.run(["promtool", "check", "metrics"], stdin=text, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, timeout=60)
                self.assertEqual((done.returncode, done.stdout.decode()), (0, ""))

    def test_the_strict_parser_reads_the_openmetrics_pages(self):
        for page in text_pages():
            with self.subTest(page=page.name):
                families = list(openmetrics_parser.text_string_to_metric_families(read(openmetrics_page(page))))
                self.assertTrue(families)
                for family in families:
                    self.assertIn(family.type, ("counter", "gauge", "histogram"), family.name)
                    self.assertTrue(family.documentation.endswith("."), family.name)
                    for unit in ("seconds", "bytes"):
                        self.assertEqual(family.name.endswith("_" + unit), family.unit == unit, family.name)

    def test_both_formats_hold_the_same_samples(self):
        for page in text_pages():
            with self.subTest(page=page.name):
                text = samples(text_parser.text_string_to_metric_families(read(page)))
                openmetrics = samples(
                    openmetrics_parser.text_string_to_metric_families(read(openmetrics_page(page))))
                created = [sample for sample in openmetrics if sample[0].endswith('_created')]
                self.assertEqual(bool(created), page.stem == 'created_timestamps')
                self.assertTrue(text)
                self.assertEqual(text, [sample for sample in openmetrics if sample not in created])

    def test_a_created_timestamp_belongs_to_a_counter_of_equal_labels(self):
        families = openmetrics_parser.text_string_to_metric_families(read(PAGES / 'created_timestamps.openmetrics.txt'))
        for family in families:
            series = {(sample.name, frozenset(sample.labels.items())) for sample in family.samples}
            for name, labels in series:
                if name.endswith('_created'):
                    self.assertIn((f'{family.name}_total', labels), series)

    def test_no_page_holds_a_series_twice(self):
        for page in text_pages():
            with self.subTest(page=page.name):
                series = [line.rpartition(" ")[0] for line in read(page).split("\n")
                          if line and not line.startswith("#")]
                self.assertEqual(len(series), len(set(series)))

    def test_odd_labels_are_read_back_unchanged(self):
        for parser, page in ((text_parser, PAGES / "odd_labels.txt"),
                             (openmetrics_parser, PAGES / "odd_labels.openmetrics.txt")):
            values = {value for family in parser.text_string_to_metric_families(read(page))
                      for sample in family.samples for value in sample.labels.values()}
            for expected in ('/a "quoted"\\path\nof two lines', '/ümläut/{x="y"} # no comment', "<unknown>",
                             'a\\n"b",c', '4.3-"\\\n'):
                self.assertIn(expected, values)


if __name__ == "__main__":
    unittest.main()
