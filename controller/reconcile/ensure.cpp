#include "controller/reconcile/ensure.h"

#include <utility>

#include "controller/client/retry.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

using namespace sim::literals;

constexpr int kAttemptsMax = 8;  // 250 ms, 500 ms ... between them: 32 s in all
constexpr sim::Duration kFirstWait = 250_ms;

// What a write says about itself. `again`: read once more.
enum class Written : uint8_t { yes, again, no };

Written judge(const Reconcile& run, Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return Written::yes;
    case Outcome::conflict:
    case Outcome::already_exists:
    case Outcome::not_found:
      return Written::again;
    case Outcome::unknown:
      // Strimzi takes a broken connection for a failure of the reconcile.
      return run.profile.twin ? Written::again : Written::no;
    default:
      return Written::no;
  }
}

std::string attempt_key(std::string_view key, int attempt, const char* what) {
  return std::string(key) + "#" + std::to_string(attempt) + what;
}

bool may_try_again(Calls& calls, const std::string& key, int attempt) {
  return calls.elapsed(key, kFirstWait * (int64_t{1} << attempt));
}

// A node's certificate is signed anew when the authority's generation is another one; one of this
// generation stays, whatever key the authority has by now.
void keep_certificate(const api::Object& current, const api::Object& desired, api::Object& target) {
  const auto is = current.metadata.annotations.find(api::strimzi::kClusterCaCertGeneration);
  const auto wanted = desired.metadata.annotations.find(api::strimzi::kClusterCaCertGeneration);
  const auto signature = current.metadata.annotations.find(api::strimzi::kSignedBy);
  if (current.kind != api::Kind::secret || signature == current.metadata.annotations.end()) return;
  if (is == current.metadata.annotations.end()) return;
  if (wanted == desired.metadata.annotations.end() || is->second != wanted->second) return;
  target.metadata.annotations[api::strimzi::kSignedBy] = signature->second;
}

void copy_body(const api::Object& desired, api::Object& target) {
  switch (desired.kind) {
    case api::Kind::config_map:
      static_cast<api::ConfigMap&>(target).data = api::as<api::ConfigMap>(desired).data;
      break;
    case api::Kind::pod_disruption_budget: {
      auto& budget = static_cast<api::PodDisruptionBudget&>(target);
      const auto& wanted = api::as<api::PodDisruptionBudget>(desired);
      budget.selector = wanted.selector;
      budget.min_available = wanted.min_available;
      budget.max_unavailable = wanted.max_unavailable;
      break;
    }
    case api::Kind::strimzi_pod_set: {
      auto& set = static_cast<api::StrimziPodSet&>(target);
      const auto& wanted = api::as<api::StrimziPodSet>(desired);
      set.selector = wanted.selector;
      set.pods = wanted.pods;
      break;
    }
    case api::Kind::stateful_set: {
      auto& set = static_cast<api::StatefulSet&>(target);
      const auto& wanted = api::as<api::StatefulSet>(desired);
      set.replicas = wanted.replicas;
      set.template_labels = wanted.template_labels;
      set.template_annotations = wanted.template_annotations;
      set.template_spec = wanted.template_spec;
      break;
    }
    default: {
      auto& generic = static_cast<api::GenericObject&>(target);
      const auto& wanted = static_cast<const api::GenericObject&>(desired);
      if (!wanted.body.is_map()) break;
      if (!generic.body.is_map()) generic.body = api::Value::map();
      for (const auto& [name, value] : wanted.body.entries()) generic.body.set(name, value);
    }
  }
}

}  // namespace

api::ObjectPtr overlay(const api::Object& current, const api::Object& desired) {
  TWIN_ASSERT(current.kind == desired.kind);
  std::shared_ptr<api::Object> target = current.clone();
  for (const auto& [key, value] : desired.metadata.labels) target->metadata.labels[key] = value;
  for (const auto& [key, value] : desired.metadata.annotations)
    target->metadata.annotations[key] = value;
  keep_certificate(current, desired, *target);
  if (target->metadata.owner_references.empty())
    target->metadata.owner_references = desired.metadata.owner_references;
  // Strimzi writes the whole set: the wish to restart all of its pods is granted by then.
  if (desired.kind == api::Kind::strimzi_pod_set || desired.kind == api::Kind::stateful_set)
    target->metadata.annotations.erase(api::strimzi::kManualRollingUpdate);
  copy_body(desired, *target);
  return target;
}

