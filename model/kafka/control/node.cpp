#include "model/kafka/control/node.h"

#include <charconv>

#include "sim/assert.h"

namespace twin::model::control {

sim::Duration config_ms(const ServerConfig& config, std::string_view key,
                        sim::Duration otherwise) {
  for (const auto& [name, value] : config) {
    if (name != key) continue;
    int64_t ms = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), ms);
    if (read.ec == std::errc{} && ms >= 0) return sim::Duration{ms * 1'000'000};
  }
  return otherwise;
}

std::string config_text(const ServerConfig& config, std::string_view key,
                        std::string_view otherwise) {
  for (const auto& [name, value] : config)
    if (name == key) return value;
  return std::string(otherwise);
}

sim::Time grid_floor(sim::Time anchor, sim::Duration interval, sim::Time at) {
  TWIN_ASSERT_LE(anchor, at);
  TWIN_ASSERT_LT(0, interval.ns);
  return anchor + interval * ((at - anchor) / interval);
}

sim::Time grid_ceil(sim::Time anchor, sim::Duration interval, sim::Time at) {
  if (at <= anchor) return anchor;
  const sim::Time floor = grid_floor(anchor, interval, at);
  return floor == at ? at : floor + interval;
}

}  // namespace twin::model::control
