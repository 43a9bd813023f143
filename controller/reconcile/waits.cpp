#include "controller/reconcile/waits.h"

#include "controller/client/retry.h"

namespace twin::controller {

namespace {

using namespace sim::literals;

// DefaultAdminClientProvider: request.timeout.ms and default.api.timeout.ms, and how long a client
// that found nobody waits before it tries again.
constexpr sim::Duration kRequestTimeout = 10_s;
constexpr sim::Duration kApiTimeout = 40_s;
constexpr sim::Duration kReconnect = 1_s;

std::vector<api::NodeId> brokers_of(const Reconcile& run) {
  std::vector<api::NodeId> ids;
  for (const DesiredNode& node : run.desired.nodes)
    if (node.broker_role) ids.push_back(node.id);
  for (int32_t i = 0; ids.empty() && i < run.stateful.brokers; ++i) ids.push_back({i});
  if (!ids.empty()) return ids;
  for (const auto& pod : run.pods) {  // before there is a model: whoever says it is a broker
    const auto role = pod->metadata.labels.find(api::strimzi::kBrokerRole);
    if (role == pod->metadata.labels.end() || role->second != "true") continue;
    const std::string& name = pod->metadata.name;
    const size_t dash = name.rfind('-');
    if (dash == std::string::npos) continue;
    int32_t id = 0;
    for (const char c : name.substr(dash + 1)) id = id * 10 + (c - '0');
    ids.push_back({id});
  }
  return ids;
}

}  // namespace

Progress wait_for_pod(Reconcile& run, Calls& calls, std::string_view key,
                      const std::string& pod_name, PodWait what, api::Uid uid) {
  const std::string base(key);
  const bool late = calls.elapsed(base + "/deadline", run.options.operation_timeout);
  for (;;) {
    const KubeReply* reply = retried(
        calls, base + "/get", get_request(api::Kind::pod, run.options.namespace_name, pod_name));
    if (!reply) return Progress::waiting();
    const api::Pod* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
    const bool missing = reply->meta.outcome == Outcome::not_found;
    if (!pod && !missing) return kube_failure("reading pod " + pod_name, *reply);
    // Strimzi looks at the condition alone: a pod that is being deleted may still have it.
    const bool counts = pod && !(run.profile.twin && api::is_terminating(*pod));
    if (what == PodWait::ready && counts && api::is_ready(*pod)) return Progress::done();
    if (what == PodWait::deleted && (missing || (pod && pod->metadata.uid != uid)))
      return Progress::done();
    if (late) {
      return Progress::failed("TimeoutException",
                              "Exceeded timeout of " +
                                  std::to_string(sim::whole_ms(run.options.operation_timeout)) +
                                  "ms while waiting for Pods resource " + pod_name +
                                  " in namespace " + run.options.namespace_name +
                                  (what == PodWait::ready ? " to be ready" : " to be deleted"));
    }
    if (!calls.elapsed(base + "/poll", run.profile.poll)) return Progress::waiting();
    calls.forget_prefix(base + "/get");
    calls.forget(base + "/poll");
  }
}

Progress wait_for_pods(Reconcile& run, Calls& calls, const std::vector<std::string>& pods) {
  bool waiting = false;
  Progress first = Progress::done();
  for (const std::string& pod : pods) {
    const Progress ready = wait_for_pod(run, calls, pod, pod, PodWait::ready);
    if (ready.is_waiting()) waiting = true;
    if (ready.is_failed() && first.is_done()) first = ready;
  }
  return waiting ? Progress::waiting() : first;
}

bool has_brokers_to_ask(const Reconcile& run) { return !brokers_of(run).empty(); }

const KafkaReply* ask_brokers(Reconcile& run, Calls& calls, std::string_view key,
                              const api::KafkaBody& body, bool writes) {
  const std::string base(key);
  if (run.profile.admin_client.ns > 0 &&
      !calls.elapsed(base + "/client", run.profile.admin_client)) {
    return nullptr;
  }
  // `twin` looks again in a later reconcile; a JVM's client goes round until its time is up.
  const bool patient = !run.profile.twin;
  for (int round = 0;; ++round) {
    const std::string attempt = base + "/" + std::to_string(round);
    const KafkaReply* last = nullptr;
    for (const api::NodeId broker : brokers_of(run)) {
      KafkaRequest request;
      request.node = broker;
      request.timeout = kRequestTimeout;
      request.body = body;
      last = calls.kafka(attempt + "/" + std::to_string(broker.value), request);
      if (!last) return nullptr;
      const Outcome outcome = last->meta.outcome;
      if (outcome == Outcome::refused || outcome == Outcome::unresolved) continue;
      if (outcome == Outcome::unknown && !writes) continue;
      return last;
    }
    if (!patient || !last || calls.elapsed(base + "/since", kApiTimeout)) return last;
    if (!calls.elapsed(attempt + "/pause", kReconnect)) return nullptr;
  }
}

std::string annotation_of(const api::Object& object, const char* key) {
  const auto found = object.metadata.annotations.find(key);
  return found == object.metadata.annotations.end() ? std::string() : found->second;
}

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += separator;
    text += item;
  }
  return text;
}

}  // namespace twin::controller
