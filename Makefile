# SPDX-License-Identifier: Apache-2.0
# For those who develop; the real build is meson.build. `./run` and `./test` need no make.
.PHONY: build test faults fuzz fuzz-wine bench soak install deb format lint clean
PYTHON = /usr/bin/python3

build:
	@scripts/prepare.sh build test
	@scripts/build.sh build
test:
	@./test
faults: # each conformance program, with each of its allocations failing once (20 s for one program)
	@scripts/prepare.sh build test
	@CC=clang scripts/build.sh build-test -Db_sanitize=address,undefined -Db_lundef=false -Dfaults=true
	@$(PYTHON) tests/conformance/run.py --build build-test --faults --budget 20000
fuzz: # a million inputs for each target, on all processors; FUZZ="vbs=5000000 http" chooses targets and numbers
	@scripts/prepare.sh build test
	@CC=clang scripts/build.sh build-fuzz -Dfuzzers=true -Dfaults=true -Db_sanitize=address,undefined -Db_lundef=false
	@CC=clang scripts/build.sh build-test -Db_sanitize=address,undefined -Db_lundef=false -Dfaults=true
	@$(PYTHON) fuzz/run.py build-fuzz build-test $(FUZZ)
fuzz-wine: build # expressions and programs, compared with Wine's engine; SEED, COUNT
	@scripts/prepare.sh bench
	@$(PYTHON) fuzz/wine/run.py build/bin/cscript $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))
bench: build
	@scripts/prepare.sh bench
	@$(PYTHON) bench/run.py
	@$(PYTHON) bench/vbs/run.py
soak: build # pages with accidents for half an hour; 10,000 commits of configuration by writers that are killed
	@$(PYTHON) bench/commits.py
	@$(PYTHON) bench/soak.py
install: build # DESTDIR=... for packagers
	@/usr/bin/meson install -C build --no-rebuild
deb:
	@scripts/prepare.sh build deb
	@scripts/deb.sh
format:
	@scripts/lint.sh apply
lint:
	@scripts/prepare.sh build test lint
	@scripts/lint.sh format
	@scripts/lint.sh tidy
clean:
	rm -rf build build-*
