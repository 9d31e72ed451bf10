# make run     set up what is missing, then serve the bundled model, with a chat page
# make chat    the same in the terminal
# make test    set up what is missing, then run the tests (under five minutes on two cores)
# make check   what a change must pass: format, lint, types, tests, generated pages
#
# PIP_ARGS goes to pip, for example for a torch without CUDA:
#   make run PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= python3
PIP_ARGS ?=
RECIPE ?= recipes/first_light

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
# One thread per test process: two processes on two cores, and sums that come out the same every time.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest

.PHONY: run chat test test-slow test-browser lint check format train docs clean
.DEFAULT_GOAL := run

# Without a terminal it answers one example and ends.
run: $(INSTALLED)
	@if [ -t 0 ]; then $(BIN)/thinkling serve --open; else $(BIN)/thinkling serve --port 0 --example; fi

chat: $(INSTALLED)
	@$(BIN)/thinkling chat

test: $(INSTALLED_DEV)
	$(PYTEST) -n 2

test-slow: $(INSTALLED_DEV)
	$(PYTEST) -m "slow and not gpu and not browser"

# Needs Debian's chromium: apt-get install chromium
test-browser: $(INSTALLED_DEV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt $(PIP_ARGS) playwright axe-core-python
	$(PYTEST) -m browser

lint: $(INSTALLED_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m thinkling.cli.reference --check docs/reference/cli.md

check: lint test

format: $(INSTALLED_DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

train: $(INSTALLED)
	$(BIN)/thinkling train $(RECIPE)

docs: $(INSTALLED)
	$(BIN)/python -m thinkling.cli.reference > docs/reference/cli.md.new
	mv docs/reference/cli.md.new docs/reference/cli.md

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find thinkling tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "thinkling needs Python 3.11 or newer; name one with: make run PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt $(PIP_ARGS) --editable .
	@touch $@

$(INSTALLED_DEV): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt $(PIP_ARGS) --editable '.[dev]'
	@touch $(INSTALLED) $@
