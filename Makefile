# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo check test bench simulator lint clean

PYTHON ?= python3
BIN := .venv/bin
LOG := build/setup.log
COLLECTION := build/collections/ansible_collections/outofband/amt/MANIFEST.json
CONTENT := $(shell find galaxy.yml README.md requirements.txt LICENSES changelogs docs extensions meta playbooks plugins roles \
	-type f -not -path '*/__pycache__/*' -not -path 'extensions/salt/*' 2>/dev/null)

# Ansible needs a UTF-8 locale, which a fresh system does not set. The settings of the user's own Ansible stay outside.
export LC_ALL := C.UTF-8
export ANSIBLE_HOME := $(CURDIR)/build/ansible
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@echo 'make demo       find, read, power, boot and configure a simulated fleet of 24 machines (about a minute)'
	@echo 'make test       every test; ARGS=--list names the suites, ARGS="unit style" runs some of them'
	@echo 'make check      before a commit: style, types, documentation, all unit tests (minutes)'
	@echo 'make bench      measure: time per device, requests per operation, memory'
	@echo 'make simulator  start a simulated fleet to play with; Ctrl-C stops it'
	@echo 'make lint       the quick checks of style and types'
	@echo 'make clean      remove everything that the others made here'

demo: .venv/demo.stamp $(COLLECTION)
	@$(BIN)/python demo/run $(ARGS)

test: .venv/test.stamp $(COLLECTION)
	@$(BIN)/python tests/run $(ARGS)

check: .venv/test.stamp $(COLLECTION)
	@$(BIN)/python tests/run --check

bench: .venv/test.stamp $(COLLECTION)
	@$(BIN)/python tests/bench/run $(ARGS)

# Without root, port 623 is not to be had: presence pings go to another.
simulator: .venv/demo.stamp
	@$(BIN)/python -m simulator $(or $(ARGS),demo/fleet.yml $(if $(filter-out 0,$(shell id -u)),--rmcp-port 10623))

lint: .venv/test.stamp
	@$(BIN)/nox -s style types

clean:
	rm -rf .venv .nox .cache build dist tests/output .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/pyvenv.cfg:
	@mkdir -p build && : > $(LOG)
	@echo 'setup: virtual environment in .venv'
	@PYTHON='$(PYTHON)' sh tests/environment .venv >> $(LOG) 2>&1 || { tail -n 3 $(LOG); rm -rf .venv; exit 1; }

.venv/demo.stamp: .venv/pyvenv.cfg requirements/locked/demo.txt
	@mkdir -p build
	@echo 'setup: ansible-core and the simulator (needs the network once; details in $(LOG))'
	@$(BIN)/python -m pip install --require-hashes -r requirements/locked/demo.txt >> $(LOG) 2>&1 \
		|| { tail -n 15 $(LOG); exit 1; }
	@touch $@

.venv/test.stamp: .venv/demo.stamp requirements/locked/test.txt
	@mkdir -p build
	@echo 'setup: test tools'
	@$(BIN)/python -m pip install --require-hashes -r requirements/locked/test.txt >> $(LOG) 2>&1 || { tail -n 15 $(LOG); exit 1; }
	@touch $@

# What a user gets from Galaxy: built, then installed from the artefact.
$(COLLECTION): .venv/demo.stamp $(CONTENT)
	@echo 'setup: collection built and installed in build/collections'
	@mkdir -p build
	@$(BIN)/ansible-galaxy collection build --force --output-path build > $(LOG) 2>&1 \
		&& $(BIN)/ansible-galaxy collection install build/outofband-amt-*.tar.gz \
			--force --offline --no-deps --collections-path build/collections >> $(LOG) 2>&1 \
		|| { cat $(LOG); exit 1; }
	@touch $@
