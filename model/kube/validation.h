// What an API server refuses to store although it may be written by the asker: fields that stay
// once they are set, fields that must be there, finalizers of what goes already.
//
// Laws: registry and validation of kubernetes 1.37 (core/v1 pods and claims, apps/v1 stateful sets,
// apimachinery's ValidateObjectMetaUpdate, AllowUnconditionalUpdate of each kind's strategy).
#pragma once

#include <optional>
#include <string>

#include "controller/api/object.h"

namespace twin::model::kube {

// Each answers what is wrong, "spec.field: Forbidden: why", or nothing.
std::optional<std::string> refused_creation(const api::Object& object);
// `after` as it would be stored.
std::optional<std::string> refused_change(const api::Object& before, const api::Object& after);
// May an update do without a resourceVersion? Leases and custom resources may not.
bool may_be_written_blindly(api::Kind kind);

}  // namespace twin::model::kube
