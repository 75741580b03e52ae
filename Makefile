# SPDX-License-Identifier: MIT
# The front door of callprop. `make help` says what there is.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DESTDIR ?=
LDCONFIG ?= ldconfig

VERSION := $(shell sed -n 's/^.define CP_VERSION_STRING "\(.*\)"/\1/p' include/callprop.h)
SONAME := libcallprop.so.1
LIBRARY := build/libcallprop.so.$(VERSION)
SWIFT_VERSION := $(shell cat .swift-version)
SWIFT := $(basename $(SWIFT_VERSION))
STAGE := $(CURDIR)/build/stage
VENV := build/venv
PYTHON_VENV := build/venv-python
WHEEL_VENV := build/venv-wheel
LINT_VENV := build/venv-lint
LOCK_VENV := build/venv-requirements

SOURCES := .swift-version Package.swift Makefile include/callprop.h include/module.modulemap \
	$(wildcard Sources/*/*.swift Sources/CallProp/*/*.swift Sources/*/*.h Sources/*/*.modulemap Sources/*/*.map Sources/*/*.ld)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

## make            the shared library, in build/
.PHONY: all
all: $(LIBRARY)

$(LIBRARY): $(SOURCES)
	@$(MAKE) --no-print-directory deps QUIET=yes
	@# SwiftPM does not notice a change of flags that touch code generation only.
	@if [ -e $@ ] && [ Package.swift -nt $@ ]; then rm -rf .build; fi
	swift build --configuration release --product callprop --disable-local-rpath
	@mkdir -p build
	strip --strip-unneeded -o $@ .build/release/libcallprop.so
	ln -sf libcallprop.so.$(VERSION) build/$(SONAME)
	ln -sf $(SONAME) build/libcallprop.so

## make deps       installs what is missing with apt-get, as root or through sudo
.PHONY: deps
deps:
	@remedy="install Swift $(SWIFT) from https://swift.org/install and put its bin folder on PATH"; \
	command -v swift >/dev/null || { echo "callprop: no Swift toolchain: $$remedy" >&2; exit 1; }; \
	found=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p'); \
	case $$found in \
	$(SWIFT_VERSION)) ;; \
	$(SWIFT) | $(SWIFT).*) [ -n "$(QUIET)" ] || echo "deps: callprop is tested with Swift $(SWIFT_VERSION); this is $$found" ;; \
	*) echo "callprop: Swift $${found:-of an unknown version}, in $$(command -v swift): $$remedy" >&2; exit 1 ;; \
	esac
	@missing=; need() { missing="$$missing $$1"; }; \
	command -v cc >/dev/null || need gcc; \
	command -v c++ >/dev/null || need g++; \
	command -v readelf >/dev/null || need binutils; \
	command -v pkg-config >/dev/null || need pkg-config; \
	pkg-config --exists jansson 2>/dev/null || need libjansson-dev; \
	python3 -c 'import venv, ensurepip' 2>/dev/null || need python3-venv; \
	if [ -z "$$missing" ]; then \
	  [ -n "$(QUIET)" ] || echo "deps: everything is there"; \
	else \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  { command -v $${sudo:-apt-get} >/dev/null && echo "deps: $$sudo apt-get install$$missing" && \
	    $$sudo apt-get update -q && $$sudo apt-get install -q -y --no-install-recommends $$missing; } || { \
	    echo "callprop: missing:$$missing: install with apt-get as root, then run make again" >&2; exit 1; }; \
	fi

## make demo       runs the examples on the data of a small office
.PHONY: demo
demo: stage
	@examples/demo.sh "$(STAGE)"

# The library, installed where the examples and the tests use it as a stranger would.
.PHONY: stage
stage: build/staged

build/staged: $(LIBRARY) pkgconfig/callprop.pc.in
	@rm -rf "$(STAGE)"
	@$(MAKE) --no-print-directory install PREFIX="$(STAGE)" LIBDIR="$(STAGE)/lib" INCLUDEDIR="$(STAGE)/include" DESTDIR= LDCONFIG=: >/dev/null
	@touch $@

