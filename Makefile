# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make serve   a virtual environment, the package, the documented world at http://127.0.0.1:8080
#   make test    the same environment, the development tools, the test suite in a minute and a half;
#                all that `.ci/run` runs: ARGS=--hypothesis-profile=thorough, and that with -m slow

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test lint docs bench clean

serve: $(VENV)/.installed
	exec $(BIN)/mockserver serve $(ARGS)

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --config-file setup.cfg
	$(BIN)/lint-imports --config setup.cfg

docs: $(VENV)/.tested
	$(BIN)/python -m tests.doc_tables

bench: $(VENV)/.benched
	$(BIN)/python benchmarks/run.py $(ARGS)

define install
	@echo "installing $(WHAT) into $(VENV): about a minute, once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(WHAT)'
	@echo "installed"
endef

# An environment that another Python has made, that an older one than 3.11 has, or that has been moved
# with its folder, does not work: it is made anew.
CHECK := import os, sys, sysconfig; \
  sys.exit(sys.version_info < (3, 11) or not os.path.isdir(sysconfig.get_path("purelib")))
SOUND := $(shell $(BIN)/python -Ic '$(CHECK)' > /dev/null 2>&1 \
  && grep -F '$(CURDIR)/$(VENV)' $(BIN)/activate > /dev/null 2>&1 && echo sound)
ifneq ($(SOUND),sound)
.PHONY: $(BIN)/python
$(VENV)/.installed $(VENV)/.tested $(VENV)/.benched $(VENV)/.developed: $(BIN)/python
endif

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(sys.version_info < (3, 11) and f"$(PYTHON) is Python {v}; 3.11 or newer is needed. Name one: make PYTHON=python3.12")'
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.installed: WHAT = .
$(VENV)/.installed: setup.cfg | $(BIN)/python
	$(install)
	@touch $@

$(VENV)/.tested: WHAT = .[test]
$(VENV)/.tested: setup.cfg | $(BIN)/python
	$(install)
	@touch $@ $(VENV)/.installed

$(VENV)/.benched: WHAT = .[test,bench]
$(VENV)/.benched: setup.cfg | $(BIN)/python
	$(install)
	@touch $@ $(VENV)/.tested $(VENV)/.installed

$(VENV)/.developed: WHAT = .[test,dev]
$(VENV)/.developed: setup.cfg | $(BIN)/python
	$(install)
	@touch $@ $(VENV)/.tested $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
