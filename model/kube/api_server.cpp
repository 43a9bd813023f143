#include "model/kube/api_server.h"

#include "controller/api/kube.h"
#include "controller/api/resources.h"
#include "controller/api/strimzi.h"
#include "model/kube/apply.h"
#include "model/kube/disruption.h"
#include "model/kube/validation.h"
#include "sim/marks.h"

namespace twin::model::kube {

using controller::KubeReply;
using controller::KubeRequest;
using controller::Outcome;
using controller::Verb;

namespace {

KubeReply answer(Outcome outcome, std::string message) {
  KubeReply reply;
  reply.meta.outcome = outcome;
  reply.meta.message = std::move(message);
  return reply;
}

KubeReply answer(api::ObjectPtr object) {
  KubeReply reply;
  reply.meta.outcome = Outcome::ok;
  reply.object = std::move(object);
  return reply;
}

std::string full_name(api::Kind kind, const std::string& name) {
  return api::resource_name(kind) + " \"" + name + "\"";
}

// What a deletion or eviction of another incarnation is told.
KubeReply wrong_uid(const api::Object& stored) {
  return answer(Outcome::conflict, "Operation cannot be fulfilled on " +
                                       std::string(api::kind_name(stored.kind)) + " \"" +
                                       stored.metadata.name +
                                       "\": the UID in the precondition does not match the UID in "
                                       "record. The object might have been deleted and then "
                                       "recreated");
}

KubeReply invalid(const api::Object& object, const std::string& why) {
  return answer(Outcome::invalid, std::string(api::kind_name(object.kind)) + " \"" +
                                      object.metadata.name + "\" is invalid: " + why);
}

// What a validating webhook without a code of its own makes the server answer.
KubeReply denied() {
  TWIN_MARK("kube_admission_denied");
  return answer(Outcome::forbidden,
                "admission webhook \"deny.kafka-twin.io\" denied the request: a fault says so");
}

KubeReply not_found(const KubeRequest& request) {
  return answer(Outcome::not_found, full_name(request.kind, request.name) + " not found");
}

void count_generation(api::Object& object) {
  if (api::has_generation(object.kind)) ++object.metadata.generation;
}

}  // namespace

void ApiServer::refuse(api::Kind kind, Verb verb, bool refused) {
  if (refused) {
    refused_.emplace(kind, verb);
  } else {
    refused_.erase({kind, verb});
  }
}

bool ApiServer::refuses(api::Kind kind, Verb verb) const { return refused_.contains({kind, verb}); }

KubeReply ApiServer::execute(const KubeRequest& request) {
  switch (request.verb) {
    case Verb::get:
      return get(request);
    case Verb::list:
      return list(request);
    case Verb::create:
      return create(request);
    case Verb::update:
      return update(request, false);
    case Verb::update_status:
      return update(request, true);
    case Verb::apply:
      return apply(request);
    case Verb::remove:
      return remove(request);
    case Verb::evict:
      return evict(request);
    case Verb::watch:
      break;
  }
  return answer(Outcome::invalid, "a watch is opened, not executed");
}

void ApiServer::written(const api::Object& object, Verb verb) {
  kernel_.emit(trace::ObjectWritten{
      static_cast<int64_t>(object.kind), kernel_.string(object.metadata.name),
      static_cast<int64_t>(verb), static_cast<int64_t>(object.metadata.resource_version.value),
      object.metadata.generation});
}

KubeReply ApiServer::get(const KubeRequest& request) const {
  api::ObjectPtr found = store_.find(request.kind, request.namespace_name, request.name);
  return found ? answer(std::move(found)) : not_found(request);
}

KubeReply ApiServer::list(const KubeRequest& request) const {
  KubeReply reply;
  reply.meta.outcome = Outcome::ok;
  reply.resource_version = store_.version();
  for (const auto& [key, object] : store_.all(request.kind)) {
    const bool here =
        request.namespace_name.empty() || key.first.empty() || key.first == request.namespace_name;
    if (!here || !matches(object->metadata.labels, request.selector)) continue;
    if (!request.name.empty() && key.second != request.name) continue;
    reply.items.push_back(object);
  }
  return reply;
}

KubeReply ApiServer::create(const KubeRequest& request) {
  if (!request.object || request.object->metadata.name.empty()) {
    return answer(Outcome::invalid, "metadata.name is required");
  }
  const api::Object& wanted = *request.object;
  if (store_.find(wanted.kind, wanted.metadata.namespace_name, wanted.metadata.name)) {
    return answer(Outcome::already_exists,
                  full_name(wanted.kind, wanted.metadata.name) + " already exists");
  }
  if (refuses(wanted.kind, Verb::create)) return denied();
  if (const auto why = refused_creation(wanted)) return invalid(wanted, *why);
  std::shared_ptr<api::Object> made = wanted.clone();
  own_changes(nullptr, *made, request.field_manager);
  return answer(put(std::move(made), Verb::create));
}

api::ObjectPtr ApiServer::put(std::shared_ptr<api::Object> object, Verb verb) {
  const api::ObjectPtr before =
      store_.find(object->kind, object->metadata.namespace_name, object->metadata.name);
  api::ObjectPtr stored;
  if (!before) {
    if (object->kind == api::Kind::persistent_volume_claim) {
      object->metadata.finalizers = {"kubernetes.io/pvc-protection"};
    }
    stored = store_.add(std::move(object), kernel_.now());
    written(*stored, Verb::create);
    return stored;
  }
  stored = store_.replace(std::move(object));
  written(*stored, verb);
  // The last finalizer of an object that is marked goes: so does the object.
  if (stored->metadata.deletion_time && stored->metadata.finalizers.empty() &&
      stored->kind != api::Kind::pod) {
    erase(*stored);
  }
  return stored;
}

KubeReply ApiServer::update(const KubeRequest& request, bool status_only) {
  if (!request.object) return answer(Outcome::invalid, "an update needs an object");
  const api::Object& wanted = *request.object;
  const api::ObjectPtr before =
      store_.find(wanted.kind, wanted.metadata.namespace_name, wanted.metadata.name);
  if (!before) {
    return answer(Outcome::not_found, full_name(wanted.kind, wanted.metadata.name) + " not found");
  }
  const auto version = wanted.metadata.resource_version;
  if (version.value == 0 && !may_be_written_blindly(wanted.kind)) {
    return invalid(wanted,
                   "metadata.resourceVersion: Invalid value: 0: must be specified for an "
                   "update");
  }
  if (version.value != 0 && version != before->metadata.resource_version) {
    return answer(Outcome::conflict,
                  "Operation cannot be fulfilled on " +
                      full_name(wanted.kind, wanted.metadata.name) +
                      ": the object has been modified; please apply your changes to the latest "
                      "version and try again");
  }
  if (wanted.metadata.uid.valid() && wanted.metadata.uid != before->metadata.uid) {
    return answer(Outcome::conflict, "Precondition failed: UID in precondition: " +
                                         std::to_string(wanted.metadata.uid.value));
  }
  std::shared_ptr<api::Object> merged =
      status_only ? with_status_of(*before, wanted) : with_spec_of(*before, wanted);
  if (!status_only) {
    if (const auto why = refused_change(*before, *merged)) return invalid(wanted, *why);
  }
  if (api::same_content(*merged, *before)) return answer(before);
  if (!status_only && refuses(wanted.kind, Verb::update)) return denied();
  if (!status_only && spec_differs(*merged, *before)) count_generation(*merged);
  if (!status_only) own_changes(before.get(), *merged, request.field_manager);
  return answer(put(std::move(merged), request.verb));
}

KubeReply ApiServer::apply(const KubeRequest& request) {
  if (!request.object) return answer(Outcome::invalid, "an apply needs an object");
  const api::Object& wanted = *request.object;
  const api::ObjectPtr before =
      store_.find(wanted.kind, wanted.metadata.namespace_name, wanted.metadata.name);
  auto applied = server_side_apply(before, wanted, request.field_manager, request.force);
  if (!applied) {
    const Outcome outcome =
        applied.error().where == "conflict" ? Outcome::conflict : Outcome::invalid;
    return answer(outcome, applied.error().what);
  }
  std::shared_ptr<api::Object> merged = std::move(applied.value());
  if (!before && refuses(wanted.kind, Verb::create)) return denied();
  if (before) {
    if (api::same_content(*merged, *before) &&
        merged->metadata.managed_fields == before->metadata.managed_fields) {
      return answer(before);
    }
    if (refuses(wanted.kind, Verb::update)) return denied();
    if (spec_differs(*merged, *before)) count_generation(*merged);
  }
  return answer(put(std::move(merged), Verb::apply));
}

KubeReply ApiServer::user_apply(const api::Object& object) {
  const api::ObjectPtr before =
      store_.find(object.kind, object.metadata.namespace_name, object.metadata.name);
  if (!before) return answer(put(object.clone(), Verb::create));
  std::shared_ptr<api::Object> merged = with_spec_of(*before, object);
  for (const auto& [key, value] : before->metadata.annotations) {
    merged->metadata.annotations.emplace(key, value);
  }
  for (const auto& [key, value] : before->metadata.labels) {
    merged->metadata.labels.emplace(key, value);
  }
  if (api::same_content(*merged, *before)) return answer(before);
  if (spec_differs(*merged, *before)) count_generation(*merged);
  return answer(put(std::move(merged), Verb::apply));
}

KubeReply ApiServer::remove(const KubeRequest& request) {
  const api::ObjectPtr found = store_.find(request.kind, request.namespace_name, request.name);
  if (!found) return not_found(request);
  if (request.uid.valid() && request.uid != found->metadata.uid) {
    return wrong_uid(*found);
  }
  if (refuses(request.kind, Verb::remove)) return denied();
  return mark_for_deletion(*found, request.grace);
}

// A pod that runs somewhere is only marked: its kubelet takes it away when the containers are gone.
KubeReply ApiServer::mark_for_deletion(const api::Object& object,
                                       std::optional<sim::Duration> grace) {
  const auto* pod = object.kind == api::Kind::pod ? &api::as<api::Pod>(object) : nullptr;
  const sim::Duration allowed =
      grace.value_or(pod != nullptr ? pod->spec.termination_grace : sim::Duration{});
  const bool waits = pod != nullptr && !pod->spec.node_name.empty() && allowed.ns > 0;
  if (waits || !object.metadata.finalizers.empty()) {
    // A second deletion may only shorten the grace period.
    if (object.metadata.deletion_time && object.metadata.deletion_grace <= allowed) {
      return answer(store_.find(object.kind, object.metadata.namespace_name, object.metadata.name));
    }
    std::shared_ptr<api::Object> marked = object.clone();
    marked->metadata.deletion_time = kernel_.now();
    marked->metadata.deletion_grace = allowed;
    count_generation(*marked);
    if (pod != nullptr) {
      const RecordId record = kernel_.emit(
          trace::PodDeletionMarked{kernel_.string(object.metadata.name),
                                   static_cast<int64_t>(object.metadata.uid.value), allowed.ns});
      Kernel::ScopedCause cause(kernel_, record);
      return answer(put(std::move(marked), Verb::remove));
    }
    const api::ObjectPtr stored = put(std::move(marked), Verb::remove);
    release_claims();
    return answer(stored);
  }
  const api::ObjectPtr last =
      store_.find(object.kind, object.metadata.namespace_name, object.metadata.name);
  erase(object);
  return answer(last);
}

void ApiServer::erase(const api::Object& object) {
  const api::ObjectPtr last =
      store_.find(object.kind, object.metadata.namespace_name, object.metadata.name);
  if (!last) return;
  written(*last, Verb::remove);
  store_.erase(*last);
  collect_garbage(*last);
}

// Background propagation: what only this owner held follows it.
void ApiServer::collect_garbage(const api::Object& owner) {
  std::vector<api::ObjectPtr> dependents;
  for (size_t kind = 0; kind < api::kKindCount; ++kind) {
    for (const auto& [key, object] : store_.all(static_cast<api::Kind>(kind))) {
      const auto& owners = object->metadata.owner_references;
      if (owners.size() == 1 && owners.front().uid == owner.metadata.uid) {
        dependents.push_back(object);
      }
    }
  }
  for (const api::ObjectPtr& dependent : dependents) {
    if (store_.find(dependent->kind, dependent->metadata.namespace_name,
                    dependent->metadata.name) != nullptr) {
      mark_for_deletion(*dependent, std::nullopt);
    }
  }
}

bool ApiServer::claim_in_use(const api::Object& claim) const {
  for (const auto& [key, object] : store_.all(api::Kind::pod)) {
    if (key.first != claim.metadata.namespace_name) continue;
    for (const api::PodVolume& volume : api::as<api::Pod>(*object).spec.volumes) {
      if (volume.claim_name == claim.metadata.name) return true;
    }
  }
  return false;
}

void ApiServer::release_claims() {
  std::vector<api::ObjectPtr> free;
  for (const auto& [key, object] : store_.all(api::Kind::persistent_volume_claim)) {
    if (object->metadata.deletion_time && !claim_in_use(*object)) free.push_back(object);
  }
  for (const api::ObjectPtr& claim : free) erase(*claim);
}

KubeReply ApiServer::evict(const KubeRequest& request) {
  const api::ObjectPtr found = store_.find(api::Kind::pod, request.namespace_name, request.name);
  if (!found) return not_found(request);
  if (request.uid.valid() && request.uid != found->metadata.uid) {
    return wrong_uid(*found);
  }
  const auto& pod = api::as<api::Pod>(*found);
  if (const auto refusal = eviction_refusal(store_, pod)) {
    kernel_.emit(trace::EvictionRefused{kernel_.string(pod.metadata.name),
                                        static_cast<int64_t>(pod.metadata.uid.value)});
    return answer(Outcome::too_many_requests, *refusal);
  }
  return mark_for_deletion(*found, request.grace);
}

}  // namespace twin::model::kube
