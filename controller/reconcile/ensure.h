// Makes an object be as desired: read, create when missing, update when different. A conflict or an
// unknown outcome is followed by reading again, never by writing again blindly. An object that is
// already as desired costs one read and no write.
#pragma once

#include <string>
#include <string_view>

#include "controller/calls.h"
#include "controller/reconcile/reconcile.h"

namespace twin::controller {

struct Ensured {
  api::ObjectPtr stored;  // as the server has it now
  bool created = false;
  bool changed = false;
};

Progress ensure(Reconcile& run, Calls& calls, std::string_view key, const api::ObjectPtr& desired,
                Ensured* result = nullptr);

// The current object with everything that `desired` says, and all that it does not mention kept.
api::ObjectPtr overlay(const api::Object& current, const api::Object& desired);

// Changes an existing object: read, `change` a copy, write with its version. `change` returns false
// when there is nothing to do. A missing object is done.
Progress amend(Reconcile& run, Calls& calls, std::string_view key, const KubeRequest& get,
               Verb verb, const std::function<bool(api::Object&)>& change);

// Deletes and takes a missing object for done. `twin` says which incarnation it means.
Progress remove_object(Reconcile& run, Calls& calls, std::string_view key,
                       const api::Object& object);

}  // namespace twin::controller
