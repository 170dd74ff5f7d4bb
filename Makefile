# make up    the product: database, months, Dagster's pages        make up ARGS=--once   the months only
# make test  everything the tests need, then the tests             make check            format, lint, layers, types
# make live  everything under a real daemon, and the daemon struck: a quarter of an hour
# make ui    build the pages into the package          make ui-check   the pages: types, lint, tests, and the build is the committed one
# make backstage  the Backstage plugin: types, lint, tests, package, and a real Backstage with it: about ten minutes
# make gallery  pictures of every page of the demonstration company into docs/images/pages: two minutes
# make lock  resolve requirements.lock again                       make lock-ui          the lock files of the pages
# make clean  forget the environment

PYTHON ?= python3
BIN := .venv/bin
NPM := ui/with-node npm --prefix ui
BACKSTAGE := ui/with-node npm --prefix ui/backstage
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test chromium live check ui ui-check backstage gallery lock lock-ui clean
.DEFAULT_GOAL := up

up: .venv/ready
	$(BIN)/finops up $(ARGS)

test: .venv/ready chromium
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

# the tests of the pages look at them in a browser, and are skipped, aloud, without one
chromium:
	@command -v chromium google-chrome chromium-browser >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  echo "Installing Chromium for the tests of the pages" && apt-get -qq update && apt-get -qq install -y chromium >/dev/null; } || \
	  echo "No Chromium: the tests of the pages will be skipped"

live: .venv/ready
	FINOPS_TEST_LIVE=whole $(BIN)/python -m pytest -n 0 -v --durations 10 finops_assets_tests/live $(ARGS)

check: .venv/ready
	$(BIN)/ruff format --check finops_assets finops_assets_tests
	$(BIN)/ruff check finops_assets finops_assets_tests
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

# developers of the pages only: what they build is committed
ui: ui/node_modules/.package-lock.json
	$(NPM) run -s build

ui-check: ui/node_modules/.package-lock.json
	$(NPM) run -s check
	@rebuilt=$$(mktemp -d) && trap 'rm -rf "$$rebuilt"' EXIT && $(NPM) run -s build -- --outDir "$$rebuilt" && \
	  diff -rq "$$rebuilt" finops_assets/ui_static && echo "finops_assets/ui_static is what ui/ builds" || \
	  { echo "finops_assets/ui_static is not what ui/ builds: make ui, and commit it"; exit 1; }

ui/node_modules/.package-lock.json: ui/package-lock.json
	$(NPM) ci

backstage: .venv/ready chromium ui/backstage/node_modules/.package-lock.json
	$(BACKSTAGE) run -s check
	FINOPS_TEST_BACKSTAGE=1 ui/with-node $(BIN)/python -m pytest -n 0 -v --durations 5 finops_assets_tests/backstage $(ARGS)

ui/backstage/node_modules/.package-lock.json: ui/backstage/package-lock.json
	$(BACKSTAGE) ci

gallery: .venv/ready chromium
	$(BIN)/python -m finops_assets_tests.e2e.gallery

# the stamp is written last: an interrupted set-up is taken up again
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "finops-assets needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	@echo "Preparing .venv from requirements.lock (once, about a minute)"
	@test -x $(BIN)/uv || { $(PYTHON) -m venv --clear .venv && $(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.9; }
	@$(BIN)/uv pip sync -q --require-hashes requirements.lock
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@

lock: .venv/ready
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --extra dev pyproject.toml -o requirements.lock

lock-ui:
	$(NPM) install --package-lock-only
	$(BACKSTAGE) install --package-lock-only
	ui/with-node node ui/without-addresses.mjs ui/package-lock.json ui/backstage/package-lock.json

clean:
	rm -rf .venv
