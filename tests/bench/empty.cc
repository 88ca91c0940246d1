// empty.cc - what any program linked to libxapian costs before it does anything: the zero of
// the queries of `make bench`.
//
// SPDX-License-Identifier: GPL-2.0-or-later
#include <xapian.h>

// So that the linker keeps the library.
extern const char *(*const cs_bench_keep)();
const char *(*const cs_bench_keep)() = Xapian::version_string;

int main()
{
    return 0;
}
