"""The row of pNFS layouts, for exports and for clients."""
from .dashboard import row
from .query import EACH_SERVER

NEEDS = 'Needs --collector.layouts. Ganesha does not count recalls.'


def layouts(families, owner, legend, of_busiest):
    """`owner` is the label of the export or client; of_busiest creates a panel with its links."""
    by = f'{EACH_SERVER}, {owner}, layout'

    def panel(title, family, description=''):
        return of_busiest(title, f'{description}{NEEDS}', 'ops',
                          lambda window: families.rate(family, by, window=window), by, legend, (8, 8))
    return row(
        'pNFS layouts',
        panel('Layout operations', 'layout_operations'),
        panel('Failed layout operations', 'layout_operation_errors'),
        panel('Delayed layout operations', 'layout_operation_delays',
              'The server asked the client to retry later. '), collapsed=True)
