# Settings: nothing to change below this block.
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
CXX     ?= c++
OPT     ?= -O2 -g
# SANITIZE=address,undefined builds and tests with sanitizers, in a folder of its own.
SANITIZE ?=

PACKAGES = libxapian-dev libcmark-dev libutf8proc-dev libyaml-dev libxxhash-dev libjansson-dev
CHECK_PACKAGES = libcmocka-dev git python3

B := build$(if $(SANITIZE),/sanitize)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
SAN  := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
ALL_CFLAGS   = -std=c11 -D_GNU_SOURCE $(WARN) -Iinclude $(OPT) $(SAN) -MMD -MP $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(WARN) -Iinclude $(OPT) $(SAN) -MMD -MP $(CXXFLAGS)
LIBS_COMMON  = -lxapian -lutf8proc -lxxhash
LIBS_INDEX   = -lcmark -lyaml
LIBS_SEARCH  = -ljansson
Q := $(if $(V),,@)

LIB_OBJ    := $(patsubst %,$(B)/%.o,$(wildcard lib/*.c lib/*.cc))
INDEX_OBJ  := $(patsubst %,$(B)/%.o,$(wildcard indexer/*.c))
SEARCH_OBJ := $(patsubst %,$(B)/%.o,$(wildcard search/*.c))

all: deps $(B)/caseindex $(B)/casesearch  ## build both programs (default)

$(B)/caseindex: $(INDEX_OBJ) $(B)/lib.a
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON) $(LIBS_INDEX)

$(B)/casesearch: $(SEARCH_OBJ) $(B)/lib.a
	@echo "  LINK  $@"
	$(Q)$(CXX) $(OPT) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_COMMON) $(LIBS_SEARCH)

$(B)/lib.a: $(LIB_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/%.c.o: %.c | deps
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -I$(dir $<) -c -o $@ $<

$(B)/%.cc.o: %.cc | deps
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	$(Q)$(CXX) $(ALL_CXXFLAGS) -I$(dir $<) -c -o $@ $<

deps: ; @:
.PHONY: all deps
-include $(shell find build -name '*.d' 2>/dev/null)
