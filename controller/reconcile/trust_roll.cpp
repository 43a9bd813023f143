#include "controller/reconcile/trust_roll.h"

#include <algorithm>
#include <charconv>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

int64_t key_generation_of(const api::Pod& pod, const Authority& cluster) {
  return generation_in(pod, api::strimzi::kClusterCaKeyGeneration, cluster.key_generation);
}

// A pod that runs on another generation of the key does not trust it yet.
class OldKey final : public RestartPredicate {
 public:
  explicit OldKey(Authority cluster) : cluster_(std::move(cluster)) {}
  std::vector<std::string> reasons(const api::Pod& pod, const RollNode&) const override {
    if (key_generation_of(pod, cluster_) == cluster_.key_generation) return {};
    return {"ClusterCaCertKeyReplaced"};
  }

 private:
  Authority cluster_;
};

bool has_label(const api::Pod& pod, const char* label) {
  const auto found = pod.metadata.labels.find(label);
  return found != pod.metadata.labels.end() && found->second == "true";
}

RollNode node_of(const api::Pod& pod) {
  const std::string& name = pod.metadata.name;
  RollNode node;
  node.pod_name = name;
  node.broker_role = has_label(pod, api::strimzi::kBrokerRole);
  node.controller_role = has_label(pod, api::strimzi::kControllerRole);
  const size_t dash = name.rfind('-');
  std::from_chars(name.data() + dash + 1, name.data() + name.size(), node.id.value);
  return node;
}

// Nothing else is known of the cluster at this point: the nodes are those of the pod sets.
std::unique_ptr<Roller> trust_roller(const Reconcile& run) {
  RollRequest request;
  request.namespace_name = run.options.namespace_name;
  request.cluster = run.options.cluster;
  for (const auto& entry : run.observed.pod_sets)
    for (const auto& pod : entry.second->pods) request.nodes.push_back(node_of(*pod));
  if (run.profile.twin) {
    std::sort(request.nodes.begin(), request.nodes.end(),
              [](const RollNode& a, const RollNode& b) { return a.id < b.id; });
  }
  request.predicate = std::make_shared<OldKey>(run.observed.authorities.cluster);
  request.allow_reconfiguration = false;
  request.kafka_version = desired_version(run.profile, *run.observed.kafka);
  request.operation_timeout = run.options.operation_timeout;
  request.cold = run.options.cold;
  request.batch = run.options.batch;
  request.broken = run.profile.broken;
  return make_roller(run.profile.roller, std::move(request));
}

// Pods that are made from now on say that they trust the new key. Their revision stays: the main
// roll is to find them old.
Progress patch_sets(Reconcile& run, Calls& calls) {
  const Authority& cluster = run.observed.authorities.cluster;
  const std::string generation = std::to_string(cluster.key_generation);
  for (const auto& entry : run.observed.pod_sets) {
    const Progress patched = amend(
        run, calls, "patch/" + entry.first,
        get_request(api::Kind::strimzi_pod_set, run.options.namespace_name, entry.first),
        Verb::update, [&](api::Object& object) {
          bool changed = false;
          for (auto& listed : static_cast<api::StrimziPodSet&>(object).pods) {
            auto pod = std::make_shared<api::Pod>(*listed);
            pod->metadata.annotations[api::strimzi::kClusterCaKeyGeneration] = generation;
            if (run.profile.twin)
              pod->metadata.annotations[api::strimzi::kTrustedCaKeys] = cluster.trusted_text();
            if (pod->metadata.annotations == listed->metadata.annotations) continue;
            listed = std::move(pod);
            changed = true;
          }
          return changed;
        });
    if (!patched.is_done()) return patched;
  }
  return Progress::done();
}

// Before anything is signed with the new key: does really every pod trust it, also those that are
// about to end and those that no set lists any more?
Progress confirm(const Reconcile& run) {
  const Authority& cluster = run.observed.authorities.cluster;
  for (const auto& pod : run.pods) {
    if (key_generation_of(*pod, cluster) == cluster.key_generation) continue;
    TWIN_MARK("ca_key_not_trusted_yet");
    return Progress::failed("CaKeyNotTrusted", pod->metadata.name +
                                                   " does not trust the new cluster CA key yet: "
                                                   "nothing is signed with it");
  }
  return Progress::done();
}

}  // namespace

void judge_trust(Reconcile& run, const Authority& cluster) {
  AuthorityState& state = run.authority_state;
  state.to_be_trusted = false;
  state.fully_used = !run.pods.empty();
  for (const auto& pod : run.pods) {
    // Strimzi leaves out pods that are about to end; `twin` waits for them to be gone.
    if (pod->metadata.deletion_time && !run.profile.twin) continue;
    if (key_generation_of(*pod, cluster) != cluster.key_generation) state.to_be_trusted = true;
    const int64_t used =
        generation_in(*pod, api::strimzi::kClusterCaCertGeneration, cluster.cert_generation);
    if (used != cluster.cert_generation) state.fully_used = false;
  }
  if (run.profile.twin && state.to_be_trusted) state.fully_used = false;
}

Progress trust_new_key(Reconcile& run, Calls& calls) {
  AuthorityState& state = run.authority_state;
  if (!state.to_be_trusted || run.profile.broken.skips_trust_roll) return Progress::done();
  if (!state.patched) {
    const Progress patched = patch_sets(run, calls);
    if (!patched.is_done()) return patched;
    state.patched = true;
    run.decide(calls, DecisionKind::upgrade_phase, "TrustNewClusterCa",
               "the cluster CA has another key: every node restarts to trust it beside the old "
               "one, before anything that it signed is shown");
  }
  if (!state.rolled) {
    if (!run.roller) run.roller = trust_roller(run);
    const Progress rolled = run.roller->step(calls);
    if (!rolled.is_done()) return rolled;
    TWIN_MARK("ca_key_trusted");
    run.roller.reset();
    state.rolled = true;
  }
  // What was read before the roll is minutes old.
  const Progress read = steps::read_cluster(run, calls);
  if (!read.is_done()) return read;
  return run.profile.twin ? confirm(run) : Progress::done();
}

}  // namespace twin::controller
