"""Building blocks of the component and integration tests: real servers, each a context manager.

Whatever a block starts lives in a session of its own, keeps its files in a temporary folder, listens
on free loopback ports, and is gone when the block ends (or when the test is killed).
"""
from .alertmanager import Alertmanager, Webhook, each_at_once
from .background import Background
from .bus import DBusError, PrivateBus, busctl
from .confined import ConfinedExporter, UserExporter, confinement, skip_unless_confinable, unit_settings
from .exporter import Exporter, binary, run_exporter, sanitized
from .fake import PROTOCOLS, FakeGanesha, io_figures
from .ganesha import (
    ADMIN, BUS_NAME, CLIENT_MGR, CLIENT_STATS, EXPORT_MGR, EXPORT_STATS, Export, Ganesha, ganesha_version)
from .http import LoopbackServer, Response, http_get
from .namespace import Rpcbind, nfs_namespace
from .notify_socket import NotifySocket
from .null_server import NullServer
from .openmetrics import parse_openmetrics
from .policed_bus import DROP_IN, EXPORTER_UID, EXPORTER_USER, PolicedBus, know_the_exporters_user
from .prefix_proxy import PrefixProxy
from .process import (
    LOOPBACK, REPOSITORY, SUPPORT, HarnessError, Process, Service, free_port, memory_bytes, only_child, skip, skip_unless,
    stays, wait_until)
from .prometheus import Prometheus, PrometheusApi, prometheus_version
from .redirected import UnreadPipe, redirecting
from .terminal import TerminalProgram
from .text_format import families, parse_text_format, sample, series
from .traffic import nfs_read, nfs_url, nfs_write, rpc_call

__all__ = [
    'ADMIN', 'Alertmanager', 'BUS_NAME', 'Background', 'CLIENT_MGR', 'CLIENT_STATS', 'ConfinedExporter',
    'DBusError', 'DROP_IN', 'EXPORTER_UID', 'EXPORTER_USER', 'EXPORT_MGR', 'EXPORT_STATS', 'Export', 'Exporter',
    'FakeGanesha', 'Ganesha', 'HarnessError', 'LOOPBACK', 'LoopbackServer', 'NotifySocket', 'NullServer',
    'PROTOCOLS', 'PolicedBus', 'PrefixProxy', 'PrivateBus', 'Process', 'Prometheus', 'REPOSITORY', 'Response', 'Rpcbind',
    'SUPPORT', 'Service', 'TerminalProgram', 'UnreadPipe', 'UserExporter', 'Webhook', 'binary', 'busctl',
    'confinement', 'each_at_once', 'families', 'free_port', 'ganesha_version', 'http_get', 'io_figures', 'know_the_exporters_user',
    'memory_bytes', 'nfs_namespace', 'nfs_read', 'nfs_url', 'nfs_write', 'only_child', 'parse_openmetrics', 'parse_text_format',
    'prometheus_version', 'redirecting', 'rpc_call', 'run_exporter', 'sample', 'sanitized', 'series', 'skip', 'skip_unless',
    'skip_unless_confinable', 'stays', 'unit_settings', 'wait_until']
