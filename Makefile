# The verbs of working on the archive; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
DEMO ?= demo-archive

.PHONY: setup check test test-long bench demo clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(STAMP)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

test: setup
	$(BIN)/python -m pytest -q -n 2

test-long: setup
	$(BIN)/python -m pytest -q -n 2 -m long

bench: setup
	$(BIN)/python -m benchmarks.run

demo: setup
	@# Only the folder that this target itself makes by default is made anew.
	$(if $(filter demo-archive,$(DEMO)),rm -rf demo-archive)
	$(BIN)/archive demo $(DEMO)

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info
