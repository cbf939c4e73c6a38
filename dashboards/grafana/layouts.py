"""The row of pNFS layouts, of exports and of clients alike."""
from .dashboard import row

NEEDS = 'Needs --collector.layouts. Recalls are never counted.'


def layouts(figures, owner, legend, in_time):
    """`owner` is the label of whom the figures are; in_time makes the panels, with links of its own."""
    def panel(title, figure, told=''):
        return in_time(title, f'{told}{NEEDS}', 'ops', figures.rate(figure, f'instance, {owner}, layout'),
                       legend, (8, 8))
    return row(
        'pNFS layouts',
        panel('Layout operations', 'layout_operations'),
        panel('Failed layout operations', 'layout_operation_errors'),
        panel('Delayed layout operations', 'layout_operation_delays',
              'The client was told to repeat them later. '), collapsed=True)
