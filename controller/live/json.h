// JSON from somebody else's server: bounded, and never trusted to be what it should be.
#pragma once

#include <string>
#include <string_view>

#include "controller/api/value.h"
#include "sim/expected.h"

namespace twin::controller::live {

// Objects of Kubernetes nest some 20 deep; what nests deeper than this is refused.
inline constexpr int kJsonDepthMax = 200;

// The whole text must be one JSON value in UTF-8. Numbers with a fraction, and integers beyond 64
// bits, are kept as text. A key that is there twice is an error. Error: `where`, and what is wrong;
// never a part of the text, which may hold a secret.
sim::Expected<api::Value> parse_json(std::string_view text, const std::string& where);

}  // namespace twin::controller::live
