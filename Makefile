# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make serve   a virtual environment, the package, the documented world at http://127.0.0.1:8080
#   make test    the same environment, the development tools, the test suite in a minute and a half;
#                all that `.ci/run` runs: ARGS=--hypothesis-profile=thorough, and -m slow

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test lint docs bench clean

serve: $(VENV)/.installed
	exec $(BIN)/mockserver serve $(ARGS)

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n auto $(ARGS)

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --config-file setup.cfg
	$(BIN)/lint-imports --config setup.cfg

docs: $(VENV)/.tested
	$(BIN)/python -m tests.doc_tables

bench: $(VENV)/.benched
	$(BIN)/python benchmarks/run.py $(ARGS)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: setup.cfg | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tested: setup.cfg | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ $(VENV)/.installed

$(VENV)/.benched: setup.cfg | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[test,bench]'
	touch $@ $(VENV)/.tested $(VENV)/.installed

$(VENV)/.developed: setup.cfg | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[test,dev]'
	touch $@ $(VENV)/.tested $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
