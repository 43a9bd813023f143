// How an API server names kinds, and which of them count generations.
#pragma once

#include <string>
#include <string_view>

#include "controller/api/object.h"

namespace twin::api {

// "pods", "poddisruptionbudgets": as in the paths of the REST API.
std::string_view plural_name(Kind kind);
// "pods", "poddisruptionbudgets.policy": as messages of an API server name a kind.
std::string resource_name(Kind kind);
// Does metadata.generation count changes of the spec? ConfigMaps, Secrets, Services, Leases, claims
// and volumes have none.
bool has_generation(Kind kind);

}  // namespace twin::api
