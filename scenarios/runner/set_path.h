// Sets a field of a manifest by its dotted path; null removes it. Keys of Kafka's configuration
// have dots of their own: all that follows `config.` is one key.
#pragma once

#include <string_view>

#include "controller/api/value.h"

namespace twin::scenario {

sim::Expected<bool> set_manifest_path(api::Value& root, std::string_view path,
                                      const api::Value& value);

}  // namespace twin::scenario
