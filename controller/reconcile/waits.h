// Small questions that several steps ask: is a pod ready, and what does some broker say.
#pragma once

#include <string>
#include <string_view>

#include "controller/reconcile/reconcile.h"

namespace twin::controller {

enum class PodWait : uint8_t {
  ready,    // fails with TimeoutException after the operation timeout
  deleted,  // gone, or another incarnation has its name
};
// Polls one pod each second.
Progress wait_for_pod(Reconcile& run, Calls& calls, std::string_view key,
                      const std::string& pod_name, PodWait what, api::Uid uid = {});
// All of them at once, each with the operation timeout. When all have ended, the first that was
// late names the failure.
Progress wait_for_pods(Reconcile& run, Calls& calls, const std::vector<std::string>& pods);

// Is there a broker that could be asked? While its pod is away (deleted, and not made anew yet) the
// model of a reconcile may know of none: nothing is waited for then.
bool has_brokers_to_ask(const Reconcile& run);

// Makes an Admin client (which costs a JVM its time) and asks the brokers, lowest id first, until
// one can be reached; the last reply when none can. nullptr: waiting, or nobody to ask. A write is
// not repeated once its outcome is unknown.
const KafkaReply* ask_brokers(Reconcile& run, Calls& calls, std::string_view key,
                              const api::KafkaBody& body, bool writes = false);

// "metadata.annotations" lookup; "" when absent.
std::string annotation_of(const api::Object& object, const char* key);
std::string join(const std::vector<std::string>& items, std::string_view separator = ", ");

}  // namespace twin::controller
