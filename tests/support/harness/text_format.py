"""A strict reader of Prometheus' text format 0.0.4."""
import re

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
COMMENT = re.compile(r'# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)')
ESCAPES = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}


def parse_text_format(page):
    """{(name, frozenset of (label, value)): number} of a page in text format 0.0.4.

    Raises ValueError for what Prometheus or promtool would not take: a series twice, a family in pieces or
    without HELP and TYPE, a counter not named _total, an unknown escape, a last line without its newline.
    """
    samples, seen = {}, {}
    family, meta = None, {}
    *lines, rest = page.split('\n')
    if rest:
        raise ValueError(f'the last line does not end: {rest!r}')
    for line in lines:
        comment = COMMENT.fullmatch(line)
        if comment:
            kind, name, text = comment.groups()
            if name != family:
                if name in seen:
                    raise ValueError(f'a family twice: {line!r}')
                family, meta = name, seen.setdefault(name, {})
            if kind in meta:
                raise ValueError(f'told twice: {line!r}')
            meta[kind] = text
            continue
        key, value = _parse_sample(line)
        if not family or key[0] not in _names(family, meta.get('TYPE')) or meta.keys() != {'HELP', 'TYPE'}:
            raise ValueError(f'a sample without its HELP and TYPE: {line!r}')
        if (meta['TYPE'] not in ('counter', 'gauge', 'histogram')
                or (meta['TYPE'] == 'counter') != family.endswith('_total')):
            raise ValueError(f'{family} is of type {meta["TYPE"]}')
        if key in samples:
            raise ValueError(f'a series twice: {line}')
        samples[key] = value
    return samples


def _names(family, kind):
    """The names that samples of a family may have."""
    return [family + part for part in ('_bucket', '_count', '_sum')] if kind == 'histogram' else [family]


def _parse_sample(line):
    match = SAMPLE.fullmatch(line)
    if not match or LABEL.sub('', match[2] or ''):
        raise ValueError(f'not a sample: {line!r}')
    labels = frozenset((label, re.sub(r'\\.', lambda escape: ESCAPES[escape[0]], value))
                       for label, value in LABEL.findall(match[2] or ''))
    return (match[1], labels), float(match[3])


def series(name, **labels):
    """The key of one series in a parsed page."""
    return name, frozenset(labels.items())


def sample(metrics, name, **labels):
    """The value of one series, None if the page does not have it."""
    return metrics.get(series(name, **labels))


def families(metrics, prefix=''):
    """The names of the families on a parsed page that begin with `prefix`."""
    return {name for name, _ in metrics if name.startswith(prefix)}
