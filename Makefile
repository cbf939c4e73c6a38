# `make test` tests, `make run` shows the program at work. `make help` lists the rest.
# Further flags for configuring, such as -DGANESHA_CONTAINER_TESTS=OFF -DGANESHA_BROWSER_TESTS=OFF
# where there is no network.
export CMAKE_FLAGS ?=
export JOBS ?= $(shell nproc)
# What to install: everything, or everything but the browser that tests and pictures use.
DEPS ?= all
build: DEPS = program
run test bench bench-fleet chaos fuzz lint coverage hostile docs images packages release-check test-packages test-sanitizers test-threads test-debian13: DEPS = no-browser
SEEDS ?= 1-24
SOURCES = $(shell git ls-files '*.cpp' '*.hpp' 2>/dev/null || find dbus ganesha exporter tests examples -name '*.[ch]pp')
export STARTED := $(shell date +%s)

.PHONY: help deps build test test-slow test-sanitizers test-threads test-debian13 test-prometheus3 test-unstable test-packages test-all program-to-run run images packages release-check bench bench-fleet chaos fuzz \
        hostile pictures docs format \
        lint coverage check-format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## installs what is missing (as root; else prints what to install)
	@scripts/install-deps $(DEPS)

build: deps ## builds the program alone: build/release/ganesha_exporter
	@cmake --preset release --log-level=NOTICE -DGANESHA_BUILD_TESTS=OFF -DGANESHA_BUILD_BENCH=OFF $(CMAKE_FLAGS)
	@cmake --build --preset release -j $(JOBS) --target ganesha_exporter
	@echo "Built build/release/ganesha_exporter in $$(($$(date +%s) - $(STARTED))) s"

test: deps ## builds and runs every test but the slow ones, a real Ganesha included
	@scripts/test quick

test-slow: deps ## the tests that `make test` leaves out: container images, browsers, long runs
	@scripts/test slow

test-sanitizers: deps ## tests under the address and undefined-behaviour sanitizers
	@scripts/test sanitizers

test-threads: deps ## tests where threads meet, under the thread sanitizer
	@scripts/test threads

test-debian13: deps ## the quick tests on a Debian 13 of its own (root; build/trixie)
	@scripts/test debian13

test-prometheus3: deps ## what talks to Prometheus, with the Prometheus 3 of Debian testing (root; build/prometheus3)
	@PYTHONDONTWRITEBYTECODE=1 scripts/test prometheus3

test-unstable: deps ## what needs a real server, with that of Debian unstable (root; build/unstable)
	@PYTHONDONTWRITEBYTECODE=1 scripts/test unstable

test-packages: deps ## makes the packages and installs them in systems of their own (root)
	@scripts/test packages

test-all: ## every test: quick, sanitizers, 90 s of fuzzing, Debian 13, packages, slow; a skipped one is an error
	@.ci/run

chaos: SECONDS ?= 600
chaos: deps build ## a real Ganesha is killed, frozen, reset under traffic: ten minutes (root; SECONDS=, SEED=, MODE=run)
	@GANESHA_BUILD_DIR=$(CURDIR)/build/release PYTHONDONTWRITEBYTECODE=1 \
	    /usr/bin/python3 tests/chaos/run.py --seconds=$(SECONDS) $(SEED:%=--seed=%) $(MODE:%=--mode=%)

# Without optimization, which compiles sooner.
program-to-run: deps
	@cmake --preset dev --log-level=NOTICE -DGANESHA_BUILD_TESTS=OFF -DGANESHA_BUILD_BENCH=OFF $(CMAKE_FLAGS)
	@cmake --build --preset dev -j $(JOBS) --target ganesha_exporter

run: program-to-run ## runs a real Ganesha, sends NFS traffic, prints the URL of its metrics, until Ctrl-C
	@GANESHA_EXPORTER=$${GANESHA_EXPORTER:-$(CURDIR)/build/dev/ganesha_exporter} exec setpriv --pdeathsig TERM scripts/run

images: ## the container images ganesha_exporter and ganesha_server, by buildah, podman or docker
	@scripts/images

packages: deps ## .deb, .rpm, portable tarball, dashboards, SPDX list and checksums in dist/ (root; STEPS=deb12)
	@scripts/packages $(STEPS)

release-check: deps ## what must be true before a release, a line a check (root; FLAGS=--skip-tests)
	@scripts/release-check $(FLAGS)

