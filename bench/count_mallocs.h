// Counts the calls of operator new in a benchmark's binary; count_mallocs.cpp replaces it.
#pragma once

#include <cstdint>

namespace twin::bench {

uint64_t malloc_count();

}  // namespace twin::bench
