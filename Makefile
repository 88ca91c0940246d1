# Settings: nothing to change below this block.
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
CXX     ?= c++
OPT     ?= -O2 -g
# SANITIZE=address,undefined builds and tests with sanitizers, in a folder of its own.
SANITIZE ?=

PACKAGES = libxapian-dev libcmark-dev libutf8proc-dev libyaml-dev libxxhash-dev libjansson-dev
CHECK_PACKAGES = libcmocka-dev git python3 python3-jsonschema cmark jq mandoc man-db zsh fish tmux
BENCH_PACKAGES = libsqlite3-dev sqlite3 hyperfine python3 xz-utils
BENCH_PEERS = ripgrep $(if $(BENCH_QUICK),,xapian-omega recollcmd)

B := build$(if $(SANITIZE),/sanitize)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
SAN  := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
# What makes a fault harder to use; rules/hardening looks whether it is there. HARDEN= and
# HARDEN_LINK= leave it out. Fortify needs optimization, and sanitizers do better what it does.
FORTIFY     = $(if $(SANITIZE),,$(if $(filter -O1 -O2 -O3 -Os,$(OPT)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
HARDEN      = $(FORTIFY) -fstack-protector-strong -fPIE
HARDEN_LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ALL_CFLAGS   = -std=c11 -D_GNU_SOURCE $(WARN) -Iinclude $(OPT) $(HARDEN) $(SAN) -MMD -MP $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(WARN) -Iinclude $(OPT) $(HARDEN) $(SAN) -MMD -MP $(CXXFLAGS)
# Each library that is loaded costs casesearch 0.1 to 0.2 ms at every start, so the small ones
# are linked into it; SHARED=1 loads them all, as a distribution wants.
SMALL        = $(if $(SHARED),$(1),-Wl,-Bstatic $(1) -Wl,-Bdynamic)
LIBS_COMMON  = -lxapian $(call SMALL,-lutf8proc -lxxhash)
LIBS_INDEX   = -lcmark -lyaml
LIBS_SEARCH  = $(call SMALL,-ljansson)
Q := $(if $(V),,@)

LIB_OBJ    := $(patsubst %,$(B)/%.o,$(wildcard lib/*.c lib/*.cc))
INDEX_OBJ  := $(patsubst %,$(B)/%.o,$(wildcard indexer/*.c))
SEARCH_OBJ := $(patsubst %,$(B)/%.o,$(wildcard search/*.c))

all: deps $(B)/caseindex $(B)/casesearch  ## build both programs (default)

$(B)/caseindex: $(INDEX_OBJ) $(B)/lib.a
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON) $(LIBS_INDEX)

$(B)/casesearch: $(SEARCH_OBJ) $(B)/lib.a
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON) $(LIBS_SEARCH)

$(B)/lib.a: $(LIB_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/%.c.o: %.c Makefile | deps
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -I$(dir $<) -c -o $@ $<

$(B)/%.cc.o: %.cc Makefile | deps
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	$(Q)$(CXX) $(ALL_CXXFLAGS) -I$(dir $<) -c -o $@ $<

# ---- packages ---------------------------------------------------------------
# Installs what is missing through apt-get; a no-op where all is there.

deps: | build
	$(Q)tests/need-packages $(PACKAGES) g++ pkg-config

check-deps: | build
	$(Q)tests/need-packages $(PACKAGES) $(CHECK_PACKAGES)

build:
	$(Q)mkdir -p $@

# ---- tests ------------------------------------------------------------------

UNIT := $(patsubst tests/unit/%_test.c,$(B)/tests/%_test,$(wildcard tests/unit/*_test.c))
# A module of a program is tested with its neighbours: all objects but main.
PARTS = $(filter-out %/main.c.o,$(INDEX_OBJ) $(SEARCH_OBJ))

$(B)/tests/%_test: $(B)/tests/unit/%_test.c.o $(B)/parts.a $(B)/lib.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_COMMON) $(LIBS_INDEX) $(LIBS_SEARCH) -lm

$(B)/tests/unit/%.c.o $(B)/tests/tools/%.c.o $(B)/tests/bench/%.c.o: ALL_CFLAGS += -Ilib -Iindexer -Isearch

$(B)/parts.a: $(PARTS)
	$(Q)rm -f $@ && ar rcs $@ $^

check: check-deps  ## all tests; ends with "N passed, N failed" (SANITIZE=address,undefined for the same under sanitizers)
	$(Q)$(MAKE) --no-print-directory all units soak-tools torture-tools replays docs
	$(Q)BUILD=$(B) tests/run

units: $(UNIT)

# What tests/soak needs: a library that makes calls fail, and readers beside a writer.
soak-tools: $(B)/soak/fault.so $(B)/soak/crowd

$(B)/soak/fault.so: tests/soak/fault.c
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

$(B)/soak/crowd: tests/soak/crowd.c
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -o $@ $<

# What tests/torture needs: what makes a hostile index of a damaged one, and a library that
# makes allocations fail.
torture-tools: $(B)/torture/forge $(B)/torture/starve.so

$(B)/torture/starve.so: tests/torture/starve.c
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fno-builtin -fPIC -shared -o $@ $<

$(B)/tests/torture/%.c.o: ALL_CFLAGS += -Ilib

$(B)/torture/forge: $(B)/tests/torture/forge.c.o $(B)/lib.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON)

# What tests/fuzz needs: each target with a main that replays files, for any compiler; and
# with libFuzzer, which is clang's, in a folder of its own.
FUZZ := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_LIBS = $(LIBS_COMMON) $(LIBS_INDEX) $(LIBS_SEARCH) -lm

replays: $(FUZZ:%=$(B)/fuzz/%_replay)

$(B)/tests/fuzz/%.c.o: ALL_CFLAGS += -Ilib -Iindexer -Isearch

$(B)/fuzz/%_replay: $(B)/tests/fuzz/%_fuzz.c.o $(B)/tests/fuzz/replay.c.o $(B)/parts.a $(B)/lib.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ $(FUZZ_LIBS)

$(B)/%_fuzz: $(B)/tests/fuzz/%_fuzz.c.o $(B)/parts.a $(B)/lib.a
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(FUZZ_LIBS)

fuzzers: $(FUZZ:%=$(B)/%_fuzz)

fuzz: check-deps  ## libFuzzer on each target for SECONDS [60]; TARGETS="query terms" for some
	$(Q)tests/need-packages clang llvm
	$(Q)$(MAKE) --no-print-directory CC=clang CXX=clang++ B=build/fuzz-clang \
	    SANITIZE=fuzzer-no-link,address,undefined fuzzers
	$(Q)BUILD=build/fuzz-clang tests/fuzz/run $(or $(SECONDS),60) $(or $(TARGETS),$(FUZZ))

fuzz-coverage: check-deps  ## which lines of each module the fuzzers' inputs reach
	$(Q)tests/need-packages clang llvm
	$(Q)$(MAKE) --no-print-directory CC=clang CXX=clang++ B=build/coverage \
	    OPT="-O1 -g -fprofile-instr-generate -fcoverage-mapping" replays
	$(Q)B=build/coverage tests/fuzz/coverage

soak: check-deps  ## durability at full size, some minutes: kills, failing calls, full disks, readers beside a writer, damage
	$(Q)$(MAKE) --no-print-directory all soak-tools
	$(Q)BUILD=$(B) tests/soak/run

torture: check-deps  ## hostile input at full size, some minutes: a table of input, what happened, time, memory
	$(Q)$(MAKE) --no-print-directory all torture-tools
	$(Q)BUILD=$(B) tests/with-corpora tests/torture/run

check-corpora: check-deps  ## what holds for every file and hit, over ../shared/corpora where it is there
	$(Q)$(MAKE) --no-print-directory all units
	$(Q)BUILD=$(B) CASES_QUERIES=1000 tests/with-corpora tests/run $(B)/tests/clean_test \
	    $(B)/tests/spans_test $(B)/tests/oracle_test tests/rules/spans

MCP_CLIENTS = @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0
check-mcp: all  ## casesearch --mcp with public clients of the protocol, which npm installs into build/
	$(Q)command -v npm >/dev/null || tests/need-packages nodejs npm
	$(Q)mkdir -p build/npm && cd build/npm && npm install --silent --no-audit --no-fund $(MCP_CLIENTS)
	$(Q)$(B)/caseindex -q -d build/npm/index corpus
	$(Q)cd build/npm && node ../../tests/tools/mcp_clients.mjs ../../$(B)/casesearch index

survey: all $(B)/tests/survey  ## what was understood of ../shared/corpora, by feature (SAMPLES=5 to look at some)
	$(Q)tests/with-corpora $(B)/tests/survey --samples $(or $(SAMPLES),0) $(FOLDERS)

$(B)/tests/survey: $(B)/tests/tools/survey.c.o $(B)/tests/tools/tally.c.o $(B)/parts.a $(B)/lib.a
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON) $(LIBS_INDEX) $(LIBS_SEARCH) -lm

$(B)/tests/profile: $(B)/tests/tools/profile.c.o $(INDEX_OBJ) $(B)/lib.a tests/tools/profile.wraps
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -Wl,@tests/tools/profile.wraps -o $@ $(filter-out %.wraps,$^) $(LIBS_COMMON) $(LIBS_INDEX)

profile: deps $(B)/tests/profile  ## which share of caseindex's time each stage takes, on ../shared/corpora/cases where it is there
	$(Q)tests/with-corpora tests/tools/profile $(B)/tests/profile $(FOLDERS)

demo: all  ## index corpus/ and ask it for "valuation"
	$(Q)$(B)/caseindex corpus
	$(Q)cd corpus && ../$(B)/casesearch valuation

# What the README shows of a terminal; tests/rules/examples looks whether it is still so.
PICTURE = casesearch -n 3 hugging face valuation
picture: all  ## doc/terminal.svg, anew
	$(Q)PATH=$(CURDIR)/$(B):$$PATH XDG_CACHE_HOME=$(CURDIR)/$(B)/picture caseindex -q corpus
	$(Q)PATH=$(CURDIR)/$(B):$$PATH XDG_CACHE_HOME=$(CURDIR)/$(B)/picture \
	    tests/tools/picture corpus $(PICTURE) > $(B)/terminal.svg
	$(Q)mv $(B)/terminal.svg doc/terminal.svg

compare: all  ## one question to casesearch, ripgrep, recoll and qmd, those that are there (QUESTION="...")
	$(Q)PATH=$(CURDIR)/$(B):$$PATH tests/tools/compare $(or $(FOLDERS),corpus) $(or $(QUESTION),hugging face valuation)

# The peers are installed for this target only; those that cannot be are left out.
bench: all  ## speed and size beside other programs, on ../shared/corpora/large where it is there (BENCH_QUICK=1: fewer)
	$(Q)tests/need-packages $(BENCH_PACKAGES)
	$(Q)for peer in $(BENCH_PEERS); do tests/need-packages $$peer || :; done
	$(Q)$(MAKE) --no-print-directory $(B)/bench/fts5 $(B)/bench/empty
	$(Q)BUILD=$(B) tests/bench/run

$(B)/bench/fts5: $(B)/tests/bench/fts5.c.o $(B)/parts.a $(B)/lib.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ -lsqlite3 $(LIBS_COMMON) $(LIBS_INDEX)

$(B)/bench/empty: $(B)/tests/bench/empty.cc.o
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ -lxapian

$(B)/bench/layout: $(B)/tests/bench/layout.cc.o $(B)/lib.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON)

bench-layout: all $(B)/bench/layout  ## what positions, term lists, stems and text in the database cost, on FOLDERS or corpus/
	$(Q)$(B)/caseindex -q -d $(B)/bench/layout-index $(or $(FOLDERS),corpus)
	$(Q)$(B)/bench/layout $(B)/bench/layout-index

eval: all $(B)/tests/xapian_baseline  ## how good the ranking is, beside two baselines (EVAL_SETS="npl own" for these sets, NAME=... to keep the runs)
	$(Q)BUILD=$(B) tests/eval/evaluate $(NAME)

# Here alone B is a run and not the build.
eval-diff:  ## queries that run B answers better or worse than run A (A=before B=latest, or xapian or fts5)
	$(Q)BUILD=build$(if $(SANITIZE),/sanitize) tests/eval/compare $(A) $(B)

$(B)/tests/xapian_baseline: $(B)/tests/eval/xapian_baseline.cc.o
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(HARDEN_LINK) $(SAN) $(LDFLAGS) -o $@ $^ -lxapian

# ---- the rest ---------------------------------------------------------------

# Manual pages and completions: the lists of options are made of --help, which is made of the
# programs' tables; the pages on the query language and on JSON of the texts in doc/.
VERSION  := $(shell sed -n 's/.*CS_VERSION "\(.*\)"/\1/p' include/version.h)
MAN_DATE := November 25, 2026
PAGES    := $(patsubst %,$(B)/man/%,caseindex.1 casesearch.1 casesearch-json.5 casesearch-query.7)
SHELLS   := $(foreach p,caseindex casesearch,$(B)/completions/$(p).bash $(B)/completions/_$(p) $(B)/completions/$(p).fish)
PAGE      = @mkdir -p $(@D) && LC_ALL=C awk -v date="$(MAN_DATE)"
OPTIONS   = @mkdir -p $(@D) && $(B)/$* --help | LC_ALL=C awk -v program=$* -f doc/options.awk

docs: $(PAGES) $(SHELLS)  ## manual pages and completions, in build/

$(B)/man/%.1: doc/%.1.in doc/options.awk $(B)/caseindex $(B)/casesearch
	$(OPTIONS) -v format=man > $@.options
	$(Q)sed -e 's/@DATE@/$(MAN_DATE)/' -e '/^@OPTIONS@$$/{r $@.options' -e 'd;}' $< > $@ && rm $@.options

$(B)/man/casesearch-json.5: doc/json.md doc/page.awk
	$(PAGE) -v name=casesearch-json -v section=5 -v about="what casesearch and caseindex print as JSON" \
	    -v see="caseindex 1,casesearch 1" -f doc/page.awk $< > $@

$(B)/man/casesearch-query.7: doc/query-language.md doc/page.awk
	$(PAGE) -v name=casesearch-query -v section=7 -v about="the query language of casesearch" \
	    -v see="caseindex 1,casesearch 1" -f doc/page.awk $< > $@

$(B)/completions/%.bash: doc/options.awk $(B)/caseindex $(B)/casesearch
	$(OPTIONS) -v format=bash > $@
$(B)/completions/_%: doc/options.awk $(B)/caseindex $(B)/casesearch
	$(OPTIONS) -v format=zsh > $@
$(B)/completions/%.fish: doc/options.awk $(B)/caseindex $(B)/casesearch
	$(OPTIONS) -v format=fish > $@

# Every file that is installed, and where, below PREFIX.
INSTALLED = bin/caseindex bin/casesearch \
    $(foreach p,$(notdir $(PAGES)),share/man/man$(subst .,,$(suffix $(p)))/$(p)) \
    share/bash-completion/completions/caseindex share/bash-completion/completions/casesearch \
    share/zsh/vendor-completions/_caseindex share/zsh/vendor-completions/_casesearch \
    share/fish/vendor_completions.d/caseindex.fish share/fish/vendor_completions.d/casesearch.fish
TO = $(DESTDIR)$(PREFIX)

install: all docs  ## install into $(DESTDIR)$(PREFIX)
	install -d $(addprefix $(TO)/,$(sort $(dir $(INSTALLED))) share/doc/casesearch)
	install -m 755 $(B)/caseindex $(B)/casesearch $(TO)/bin
	for page in $(PAGES); do install -m 644 $$page $(TO)/share/man/man$${page##*.}; done
	for p in caseindex casesearch; do \
	    install -m 644 $(B)/completions/$$p.bash $(TO)/share/bash-completion/completions/$$p && \
	    install -m 644 $(B)/completions/_$$p $(TO)/share/zsh/vendor-completions && \
	    install -m 644 $(B)/completions/$$p.fish $(TO)/share/fish/vendor_completions.d || exit 1; done
	install -m 644 README.md doc/query-language.md doc/json.md doc/mcp.md doc/casesearch.schema.json $(TO)/share/doc/casesearch

uninstall:  ## remove what install installed
	rm -f $(addprefix $(TO)/,$(INSTALLED))
	rm -rf $(TO)/share/doc/casesearch

DEB = build/casesearch_$(VERSION)_$(shell dpkg --print-architecture 2>/dev/null).deb
deb:  ## a Debian package in build/, which lintian has looked at
	$(Q)tests/need-packages dpkg-dev binutils lintian
	rm -rf build/deb
	$(Q)$(MAKE) --no-print-directory B=build/debian SHARED=1 PREFIX=/usr DESTDIR=build/deb install
	$(Q)doc/debian/build build/deb $(VERSION) $(DEB)
	$(Q)lintian --allow-root -I --fail-on error,warning $(DEB)

check-deb: deb  ## installs that package into a folder of its own, runs what it brought, removes it
	$(Q)tests/need-packages man-db bash zsh fish
	$(Q)doc/debian/check $(DEB) $(VERSION)

dist:  ## the source of the last commit as a tar file in build/
	$(Q)mkdir -p build
	git archive --format=tar.gz --prefix=casesearch-$(VERSION)/ -o build/casesearch-$(VERSION).tar.gz HEAD

# One file, one report, so that make's -j shares them out and a second run looks at what changed.
LINT := $(wildcard lib/*.c lib/*.cc indexer/*.c search/*.c)
# What .clang-tidy leaves out, scan-build does; and it looks only at what it compiles, so at all anew.
SCAN = scan-build-14 --use-cc=clang --use-c++=clang++ --status-bugs -o build/lint/reports \
       -disable-checker unix.Malloc -disable-checker valist.Uninitialized

lint: check-deps  ## cppcheck, clang-tidy and scan-build on the sources; any warning is an error
	$(Q)tests/need-packages cppcheck clang-tidy clang-tools clang
	@echo "  CPPCHECK"
	$(Q)mkdir -p build/lint/cppcheck
	$(Q)cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability \
	    --inline-suppr --error-exitcode=1 --cppcheck-build-dir=build/lint/cppcheck -D_GNU_SOURCE \
	    '-Djson_array_foreach(a,i,v)=while ((v = json_array_get(a, i = 0)) != NULL)' \
	    -Iinclude -Ilib -Iindexer -Isearch $(filter %.c,$(LINT))
	$(Q)$(MAKE) --no-print-directory --keep-going $(LINT:%=build/lint/%.tidy)
	@echo "  SCAN"
	$(Q)rm -rf build/lint/scan
	$(Q)$(SCAN) $(MAKE) --no-print-directory B=build/lint/scan all

build/lint/%.tidy: % .clang-tidy $(wildcard */*.h lib/*.hh)
	@mkdir -p $(@D)
	@echo "  TIDY  $<"
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(if $(filter %.cc,$<),-std=c++17,-std=c11) \
	    -D_GNU_SOURCE -Iinclude -I$(dir $<) >$@.new 2>&1 || { cat $@.new; exit 1; }; mv $@.new $@

format:  ## clang-format all sources
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cc')

clean:  ## remove everything that was built
	rm -rf build

help:  ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*##/\1:/p' $(MAKEFILE_LIST) | awk -F: '{printf "  %-10s %s\n", $$1, $$2}'

.PHONY: $(shell sed -n 's/^\([a-z][a-z-]*\):.*\#\#.*/\1/p' Makefile) deps check-deps units soak-tools torture-tools replays fuzzers
.SECONDARY:
-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)
