# Halley's commands. `make run` and `make test` do everything on a fresh machine with Python 3.11, make and git.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 1986
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)

.PHONY: help setup run test check gen bench bench-store bench-crash bench-peers docs lock chromium postgresql clean

help:  ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: .make/python .make/web  ## Make .venv with everything in it, and build the web UI

.make/python: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Halley needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv"; $(PYTHON) -m venv .venv || \
	  { echo "The venv module is missing: apt install python3-venv"; exit 1; }; }
	@echo "Installing Python packages"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p .make && touch $@

.make/web: .make/python packaging/web.py $(WEB_SOURCES)
	@echo "Building the web UI"
	@$(BIN)/python packaging/web.py build
	@mkdir -p .make && touch $@

run: setup  ## Start the server, train the examples against it, print the URL; Ctrl-C stops everything
	@exec $(BIN)/python examples/tour.py --port $(PORT)

test: setup check chromium postgresql  ## Pass every check and test, browser tests included
	@$(BIN)/python packaging/web.py npm run --silent test
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --ignore tests/e2e
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/e2e  # apart: the browser's driver keeps an event loop running

check: setup  ## Lint and type-check Python and TypeScript, hold the import arrows, find stale generated files
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/basedpyright >/dev/null || $(BIN)/basedpyright
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache  # its cache has given false alarms
	@$(BIN)/python packaging/web.py npm run --silent check
	@$(BIN)/python packaging/web.py npm run --silent lint
	@$(BIN)/python packaging/generate.py --check

gen: setup  ## Write the OpenAPI document, the typed client and the reference pages anew
	@$(BIN)/python packaging/generate.py

bench: setup  ## Measure speed against the goals and against peers; writes benchmarks/results
	@$(BIN)/python benchmarks/run.py

bench-store: setup postgresql  ## Measure the store row by row; writes benchmarks/store/results.md
	@$(BIN)/python -m benchmarks.store.run

bench-crash: setup postgresql  ## kill -9 the server under load, 200 times on each database; writes benchmarks/crash/results.md
	@$(BIN)/python -m benchmarks.crash

bench-peers: setup  ## Measure other trackers beside Halley, each in its own environment (PEERS= CASES= ROUNDS= choose)
	@$(BIN)/python benchmarks/peers/run.py $(if $(PEERS),--peers $(PEERS)) $(if $(CASES),--cases $(CASES)) $(if $(ROUNDS),--rounds $(ROUNDS))

docs: gen  ## Write the reference pages and check the documentation
	@$(BIN)/python -m pytest -q tests/docs

lock: .make/python  ## Resolve requirements.lock anew 
	@$(BIN)/python -m pip install -q uv && $(BIN)/uv pip compile pyproject.toml --extra server --extra postgresql --extra examples \
	  --group dev --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate -q -o requirements.lock

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests"; \
	    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium) >.make/apt.log 2>&1 \
	      || { tail -5 .make/apt.log; exit 1; }; \
	  else echo "The browser tests need Chromium: sudo apt install chromium"; exit 1; fi; }

postgresql:
	@test -n "$${HALLEY_TEST_DATABASE:-}" || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing PostgreSQL for the tests"; \
	    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql) >.make/apt.log 2>&1 \
	      || { tail -5 .make/apt.log; exit 1; }; \
	  else echo "The tests need PostgreSQL: sudo apt install postgresql (or set HALLEY_TEST_DATABASE)"; exit 1; fi; }

clean:  ## Remove everything that was built
	rm -rf .venv .venv-peers .make web/node_modules src/halley/server/static .mypy_cache .ruff_cache .pytest_cache .hypothesis
