// The recorded cases as the twin plays them, each once in a process, and what it predicts for each
// moment that was recorded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"
#include "tests/recorded/measured.h"

namespace twin::recorded {

// Nodes, problems and conditions in the words and the order of Case.
std::vector<int> restart_order(const Case& which);
std::vector<std::string> problems(const Case& which);
std::vector<std::string> conditions(const Case& which);

// Seconds after the change; nullopt when it did not happen.
std::optional<double> predicted(const Case& which, const Figure& figure);

// Seconds in which no record of the topic was acknowledged, of its partition that fared worst.
double longest_stall(const Case& which, std::string_view topic);

// The same of a run of its own whose brokers take so much longer (or less) to start.
double longest_stall_when_slower(const Case& which, std::string_view topic, sim::Duration by);

// 10 % or one poll of the operator, 1 s, whichever is more.
bool within(double predicted, double measured);

}  // namespace twin::recorded
