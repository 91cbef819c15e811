# Needs Python 3.11 or newer; everything else is installed into .venv.

PYTHON ?= python3
SECONDS ?= 600
SEED ?=
BIN := .venv/bin

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check chaos bench lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' Makefile

run: .venv/project  ## everything on this machine with demo shows, until Ctrl-C
	@$(BIN)/seatwire up

test: .venv/project  ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/project  ## format, lint, types, rules of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_architecture.py

chaos: .venv/project  ## faults for SECONDS (600), by SEED; every promise checked
	$(BIN)/python -m tests.chaos --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

bench: .venv/bench  ## measurements
	$(BIN)/python -m benchmarks

lock: .venv/project  ## requirements.lock anew, with the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	echo 'setuptools>=77' | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make lock' --group dev --output-file requirements.lock pyproject.toml -

	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make lock' --group bench --constraint requirements.lock \
	  --output-file benchmarks/requirements.lock

clean:  ## removes .venv and caches; the data in .seatwire stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The scripts in .venv hold absolute paths: when the checkout was moved, it is made anew.
ifneq ($(shell [ "$$(cat .venv/installed 2>/dev/null)" = "$$(pwd -P)" ] && echo here),here)
.PHONY: .venv/installed
endif

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Seatwire needs Python 3.11 or newer. Name yours like this: make run PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo 'This Python comes without venv. On Debian and Ubuntu: apt install python3-venv'; exit 1; }
	@echo 'Installing into .venv, about a minute'
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@pwd -P > $@

.venv/project: .venv/installed pyproject.toml
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/bench: .venv/project benchmarks/requirements.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r benchmarks/requirements.lock
	@touch $@
