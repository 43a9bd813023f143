// A generic record back into its struct. Missing fields (a file of an older build) read as 0.
#pragma once

#include "model/trace/records.h"
#include "sim/trace.h"

namespace twin::trace {

// REQUIRES: record.type is R's.
template <class R>
R decode(const sim::Record& record) {
  R result{};
  auto* out = reinterpret_cast<int64_t*>(&result);
  for (size_t i = 0; i < R::count() && i < record.fields.size(); ++i) out[i] = record.fields[i];
  return result;
}

// What follows the fields: replica ids, cited calls.
template <class R>
std::span<const int64_t> tail_of(const sim::Record& record) {
  return record.fields.size() > R::count() ? record.fields.subspan(R::count())
                                           : std::span<const int64_t>{};
}

inline RecordType type_of(const sim::Record& record) {
  return static_cast<RecordType>(record.type);
}

}  // namespace twin::trace
