# SPDX-License-Identifier: MIT
# The front door of callprop. `make help` says what there is.

# Where `make install` puts things: GNU's names, or the same in capitals. DESTDIR comes before all of them.
PREFIX ?= /usr/local
prefix = $(PREFIX)
exec_prefix = $(prefix)
BINDIR ?= $(exec_prefix)/bin
bindir = $(BINDIR)
LIBDIR ?= $(exec_prefix)/lib
libdir = $(LIBDIR)
INCLUDEDIR ?= $(prefix)/include
includedir = $(INCLUDEDIR)
datarootdir = $(prefix)/share
MANDIR ?= $(datarootdir)/man
mandir = $(MANDIR)
DOCDIR ?= $(datarootdir)/doc/callprop
docdir = $(DOCDIR)
DESTDIR ?=
LDCONFIG ?= ldconfig
# Where everything is built. Another folder leaves that of the sources as it is.
BUILD ?= build

VERSION := $(shell sed -n 's/^.define CP_VERSION_STRING "\(.*\)"/\1/p' include/callprop.h)
SONAME := libcallprop.so.1
SCRATCH := $(if $(filter build,$(BUILD)),.build,$(abspath $(BUILD))/.build)
$(if $(word 2,$(BUILD)),$(error callprop: BUILD: "$(BUILD)" has a space: name a folder without one))
SWIFT_VERSION := $(shell cat .swift-version)
SWIFT := $(basename $(SWIFT_VERSION))
VENV := build/venv
PYTHON_VENV := build/venv-python
PAGE_VENV := build/venv-page
WHEEL_VENV := build/venv-wheel
REPLAY_VENV := build/venv-replay
LINT_VENV := build/venv-lint
UV_VENV := build/venv-uv
DOCS_VENV := build/venv-docs

