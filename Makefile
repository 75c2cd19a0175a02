# make run: set up and talk. make test: every test. make check: lint, types, layers.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run setup setup-dev test check long bench bench-understanding clean
.DEFAULT_GOAL := run

run: setup
	@$(BIN)/python -m bot run

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=python3.11"; exit 1; }
	@echo "1/2 making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "2/2 installing the libraries (torch is large: a few minutes the first time) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing the libraries and what tests need …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

# Without OpenVINO (no wheel for this machine, say) the rest is measured all the same.
$(VENV)/.installed-bench: pyproject.toml constraints.txt | setup-dev
	@echo "installing what the bench compares with …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[bench]' && touch $@ || echo "not installed: OpenVINO GenAI is left out"

# One thread for torch: threads that spin while they wait for each other cost ten times the time on a busy machine.
test: setup-dev
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not long"

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

long: setup-dev
	$(BIN)/python -m tests.markup_fuzz --inputs 1000000
	$(BIN)/python -m tests.kill --platform telegram --kills 200
	$(BIN)/python -m tests.kill --platform discord --kills 200
	$(BIN)/python -m tests.kill --platform telegram --kills 200 --signal term
	$(BIN)/python -m tests.kill --platform discord --kills 200 --signal term
	$(BIN)/python -m tests.damage --damages 1000
	$(BIN)/python -m tests.kill.reminders --count 1000 --kills 10 --stops 3
	$(BIN)/python -m tests.hostile --folders 500
	$(BIN)/python -m tests.chaos --jobs 2000
	$(BIN)/python -m tests.web_fuzz --examples 100
	$(BIN)/python -m tests.load --platform web --minutes 10
	$(BIN)/python -m tests.load --platform telegram --minutes 10

bench: $(VENV)/.installed-bench
	@$(BIN)/python -m tests.bench

bench-understanding: setup-dev
	@$(BIN)/python -m tests.understanding
