"""What `make packages` put into dist/."""
import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DIST = REPOSITORY / 'dist'


def run(*command, **options):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, **options)


VERSION = run(REPOSITORY / 'scripts/version', check=True).stdout.strip()


def in_dist(name):
    """A file of dist/; `name` may hold {version}."""
    file = DIST / name.format(version=VERSION)
    assert file.exists(), f'{file} is missing: run scripts/packages'
    return file
