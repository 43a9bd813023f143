#include "model/faults/fault.h"

#include <iterator>

#include "sim/assert.h"

namespace twin::model {

namespace {

using K = FaultKind;

// In the order of the enumeration.
constexpr FaultKindInfo kKinds[] = {
    {K::broker_crash, "broker-crash", "a pod", "", "", true, false,
     "the Kafka process dies of SIGKILL; the kubelet starts the container again"},
    {K::broker_hang, "broker-hang", "a pod", "", "", true, true,
     "the Kafka process is stopped (SIGSTOP): connections stay open, nothing is answered"},
    {K::power_off, "power-off", "a pod", "", "", true, true,
     "the machine under the pod loses power and boots again when healed; pages that were not "
     "written back are gone"},
    {K::node_loss, "node-loss", "a Kubernetes node", "", "", true, true,
     "the machine is gone with its local disks; its pods stay Terminating and its volumes "
     "attached until somebody acts; healed: an empty one of that name joins"},
    {K::zone_loss, "zone-loss", "a zone", "", "", true, true,
     "every node of the zone loses power; they boot again when healed"},
    {K::slow_disk, "slow-disk", "a pod", "percent of the speed that is left", "", true, true,
     "reads and writes of the pod's volumes slow down"},
    {K::lost_disk, "lost-disk", "a persistent volume or claim", "", "", true, false,
     "the volume loses its data: the next start finds it empty"},
    {K::volume_stuck, "volume-stuck", "a persistent volume or claim", "", "", true, true,
     "the volume will not detach from the node that has it"},
    {K::network_cut, "network-cut",
     "one end: broker:ID, controller:ID, zookeeper:ORDINAL, operator, api-server, "
     "a Kubernetes node or zone:NAME",
     "", "", true, true, "the two ends (target and other) cannot reach each other"},
    {K::operator_crash, "operator-crash", "an operator by its index, default 0",
     "which port call of the run, 0 = now", "before or after that call", false, true,
     "the operator process dies and starts again after the duration"},
    {K::api_error, "api-error", "", "every nth matching call, default 1",
     "429, 500, conflict, unknown or unknown-after-write", false, true,
     "the API server answers an error, or nothing although the write went through"},
    {K::stale_cache, "stale-cache", "an operator by its index, default 0", "", "", false, true,
     "watch events stop arriving at the operator and come in a burst when healed"},
    {K::watch_expiry, "watch-expiry", "", "", "", false, false,
     "history is compacted and every open watch ends with 410 Gone"},
    {K::slow_start, "slow-start", "a pod, or part of a pod's name",
     "milliseconds of init containers", "", true, true,
     "init containers take that much longer at each start"},
    {K::slow_metadata, "slow-metadata", "a pod", "milliseconds behind", "", true, true,
     "the broker applies the metadata log late, which gates others' controlled shutdown"},
    {K::pod_delete, "pod-delete", "a pod", "", "", true, false,
     "somebody deletes the pod by hand, with its grace period"},
    {K::start_fails, "start-fails", "a pod", "exit code, default 1", "", true, true,
     "the main container exits with that code at every start; the kubelet backs off 10 s, "
     "doubling to 5 min"},
    {K::image_broken, "image-broken", "an image, or part of its name", "", "", true, true,
     "the image cannot be pulled; machines that have it already need not pull it"},
    {K::throttle_follower, "throttle-follower", "a broker's pod", "bytes per second", "", true,
     true, "the broker's replicas that are not in sync fetch no faster than that together"},
    {K::unschedulable, "unschedulable", "a pod, or part of a pod's name", "", "", true, true,
     "no machine has room for such pods: new ones stay Pending"},
    {K::operator_no_dns, "operator-no-dns", "an operator by its index, default 0", "", "", false,
     true, "no name of Kafka's resolves for the operator, so that it cannot make Admin clients"},
    {K::node_drain, "node-drain", "a Kubernetes node", "", "drain-cleaner, or none", true, true,
     "kubectl drain: the node is cordoned and its pods are evicted, each again after 5 s while "
     "a budget refuses; with the Drain Cleaner, Kafka's are annotated for a rolling update "
     "instead; healed: uncordoned"},
    {K::volume_unattachable, "volume-unattachable", "a persistent volume or claim", "", "", true,
     true, "the volume will not attach to a node; where it is attached it stays"},
    {K::admission_refusal, "admission-refusal", "a kind of object, such as Pod", "",
     "create (default), update or remove", true, true,
     "a webhook denies that verb on objects of that kind with 403; what users apply passes"},
    {K::missed_event, "missed-event", "an operator by its index, default 0", "",
     "a kind of object, default all", false, true,
     "watch events are lost on their way to the operator, which is told of no error"},
    {K::clock_jump, "clock-jump", "an operator by its index, default 0", "milliseconds ahead", "",
     false, true,
     "the clock of the operator's machine is ahead; a process takes it over when it starts"},
    {K::slow_network, "slow-network", "a broker's pod",
     "percent of the bandwidth that is left, or milliseconds of delay",
     "bandwidth (default) or delay", true, true,
     "what goes between the broker and others is slower, or each round trip takes longer"},
    {K::failed_disk, "failed-disk", "a persistent volume or claim of a broker", "", "", true, true,
     "reads and writes of the volume fail: the broker takes the log directory offline, or ends "
     "when it was the last or has its metadata; healed: the data is there again for the next "
     "start"},
    {K::full_disk, "full-disk", "a persistent volume or claim of a broker", "", "", true, true,
     "the volume takes nothing more: the same at the next write, at the latest that of a "
     "checkpoint within 5 s"},
    {K::operator_hang, "operator-hang", "an operator by its index, default 0", "", "", false, true,
     "the operator's process stands still: what it is told waits, and when healed it goes on as if "
     "no time had passed"},
};

}  // namespace

const std::vector<FaultKindInfo>& fault_kinds() {
  static const std::vector<FaultKindInfo> kinds(std::begin(kKinds), std::end(kKinds));
  return kinds;
}

const FaultKindInfo* find_fault_kind(std::string_view name) {
  for (const FaultKindInfo& info : fault_kinds()) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const FaultKindInfo& info_of(FaultKind kind) {
  const auto& kinds = fault_kinds();
  const auto index = static_cast<size_t>(kind);
  TWIN_ASSERT(index < kinds.size());
  TWIN_ASSERT_EQ(kinds[index].kind, kind);
  return kinds[index];
}

std::string describe(const Fault& fault) {
  std::string text{info_of(fault.kind).name};
  if (!fault.target.empty()) text += " of " + fault.target;
  if (!fault.other.empty()) text += " from " + fault.other;
  if (!fault.mode.empty()) text += " (" + fault.mode + ")";
  if (fault.amount != 0) text += ", amount " + std::to_string(fault.amount);
  if (fault.duration.ns > 0) text += " for " + sim::format_duration(fault.duration);
  return text;
}

}  // namespace twin::model
