#include "model/kube/scheduler.h"

#include <algorithm>
#include <map>

#include "controller/api/strimzi.h"
#include "model/kube/nodes.h"
#include "model/kube/volumes.h"

namespace twin::model::kube {

namespace {

std::string topology_of(const api::Node& node, const std::string& key) {
  const auto found = node.metadata.labels.find(key);
  return found == node.metadata.labels.end() ? std::string() : found->second;
}

bool same_set(const api::Pod& a, const api::Pod& b) {
  for (const char* key : {api::strimzi::kName, api::strimzi::kPoolName}) {
    const auto left = a.metadata.labels.find(key);
    const auto right = b.metadata.labels.find(key);
    const bool has_left = left != a.metadata.labels.end();
    const bool has_right = right != b.metadata.labels.end();
    if (has_left != has_right || (has_left && left->second != right->second)) return false;
  }
  return a.metadata.labels.contains(api::strimzi::kName);
}

}  // namespace

void Scheduler::wake() {
  if (awake_) return;
  awake_ = true;
  context_.after(context_.hardware.schedule_latency, Local::schedule, 0);
}

void Scheduler::leave_no_room(const std::string& pod_part, bool none) {
  if (none) {
    no_room_for_.insert(pod_part);
  } else {
    no_room_for_.erase(pod_part);
    wake();
  }
}

void Scheduler::handle(const sim::Event&) {
  awake_ = false;
  std::vector<api::ObjectPtr> waiting;
  for (const auto& [key, object] : context_.store.all(api::Kind::pod)) {
    const auto& pod = api::as<api::Pod>(*object);
    if (pod.spec.node_name.empty() && !api::is_terminating(pod)) waiting.push_back(object);
  }
  // First come, first served.
  std::sort(waiting.begin(), waiting.end(), [](const api::ObjectPtr& a, const api::ObjectPtr& b) {
    return a->metadata.uid < b->metadata.uid;
  });
  for (const api::ObjectPtr& object : waiting) schedule(api::as<api::Pod>(*object));
}

void Scheduler::Room::add(const api::Pod& pod) {
  for (const api::Container& container : pod.spec.containers) {
    cpu_millis += container.cpu_request_millis;
    memory += container.memory_request.value;
  }
  ++pods;
}

Scheduler::Room Scheduler::Placing::taken_on(std::string_view node) const {
  const auto found = taken.find(node);
  return found == taken.end() ? Room{} : found->second;
}

// Every pod is looked at once here, not once more for every machine.
Scheduler::Placing Scheduler::survey(const api::Pod& pod) const {
  Placing placing;
  placing.pod = &pod;
  for (const api::AntiAffinityTerm& term : pod.spec.anti_affinity) {
    if (term.required) placing.avoided.push_back({term.topology_key, {}});
  }
  const auto& nodes = context_.store.all(api::Kind::node);
  for (const api::SpreadConstraint& constraint : pod.spec.topology_spread) {
    if (!constraint.do_not_schedule) continue;
    Placing::Spread& spread = placing.spreads.emplace_back();
    spread.constraint = &constraint;
    for (const auto& [key, object] : nodes) {
      const std::string domain = topology_of(api::as<api::Node>(*object), constraint.topology_key);
      if (!domain.empty()) spread.pods_in.emplace(domain, 0);
    }
  }
  for (const auto& [key, object] : context_.store.all(api::Kind::pod)) {
    const auto& other = api::as<api::Pod>(*object);
    if (other.spec.node_name.empty()) continue;
    Room& room = placing.taken[other.spec.node_name];
    room.add(other);
    const bool of_set = same_set(pod, other);
    if (of_set) ++room.of_set;
    const api::ObjectPtr there = context_.store.find(api::Kind::node, "", other.spec.node_name);
    if (there) placing.count(other, api::as<api::Node>(*there), of_set);
  }
  for (Placing::Spread& spread : placing.spreads) {
    for (const auto& [domain, count] : spread.pods_in) {
      spread.fewest = std::min(spread.fewest, count);
    }
  }
  return placing;
}

void Scheduler::Placing::count(const api::Pod& other, const api::Node& node, bool of_set) {
  if (of_set) ++of_set_in_zone[api::zone_of(node)];
  size_t next = 0;
  for (const api::AntiAffinityTerm& term : pod->spec.anti_affinity) {
    if (!term.required) continue;
    std::set<std::string>& domains = avoided[next++].second;
    if (matches(other.metadata.labels, term.match_labels)) {
      domains.insert(topology_of(node, term.topology_key));
    }
  }
  for (Spread& spread : spreads) {
    if (!matches(other.metadata.labels, spread.constraint->match_labels)) continue;
    ++spread.pods_in[topology_of(node, spread.constraint->topology_key)];
  }
}

void Scheduler::schedule(const api::Pod& pod) {
  const std::string unbound = context_.volumes->unbound_reason(pod);
  if (!unbound.empty()) return mark_unschedulable(pod, unbound);
  const Placing placing = survey(pod);
  const api::Node* best = nullptr;
  int64_t best_score = 0;
  int64_t nodes = 0;
  std::map<std::string, int64_t> reasons;
  for (const auto& [key, object] : context_.store.all(api::Kind::node)) {
    const auto& node = api::as<api::Node>(*object);
    ++nodes;
    const std::string why = misfit(placing, node);
    if (!why.empty()) {
      ++reasons[why];
      continue;
    }
    const int64_t value = score(placing, node);
    if (best == nullptr || value > best_score) {
      best = &node;
      best_score = value;
    }
  }
  if (best == nullptr) {
    std::string why = "0/" + std::to_string(nodes) + " nodes are available:";
    for (const auto& [reason, count] : reasons) {
      why += (why.back() == ':' ? " " : ", ") + std::to_string(count) + " " + reason;
    }
    return mark_unschedulable(pod, why);
  }
  context_.volumes->bind_for(pod, *best);
  const RecordId record = context_.kernel.emit(trace::PodScheduled{
      context_.name(pod.metadata.name), static_cast<int64_t>(pod.metadata.uid.value),
      context_.name(best->metadata.name)});
  Kernel::ScopedCause cause(context_.kernel, record);
  auto placed = std::make_shared<api::Pod>(pod);
  placed->spec.node_name = best->metadata.name;
  set_condition(placed->status.conditions, "PodScheduled", true, context_.kernel.now());
  context_.server.put(placed, controller::Verb::update);
}

std::string Scheduler::misfit(const Placing& placing, const api::Node& node) const {
  const api::Pod& pod = *placing.pod;
  if (node.unschedulable) return "node(s) were unschedulable";
  if (!node.taints.empty()) return "node(s) had untolerated taint {" + node.taints[0].key + "}";
  if (!context_.nodes->is_ready(node.metadata.name)) return "node(s) were not ready";
  for (const std::string& part : no_room_for_) {
    if (pod.metadata.name.find(part) != std::string::npos) return "Insufficient cpu";
  }
  for (const auto& [key, value] : pod.spec.node_selector) {
    if (topology_of(node, key) != value) return "node(s) didn't match Pod's node affinity/selector";
  }
  Room taken = placing.taken_on(node.metadata.name);
  taken.add(pod);
  if (taken.cpu_millis > node.cpu_millis) return "Insufficient cpu";
  if (taken.memory > node.memory.value) return "Insufficient memory";
  if (taken.pods > node.pods_max) return "Too many pods";
  if (!context_.volumes->fits(pod, node)) return "node(s) had volume node affinity conflict";
  if (violates_anti_affinity(placing, node)) return "node(s) didn't match pod anti-affinity rules";
  if (violates_spread(placing, node)) return "node(s) didn't match pod topology spread constraints";
  return {};
}

bool Scheduler::violates_anti_affinity(const Placing& placing, const api::Node& node) const {
  for (const auto& [topology_key, domains] : placing.avoided) {
    if (domains.contains(topology_of(node, topology_key))) return true;
  }
  return false;
}

bool Scheduler::violates_spread(const Placing& placing, const api::Node& node) const {
  for (const Placing::Spread& spread : placing.spreads) {
    const auto here = spread.pods_in.find(topology_of(node, spread.constraint->topology_key));
    if (here == spread.pods_in.end()) return true;
    if (here->second + 1 - spread.fewest > spread.constraint->max_skew) return true;
  }
  return false;
}

// Fewer pods of the same set in the zone, then on the machine, then fewer pods at all.
int64_t Scheduler::score(const Placing& placing, const api::Node& node) const {
  const auto zone = placing.of_set_in_zone.find(api::zone_of(node));
  const int64_t in_zone = zone == placing.of_set_in_zone.end() ? 0 : zone->second;
  const Room here = placing.taken_on(node.metadata.name);
  return -(in_zone * 1'000'000 + here.of_set * 1'000 + here.pods);
}

void Scheduler::mark_unschedulable(const api::Pod& pod, const std::string& why) {
  auto told = std::make_shared<api::Pod>(pod);
  if (!set_condition(told->status.conditions, "PodScheduled", false, context_.kernel.now(),
                     "Unschedulable", why)) {
    return;
  }
  context_.kernel.emit(trace::PodUnschedulable{context_.name(pod.metadata.name),
                                               static_cast<int64_t>(pod.metadata.uid.value)},
                       why);
  context_.server.put(told, controller::Verb::update_status);
}

}  // namespace twin::model::kube
