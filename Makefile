# Two commands on a fresh machine with Python 3.11, git and make: `make demo`, then `make test`.

PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
OUT := public

# Installing again is slow and needs a network, so it is done when a lock changes and not otherwise.
LIVE := $(VENV)/.installed
STACKS := $(VENV)/.installed-stacks
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.DEFAULT_GOAL := help
.PHONY: help demo serve stacks test lint format docs evidence lock bench clean

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(LIVE) ## Check and score this repository's catalog, build its site, say where to look.
	$(BIN)/pagerworthy check
	$(BIN)/pagerworthy score
	$(BIN)/pagerworthy site build --out $(OUT)
	@echo
	@echo "The site is in $(OUT)/: open $(OUT)/index.html in a browser, or run \`make serve\`."

serve: $(LIVE) ## Serve the site on this machine and build it again when an entry changes.
	$(BIN)/pagerworthy site serve

stacks: $(STACKS) ## Install what provisioning needs beside the rest: Pulumi's Python packages.

test: lint ## Everything that CI runs: formatting, lint, types, import direction, tests.
	$(BIN)/pytest -n $(JOBS) -rs

lint: $(DEV) ## Formatting, lint, types and the direction of imports.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Format the code and mend what ruff can mend.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(LIVE) ## Write docs/reference/ again from the code.
	$(BIN)/python -m pagerworthy docs --out docs/reference

evidence: $(DEV) ## Record the demo's evidence of Prometheus and Alertmanager again, through real ones.
	$(BIN)/python -m tests.demo

lock: $(DEV) ## Write the locks again; `make lock UPGRADE=--upgrade` for newer versions.
	requirements/lock.sh $(UPGRADE)

bench: $(BENCH) ## Generate 10,000 services and measure, beside the tools that do the same.
	$(BIN)/python -m benchmarks

clean: ## Remove what was built; the virtual environment stays.
	rm -rf build dist $(OUT)

$(LIVE): requirements/build.txt requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pagerworthy needs Python 3.11 or later, and $(PYTHON) is " + sys.version.split()[0] + ": name another with make PYTHON=...")'
	[ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@# Where Python may write no bytecode, it would compile a checkout anew for each command.
	@$(BIN)/python -m compileall -q src
	@touch $@

$(STACKS): $(LIVE) requirements/stacks.txt
	$(PIP) --require-hashes -r requirements/stacks.txt
	@touch $@

$(DEV): $(STACKS) requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(BENCH): $(DEV) requirements/bench.txt
	$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@
