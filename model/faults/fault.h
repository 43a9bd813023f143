// A fault is data: what goes wrong, where, for how long. Nothing in the world fails by itself; all
// that happens to a run is listed here, which is what makes a schedule shrinkable. One table
// (fault_kinds) says what each kind does, takes and is called in scenario files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/expected.h"
#include "sim/time.h"

namespace twin::model {

enum class FaultKind : uint8_t {
  broker_crash,         // SIGKILL of the Kafka process; the kubelet restarts the container
  broker_hang,          // SIGSTOP: holds its connections, answers nothing
  power_off,            // the machine under a pod loses power: unflushed pages are gone
  node_loss,            // a Kubernetes node goes away and stays away
  zone_loss,            // every node of a zone
  slow_disk,            // a broker's disks at a fraction of their speed
  lost_disk,            // a volume comes back empty
  volume_stuck,         // a volume will not detach
  network_cut,          // two ends cannot reach each other
  operator_crash,       // the operator process dies, now or around a port call
  api_error,            // the API server answers errors, or nothing after the write went through
  stale_cache,          // watch events stop arriving at the operator
  watch_expiry,         // open watches end with 410, history is compacted
  slow_start,           // init containers take this long
  slow_metadata,        // a broker applies the metadata log late: gates controlled shutdown
  pod_delete,           // somebody deletes the pod by hand
  start_fails,          // a pod's container exits with an error at every start
  image_broken,         // an image cannot be pulled
  throttle_follower,    // a broker's replicas that are out of sync fetch slowly
  unschedulable,        // no machine has room for a pod
  operator_no_dns,      // the operator cannot resolve Kafka's names
  node_drain,           // kubectl drain: cordon, and evictions that a budget may refuse
  volume_unattachable,  // a volume will not attach
  admission_refusal,    // a webhook denies writes of a kind
  missed_event,         // watch events are lost on their way to the operator
  clock_jump,           // the clock of the operator's machine is ahead
  slow_network,         // a broker's network card at a fraction, or each packet later
  failed_disk,          // a broker's volume answers I/O errors
  full_disk,            // a broker's volume takes no more
  operator_hang,        // the operator's process stands still
};

struct Fault {
  FaultKind kind = FaultKind::broker_crash;
  std::string target;        // pod, node, zone, volume, "broker:2", operator name
  std::string other;         // network_cut: the other end
  sim::Duration duration{};  // 0: until a heal step, or for ever
  int64_t amount = 0;        // slow_disk: percent of speed left; operator_crash: nth port call;
                             // api_error: every nth call; slow_metadata, slow_start: milliseconds
                             // start_fails: exit code; throttle_follower: bytes per second
                             // clock_jump: milliseconds ahead
                             // slow_network: percent of the bandwidth left, or milliseconds
  std::string mode;  // api_error: "429", "500", "conflict", "unknown", "unknown-after-write"
                     // operator_crash: "before" or "after" the call
                     // node_drain: "" or "drain-cleaner"; missed_event: kind of object, "": all
                     // slow_network: "bandwidth" (or ""), "delay"
                     // admission_refusal: "create" (or ""), "update", "remove"
};

struct FaultKindInfo {
  FaultKind kind;
  std::string_view name;         // in scenario files: "broker-crash"
  std::string_view target_help;  // what `target` names
  std::string_view amount_help;  // "" when unused
  std::string_view mode_help;    // "" when unused
  bool needs_target = true;
  bool heals = true;  // a duration means something
  std::string_view help;
};
const std::vector<FaultKindInfo>& fault_kinds();
const FaultKindInfo* find_fault_kind(std::string_view name);
const FaultKindInfo& info_of(FaultKind kind);
// "power-off of my-cluster-broker-1 for 30 s"
std::string describe(const Fault& fault);

}  // namespace twin::model
