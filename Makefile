# The two commands: make demo, make test. Each sets up what it needs in .venv on its first run.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow lint bench screenshots package clean

help:
	@echo "make demo         one simulated patient, from four CT volumes to a report (build/demo)"
	@echo "make test         lint, types and the test suite (under 10 minutes on 2 cores)"
	@echo "make test-slow    the long tests"
	@echo "make bench        our radiomics engine and PyRadiomics in turn, our statistics and the plain way (build/bench)"
	@echo "make package      the Slicer extension as a package, without a build of Slicer (build/package)"
	@echo "make screenshots  pictures of reports and pages (build/screenshots)"

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v in ((3, 11), (3, 12)) else f"LWCTR needs Python 3.11 or 3.12, found {v[0]}.{v[1]}: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 4; }
	touch $@

# Everything is pinned in the lock, so pip resolves nothing (nnunetv2 would bring in a torchvision that breaks a CPU torch).
$(VENV)/.ready: $(VENV)/.made requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready requirements-test.lock Testing/oracles.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements-test.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(VENV)/oracles -r Testing/oracles.txt
	touch $@

demo: $(VENV)/.ready
	$(BIN)/lwctr demo build/demo

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	OMP_NUM_THREADS=1 $(PY) -m pytest -m "not slow" -n 2 --dist loadfile --cov --cov-report=
	@$(BIN)/coverage report --skip-covered --sort=cover | tail -25
	@$(BIN)/coverage report --format=total --fail-under=95 > /dev/null
	@echo "Next: make demo, then open build/demo/report.html"

test-slow: $(VENV)/.ready-test
	$(PY) -m pytest -m slow

bench: $(VENV)/.ready-test
	$(PY) Testing/benchmarks/bench_radiomics.py
	$(PY) Testing/benchmarks/bench_statistics.py
	$(PY) Testing/benchmarks/bench_large.py build/bench/large

package: $(VENV)/.ready-test
	$(PY) tools/build_extension_package.py

screenshots: $(VENV)/.ready-test
	$(PY) Testing/screenshots.py build/screenshots
	$(PY) Testing/slicer/screenshots.py build/screenshots

clean:
	rm -rf build .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache
