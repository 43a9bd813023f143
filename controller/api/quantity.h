// Kubernetes quantities as texts, beside those of units.h: canonical forms and CPU.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controller/api/units.h"
#include "sim/expected.h"
#include "sim/time.h"

namespace twin::api {

// The shortest exact text: "100Gi", "512M", "17".
std::string quantity_text(Bytes bytes);

// "500m", "2", "1.5" -> thousandths of a core, and back.
sim::Expected<int64_t> parse_cpu_millis(std::string_view text);
std::string cpu_text(int64_t millis);

// RFC 3339 in UTC: simulated time 0 is 1970-01-01T00:00:00Z, so real timestamps fit as well. The
// fraction is written only when there is one.
std::string timestamp_text(sim::Time at);
sim::Expected<sim::Time> parse_timestamp(std::string_view text);

}  // namespace twin::api