SOURCES := .swift-version Package.swift Makefile include/callprop.h include/module.modulemap \
	$(wildcard Sources/*/*.swift Sources/CallProp/*/*.swift Sources/*/*.h Sources/*/*.modulemap Sources/*/*.map Sources/*/*.ld Sources/C*/*.c Sources/cross/*)

# Another kind of machine to build for, as Debian or as the kernel calls it; only when it is said on make's own command line, since
# many an environment has an ARCH.
ifneq ($(origin ARCH),command line)
ARCH :=
endif
name_of_aarch64 := arm64
name_of_armv7l := armhf
name_of_i686 := i386
name_of_x86_64 := amd64
MACHINE := $(or $(name_of_$(ARCH)),$(ARCH))
HERE := $(shell uname -m)
# The machine that builds needs no cross build.
ifeq ($(MACHINE),$(or $(name_of_$(HERE)),$(HERE)))
MACHINE :=
endif
ifneq ($(MACHINE),)
LDCONFIG := :
endif
OUT := $(BUILD)$(if $(MACHINE),/$(MACHINE))
LIBRARY := $(OUT)/libcallprop.so.$(VERSION)
STATIC := $(OUT)/libcallprop.a
STAGE := $(abspath $(OUT))/stage
OBJECTS := $(if $(MACHINE),$(OUT)/swift,$(SCRATCH))/release
# Of glibc, a processor of x86-64 has versions older than any other's.
NAMES := jansson $(if $(filter x86_64,$(HERE)),,libc)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

## make            the shared and the static library, in build/ (BUILD=folder: there); never installs anything that is missing
.PHONY: all
all: $(LIBRARY) $(STATIC)

$(BUILD)/libcallprop.so.$(VERSION): $(SOURCES)
	@$(FIND_MISSING)$(NAME_MISSING)
	@# SwiftPM does not notice a change of flags that touch code generation only.
	@if [ -e $@ ] && [ Package.swift -nt $@ ]; then rm -rf "$(SCRATCH)"; fi
	@# SwiftPM asks pkg-config for jansson, and is told of names alone.
	@Sources/cross/names.sh "$(BUILD)/names" "$$(pkg-config --cflags jansson)" "$(NAMES)" cc
	PKG_CONFIG_PATH="$(abspath $(BUILD))/names:$$PKG_CONFIG_PATH" \
	  swift build --configuration release --product callprop --disable-local-rpath --scratch-path "$(SCRATCH)"
	@mkdir -p "$(BUILD)"
	strip --strip-unneeded -o $@ "$(SCRATCH)/release/libcallprop.so"
	ln -sf libcallprop.so.$(VERSION) "$(BUILD)/$(SONAME)"
	ln -sf $(SONAME) "$(BUILD)/libcallprop.so"

## make cross      the same for another kind of machine, in build/ARCH: ARCH=arm64, armhf, riscv64 or i386; then make install ARCH=…
.PHONY: cross
cross: $(if $(ARCH),$(LIBRARY) $(STATIC))
	@[ -n "$(ARCH)" ] || { echo "callprop: for which machine? make cross ARCH=arm64, or armhf, riscv64, i386" >&2; exit 2; }

build/%/libcallprop.so.$(VERSION): $(SOURCES)
	@$(FIND_MISSING)$(NAME_MISSING)
	Sources/cross/build.sh $* $(VERSION)

TOOLCHAIN = $(shell dirname "$$(readlink -f "$$(command -v swift)")")

# One object that shows nothing but the names of the header, whatever it is linked into.
EXPORTED = $(shell sed -n 's/^[^#]*global:/ /; s/.*local:.*//; /cp_/p' Sources/CallProp/callprop.map | tr -s ' ;\n' ' ')
$(STATIC): $(LIBRARY) Sources/CallProp/callprop.map
	"$(TOOLCHAIN)/ld.lld" -r --gc-sections $(EXPORTED:%=-u %) -o "$(OBJECTS)/callprop.o" \
	  "$(OBJECTS)"/CallProp.build/*.o "$(OBJECTS)"/CallPropWide.build/*.o
	"$(TOOLCHAIN)/llvm-objcopy" --strip-unneeded -w --keep-global-symbol='cp_*' -R .swift_modhash "$(OBJECTS)/callprop.o"
	@rm -f $@
	"$(TOOLCHAIN)/llvm-ar" rcsD $@ "$(OBJECTS)/callprop.o"

# Each line of the shell adds to $$missing. The toolchain needs libraries of which its archive says nothing; cc finds the C library.
FIND_MISSING = missing=; need() { case " $$missing " in *" $$1 "*) ;; *) missing="$$missing $$1";; esac; }; \
	$(FIND_SWIFT) \
	command -v cc >/dev/null || need gcc; \
	command -v readelf >/dev/null || need binutils; \
	command -v pkg-config >/dev/null || need pkg-config; \
	pkg-config --exists jansson 2>/dev/null || need libjansson-dev;
TOOLCHAIN_LIBRARIES := libncurses.so.6:libncurses6 libtinfo.so.6:libtinfo6 libcurl.so.4:libcurl4 libxml2.so.2:libxml2 \
	libsqlite3.so.0:libsqlite3-0 libedit.so.2:libedit2 libz.so.1:zlib1g libuuid.so.1:libuuid1 libstdc++.so.6:libstdc++6
FIND_SWIFT = remedy="install Swift $(SWIFT) from https://swift.org/install and put its bin folder on PATH"; \
	command -v swift >/dev/null || { echo "callprop: no Swift toolchain: $$remedy" >&2; exit 1; }; \
	bin=$$(dirname "$$(readlink -f "$$(command -v swift)")"); \
	lacks=$$(ldd "$$bin/swift-build" "$$bin/swift-frontend" "$$bin/clang" "$$bin/lld" 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found/\1/p'); \
	for pair in $(TOOLCHAIN_LIBRARIES); do case " $$(echo $$lacks) " in *" $${pair%%:*} "*) need "$${pair\#*:}";; esac; done; \
	if [ -z "$$missing" ]; then \
	  found=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p'); \
	  case $$found in \
	  $(SWIFT) | $(SWIFT).*) ;; \
	  *) echo "callprop: Swift $${found:-of an unknown version}, in $$(command -v swift): $$remedy" >&2; exit 1 ;; \
	  esac; \
	fi;
NAME_MISSING = if [ -n "$$missing" ]; then \
	  echo "callprop: missing:$$missing: make deps installs them, as root or through sudo; then run make again" >&2; exit 1; fi

## make deps       installs what building and testing need and what is missing, with apt-get, as root or through sudo
.PHONY: deps
deps:
	@$(FIND_MISSING) \
	command -v c++ >/dev/null || need g++; \
	python3 -c 'import venv, ensurepip' 2>/dev/null || need python3-venv; \
	[ -z "$$found" ] || [ "$$found" = $(SWIFT_VERSION) ] || [ -n "$(QUIET)" ] || \
	  echo "deps: callprop is tested with Swift $(SWIFT_VERSION); this is $$found"; \
	if [ -z "$$missing" ]; then \
	  [ -n "$(QUIET)" ] || echo "deps: everything is there"; \
	else \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  { command -v $${sudo:-apt-get} >/dev/null && echo "deps: $$sudo apt-get install$$missing" && \
	    $$sudo apt-get update -q && $$sudo apt-get install -q -y --no-install-recommends $$missing; } || { \
	    echo "callprop: missing:$$missing: install them with apt-get as root, then run make again" >&2; exit 1; }; \
	fi

## make demo       runs the examples on the data of a small office
.PHONY: demo
demo:
	@$(MAKE) --no-print-directory deps QUIET=yes
	@$(MAKE) --no-print-directory stage
	@examples/demo.sh "$(STAGE)"

# The library, installed where the examples and the tests use it as a stranger would.
.PHONY: stage
stage: $(OUT)/staged

$(OUT)/staged: $(LIBRARY) $(STATIC) $(wildcard pkgconfig/*)
	@rm -rf "$(STAGE)"
	@# By both names of each folder: what was said on make's own command line comes here too, and would lead out of the stage.
	@$(MAKE) --no-print-directory install DESTDIR= LDCONFIG=: \
	  prefix="$(STAGE)" exec_prefix="$(STAGE)" bindir="$(STAGE)/bin" libdir="$(STAGE)/lib" includedir="$(STAGE)/include" \
	  datarootdir="$(STAGE)/share" mandir="$(STAGE)/share/man" docdir="$(STAGE)/share/doc/callprop" >/dev/null
	@touch $@

## make test       the tests: the core in full Swift, the installed library from C and C++, the Python package; make check-thorough has what takes longer
.PHONY: test
test:
	@$(MAKE) --no-print-directory deps QUIET=yes
	@$(MAKE) --no-print-directory $(SIDE_BY_SIDE) stage $(PYTHON_VENV)/installed $(VENV)/installed
	@$(MAKE) --no-print-directory $(SIDE_BY_SIDE) test-python test-core test-abi

# What does not depend on each other runs side by side, the longest first, each part's output together, unless make was told how many jobs. First what
# several need, since two builds by SwiftPM wait for each other.
SIDE_BY_SIDE = $(if $(findstring jobserver,$(MAKEFLAGS)),,--jobs=3 --output-sync=target)

.PHONY: test-core
test-core:
	@$(MAKE) --no-print-directory deps QUIET=yes
	swift test

.PHONY: test-abi
test-abi: stage $(VENV)/installed
	$(QUICKLY) $(VENV)/bin/pytest -q Tests/abi -m "$(WHICH)" $(EXAMPLES) --prefix "$(STAGE)"

# Which of the tests run, and with how many examples those that make up their own; check-thorough has the others, and more examples.
WHICH := not thorough
EXAMPLES := --hypothesis-profile=quick

# What Python has compiled is kept, also where an environment says that nothing is to be written beside what is compiled.
QUICKLY := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/build/pycache"

## make test-asterisk  real calls through the module of Sources/asterisk in a real Asterisk, permitted and denied on every path
.PHONY: test-asterisk
test-asterisk: stage $(REPLAY_VENV)/installed
	@python3 Tests/asterisk/run.py

## make bench-asterisk  what the module costs a call in Asterisk, as ratios to the same call without it
.PHONY: bench-asterisk
bench-asterisk: stage
	@python3 Tests/asterisk/bench.py; first=$$?; python3 Tests/asterisk/bench_clients.py && exit $$first

## make coverage-asterisk  which lines and branches of the module they run
.PHONY: coverage-asterisk
coverage-asterisk: stage $(REPLAY_VENV)/installed
	@python3 Tests/asterisk/coverage.py

## make check-mutation-asterisk  which changes of the module they notice, in a sample (MUTATION="--sample N")
.PHONY: check-mutation-asterisk
check-mutation-asterisk: stage $(REPLAY_VENV)/installed
	@python3 Tests/asterisk/mutation.py $(MUTATION)

## make check-asterisk-memory  that Asterisk in valgrind's memcheck: no report that names the module
.PHONY: check-asterisk-memory
check-asterisk-memory: stage
	@python3 Tests/asterisk/memory.py $(MEMORY)

## make check-asterisk-late  that who is connected is the same when Asterisk tells the module late, as under load (LATE="--late 20,20,0,20": some)
.PHONY: check-asterisk-late
check-asterisk-late: stage $(REPLAY_VENV)/installed
	@python3 Tests/asterisk/late.py $(LATE)

## make test-kamailio  real calls through examples/kamailio, permitted and denied, and its calls per second
.PHONY: test-kamailio
test-kamailio: stage
	@python3 Tests/kamailio/run.py "$(STAGE)"

# The Python package, with the installed library. What its users install is tested by check-wheel.
.PHONY: test-python
test-python: stage $(PYTHON_VENV)/installed
	@command -v zsh >/dev/null || Tests/shared/install_package.sh zsh build/apt.log
	$(QUICKLY) $(PYTHON_VENV)/bin/pytest -q Tests/python -m "$(WHICH)" $(EXAMPLES) --ignore=Tests/python/test_types.py --prefix "$(STAGE)"

## make check-thorough  what make test leaves out: tests that take a second or more, or wait for a race; more examples; JSON against jansson's; inputs that once were wrong
.PHONY: check-thorough
check-thorough:
	@$(MAKE) --no-print-directory test-python test-abi test-grammar test-inputs WHICH="thorough or hypothesis" EXAMPLES=

## make check-types  mypy and pyright look at the package, at right uses of it, and at wrong ones, which they are to name
.PHONY: check-types
check-types: stage $(PYTHON_VENV)/installed
	$(QUICKLY) $(PYTHON_VENV)/bin/pytest -q Tests/python/test_types.py --prefix "$(STAGE)"

## make test-replay  call records replayed by DuckDB, against plain Python; make check-replay-spark: by Spark, too (Java, pyspark: 0.5 GB)
.PHONY: test-replay check-replay-spark bench-replay
test-replay: stage $(REPLAY_VENV)/installed
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || Tests/shared/install_package.sh postgresql build/apt.log
	$(REPLAY_VENV)/bin/pytest -q Tests/replay --prefix "$(STAGE)"
check-replay-spark: stage $(REPLAY_VENV)/spark
	$(REPLAY_VENV)/bin/pytest -q Tests/replay/test_plan.py Tests/replay/test_frame.py Tests/replay/test_spark.py --prefix "$(STAGE)" --spark

## make bench-replay  how long a replay takes, as ratios to reading the columns (BENCH_REPLAY="--rows 1000000": fewer; --spark, --cluster: there, too)
bench-replay: stage $(REPLAY_VENV)/installed $(if $(filter --spark --cluster,$(BENCH_REPLAY)),$(REPLAY_VENV)/spark)
	CALLPROP_LIBRARY="$(STAGE)/lib/$(SONAME)" $(REPLAY_VENV)/bin/python Tests/replay/bench.py $(BENCH_REPLAY)

# PyPI has no wheel of pyspark, and so it has no hash there.
$(REPLAY_VENV)/spark: $(REPLAY_VENV)/installed Tests/replay/spark-requirements.in
	@command -v java >/dev/null || Tests/shared/install_package.sh openjdk-17-jre-headless build/apt.log
	Tests/shared/pip.sh $(REPLAY_VENV)/bin/python install -q -r Tests/replay/spark-requirements.in
	@touch $@

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
$(PAGE_VENV)/installed: Tests/page/requirements.txt
$(REPLAY_VENV)/installed: Tests/replay/requirements.txt
$(WHEEL_VENV)/installed: Sources/python/wheel-requirements.txt
$(LINT_VENV)/installed: Tests/lint/requirements.txt
$(DOCS_VENV)/installed: docs/requirements.txt
$(UV_VENV)/installed: Tests/lint/uv-requirements.txt
$(UV_VENV)/installed:
	@$(MAKE) --no-print-directory deps QUIET=yes
	Tests/shared/venv.sh $(@D) $<
	@touch $@
# uv makes the others.
$(VENV)/installed $(PYTHON_VENV)/installed $(PAGE_VENV)/installed $(REPLAY_VENV)/installed $(WHEEL_VENV)/installed $(LINT_VENV)/installed $(DOCS_VENV)/installed: | $(UV_VENV)/installed
	Tests/shared/venv.sh $(@D) $< $(UV_VENV)/bin/uv
	@touch $@

## make requirements  the requirements*.txt from the *.in beside them; newer versions: UPGRADE=--upgrade, or UPGRADE="--upgrade-package NAME"
.PHONY: requirements
requirements: $(UV_VENV)/installed
	Tests/lint/requirements.sh $(UV_VENV)/bin/uv $(UPGRADE)

## make wheel      the Python package with the library and jansson inside, for any Linux, and its sdist, in build/dist: ARCH=aarch64 or armv7l for another machine; make wheels: all three
.PHONY: wheel wheels
wheel: stage $(WHEEL_VENV)/installed
	Sources/python/wheel.sh "$(STAGE)" $(WHEEL_VENV)/bin/python build/dist $(or $(MACHINE),$(name_of_$(HERE)),$(HERE))
wheels:
	$(MAKE) --no-print-directory wheel ARCH=x86_64
	$(MAKE) --no-print-directory wheel ARCH=aarch64
	$(MAKE) --no-print-directory wheel ARCH=armv7l

# Each of these proves one claim of Tests/README.md, with what it measured in its last line.
PROOFS := builders newcomer machine-code reproducible processors abi headers hosts exhaustive process valgrind install \
	allocation sanitizers grammar edges cross docs
.PHONY: $(PROOFS:%=check-%) check-wheel check-wheels
$(PROOFS:%=check-%) check-wheel check-wheels: check-%: stage
	@mkdir -p build/proof
	Tests/proof/$*.sh "$(STAGE)" $(if $(filter cross,$*),$(CROSS))

check-wheel: wheel
check-wheels: wheels
check-docs: $(DOCS_VENV)/installed

# Other kinds of machine, under qemu-user (CROSS=--part: what takes less than ten minutes).
check-cross: $(VENV)/installed

# The tests with any input, of which `make test` tries twenty a claim, and check-thorough a hundred.
.PHONY: check-any-input
check-any-input: stage $(VENV)/installed $(PYTHON_VENV)/installed
	$(VENV)/bin/pytest -q Tests/abi/test_any_input.py --prefix "$(STAGE)" --hypothesis-profile=deep
	$(PYTHON_VENV)/bin/pytest -q Tests/python/test_any_input.py --prefix "$(STAGE)" --hypothesis-profile=deep

## make check-page  the page of `callprop serve` in Debian's chromium
.PHONY: check-page
check-page: stage $(PAGE_VENV)/installed
	@[ -x /usr/bin/chromium ] || Tests/shared/install_package.sh chromium build/apt.log
	$(PAGE_VENV)/bin/pytest -q Tests/page --prefix "$(STAGE)"

.PHONY: check-fuzz check-mutation check-mutation-shipped check-mutation-python coverage
check-fuzz: | build
	Tests/fuzz/run.sh $(FUZZ)
check-mutation: stage
	Tests/proof/mutation.sh "$(STAGE)" $(MUTATION)
check-mutation-shipped: stage $(VENV)/installed
	$(VENV)/bin/python Tests/proof/shipped_mutation.py "$(STAGE)" $(MUTATION)
check-mutation-python: stage $(PYTHON_VENV)/installed
	$(PYTHON_VENV)/bin/python Tests/proof/python_mutation.py "$(STAGE)" $(MUTATION)
# In a folder of its own: otherwise test-core and this one would each build anew what the other has built.
coverage: | build
	@$(MAKE) --no-print-directory deps QUIET=yes
	swift test --enable-code-coverage --scratch-path build/coverage/swift
	Tests/proof/coverage.sh
build:
	@mkdir -p build

## make check-deep every claim of Tests/README.md; each is also a target of its own
.PHONY: check-deep
check-deep: MUTATION ?= --named
check-deep: $(PROOFS:%=check-%) check-thorough check-types check-any-input check-page coverage check-mutation check-fuzz coverage-asterisk check-asterisk-memory check-asterisk-late check-replay-spark

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

## make docs       the manual as web pages, in build/docs/html; make man: the man pages of docs/man, which are committed
.PHONY: docs man
docs: stage $(DOCS_VENV)/installed
	docs/build.sh $(DOCS_VENV)/bin html "$(STAGE)" build/docs/html
	@echo "the manual: build/docs/html/index.html"
man: $(DOCS_VENV)/installed
	docs/build.sh $(DOCS_VENV)/bin man "$(STAGE)" docs/man

## make check-version  whether all version numbers agree, before a release
.PHONY: check-version
check-version: stage $(VENV)/installed
	$(VENV)/bin/pytest -q Tests/abi/test_version.py --prefix "$(STAGE)"

## make install    into prefix=/usr/local, with libdir, includedir, mandir, docdir and DESTDIR as usual, and the same in capitals
.PHONY: install
install: $(LIBRARY) $(STATIC)
	@$(INSTALL) install

## make uninstall  takes away what install put there, with the same variables
.PHONY: uninstall
uninstall:
	@$(INSTALL) uninstall

## make install-tools, uninstall-tools  callprop-check, into bindir
.PHONY: install-tools uninstall-tools
install-tools: stage
	@$(INSTALL) install-tools
uninstall-tools:
	@$(INSTALL) uninstall-tools

# What it is to know, as the environment of a script: so a path may have any character.
INSTALL = BUILD="$(OUT)" STAGE="$(STAGE)" VERSION="$(VERSION)" SONAME="$(SONAME)" LDCONFIG="$(LDCONFIG)" pkgconfig/install.sh
export DESTDIR
$(foreach name,prefix bindir libdir includedir mandir docdir,$(eval export CALLPROP_$(name) = $$($(name))))

## make install-asterisk, uninstall-asterisk  the module for Asterisk (ASTMODDIR, ASTDATADIR, ASTETCDIR), against the callprop that is installed, and its man page
.PHONY: install-asterisk uninstall-asterisk
install-asterisk uninstall-asterisk: %-asterisk:
	@$(INSTALL) check
	$(MAKE) -C Sources/asterisk $*
	@$(INSTALL) $@

## make check      as make test; make installcheck: whether what was installed works, with the variables of make install
.PHONY: check installcheck
check: test
installcheck:
	@Tests/proof/installcheck.sh

## make deb        Debian's packages, in build/deb: ARCH=arm64 or armhf for another machine; make deb-asterisk: asterisk-callprop for sid
.PHONY: deb deb-asterisk check-deb
deb: dist
	Sources/packaging/deb.sh "$(VERSION)" $(ARCH)
deb-asterisk: deb
	Sources/packaging/asterisk.sh "$(VERSION)"

# In clean systems of each Debian (DEB="bookworm sid": in these).
check-deb: stage deb-asterisk
	$(MAKE) deb ARCH=arm64
	$(MAKE) deb ARCH=armhf
	@mkdir -p build/proof
	Tests/proof/deb.sh "$(STAGE)" $(DEB)

## make rpm        a package for Fedora and its like, in build/rpm; make check-rpm tries it, as far as a Debian can
.PHONY: rpm check-rpm
rpm: dist
	Sources/packaging/rpm.sh "$(VERSION)"
check-rpm: stage rpm
	@mkdir -p build/proof
	Tests/proof/rpm.sh "$(STAGE)"

## make dist       build/callprop-VERSION.tar.gz of the last commit, with its checksum: the same bytes each time
.PHONY: dist
dist: | build
	git archive --format=tar --prefix=callprop-$(VERSION)/ HEAD | gzip -n9 > build/callprop-$(VERSION).tar.gz
	cd build && sha256sum callprop-$(VERSION).tar.gz > callprop-$(VERSION).tar.gz.sha256

## make distcheck  unpacks that, and from sources that cannot be written to: make, install, a program, uninstall
.PHONY: distcheck
distcheck: dist
	Tests/proof/distcheck.sh build/callprop-$(VERSION).tar.gz

## make clean      removes everything that was built
.PHONY: clean
clean:
	rm -rf build .build

## make help       this list
.PHONY: help
help:
	@sed -n 's/^## //p' Makefile