Progress ensure(Reconcile& run, Calls& calls, std::string_view key, const api::ObjectPtr& desired,
                Ensured* result) {
  const std::string what =
      std::string(api::kind_name(desired->kind)) + " " + desired->metadata.name;
  const KubeReply* last = nullptr;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const KubeReply* read = retried(
        calls, attempt_key(key, attempt, "/get"),
        get_request(desired->kind, desired->metadata.namespace_name, desired->metadata.name));
    if (!read) return Progress::waiting();
    const bool missing = read->meta.outcome == Outcome::not_found;
    if (!read->meta.ok() && !missing) return kube_failure("reading " + what, *read);
    const std::string write_key = attempt_key(key, attempt, "/write");
    // Under way: the comparison is heavy and need not be made for each reply of a neighbour.
    if (calls.asked_at(write_key) != sim::kNever && !calls.kube(write_key, {}))
      return Progress::waiting();
    api::ObjectPtr wanted = desired;
    if (!missing) {
      if (read->object->metadata.deletion_time && run.profile.twin)
        return Progress::failed("KubernetesClientException", what + " is being deleted");
      wanted = overlay(*read->object, *desired);
      if (api::same_content(*wanted, *read->object)) {
        if (result) result->stored = read->object;
        return Progress::done();
      }
    }
    last = retried(calls, write_key, write_request(missing ? Verb::create : Verb::update, wanted));
    if (!last) return Progress::waiting();
    const Written written = judge(run, last->meta.outcome);
    if (written == Written::yes) {
      if (result) *result = {last->object, missing, !missing};
      return Progress::done();
    }
    if (written == Written::no) return kube_failure("writing " + what, *last);
    TWIN_MARK("ensure_reads_again");
    if (!may_try_again(calls, attempt_key(key, attempt, "/wait"), attempt))
      return Progress::waiting();
  }
  return kube_failure("writing " + what, *last);
}

Progress amend(Reconcile& run, Calls& calls, std::string_view key, const KubeRequest& get,
               Verb verb, const std::function<bool(api::Object&)>& change) {
  const KubeReply* last = nullptr;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const KubeReply* read = retried(calls, attempt_key(key, attempt, "/get"), get);
    if (!read) return Progress::waiting();
    if (read->meta.outcome == Outcome::not_found) return Progress::done();
    if (!read->meta.ok()) return kube_failure("reading " + get.name, *read);
    std::shared_ptr<api::Object> copy = read->object->clone();
    if (!change(*copy)) return Progress::done();
    last = retried(calls, attempt_key(key, attempt, "/write"), write_request(verb, copy));
    if (!last) return Progress::waiting();
    const Written written = judge(run, last->meta.outcome);
    if (written == Written::yes) return Progress::done();
    if (written == Written::no) return kube_failure("writing " + get.name, *last);
    if (!may_try_again(calls, attempt_key(key, attempt, "/wait"), attempt))
      return Progress::waiting();
  }
  return kube_failure("writing " + get.name, *last);
}

Progress remove_object(Reconcile& run, Calls& calls, std::string_view key,
                       const api::Object& object) {
  const api::Uid uid = run.profile.twin ? object.metadata.uid : api::Uid{};
  const KubeReply* reply = retried(
      calls, key,
      remove_request(object.kind, object.metadata.namespace_name, object.metadata.name, uid));
  if (!reply) return Progress::waiting();
  // With a precondition a conflict means that this incarnation is gone already.
  const bool gone = reply->meta.outcome == Outcome::not_found ||
                    (uid.valid() && reply->meta.outcome == Outcome::conflict);
  if (reply->meta.ok() || gone) return Progress::done();
  if (reply->meta.outcome == Outcome::unknown && run.profile.twin) return Progress::done();
  return kube_failure("deleting " + object.metadata.name, *reply);
}

}  // namespace twin::controller
