# The project's chores; `make` alone lists them.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (found: $$($(PYTHON) --version))"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -qq -y python3-venv && $(PYTHON) -m venv $(VENV); else echo "python3 -m venv does not work here: install Debian's python3-venv first"; exit 1; fi; }

$(VENV)/demo: pyproject.toml $(BIN)/python
	@echo "installing into $(VENV), once"
	@$(BIN)/pip install --quiet --disable-pip-version-check --prefer-binary --editable '.[demo]'
	@touch $@

$(VENV)/test: pyproject.toml $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --prefer-binary --editable '.[test]'
	@touch $@

.PHONY: demo
demo: $(VENV)/demo ## Start the bridge with a forum and a mailbox beside it, and show the loop on one page
	@$(BIN)/bridge demo $(if $(PORT),--port $(PORT))

.PHONY: servers
servers: ## Install Debian's packages for the real servers of the tests (as root; otherwise say what is missing)
	@bash tests/servers/install.sh

.PHONY: check
check: $(VENV)/test ## Format, lint, types, layers, completeness of the docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/docs

.PHONY: test
test: servers check ## Install what the tests need and run all of them
	$(BIN)/pytest -q -n 2 --dist loadgroup

.PHONY: faults
faults: servers $(VENV)/test ## Kill the daemon 1,000 times (BRIDGE_KILLS) over real servers, within BRIDGE_MINUTES or 92, and print the figures
	CI=true BRIDGE_KILLS=$${BRIDGE_KILLS:-1000} $(BIN)/pytest -q -s tests/faults/test_kills.py

.PHONY: faults-whole
faults-whole: faults ## Every other fault at release size too: some hours
	CI=true BRIDGE_FAULTS=release $(BIN)/pytest -q -s tests/faults --ignore tests/faults/test_kills.py

.PHONY: bench
bench: $(VENV)/test ## Measure beside the peers, print one table, write bench/results.json; ONLY=mailing measures one anew
	$(BIN)/python bench/run.py $(ONLY)

FUZZ := feeds mail addresses rules extract automatic compose winmail smpp
SECONDS := 60

.PHONY: fuzz
fuzz: $(VENV)/test ## Search for inputs that break a reader, SECONDS each; what breaks one lies in fuzz/found
	@for target in $(FUZZ); do $(BIN)/python fuzz/$$target.py --seconds $(SECONDS) || exit 1; done

.PHONY: clean
clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
