# The two commands: `make demo` and `make test`. Both build what they need, and both may be run again.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PEERS_VENV ?= .venv-peers
PEERS := $(PEERS_VENV)/bin/python
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
DEBIAN_PACKAGES := libfribidi0 fonts-mlym fonts-dejavu-core
AXE := build/axe/node_modules/axe-core/axe.min.js
PLUGINS := $(wildcard plugins/ocrkit-*)
# Tests run in as many processes as there are cores, up to eight; each has a core, and a file's tests stay in one of them;
# they are taken in order, slow files first.
PYTEST = OMP_NUM_THREADS=1 $(abspath $(BIN))/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
PROCESSES = $(shell echo $$(($(JOBS) < 8 ? $(JOBS) : 8)))
# Plugins are tested side by side, the longest two first: some wait for a browser, a server or a cluster, and leave cores idle.
# But for the longest, one process is enough: to start another and to collect costs more than it saves.
PLUGIN_TESTS := $(addprefix test-,$(filter %-serve,$(PLUGINS)) $(filter %-ray,$(PLUGINS)) $(filter-out %-serve %-ray,$(PLUGINS)) plugins/template)
# What an editable install must be told of again: native code, and packages that came or went.
INSTALLED := CMakeLists.txt pyproject.toml $(shell find csrc ocrkit \( -name '*.?pp' -o -name __init__.py \))

export CMAKE_BUILD_PARALLEL_LEVEL := $(JOBS)
export CTEST_PARALLEL_LEVEL := $(JOBS)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo serve test $(PLUGIN_TESTS) lint bench bench-peers callgrind-counts native-asan native-tsan wheel constraints clean environment fonts browser picture-of-serve

demo: environment fonts
	$(BIN)/ocrkit demo

# Pages read in the browser. OPTIONS="--port 8080" says more, as `ocrkit serve --help` lists.
serve: environment
	$(BIN)/ocrkit serve $(OPTIONS)

test: environment fonts browser
	$(MAKE) -j2 --output-sync lint native-asan native-tsan
	$(PYTEST)
	$(MAKE) -j$(JOBS) --keep-going --output-sync $(PLUGIN_TESTS)

$(filter-out %-serve,$(PLUGIN_TESTS)): PROCESSES = 0
$(PLUGIN_TESTS): test-%:
	cd $* && $(PYTEST)

lint: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict plugins/ocrkit-serve/src
	$(BIN)/python -m mypy.stubtest ocrkit._ctc ocrkit._drawing ocrkit._ink

bench: environment fonts
	$(BIN)/python -m pytest benchmarks --benchmark-only

# The decoders beside their peers. OPTIONS="--help" lists what may be asked of it, as OPTIONS="--quick --posteriors DIR".
bench-peers: $(PEERS_VENV)/.ocrkit
	PYTHONPATH=benchmarks $(PEERS) -P -m peers $(OPTIONS)

# Keeps how many instructions the decoders take, by the compiler here, for tests/test_instruction_counts.py.
callgrind-counts: environment
	$(BIN)/python benchmarks/instruction_counts.py

# C++ tests, and a replay of every fuzz target, under AddressSanitizer and UndefinedBehaviorSanitizer.
native-asan: environment
	$(BIN)/cmake --workflow --preset asan

# The threaded C++ tests under ThreadSanitizer.
native-tsan: environment
	$(BIN)/cmake --workflow --preset tsan

# Manylinux wheels for the Pythons found here, and those of the plugins, in dist/. OPTIONS="--python 3.12" asks for one.
wheel: environment
	$(BIN)/python csrc/portable/wheels.py $(OPTIONS)

environment: $(VENV)/.installed $(VENV)/.plugins