bench: deps ## costs of parts, of a poll and a scrape, and to others, as ratios to what is measured beside
	@cmake --preset release --log-level=NOTICE -DGANESHA_BUILD_TESTS=ON -DGANESHA_BUILD_BENCH=ON $(CMAKE_FLAGS)
	@cmake --build --preset release -j $(JOBS) --target ganesha_exporter fake_ganesha bare_loop loop_turns parts_bench
	@build/release/parts_bench --benchmark_color=false
	@/usr/bin/python3 tests/bench/bench.py
	@/usr/bin/python3 tests/bench/neighbours.py
	@/usr/bin/python3 tests/bench/loop_turns.py

bench-fleet: SERVERS ?= 10
bench-fleet: CLIENTS ?= 1000
bench-fleet: EXPORTS ?= 50
bench-fleet: deps ## time, series and bytes of each query of the dashboards, of a fleet (SERVERS=, CLIENTS=, EXPORTS=, DATA=, FLAGS=)
	@cmake --preset release --log-level=NOTICE -DGANESHA_BUILD_TESTS=ON $(CMAKE_FLAGS)
	@cmake --build --preset release -j $(JOBS) --target ganesha_exporter fake_ganesha
	@/usr/bin/python3 tests/bench/fleet_bench.py --servers=$(SERVERS) --clients=$(CLIENTS) --exports=$(EXPORTS) \
	    $(DATA:%=--data=%) $(FLAGS)

fuzz: SECONDS ?= 600
fuzz: deps ## random input for each parser of tests/fuzz, by libFuzzer: ten minutes each (SECONDS=, TARGET=)
	@scripts/fuzz --seconds=$(SECONDS) $(TARGET)

hostile: deps ## every method of a server that answers wrongly; SEEDS=7 or 1-24 (the default), about 15 s each, some at once
	@cmake --preset release --log-level=NOTICE -DGANESHA_BUILD_TESTS=ON $(CMAKE_FLAGS)
	@cmake --build --preset release -j $(JOBS) --target ganesha_exporter fake_ganesha
	@HOSTILE_SEEDS=$(SEEDS) HOSTILE_SCENES=16 /usr/bin/python3 tests/component/hostile_test.py

pictures: deps build ## draws the pictures of docs/images again: the dashboards of a plausible day, the status page of real traffic (root)
	@scripts/node-packages
	@/usr/bin/python3 tests/browser/make_pictures.py
	@/usr/bin/python3 tests/browser/status_pictures.py

docs: deps build ## regenerates the tables of docs/, man page, completion, defaults file, bus policy, rules and dashboards
	@build/release/ganesha_exporter --help-metrics > docs/metrics.md
	@build/release/ganesha_exporter --help-flags > docs/flags.md
	@build/release/ganesha_exporter --help-man > packaging/man/ganesha_exporter.1
	@build/release/ganesha_exporter --help-bash-completion > packaging/bash-completion/ganesha_exporter
	@build/release/ganesha_exporter --help-defaults-file > packaging/systemd/ganesha-exporter.default
	@build/release/ganesha_exporter --help-collectors > docs/collectors.md
	@build/release/ganesha_exporter --help-bus-policy > packaging/dbus/ganesha-exporter.conf
	@sed 's/user="ganesha-exporter"/user="nobody"/' packaging/dbus/ganesha-exporter.conf > deploy/kubernetes/sidecar/ganesha-exporter.conf
	@/usr/bin/python3 dashboards/make_dashboards.py
	@/usr/bin/python3 dashboards/make_gandi_rules.py > dashboards/gandi.rules.yml
	@/usr/bin/python3 dashboards/make_alerts_table.py
	@/usr/bin/python3 dashboards/make_prometheus_rule.py > deploy/kubernetes/prometheusrule/prometheusrule.yaml

lint: deps ## clang-tidy and cppcheck over the program; every finding is an error (about ten minutes of one core)
	@scripts/lint $(ROOM)

coverage: deps ## what no test touches, by room: lines and functions (build/coverage)
	@scripts/coverage

format: ## formats the sources
	@clang-format -i $(SOURCES)

check-format: ## fails if a source is not formatted
	@clang-format --dry-run --Werror $(SOURCES)

clean: ## removes what was built, but for the Debian 13 and the images
	@rm -rf build/dev build/release build/asan build/tsan build/fuzz build/lint build/coverage build/packages dist
