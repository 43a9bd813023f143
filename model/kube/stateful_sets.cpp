#include "model/kube/stateful_sets.h"

#include "sim/hash.h"

namespace twin::model::kube {

namespace {

constexpr const char* kRevisionLabel = "controller-revision-hash";

std::string pod_name(const api::StatefulSet& set, int32_t ordinal) {
  return set.metadata.name + "-" + std::to_string(ordinal);
}

// Changes with the template, as the controller's revision does.
std::string revision_of(const api::StatefulSet& set) {
  api::Pod pod;
  pod.metadata.labels = set.template_labels;
  pod.metadata.annotations = set.template_annotations;
  pod.spec = set.template_spec;
  const std::string text = api::to_json(api::encode(pod));
  uint64_t hash = 1469598103934665603ULL;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 10; ++i, hash >>= 4) out += kDigits[hash & 15];
  return set.metadata.name + "-" + out;
}

const std::string* revision_label(const api::Pod& pod) {
  const auto found = pod.metadata.labels.find(kRevisionLabel);
  return found == pod.metadata.labels.end() ? nullptr : &found->second;
}

}  // namespace

void StatefulSets::wake(const api::Object& set) {
  const Store::Key key{set.metadata.namespace_name, set.metadata.name};
  const auto [found, fresh] = index_.emplace(key, static_cast<uint32_t>(known_.size()));
  if (fresh) known_.push_back({key.first, key.second, false, {}});
  Known& known = known_[found->second];
  if (known.awake) return;
  known.awake = true;
  context_.after(context_.hardware.watch_latency, Local::stateful_set, found->second);
}

// A template that comes back becomes the newest again, as its ControllerRevision is renumbered.
void StatefulSets::remember(const api::StatefulSet& set) {
  constexpr size_t kRevisions = 11;  // revisionHistoryLimit 10, and the one in use
  std::vector<Template>& history =
      known_[index_.at({set.metadata.namespace_name, set.metadata.name})].history;
  const std::string revision = revision_of(set);
  if (!history.empty() && history.back().revision == revision) return;
  std::erase_if(history, [&](const Template& each) { return each.revision == revision; });
  history.push_back({revision, set.template_labels, set.template_annotations, set.template_spec});
  if (history.size() > kRevisions) history.erase(history.begin());
}

bool StatefulSets::undo(const std::string& namespace_name, const std::string& name) {
  const auto known = index_.find({namespace_name, name});
  const auto stored = context_.store.find(api::Kind::stateful_set, namespace_name, name);
  if (known == index_.end() || !stored) return false;
  const std::vector<Template>& history = known_[known->second].history;
  if (history.size() < 2) return false;
  const Template& before = history[history.size() - 2];
  auto undone = std::make_shared<api::StatefulSet>(api::as<api::StatefulSet>(*stored));
  undone->template_labels = before.labels;
  undone->template_annotations = before.annotations;
  undone->template_spec = before.spec;
  context_.server.put(undone, controller::Verb::update);
  return true;
}

void StatefulSets::on_pod(const api::Object& pod) {
  for (const api::OwnerReference& owner : pod.metadata.owner_references) {
    if (owner.kind != api::Kind::stateful_set) continue;
    const auto set =
        context_.store.find(api::Kind::stateful_set, pod.metadata.namespace_name, owner.name);
    if (set) wake(*set);
  }
}

void StatefulSets::look_at_all() {
  for (const auto& [key, object] : context_.store.all(api::Kind::stateful_set)) wake(*object);
}

void StatefulSets::handle(const sim::Event& event) {
  Known& known = known_[event.entity];
  known.awake = false;
  const auto set = context_.store.find(api::Kind::stateful_set, known.namespace_name, known.name);
  if (!set || set->metadata.deletion_time) return;
  reconcile(api::as<api::StatefulSet>(*set));
}

void StatefulSets::reconcile(const api::StatefulSet& set) {
  remember(set);
  const bool ordered = set.pod_management != "Parallel";
  for (int32_t ordinal = 0; ordinal < set.replicas; ++ordinal) {
    const auto found =
        context_.store.find(api::Kind::pod, set.metadata.namespace_name, pod_name(set, ordinal));
    if (!found) create(set, ordinal);
    const auto* pod = found ? &api::as<api::Pod>(*found) : nullptr;
    if (ordered && (pod == nullptr || !api::is_ready(*pod) || api::is_terminating(*pod))) {
      write_status(set);
      return;
    }
  }
  // Scale down: one at a time from the end when ordered, all at once otherwise.
  for (int32_t ordinal = set.replicas;; ++ordinal) {
    const auto found =
        context_.store.find(api::Kind::pod, set.metadata.namespace_name, pod_name(set, ordinal));
    if (!found) break;
    if (found->metadata.deletion_time) continue;
    controller::KubeRequest request;
    request.verb = controller::Verb::remove;
    request.kind = api::Kind::pod;
    request.namespace_name = found->metadata.namespace_name;
    request.name = found->metadata.name;
    context_.server.execute(request);
  }
  if (set.update_strategy == "RollingUpdate") roll(set);
  write_status(set);
}

