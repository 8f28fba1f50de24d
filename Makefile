# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
# What a folder or a wheelhouse is packed for: another machine's platform and version of Python.
PLATFORM ?= linux-x86_64
FOR_PYTHON ?= 3.11
.PHONY: help demo test lint fast golden freeze bench sizing locale kit wheelhouse pictures clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "fazhi needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[office]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	@if java -version >/dev/null 2>&1; then $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[spark]'; \
	else echo 'No Java: the tests of the sweep on Spark will be skipped (they need Java 17 or newer).'; fi
	@touch $@

demo: $(VENV)/.run ## assess an invented county with everything in it, then a real city
	@$(BIN)/fazhi assess evidence_samples/demo-county
	@$(BIN)/fazhi gaps evidence_samples/demo-county
	@$(BIN)/fazhi assess evidence_samples/taonan-2020
	@$(BIN)/fazhi gaps evidence_samples/taonan-2020
	@mkdir -p build
	@$(BIN)/fazhi assess evidence_samples/demo-county --format html -o build/demo-county.html --quiet
	@echo 'HTML 报告：$(CURDIR)/build/demo-county.html'

test: lint ## everything that CI runs
	$(BIN)/fazhi rules lint lbg-2021
	$(BIN)/fazhi rules lint lbg-2019
	$(BIN)/fazhi rules test lbg-2021
	$(BIN)/fazhi rules verify lbg-2021 --tries 10
	$(BIN)/fazhi rules releases
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: $(VENV)/.dev ## style, types and import floors
	$(BIN)/ruff check engine cli.py tests launcher docs
	$(BIN)/ruff format --check engine cli.py launcher docs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fast: $(VENV)/.dev ## the tests alone
	$(BIN)/python -m pytest -n auto --dist loadgroup

golden: $(VENV)/.dev ## write the golden files and the README's examples again; review the difference
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/golden tests/docs

freeze: $(VENV)/.run ## freeze every ruleset under its revision; a draft is marked as one in the lock
	$(BIN)/fazhi rules freeze lbg-2021 --draft
	$(BIN)/fazhi rules freeze lbg-2019 --draft
	$(BIN)/fazhi rules releases

bench: ## time fazhi beside other rules engines, in an environment of its own
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -e '.[bulk]' -r benchmarks/peers.txt
	.venv-bench/bin/python benchmarks/startup.py
	.venv-bench/bin/python benchmarks/incremental.py
	.venv-bench/bin/python benchmarks/engines.py --json benchmarks/engines.json --svg benchmarks/engines.svg

sizing: $(VENV)/.dev ## measure anew what docs/sizing.md says of bytes, minutes and money
	$(BIN)/python benchmarks/sizing.py --page docs/sizing.md

locale: $(VENV)/.dev ## compile the Chinese messages of the command line
	$(BIN)/pybabel compile -d engine/locale -l zh_CN

kit: $(VENV)/.run ## pack a folder to double-click: make kit PLATFORM=win-x86_64 FOR_PYTHON=3.12
	$(BIN)/python launcher/pack.py build/fazhi-$(PLATFORM) --platform $(PLATFORM) --python $(FOR_PYTHON)

wheelhouse: $(VENV)/.run ## fetch packages for a machine offline: make wheelhouse PLATFORM=linux-aarch64 FOR_PYTHON=3.11
	$(BIN)/python launcher/pack.py build/wheelhouse-$(PLATFORM) --platform $(PLATFORM) --python $(FOR_PYTHON) --wheelhouse

pictures: $(VENV)/.run ## draw the pictures of the README anew (needs chromium, soffice, pdftoppm)
	$(BIN)/python docs/pictures/make.py

clean: ## remove what was made
	rm -rf $(VENV) .venv-bench build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
