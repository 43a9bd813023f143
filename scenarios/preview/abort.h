// What it costs to turn back half-way: the same change, and at some moment the objects as they were
// before. An object that is new stays: to delete it is another matter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/preview/outcome.h"

namespace twin::preview {

struct Request;
struct Preview;

// After so many restarts, or, kWhenDone, 10 s after nothing moved any more.
inline constexpr int64_t kWhenDone = -1;

struct AbortPoint {
  int64_t after = kWhenDone;
  std::string pod;  // whose restart was the last; "" of kWhenDone
  AbortOutcome outcome;
};

// Moments worth a run: each restart while there are no more than `Request::aborts`, else so many of
// them, the first and the last included, and the end of all. None when nothing can be turned back.
std::vector<int64_t> abort_moments(const Request& request, const Preview& preview);
AbortOutcome play_abort(const Request& request, const Preview& preview, int64_t after,
                        const volatile bool* interrupt);

}  // namespace twin::preview