## make test       all tests: the core in full Swift, the installed library from C, C++ and Python, its JSON against jansson's, inputs that once were wrong
.PHONY: test
test: test-core test-abi test-python test-grammar test-inputs

.PHONY: test-core
test-core:
	@$(MAKE) --no-print-directory deps QUIET=yes
	swift test --enable-code-coverage

.PHONY: test-abi
test-abi: stage $(VENV)/installed
	$(VENV)/bin/pytest -q Tests/abi --prefix "$(STAGE)"

## make test-asterisk  real calls through the module of Sources/asterisk in a real Asterisk, permitted and denied on every path
.PHONY: test-asterisk
test-asterisk: stage
	@python3 Tests/asterisk/run.py

## make bench-asterisk  what the module costs a call in Asterisk, as ratios to the same call without it
.PHONY: bench-asterisk
bench-asterisk: stage
	@python3 Tests/asterisk/bench.py

## make coverage-asterisk  which lines and branches of the module they run
.PHONY: coverage-asterisk
coverage-asterisk: stage
	@python3 Tests/asterisk/coverage.py

## make check-mutation-asterisk  which changes of the module they notice, in a sample (MUTATION="--sample N")
.PHONY: check-mutation-asterisk
check-mutation-asterisk: stage
	@python3 Tests/asterisk/mutation.py $(MUTATION)

## make check-asterisk-memory  that Asterisk in valgrind's memcheck: no report that names the module
.PHONY: check-asterisk-memory
check-asterisk-memory: stage
	@python3 Tests/asterisk/memory.py $(MEMORY)

## make test-kamailio  real calls through examples/kamailio, permitted and denied, and its calls per second
.PHONY: test-kamailio
test-kamailio: stage
	@python3 Tests/kamailio/run.py "$(STAGE)"

# The Python package, with the installed library. What its users install is tested by check-wheel.
.PHONY: test-python
test-python: stage $(PYTHON_VENV)/installed
	$(PYTHON_VENV)/bin/pytest -q Tests/python --prefix "$(STAGE)"

# A part of check-grammar.
.PHONY: test-grammar
test-grammar: stage
	@mkdir -p build/proof
	@Tests/proof/grammar.sh "$(STAGE)" --part

# What the fuzzers start from, and what they once found, without fuzzing.
.PHONY: test-inputs
test-inputs:
	@Tests/fuzz/run.sh replay

$(VENV)/installed: Tests/requirements.txt
$(PYTHON_VENV)/installed: Tests/python/requirements.txt
$(WHEEL_VENV)/installed: Sources/python/wheel-requirements.txt
$(LINT_VENV)/installed: Tests/lint/requirements.txt
$(LOCK_VENV)/installed: Tests/lint/uv-requirements.txt
# A requirements.txt has the hash of each package and of all that it needs. Nothing is compiled that is then not imported.
$(VENV)/installed $(PYTHON_VENV)/installed $(WHEEL_VENV)/installed $(LINT_VENV)/installed $(LOCK_VENV)/installed:
	@$(MAKE) --no-print-directory deps QUIET=yes
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --require-hashes --only-binary :all: --no-deps --no-compile -r $<
	@touch $@

## make requirements  the requirements*.txt from the *.in beside them; newer versions: UPGRADE=--upgrade, or UPGRADE="--upgrade-package NAME"
.PHONY: requirements
requirements: $(LOCK_VENV)/installed
	Tests/lint/requirements.sh $(LOCK_VENV)/bin/uv $(UPGRADE)

## make wheel      the Python package with the library and jansson inside, for any Linux, and its sdist, in build/dist
.PHONY: wheel
wheel: stage $(WHEEL_VENV)/installed
	Sources/python/wheel.sh "$(STAGE)" $(WHEEL_VENV)/bin/python build/dist

# Each of these proves one claim of Tests/README.md, with what it measured in its last line.
PROOFS := machine-code reproducible processors abi headers hosts exhaustive process valgrind install \
	allocation sanitizers grammar edges
