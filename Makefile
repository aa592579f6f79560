# Everything a person or a machine does with this checkout. `make help` lists it.
# Needs make and Python 3.11 or later; the first target to run makes .venv from requirements.lock, the next ones start at once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
VENV ?= .venv
RUN := $(VENV)/bin/python -m
PIP := $(RUN) pip --disable-pip-version-check --quiet

# The environment carries the checksum of the lock in its stamp: a lock that changed makes a fresh environment.
LOCKED := $(VENV)/locked-$(firstword $(shell cksum < requirements.lock))
INSTALLED := $(VENV)/installed

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

$(LOCKED): requirements.lock
	@test -n "$(PYTHON)" || { echo "No Python found. Install Python 3.11 or later, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make environments. On Debian and Ubuntu: apt-get install python3-venv; elsewhere name a complete Python: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making $(VENV) from requirements.lock (once, under a minute)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: $(INSTALLED) ## close three months of an example company, in less than a minute
	@$(VENV)/bin/ratable demo

.PHONY: serve
serve: $(INSTALLED) ## the example company on screens, until Ctrl-C; PORT=N names another port
	@$(VENV)/bin/ratable demo --serve $(if $(PORT),--port $(PORT))

IN_PARALLEL := --quiet --numprocesses 2 --dist worksteal --hypothesis-profile check
# Two processes of one thread each make the most of two cores.
ALONE := POLARS_MAX_THREADS=1
# Long ones, of which the longest comes first.
MACHINE := tests/properties/test_ledger_machine.py
CAMPAIGNS := $(MACHINE) tests/crashes tests/races tests/operations/test_replay.py tests/operations/test_law_8.py tests/ledger/test_books.py tests/ledger/test_random_changes.py
# The laws keep all threads: that the order of rows changes nothing must hold with them.
LAWS := $(filter-out $(MACHINE),$(wildcard tests/properties/test_*.py))
# Apart from the rest, since a browser leaves its own loop of events running in the process that drives it.
BROWSER := tests/browser
MODULES := $(ALONE) $(RUN) pytest $(IN_PARALLEL) --ignore tests/tidy --ignore $(BROWSER) $(addprefix --ignore ,$(CAMPAIGNS) $(LAWS))

.PHONY: browser
browser: ## a Chromium for the tests of the screens, where this machine has none
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $$name >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null; then as=; [ "$$(id -u)" = 0 ] || as=sudo; $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else $(RUN) playwright install chromium; fi

.PHONY: test
test: check browser ## everything that continuous integration runs
	@$(MODULES)
	@$(ALONE) $(RUN) pytest $(IN_PARALLEL) $(BROWSER)
	@$(ALONE) $(RUN) pytest $(IN_PARALLEL) $(CAMPAIGNS)
	@$(RUN) pytest $(IN_PARALLEL) $(LAWS)
	@echo "All passed. What the tests are: docs/testing.md"

.PHONY: coverage
coverage: $(INSTALLED) ## which lines and branches the tests of the modules reach
	@$(MODULES) --cov --cov-report term:skip-covered --cov-report html
	@echo "Lines and branches not covered: htmlcov/index.html"

.PHONY: check types tidy
check: $(INSTALLED) ## style, types, import rules and the tests of the code itself
	@$(RUN) ruff check --quiet .
	@$(RUN) ruff format --quiet --check .
	@$(MAKE) --jobs 2 --output-sync=target types tidy

types: $(INSTALLED)
	@$(RUN) mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-cache > $(VENV)/lint-imports.txt || { cat $(VENV)/lint-imports.txt; exit 1; }

tidy: $(INSTALLED)
	@$(RUN) pytest --quiet --numprocesses 2 tests/tidy

.PHONY: fix
fix: $(INSTALLED) ## put right what ruff can put right
	@$(RUN) ruff check --quiet --fix .
	@$(RUN) ruff format --quiet .

.PHONY: golden
golden: $(INSTALLED) ## write the golden files anew; read the difference before you keep it
	@RATABLE_GOLDEN=write $(RUN) pytest --quiet --numprocesses 2 --ignore tests/tidy
	@git status --short tests docs

.PHONY: docs
docs: $(INSTALLED) ## write the reference pages that follow from the code
	@$(RUN) tools.reference_pages
	@git status --short docs/reference

.PHONY: bench
bench: $(INSTALLED) ## speed beside rivals, a million lines (needs 12 GB); writes docs/benchmarks.md
	@$(RUN) bench.run

.PHONY: fuzz
fuzz: $(INSTALLED) ## the laws, on many random contracts that nobody has seen before
	@RATABLE_EXAMPLES=$${RATABLE_EXAMPLES:-20000} $(RUN) pytest --quiet --numprocesses 2 --hypothesis-profile fuzz tests/properties

.PHONY: soak
soak: $(INSTALLED) ## the store, by any order of acts and any change of a value, for hours
	@RATABLE_RUNS=$${RATABLE_RUNS:-10000} RATABLE_CHANGES=$${RATABLE_CHANGES:-20000} $(ALONE) $(RUN) pytest --quiet --numprocesses 2 --hypothesis-profile fuzz $(MACHINE) tests/ledger/test_random_changes.py

.PHONY: crash
crash: $(INSTALLED) ## kill every act of the store at each of its writes and at random, 1,000 times, and PostgreSQL 70 times
	@RATABLE_KILLS=$${RATABLE_KILLS:-1000} $(ALONE) $(RUN) pytest --quiet --numprocesses 2 --dist worksteal tests/crashes

.PHONY: races
races: $(INSTALLED) ## 2, 4, 8 and 16 people who do the same at once, 1,000 times
	@RATABLE_RACES=$${RATABLE_RACES:-1000} $(ALONE) $(RUN) pytest --quiet --numprocesses 2 --dist worksteal tests/races

.PHONY: authority
authority: $(INSTALLED) ## 100,000 random calls by the agent, which may review and nothing else
	@RATABLE_CALLS=$${RATABLE_CALLS:-100000} $(ALONE) $(RUN) pytest --quiet --numprocesses 2 tests/operations/test_authority.py

.PHONY: mutants
mutants: $(INSTALLED) ## break the engine on purpose and list what no test notices
	@$(VENV)/bin/mutmut run
	@$(VENV)/bin/mutmut results

.PHONY: lock
lock: ## renew requirements.lock (needs uv)
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock
	@echo "requirements.lock renewed; the next make target makes a fresh $(VENV)"

.PHONY: clean
clean: ## remove everything that was made
	@rm -rf $(VENV) build dist htmlcov mutants .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
