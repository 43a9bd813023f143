// What of an object is the user's wish: what `kubectl apply` was given, not what servers wrote.
#pragma once

#include "controller/api/value.h"

namespace twin::import {

// Without status and without what a server writes into metadata.
api::Value wish_of(const api::Value& object);

// The same reduced to what says how large, where and how: no label or annotation but Strimzi's own,
// no listener's address, no user, no setting whose value is not a number or a flag. `dropped` gets
// the paths that are left out.
api::Value bare_wish_of(const api::Value& object, std::vector<std::string>& dropped);

}  // namespace twin::import
