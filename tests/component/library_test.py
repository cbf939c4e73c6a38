#!/usr/bin/python3
"""The library as another program uses it: installed, found by CMake, and the example built and run."""
import pathlib
import subprocess
import tempfile

from component import ComponentTest, run_tests
from harness import binary

BUILD = binary('ganesha_exporter').parent
EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / 'examples/list'


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise AssertionError(f'{command} ended with {result.returncode}\n{result.stdout}\n{result.stderr}')
    return result.stdout


def cached(variable):
    """A variable of the tested build: the example must be built the same way, including sanitizers."""
    lines = (BUILD / 'CMakeCache.txt').read_text().splitlines()
    return next(line.partition('=')[2] for line in lines if line.startswith(f'{variable}:'))


class InstalledLibrary(ComponentTest):
    def test_lists_exports_and_clients_from_another_program(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        prefix, build = folder / 'prefix', folder / 'build'
        run('cmake', '--install', BUILD, '--prefix', prefix, '--component', 'library')
        run('cmake', '-S', EXAMPLE, '-B', build, '-G', 'Ninja', f'-DCMAKE_PREFIX_PATH={prefix}',
            f'-DCMAKE_CXX_COMPILER={cached("CMAKE_CXX_COMPILER")}', f'-DCMAKE_CXX_FLAGS={cached("CMAKE_CXX_FLAGS")}')
        run('cmake', '--build', build)

        self.start_fake(layout='4.3', clients=2, exports=2)
        listed = run(build / 'list_ganesha', self.bus.address).splitlines()
        self.assertEqual(listed, ['export 1 /export/1', 'export 2 /export/2',
                                  'client ::ffff:10.0.0.1', 'client ::ffff:10.0.0.2'])


if __name__ == '__main__':
    run_tests()
