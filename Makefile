# The two commands are `make run` and `make test`. A machine needs Python 3.11 or newer,
# git and make; everything else is put into .venv.

PYTHON ?= python3
# Test processes; "auto" is one a core, and two more while others wait.
WORKERS ?= auto
# Processes that try mutants, and which: make mutants MUTANTS='foedus.releasability.join*'
MUTATORS ?= 2
MUTANTS ?=
# How many of each group instead, drawn with which seed: make mutants SAMPLE=50
SAMPLE ?=
SEED ?= 9
# Where pictures are put: make screenshots INTO=folder
INTO ?= screenshots
# Further words for pytest: make test ARGS='-k label'
ARGS ?=

# Where it is set, every process that the tests start compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

BIN = .venv/bin
# In a fresh clone each test process would compile all tests, at the same time.
COMPILED = test -d tests/web/__pycache__ || ls -d tests/*/ \
  | xargs -P 2 -n 15 $(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 || true
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.DEFAULT_GOAL = help
.PHONY: help run test check format coverage bench soak screenshots mutants clean

help: ## Say what can be made
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Set everything up and run the demo hub at http://127.0.0.1:8440/
	@$(PYTHON) scripts/bootstrap run
	@$(BIN)/foedus demo $(ARGS)

test: ## Set everything up and pass all tests
	@$(PYTHON) scripts/bootstrap test
	@$(COMPILED)
	@$(PYTEST)

check: ## Lint, format, types and floors
	@$(PYTHON) scripts/bootstrap check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo

format: ## Format the code and mend what lint can mend
	@$(PYTHON) scripts/bootstrap check
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

coverage: ## Run the tests and show the branches that no test takes
	@$(PYTHON) scripts/bootstrap test
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --fail-under=100 \
	  --include='src/foedus/releasability/*,src/foedus/eventlog/*,*/rules.py'

bench: ## Measure; one JSON line a figure
	@$(PYTHON) scripts/bootstrap test
	@set -e; for file in benchmarks/[!_]*.py; do $(BIN)/python $$file; done

# Where threads run on, to ask after five minutes where a test hangs may end the process.
soak: ## Run the long tests, on a disk: 200 crashes, thousands of examples
	@$(PYTHON) scripts/bootstrap test
	@PYTEST_DEBUG_TEMPROOT=$${TMPDIR:-/tmp} FOEDUS_HYPOTHESIS_PROFILE=soak \
	  $(BIN)/python -m pytest -m soak -o faulthandler_timeout=0 $(ARGS)

screenshots: ## Take a picture of every page, light and dark, wide and narrow: INTO=folder
	@$(PYTHON) scripts/bootstrap test
	@FOEDUS_SCREENSHOTS=$(INTO) $(BIN)/python -m pytest -m soak tests/scenarios/test_pages.py

mutants: ## Break the code on purpose, and see which breaks no test notices
	@$(PYTHON) scripts/bootstrap check
ifdef SAMPLE
	@$(BIN)/python scripts/sample_mutants $(SAMPLE) --seed $(SEED) --children $(MUTATORS)
else
	@FOEDUS_HYPOTHESIS_PROFILE=mutants $(BIN)/mutmut run --max-children $(MUTATORS) $(MUTANTS)
	@$(BIN)/mutmut results
endif

clean: ## Remove what was made, but no data folder
	rm -rf mutants .venv .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
