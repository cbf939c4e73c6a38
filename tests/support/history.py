"""Fills the data of a Prometheus with hours of the past, by promtool."""
import pathlib
import subprocess
import tempfile

from harness import HarnessError, Prometheus

# Of each target, by Prometheus itself.
OF_TARGETS = {'up': 1, 'scrape_duration_seconds': 0.02, 'scrape_samples_scraped': 1000}


def promtool(*arguments):
    done = subprocess.run(['promtool', 'tsdb', 'create-blocks-from', *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise HarnessError(f'promtool: {done.stderr.strip()[-500:]}')


def target(prefix, job, instance):
    """The series with the labels that a scrape adds."""
    name, _, labels = prefix.partition('{')
    return f'{name}{{job="{job}",instance="{instance}"{"," if labels else ""}{labels or "}"}'


def lines_of(models, times, epoch, families=(), job='ganesha'):
    """The samples of all models, {instance: PageModel}, of these families, or of all. At `epoch` all counters were 0."""
    series = [(model, [(line, target(line.prefix, job, instance)) for line in model.series()
                       if not families or line.name in families]) for instance, model in models.items()]
    for time in times:
        for instance in models:
            for name, value in OF_TARGETS.items():
                yield f'{target(name, job, instance)} {value} {time}\n'
        for model, lines in series:
            values = model.at(time - epoch)
            for line, prefix in lines:
                yield f'{prefix} {values(line)} {time}\n'


def backfill(data, lines):
    """Writes the samples, lines in OpenMetrics format, as blocks into `data`."""
    with tempfile.NamedTemporaryFile('w', dir='/var/tmp', suffix='.om') as file:
        file.writelines(lines)
        file.write('# EOF\n')
        file.flush()
        # One block, rather than one of each two hours, for which promtool would read the file again.
        promtool('openmetrics', '--quiet', '--max-block-duration=256h', file.name, data)


def backfill_rules(data, rules, start, end, interval):
    """Evaluates recording rules over what `data` has."""
    with tempfile.TemporaryDirectory(dir=pathlib.Path(data).parent) as made, Prometheus({}, data=data) as prometheus:
        promtool('rules', f'--start={start}', f'--end={end}', f'--eval-interval={interval}s',
                 f'--url=http://{prometheus.host}:{prometheus.port}', f'--output-dir={made}', rules)
        blocks = list(pathlib.Path(made).iterdir())
        for block in blocks:
            block.rename(pathlib.Path(data) / block.name)