.PHONY: $(PROOFS:%=check-%) check-wheel
$(PROOFS:%=check-%) check-wheel: check-%: stage
	@mkdir -p build/proof
	Tests/proof/$*.sh "$(STAGE)"

check-wheel: wheel

# The tests with any input, of which `make test` tries a hundred a claim.
.PHONY: check-any-input
check-any-input: stage $(VENV)/installed $(PYTHON_VENV)/installed
	$(VENV)/bin/pytest -q Tests/abi/test_any_input.py --prefix "$(STAGE)" --hypothesis-profile=deep
	$(PYTHON_VENV)/bin/pytest -q Tests/python/test_any_input.py --prefix "$(STAGE)" --hypothesis-profile=deep

.PHONY: check-fuzz check-mutation check-mutation-shipped check-mutation-python coverage
check-fuzz: | build
	Tests/fuzz/run.sh $(FUZZ)
check-mutation: stage
	Tests/proof/mutation.sh "$(STAGE)" $(MUTATION)
check-mutation-shipped: stage $(VENV)/installed
	$(VENV)/bin/python Tests/proof/shipped_mutation.py "$(STAGE)" $(MUTATION)
check-mutation-python: stage $(PYTHON_VENV)/installed
	$(PYTHON_VENV)/bin/python Tests/proof/python_mutation.py "$(STAGE)" $(MUTATION)
coverage: test-core | build
	Tests/proof/coverage.sh
build:
	@mkdir -p build

## make check-deep every claim of Tests/README.md; each is also a target of its own
.PHONY: check-deep
check-deep: MUTATION ?= --named
check-deep: $(PROOFS:%=check-%) check-any-input coverage check-mutation check-fuzz check-asterisk-memory

## make bench      speed and size, beside C and other engines (BENCH=--quick: a short look; BENCH="--only json": those rows)
.PHONY: bench
bench: stage
	@Tests/bench/run.sh "$(STAGE)" $(BENCH)

## make lint       the form of the code, what ruff, shellcheck and reuse find, and what the rooms of the Swift code keep apart
.PHONY: lint
lint: $(LINT_VENV)/installed | build
	@command -v shellcheck >/dev/null || Tests/shared/install_package.sh shellcheck build/apt.log
	Tests/lint/form.sh check $(LINT_VENV)/bin

## make format     puts the code into form
.PHONY: format
format: $(LINT_VENV)/installed
	Tests/lint/form.sh write $(LINT_VENV)/bin

## make install    into PREFIX=/usr/local, with LIBDIR, INCLUDEDIR and DESTDIR as usual
.PHONY: install
install: $(LIBRARY)
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(INCLUDEDIR)"
	install -m 755 $(LIBRARY) "$(DESTDIR)$(LIBDIR)/"
	ln -sf libcallprop.so.$(VERSION) "$(DESTDIR)$(LIBDIR)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/libcallprop.so"
	install -m 644 include/callprop.h "$(DESTDIR)$(INCLUDEDIR)/"
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	  -e 's|@VERSION@|$(VERSION)|' pkgconfig/callprop.pc.in > "$(DESTDIR)$(LIBDIR)/pkgconfig/callprop.pc"
	chmod 644 "$(DESTDIR)$(LIBDIR)/pkgconfig/callprop.pc"
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then $(LDCONFIG); fi

## make uninstall  takes away what install put there, with the same variables
.PHONY: uninstall
uninstall:
	rm -f "$(DESTDIR)$(LIBDIR)/libcallprop.so.$(VERSION)" "$(DESTDIR)$(LIBDIR)/$(SONAME)" \
	  "$(DESTDIR)$(LIBDIR)/libcallprop.so" "$(DESTDIR)$(INCLUDEDIR)/callprop.h" \
	  "$(DESTDIR)$(LIBDIR)/pkgconfig/callprop.pc"
ifneq ($(PREFIX),/usr/local)
	-@rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(LIBDIR)" "$(DESTDIR)$(INCLUDEDIR)"
endif

## make clean      removes everything that was built
.PHONY: clean
clean:
	rm -rf build .build

## make help       this list
.PHONY: help
help:
	@sed -n 's/^## //p' Makefile
