// Why a pod is restarted, as a person reads it. Codes are Strimzi's (RestartReason), which its
// Events and its users' dashboards know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twin::controller {

// `keys` are those of Kafka's configuration that differ and are read at the start only.
std::string restart_sentence(const std::vector<std::string>& reasons,
                             const std::vector<std::string>& keys);

}  // namespace twin::controller