$(VENV)/.packages: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ocrkit needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "no venv module: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || { echo "no Python headers: apt-get install python3-dev"; exit 1; }
	@echo 'int main() {}' | $${CXX:-c++} -std=c++20 -x c++ -fsyntax-only - 2>/dev/null || { echo "no C++20 compiler: apt-get install g++"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q $$(grep '^torch==' constraints.txt)
	$(BIN)/pip install -q cmake ninja scikit-build-core pybind11 flit-core -c constraints.txt
	touch $@

$(VENV)/.installed: $(VENV)/.packages $(INSTALLED)
	$(BIN)/pip install -q --no-build-isolation -e '.[dev,train,onnx,export,plot,lmdb,parquet,tensorboard,scipy,pdf,remote]' -c constraints.txt
	touch $@

$(VENV)/.plugins: $(VENV)/.installed $(wildcard plugins/ocrkit-*/pyproject.toml)
	for plugin in $(PLUGINS); do $(BIN)/pip install -q --no-build-isolation --no-deps -e $$plugin || exit 1; done
	$(BIN)/pip install -q --no-build-isolation -e 'plugins/ocrkit-serve[test]' -c constraints.txt
	$(BIN)/pip install -q --no-build-isolation -e plugins/ocrkit-ray -c constraints.txt || echo "no Ray: no tests on a cluster"
	touch $@

# An environment of their own, since some peers need an old NumPy. One that does not install is named in the table.
$(PEERS_VENV)/.peers: benchmarks/peers.txt $(VENV)/.packages
	test -x $(PEERS) || $(BIN)/python -m venv $(PEERS_VENV)
	$(PEERS) -m pip install -q -r $< || sed '/^#/d' $< | while read -r peer; do \
	    $(PEERS) -m pip install -q "$$peer" 'numpy<2' || echo "$$peer does not install"; done
	touch $@

$(PEERS_VENV)/.ocrkit: $(PEERS_VENV)/.peers $(INSTALLED) $(wildcard ocrkit/*.py ocrkit/ctc/*.py)
	rm -rf build/peers-wheel
	$(BIN)/pip wheel -q --no-build-isolation --no-deps -C build-dir=build/peers -w build/peers-wheel .
	$(PEERS) -m pip install -q --force-reinstall --no-deps build/peers-wheel/*.whl
	touch $@

# Debian's fonts and FriBiDi, where they may be installed; elsewhere one line says what is missing.
fonts:
	@if command -v dpkg >/dev/null && dpkg -s $(DEBIAN_PACKAGES) >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(DEBIAN_PACKAGES) >/dev/null; \
	else echo "please install: $(DEBIAN_PACKAGES) (Debian's names: FriBiDi, Malayalam fonts, DejaVu)"; fi

# What the tests in a browser take: playwright, Debian's Chromium, and axe-core from npm. Each that cannot be had is told,
# and the tests that need it are skipped.
browser: environment
	@$(BIN)/python -c 'import playwright' 2>/dev/null || \
	    $(BIN)/pip install -q --no-build-isolation -e 'plugins/ocrkit-serve[browser]' -c constraints.txt || \
	    echo "no playwright: no tests in a browser"
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; then :; \
	else echo "no Chromium: no tests in a browser; please install: chromium (Debian's name)"; fi
	@test -e $(AXE) || { command -v npm >/dev/null && npm install --silent --no-save --ignore-scripts --no-audit --no-fund --fetch-retries 1 --fetch-timeout 30000 \
	    --prefix build/axe axe-core@4.14.1 >/dev/null; } || echo "no axe-core: the page's accessibility is not checked"

# Renews the README's picture of the page in the browser.
picture-of-serve: browser fonts
	cd plugins/ocrkit-serve && OCRKIT_RENEW_PICTURES=1 $(abspath $(BIN))/python -m pytest tests/browser -k picture_of_the_readme

# Rewrites constraints.txt from what the environment holds. Run it in a fresh environment.
constraints: environment
	$(BIN)/pip freeze --exclude-editable --exclude ocrkit | sed -E 's/^(torch==[0-9.]+).*/\1/' | grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf build dist $(VENV) $(PEERS_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
