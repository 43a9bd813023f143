#include "controller/podset/podset_controller.h"

#include <algorithm>
#include <set>
#include <utility>

#include "controller/client/retry.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

bool matches(const api::Labels& labels, const api::Labels& selector) {
  for (const auto& [key, value] : selector) {
    const auto found = labels.find(key);
    if (found == labels.end() || found->second != value) return false;
  }
  return !selector.empty();
}

bool ended(const api::Pod& pod) {
  return pod.status.phase == api::PodPhase::failed || pod.status.phase == api::PodPhase::succeeded;
}

std::string_view annotation(const api::ObjectMeta& metadata, const char* key) {
  const auto found = metadata.annotations.find(key);
  return found == metadata.annotations.end() ? std::string_view() : found->second;
}

api::ObjectPtr pod_to_create(const api::Pod& listed, const api::StrimziPodSet& set) {
  auto pod = std::make_shared<api::Pod>(listed);
  pod->metadata.namespace_name = set.metadata.namespace_name;
  pod->metadata.uid = {};
  pod->metadata.resource_version = {};
  pod->metadata.owner_references = {
      {api::Kind::strimzi_pod_set, set.metadata.name, set.metadata.uid, true}};
  pod->status = {};
  return pod;
}

}  // namespace

PodSetController::PodSetController(Ports& ports, const Profile& profile, std::string namespace_name,
                                   const Informer& pod_sets, const Informer& pods)
    : profile_(profile),
      namespace_name_(std::move(namespace_name)),
      pod_sets_(pod_sets),
      pods_(pods),
      calls_(ports) {}

void PodSetController::on_change(api::Kind kind, const api::ObjectPtr& object) {
  if (kind == api::Kind::strimzi_pod_set) {
    queue_.add(object->metadata.name);
    return;
  }
  const auto& labels = object->metadata.labels;
  const auto owner = labels.find(api::strimzi::kControllerName);
  if (owner != labels.end()) queue_.add(owner->second);
}

void PodSetController::step() {
  for (;;) {
    if (current_.empty()) {
      const std::optional<std::string> key = queue_.take(calls_.now());
      if (!key) break;
      current_ = *key;
      set_ = pod_sets_.find(current_);
      seen_.clear();
      if (const auto* set = api::as<api::StrimziPodSet>(set_))
        for (const api::Pod* pod : pods_of(*set))
          seen_[pod->metadata.name] = pods_.find(pod->metadata.name);
    }
    const Progress progress = reconcile();
    if (progress.is_waiting()) break;
    finish(progress);
  }
  // While one is worked on, its reply is what goes on: the next may be due for long.
  if (current_.empty() && queue_.next_due() != sim::kNever) calls_.wake_at(queue_.next_due());
}

void PodSetController::finish(const Progress& progress) {
  calls_.forget_all();
  const std::string key = std::exchange(current_, {});
  if (progress.is_done()) {
    queue_.forget_failures(key);
    queue_.done(key);
    return;
  }
  TWIN_MARK("podset_controller_retries");
  queue_.failed(key, calls_.now());
}

std::vector<const api::Pod*> PodSetController::pods_of(const api::StrimziPodSet& set) const {
  std::vector<const api::Pod*> found;
  for (const auto& [name, object] : pods_.items()) {
    const api::Pod* pod = api::as<api::Pod>(object);
    if (pod && matches(pod->metadata.labels, set.selector)) found.push_back(pod);
  }
  return found;
}

Progress PodSetController::reconcile() {
  const auto* set = api::as<api::StrimziPodSet>(set_);
  // A set that is gone or going takes its pods along by their owner references.
  if (!set || set->metadata.deletion_time) return Progress::done();
  if (!calls_.elapsed("time", profile_.pod_set_time)) return Progress::waiting();
  const Progress created = create_missing(*set);
  if (!created.is_done()) return created;
  const Progress removed = remove_others(*set);
  if (!removed.is_done()) return removed;
  return write_status(*set);
}

