// Shipped scenarios, played once per process and kept as traces.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/kernel.h"

namespace twin::viz::test {

// The trace of scenarios/NAME.yaml under its own operator.
const std::vector<std::byte>& trace_of(const std::string& name);
// The same with a listener along.
std::vector<std::byte> record(const std::string& name,
                              const std::vector<model::TraceListener*>& listeners);

}  // namespace twin::viz::test
