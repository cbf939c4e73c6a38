#!/usr/bin/python3
"""The contents of docs/runbooks.md work on real servers: bus commands, settings of ganesha.conf, queries. So do the bus
commands of docs/operations.md."""
import os
import re
import shlex
import subprocess
import unittest

from integration import exporter_for, is_whole, page_when, run_tests, session_traffic, wait_until
from harness import LOOPBACK, REPOSITORY, Export, Ganesha, PrivateBus, Prometheus, ganesha_version
from harness.ganesha import config_block

RUNBOOKS = (REPOSITORY / 'docs/runbooks.md').read_text()
OPERATIONS = (REPOSITORY / 'docs/operations.md').read_text()
HOST = 'fileserver'
INSTANCE = f'{HOST}:19587'
# Method: its first version, and its name before.
NEWER = {'ShowMDCache': ((5, 0), 'ShowCacheInode')}
CONFIG_FILE, CONFIGURED = '/etc/ganesha/ganesha.conf', 'Export_Id=7'
MEAN = 'export_operation:ganesha_operation_latency_seconds:mean5m'
# Queries without a result here: there are no errors, no history, no --ganesha.run, no page of the server's own.
SILENT = ('export_operation_errors', 'unless', ':usual', 'ganesha_supervisor', 'ganesha_process_start',
          'exports_missing', 'success', 'procedure_duration_seconds', 'ganesha_worker_threads')


# Reported since this version.
SINCE = {'ganesha_client_state': (6, 0), 'ganesha_memory': (15, 2)}


def silent():
    return (*SILENT, *(name for name, version in SINCE.items() if ganesha_version() < version))


def blocks(language, page=RUNBOOKS):
    return re.findall(rf'^```{re.escape(language)}\n(.*?)^```$', page, re.M | re.S)


def bus_commands():
    lines = [line for page in (RUNBOOKS, OPERATIONS) for block in blocks('sh', page) for line in block.splitlines()]
    return [line for line in lines if line.startswith('busctl')]


def settings():
    """Every line of ganesha.conf in the runbooks: {block: {key: value}}."""
    found = {}
    for name, body in re.findall(r'(\w+) {(.*?)}', ''.join(blocks('ganesha.conf')), re.S):
        found.setdefault(name, {}).update(re.findall(r'(\w+) = (.*?);', body))
    return found


class ConfiguredByRunbooks(Ganesha):
    """Its blocks have the settings of the runbooks; Ganesha uses only the last of several blocks of a name."""

    def __init__(self, bus, exports):
        self.more = settings()
        super().__init__(bus, exports, core=self.more.pop('NFS_CORE_PARAM'), nfsv4=self.more.pop('NFSv4'))

    def write_config(self):
        super().write_config()
        with open(self.config, 'a') as config:
            config.writelines(config_block(name, values) + '\n' for name, values in self.more.items())


class TheRunbooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enterClassContext(PrivateBus())
        exports = [Export(1, 'MEM'), Export(2, 'MEM')]
        cls.ganesha = cls.enterClassContext(ConfiguredByRunbooks(cls.bus, exports))
        cls.exporter = cls.enterClassContext(exporter_for(cls.bus))
        page_when(cls.exporter, is_whole, 'a whole page')

    def traffic(self):
        session_traffic(self.ganesha, 1, self.ganesha.exports[0], 1000)

    def run_on_the_bus(self, command):
        for name, (version, older_name) in NEWER.items():
            if ganesha_version() < version:
                command = command.replace(name, older_name)
        export = self.ganesha.exports[-1]
        command = command.replace(CONFIG_FILE, shlex.quote(str(self.ganesha.config)))
        command = command.replace(CONFIGURED, f'Export_Id={export.id}')
        if 'AddExport' in command:
            self.ganesha.call(('ExportMgr', 'exportmgr'), 'RemoveExport', 'q', export.id)
        return subprocess.run(
            ['bash', '-o', 'pipefail', '-c', command], capture_output=True, text=True, timeout=30,
            env={**os.environ, 'DBUS_SYSTEM_BUS_ADDRESS': self.bus.address})

    def test_have_commands_that_ganesha_answers(self):
        self.traffic()  # So that a client is counted.
        self.assertGreater(len(bus_commands()), 7)
        for command in bus_commands():
            with self.subTest(command):
                done = self.run_on_the_bus(command)
                self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout)
                self.assertTrue(done.stdout)

    def test_have_settings_that_ganesha_accepts(self):
        self.assertGreater(len(settings()), 2)
        complaints = [line for line in self.ganesha.log.read_text().splitlines()
                      if 'Config File' in line]
        self.assertEqual(complaints, [])

    def test_have_queries_that_prometheus_answers(self):
        queries = [query.replace(INSTANCE, self.exporter.address).replace(HOST, LOOPBACK)
                   for query in blocks('promql')]
        self.assertGreater(len(queries), 20)
        rules = [REPOSITORY / 'dashboards/ganesha.rules.yml']
        with Prometheus({'files': [self.exporter.address]}, rules=rules) as prometheus:
            wait_until(lambda: prometheus.query('instance:ganesha_exporter:up'), 30, 'a scrape')
            mean = f'{MEAN}{{operation="read"}}'
            wait_until(lambda: self.traffic() or prometheus.query(mean), 60, 'a mean')
            for query in queries:
                with self.subTest(query):
                    silent_here = any(name in query for name in silent())
                    self.assertEqual(bool(prometheus.query(query)), not silent_here)


if __name__ == '__main__':
    run_tests('prometheus')
