// Feeds records to listeners as a run would, without a world.
#pragma once

#include <string_view>
#include <vector>

#include "model/trace/records.h"
#include "sim/trace.h"

namespace twin::trace::test {

template <class Listener, class R>
void feed(Listener&& listener, sim::Time at, const R& fields, std::string_view text = {},
          const std::vector<int64_t>& tail = {}) {
  const auto span = fields_of(fields);
  std::vector<int64_t> all(span.begin(), span.end());
  all.insert(all.end(), tail.begin(), tail.end());
  sim::Record record;
  record.id = 1;
  record.at = at;
  record.type = static_cast<uint16_t>(R::kType);
  record.fields = all;
  record.text = text;
  listener(record);
}

}  // namespace twin::trace::test
