// What the container's entry point does before the broker starts. With StatefulSets the pods of a
// set are all alike: the file is written inside the pod, from the template's environment and from
// the ordinal in its name (kafka_config_generator.sh of Strimzi 0.11.0: broker.id, broker.rack,
// listeners, log.dirs, then KAFKA_CONFIGURATION as it is).
#pragma once

#include "controller/api/catalogue/config_keys.h"
#include "controller/api/kube.h"

namespace twin::model::control {

// The value of a variable of any container, "" when there is none.
std::string environment_of(const api::Pod& pod, std::string_view key);
// True when the pod brings its configuration in its environment.
bool configured_by_environment(const api::Pod& pod);
api::ServerConfig written_config(const api::Pod& pod, int32_t ordinal);

}  // namespace twin::model::control
