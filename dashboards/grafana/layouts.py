"""The row of pNFS layouts, for exports and for clients."""
from .dashboard import row

NEEDS = 'Needs --collector.layouts. Ganesha does not count recalls.'


def layouts(families, owner, legend, in_time):
    """`owner` is the label of the export or client; in_time creates a panel with its links."""
    def panel(title, family, description=''):
        return in_time(title, f'{description}{NEEDS}', 'ops', families.rate(family, f'instance, {owner}, layout'),
                       legend, (8, 8))
    return row(
        'pNFS layouts',
        panel('Layout operations', 'layout_operations'),
        panel('Failed layout operations', 'layout_operation_errors'),
        panel('Delayed layout operations', 'layout_operation_delays',
              'The server asked the client to retry later. '), collapsed=True)