void StatefulSets::ensure_claims(const api::StatefulSet& set, int32_t ordinal) {
  for (const api::PersistentVolumeClaim& wanted : set.claim_templates) {
    auto claim = std::make_shared<api::PersistentVolumeClaim>(wanted);
    claim->api_version = "v1";
    claim->metadata.name = wanted.metadata.name + "-" + pod_name(set, ordinal);
    claim->metadata.namespace_name = set.metadata.namespace_name;
    if (context_.store.find(api::Kind::persistent_volume_claim, set.metadata.namespace_name,
                            claim->metadata.name)) {
      continue;
    }
    if (claim->metadata.labels.empty()) claim->metadata.labels = set.selector;
    claim->phase = "Pending";
    context_.server.put(claim, controller::Verb::create);
  }
}

void StatefulSets::create(const api::StatefulSet& set, int32_t ordinal) {
  if (context_.server.refuses(api::Kind::pod, controller::Verb::create)) return;
  ensure_claims(set, ordinal);
  auto pod = std::make_shared<api::Pod>();
  pod->api_version = "v1";
  pod->metadata.name = pod_name(set, ordinal);
  pod->metadata.namespace_name = set.metadata.namespace_name;
  pod->metadata.labels = set.template_labels;
  pod->metadata.labels["statefulset.kubernetes.io/pod-name"] = pod->metadata.name;
  pod->metadata.labels[kRevisionLabel] = revision_of(set);
  pod->metadata.annotations = set.template_annotations;
  pod->metadata.owner_references = {
      {api::Kind::stateful_set, set.metadata.name, set.metadata.uid, true}};
  pod->spec = set.template_spec;
  for (const api::PersistentVolumeClaim& claim : set.claim_templates) {
    bool mentioned = false;
    for (api::PodVolume& volume : pod->spec.volumes) {
      if (volume.name != claim.metadata.name) continue;
      volume.claim_name = claim.metadata.name + "-" + pod->metadata.name;
      volume.empty_dir = false;
      mentioned = true;
    }
    if (!mentioned) {
      pod->spec.volumes.push_back(
          {claim.metadata.name, claim.metadata.name + "-" + pod->metadata.name, {}, false});
    }
  }
  pod->spec.hostname = pod->metadata.name;
  context_.server.put(pod, controller::Verb::create);
}

void StatefulSets::roll(const api::StatefulSet& set) {
  const std::string revision = revision_of(set);
  for (int32_t ordinal = set.replicas - 1; ordinal >= 0; --ordinal) {
    const auto found =
        context_.store.find(api::Kind::pod, set.metadata.namespace_name, pod_name(set, ordinal));
    const auto* pod = found ? &api::as<api::Pod>(*found) : nullptr;
    if (pod == nullptr || api::is_terminating(*pod)) return;
    const std::string* runs = revision_label(*pod);
    if (runs == nullptr || *runs != revision) {
      controller::KubeRequest request;
      request.verb = controller::Verb::remove;
      request.kind = api::Kind::pod;
      request.namespace_name = pod->metadata.namespace_name;
      request.name = pod->metadata.name;
      context_.server.execute(request);
      return;
    }
    if (!api::is_ready(*pod)) return;
  }
}

void StatefulSets::write_status(const api::StatefulSet& set) {
  const auto stored =
      context_.store.find(api::Kind::stateful_set, set.metadata.namespace_name, set.metadata.name);
  if (!stored) return;
  auto told = std::make_shared<api::StatefulSet>(api::as<api::StatefulSet>(*stored));
  const std::string revision = revision_of(*told);
  told->ready_replicas = told->current_replicas = 0;
  told->observed_generation = told->metadata.generation;
  for (int32_t ordinal = 0; ordinal < told->replicas; ++ordinal) {
    const auto found = context_.store.find(api::Kind::pod, told->metadata.namespace_name,
                                           pod_name(*told, ordinal));
    if (!found) continue;
    const auto& pod = api::as<api::Pod>(*found);
    told->ready_replicas += api::is_ready(pod) ? 1 : 0;
    const std::string* runs = revision_label(pod);
    told->current_replicas += runs != nullptr && *runs == revision ? 1 : 0;
  }
  if (!api::same_content(*told, *stored)) {
    context_.server.put(told, controller::Verb::update_status);
  }
}

}  // namespace twin::model::kube
