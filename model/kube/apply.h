// What of a written object counts: an update writes the spec and keeps the status, a status update
// the other way round, a server-side apply writes the fields that it mentions and takes away those
// that its manager mentioned before and does not mention any more.
// Law: kubernetes.io/docs/reference/using-api/server-side-apply.
#pragma once

#include <memory>
#include <string>

#include "controller/api/object.h"
#include "sim/expected.h"

namespace twin::model::kube {

// The stored object with everything but status (and identity) from `wanted`.
std::shared_ptr<api::Object> with_spec_of(const api::Object& stored, const api::Object& wanted);
// The stored object with the status from `wanted`.
std::shared_ptr<api::Object> with_status_of(const api::Object& stored, const api::Object& wanted);
// Do they differ in what counts a generation: everything but metadata and status?
bool spec_differs(const api::Object& a, const api::Object& b);

// A create or update by a named manager: it owns the fields that it set or changed, and nobody else
// does any more. `before` may be null. Without a name (as all operators of the twin write, for none
// of them applies) nothing is noted.
void own_changes(const api::Object* before, api::Object& after, const std::string& manager);

// stored may be null. Error: `where` is "conflict" when another manager owns a field that would
// change and `force` is not set.
sim::Expected<std::shared_ptr<api::Object>> server_side_apply(const api::ObjectPtr& stored,
                                                              const api::Object& wanted,
                                                              const std::string& manager,
                                                              bool force);

}  // namespace twin::model::kube
