# The one way in: `make test` checks everything, `make run` shows it at work. `make help` lists the rest.
PRESETS ?= release asan
# Further flags for configuring, such as -DGANESHA_CONTAINER_TESTS=OFF -DGANESHA_BROWSER_TESTS=OFF
# where there is no network.
CMAKE_FLAGS ?=
JOBS    ?= $(shell nproc)
# What to install: all, or all but the browser that `make test` looks at the pages with.
DEPS    ?= all
build run bench docs images: DEPS = no-browser
SOURCES  = $(shell git ls-files '*.cpp' '*.hpp' 2>/dev/null || find dbus ganesha exporter tests examples -name '*.[ch]pp')

# LeakSanitizer's tracer can hang in containers and virtual machines.
export ASAN_OPTIONS ?= detect_leaks=0

.PHONY: help deps build test run images bench pictures docs format check-format test-debian13 clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## installs what is missing (as root; else says what to install)
	@scripts/install-deps $(DEPS)

build: deps ## builds the program: build/release/ganesha_exporter
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS)

test: deps ## builds and runs every test, as released and under sanitizers
	@set -e; for preset in $(PRESETS); do \
	  cmake --preset $$preset $(CMAKE_FLAGS); \
	  cmake --build --preset $$preset -j $(JOBS); \
	done
	@set -e; for preset in $(PRESETS); do \
	  echo "Testing the preset $$preset"; \
	  ctest --preset $$preset -j $(JOBS); \
	done

run: build ## runs a real Ganesha, sends NFS traffic, prints the URL of its metrics, until Ctrl-C
	@setpriv --pdeathsig TERM scripts/run

images: ## the container images ganesha_exporter and ganesha_server, by buildah, podman or docker
	@scripts/images

bench: build ## costs of parts, of a poll and a scrape, and to others, as ratios to what is measured beside
	@build/release/parts_bench --benchmark_color=false
	@/usr/bin/python3 tests/bench/bench.py
	@/usr/bin/python3 tests/bench/neighbours.py

pictures: deps build ## draws the pictures of docs/images anew, from a minute or two of traffic (root)
	@scripts/node-packages
	@/usr/bin/python3 tests/browser/make_pictures.py
	@/usr/bin/python3 tests/browser/status_pictures.py

docs: build ## writes docs/metrics.md, docs/flags.md, the generated rules and the dashboards anew
	@build/release/ganesha_exporter --help-metrics > docs/metrics.md
	@build/release/ganesha_exporter --help-flags > docs/flags.md
	@/usr/bin/python3 dashboards/make_dashboards.py
	@/usr/bin/python3 dashboards/make_gandi_rules.py > dashboards/gandi.rules.yml
	@/usr/bin/python3 dashboards/make_prometheus_rule.py > deploy/kubernetes/prometheusrule/prometheusrule.yaml

format: ## formats the sources
	@clang-format -i $(SOURCES)

check-format: ## fails if a source is not formatted
	@clang-format --dry-run --Werror $(SOURCES)

test-debian13: ## builds and tests in a Debian 13 of its own (root; build/trixie)
	@scripts/debian13 make -C /src test PRESETS=release DEPS=no-browser CMAKE_FLAGS='-DGANESHA_CONTAINER_TESTS=OFF -DGANESHA_BROWSER_TESTS=OFF'

clean: ## removes what was built, but for the Debian 13 and the images
	@rm -rf build/dev build/release build/asan
