"""The fake Ganesha of tests/support/fake_*.cpp: the layout of any version, controlled by a test."""
from .bus import busctl
from .exporter import REPORT_LINES, binary
from .ganesha import BUS_NAME
from .process import HarnessError, Process, Service, text_tail

PROTOCOLS = 'NFSv3', 'NFSv40', 'NFSv41', 'NFSv42'


def io_figures(index, protocol, operation, steps=1):
    """The values of the fake's index-th export or client after this many steps; see fake_model.cpp."""
    operations = steps * (index * 10 + PROTOCOLS.index(protocol) * 2 + (operation == 'write') + 1)
    return {
        'requested_bytes_total': operations * 4096,
        'transferred_bytes_total': operations * 4000,
        'operations_total': operations,
        'operation_errors_total': operations // 8,
        'operation_latency_seconds_total': operations * 1500 / 1e9,
        'operation_queue_wait_seconds_total': operations * 70 / 1e9,
    }


class FakeGanesha(Service):
    """fake_ganesha on a private bus; the keywords are its flags: layout='4.3', clients=5, heartbeat_ms=100."""

    def __init__(self, bus, **flags):
        super().__init__()
        self.bus = bus
        self.name = flags.get('name', BUS_NAME)
        self.flags = [f'--{name.replace("_", "-")}={value}' for name, value in flags.items()]
        self.starts = 0

    def start(self):
        """Returns when it owns its name; it sends its first heartbeat at once."""
        self.starts += 1
        output = self.folder / f'fake.{self.starts}.log'
        self.process = Process([binary('fake_ganesha'), f'--address={self.bus.address}', *self.flags], output)
        self.process.wait_ready(lambda: 'ready' in output.read_text().splitlines(), 'the fake to be ready')
        self.connection = self.bus.owner(self.name)

    def stop(self):
        """Without its bus it exits with 1, which is not a failure; a sanitizer's report is."""
        code = super().stop()
        if code and 'Sanitizer' in self.process.log.read_text(errors='replace'):
            raise HarnessError(f'the fake ended with {code}\n{text_tail(self.process.log, REPORT_LINES)}')
        return code

    def control(self, method, signature='', *values):
        """Calls its test.Control, whether it owns its name or not."""
        values = [str(value).lower() if isinstance(value, bool) else value for value in values]
        return busctl(self.bus.address, 'call', self.connection, '/test', 'test.Control', method,
                      *([signature, *values] if signature else []))

    def calls(self):
        """How often each method was called, as `clientmgr.ShowClients`; with `max_unanswered`."""
        return {entry: count for reply in self.control('Calls') for entry, count in reply.items()}