Progress PodSetController::create_missing(const api::StrimziPodSet& set) {
  bool waiting = false;
  for (const auto& listed : set.pods) {
    const std::string& name = listed->metadata.name;
    if (seen_.contains(name)) continue;
    const KubeReply* reply =
        calls_.kube("create/" + name, write_request(Verb::create, pod_to_create(*listed, set)));
    if (!reply && !profile_.parallel_calls) return Progress::waiting();
    if (!reply) {
      waiting = true;
    } else if (!reply->meta.ok() && reply->meta.outcome != Outcome::already_exists) {
      return kube_failure("creating pod " + name, *reply);
    }
  }
  return waiting ? Progress::waiting() : Progress::done();
}

Progress PodSetController::remove_others(const api::StrimziPodSet& set) {
  std::set<std::string_view> listed;
  for (const auto& pod : set.pods) listed.insert(pod->metadata.name);
  for (const auto& [name, object] : seen_) {
    const api::Pod* pod = api::as<api::Pod>(object);
    if (!pod || pod->metadata.deletion_time) continue;
    if (listed.contains(name) && !ended(*pod)) continue;
    const Progress removed = remove_one(set, *pod, listed.contains(name));
    if (!removed.is_done()) return removed;
  }
  return Progress::done();
}

// The cache may be older than the set: what it does not list may have been added since. `twin` asks
// the server before it takes a pod away, and says which incarnation it means.
Progress PodSetController::remove_one(const api::StrimziPodSet& set, const api::Pod& pod,
                                      bool listed) {
  const std::string& name = pod.metadata.name;
  std::vector<CallId> cites;
  if (profile_.twin && !listed) {
    const KubeReply* fresh =
        calls_.kube("confirm/" + name,
                    get_request(api::Kind::strimzi_pod_set, namespace_name_, set.metadata.name));
    if (!fresh) return Progress::waiting();
    const auto* now = fresh->meta.ok() ? api::as<api::StrimziPodSet>(fresh->object) : nullptr;
    if (!now) return kube_failure("reading " + set.metadata.name, *fresh);
    for (const auto& wanted : now->pods)
      if (wanted->metadata.name == name) return Progress::done();
    cites.push_back(fresh->meta.id);
  }
  const api::Uid uid = profile_.twin ? pod.metadata.uid : api::Uid{};
  const std::string key = "remove/" + name;
  if (calls_.asked_at(key) == sim::kNever) {
    calls_.decide({DecisionKind::remove,
                   {},
                   name,
                   listed ? "the pod ended and its set lists it: it is made anew"
                          : "the pod is not in its StrimziPodSet any more",
                   listed ? "PodEnded" : "PodNotListed",
                   std::move(cites)});
  }
  const KubeReply* reply =
      calls_.kube(key, remove_request(api::Kind::pod, namespace_name_, name, uid));
  if (!reply) return Progress::waiting();
  if (reply->meta.ok() || reply->meta.outcome == Outcome::not_found) return Progress::done();
  return kube_failure("deleting pod " + name, *reply);
}

Progress PodSetController::write_status(const api::StrimziPodSet& set) {
  auto changed = std::make_shared<api::StrimziPodSet>(set);
  changed->status_pods = 0;
  changed->status_ready_pods = 0;
  changed->status_current_pods = 0;
  changed->observed_generation = set.metadata.generation;
  for (const auto& listed : set.pods) {
    const auto found = seen_.find(listed->metadata.name);
    const api::Pod* pod = found == seen_.end() ? nullptr : api::as<api::Pod>(found->second);
    if (!pod) continue;
    changed->status_pods += 1;
    if (api::is_ready(*pod)) changed->status_ready_pods += 1;
    if (annotation(pod->metadata, api::strimzi::kRevision) ==
        annotation(listed->metadata, api::strimzi::kRevision)) {
      changed->status_current_pods += 1;
    }
  }
  if (changed->status_pods == set.status_pods &&
      changed->status_ready_pods == set.status_ready_pods &&
      changed->status_current_pods == set.status_current_pods &&
      changed->observed_generation == set.observed_generation) {
    return Progress::done();
  }
  const KubeReply* reply = calls_.kube("status", write_request(Verb::update_status, changed));
  if (!reply) return Progress::waiting();
  if (reply->meta.ok() || reply->meta.outcome == Outcome::not_found) return Progress::done();
  return kube_failure("status of " + set.metadata.name, *reply);
}

}  // namespace twin::controller
