# `make run` and `make test` do everything on a machine with Python 3.11 or later.
PYTHON ?= python3
DATA ?= data
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install analysts run demo test check bench sample pictures production audit clean

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml .constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint .constraints.txt --editable '.[dev]'
	touch $@

analysts: $(VENV)-analysts/.installed

# What analysts have themselves: not with the project, because each pins another DuckDB.
$(VENV)-analysts/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-analysts
	$(VENV)-analysts/bin/python -m pip install --quiet --upgrade pip
	$(VENV)-analysts/bin/python -m pip install --quiet --group analysts
	touch $@

run: install
	$(BIN)/perennial run --source sample --data $(DATA)

demo: install
	$(BIN)/python -m tests.replicas --night $(DATA)-demo

test: install analysts
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install
	$(BIN)/python -m tests.bench

sample: install
	$(BIN)/python -m tests.sample

pictures: install
	$(BIN)/python -m tests.pictures $(DATA)

production: install
	$(BIN)/python -m tests.production

audit: install
	$(BIN)/python -m tests.audit --out build/audit

clean:
	rm -rf $(VENV) $(VENV)-analysts build *.egg-info
