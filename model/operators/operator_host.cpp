#include "model/operators/operator_host.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "model/events.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::model {

using controller::CallId;
using controller::KafkaReply;
using controller::KafkaRequest;
using controller::KubeReply;
using controller::KubeRequest;
using controller::Outcome;

namespace {
// How long a client waits for an answer that does not come: fabric8's request timeout, 10 s.
constexpr sim::Duration kCallTimeout{10'000'000'000};
// fabric8 pings an open watch each 30 s; the first ping of a dead connection breaks it.
constexpr sim::Duration kWatchSilence{30'000'000'000};
constexpr const char* kOperatorEnd = "operator";
constexpr const char* kApiServerEnd = "api-server";
}  // namespace

// One operator: its Ports, and its Process while it runs.
class OperatorHost::Instance : public controller::Ports {
 public:
  Instance(OperatorHost& host, OperatorIndex index, controller::OperatorOptions options)
      : host_(host), index_(index), options_(std::move(options)) {}

  sim::Time now() const override { return host_.kernel_.now() + ahead; }
  void wake_at(sim::Time at) override;
  CallId call(KubeRequest request) override { return host_.submit(*this, std::move(request)); }
  CallId call(KafkaRequest request) override { return host_.submit(*this, std::move(request)); }
  void stop_watch(CallId watch) override {
    std::erase(watches, watch);
    host_.kube_.stop_watch(watch.value);
  }
  void decided(controller::Decision decision) override {
    if (!doomed) host_.decided(*this, std::move(decision));
  }

  void exit_process() override { host_.exit(*this); }

  OperatorIndex index() const { return index_; }
  const controller::OperatorOptions& options() const { return options_; }
  void become(controller::OperatorOptions options) { options_ = std::move(options); }

  std::unique_ptr<controller::Process> process;
  uint32_t incarnation = 0;
  uint64_t calls = 0;
  bool doomed = false;  // dies at this instant: what it still does has no effect
  std::vector<CallId> watches;
  std::vector<sim::Time> wakes;  // pending, ascending; saves equal events
  bool frozen = false;
  bool no_dns = false;
  bool hung = false;
  std::vector<uint32_t> answered;  // replies that wait while it hangs, by slot
  bool misses_all = false;
  std::vector<api::Kind> misses;  // watch events of these kinds are lost
  sim::Duration
      machine_ahead{};  // its clock, of which the process takes what it finds at its start
  sim::Duration ahead{};
  std::deque<controller::WatchEvent> held;  // while frozen

  std::vector<Crash> crashes;

 private:
  OperatorHost& host_;
  OperatorIndex index_;
  controller::OperatorOptions options_;
};

// A call on its way there or back.
struct OperatorHost::Pending {
  OperatorIndex from = 0;
  uint32_t incarnation = 0;
  CallId id;
  bool is_kube = true;
  bool crash_after = false;
  sim::Duration downtime;
  KubeRequest kube;
  KafkaRequest kafka;
  KubeReply kube_reply;
  KafkaReply kafka_reply;
};

OperatorHost::OperatorHost(Kernel& kernel, Network& network, const Hardware& hardware,
                           KubeCluster& kube, KafkaCluster& kafka)
    : kernel_(kernel), network_(network), hardware_(hardware), kube_(kube), kafka_(kafka) {}

OperatorHost::~OperatorHost() = default;

void OperatorHost::Instance::wake_at(sim::Time at) {
  if (doomed) return;
  at = std::max(at - ahead, host_.kernel_.now());
  const auto it = std::lower_bound(wakes.begin(), wakes.end(), at);
  if (it != wakes.end() && *it == at) return;
  wakes.insert(it, at);
  host_.kernel_.at(at, event_type(Part::operators, Local::wake), index_, incarnation);
}

sim::Expected<OperatorIndex> OperatorHost::add(const controller::OperatorOptions& options) {
  const auto index = static_cast<OperatorIndex>(instances_.size());
  auto instance = std::make_unique<Instance>(*this, index, options);
  auto process = controller::make_operator(options, *instance);
  if (!process) return process.error();
  instances_.push_back(std::move(instance));
  kernel_.emit(trace::OperatorDefined{index, kernel_.string(options.profile)});
  restart(index);
  return index;
}

void OperatorHost::restart(OperatorIndex index) {
  Instance& instance = *instances_.at(index);
  if (instance.process) return;
  auto process = controller::make_operator(instance.options(), instance);
  TWIN_ASSERT_MSG(process.has_value(), "the profile was checked when the operator was added");
  instance.process = std::move(process.value());
  instance.doomed = false;
  instance.ahead = instance.machine_ahead;
  const RecordId record = kernel_.emit(trace::OperatorStarted{index});
  Kernel::ScopedCause cause(kernel_, record);
  instance.process->start();
}

// The process is on the stack, so it goes at the end of the instant; its container starts again.
void OperatorHost::exit(Instance& instance) {
  if (instance.doomed) return;
  instance.doomed = true;
  schedule(Local::kill, instance.index(), {}, instance.incarnation);
  schedule(Local::restart, instance.index(), hardware_.container_start);
}

void OperatorHost::kill(OperatorIndex index) {
  Instance& instance = *instances_.at(index);
  if (!instance.process) return;
  for (CallId watch : instance.watches) kube_.stop_watch(watch.value);
  instance.watches.clear();
  instance.held.clear();
  instance.wakes.clear();
  for (const uint32_t slot : std::exchange(instance.answered, {})) {
    *pending_[slot] = {};
    free_slots_.push_back(slot);
  }
  instance.process.reset();
  ++instance.incarnation;
  kernel_.emit(trace::OperatorKilled{index});
}

sim::Expected<void> OperatorHost::upgrade(OperatorIndex index, const std::string& profile) {
  Instance& instance = *instances_.at(index);
  controller::OperatorOptions options = instance.options();
  options.profile = profile;
  if (auto process = controller::make_operator(options, instance); !process) {
    return process.error();
  }
  TWIN_MARK("operator_upgraded");
  kill(index);
  instance.become(std::move(options));
  kernel_.emit(trace::OperatorDefined{index, kernel_.string(profile)});
  restart(index);
  return {};
}

bool OperatorHost::running(OperatorIndex index) const {
  return instances_.at(index)->process != nullptr;
}

size_t OperatorHost::count() const { return instances_.size(); }

const controller::OperatorOptions& OperatorHost::options(OperatorIndex index) const {
  return instances_.at(index)->options();
}

uint64_t OperatorHost::calls_made(OperatorIndex index) const { return instances_.at(index)->calls; }

void OperatorHost::crash_at_call(OperatorIndex index, uint64_t nth, bool before,
                                 sim::Duration downtime) {
  instances_.at(index)->crashes.push_back({nth, before, downtime});
}

void OperatorHost::freeze_watches(OperatorIndex index, bool frozen) {
  Instance& instance = *instances_.at(index);
  instance.frozen = frozen;
  if (frozen || instance.hung || !reaches_api_server()) return;  // a cut holds them back as well
  while (!instance.held.empty() && instance.process) {
    const controller::WatchEvent event = std::move(instance.held.front());
    instance.held.pop_front();
    deliver(event.watch.value, event);
  }
}

void OperatorHost::lose_events(OperatorIndex index, std::optional<api::Kind> kind, bool lost) {
  Instance& instance = *instances_.at(index);
  if (!kind) {
    instance.misses_all = lost;
  } else if (lost) {
    instance.misses.push_back(*kind);
  } else {
    std::erase(instance.misses, *kind);
  }
}

// Errors and bookmarks are of the stream itself.
bool OperatorHost::misses(const Instance& instance, const controller::WatchEvent& event) {
  if (event.object == nullptr) return false;
  return instance.misses_all ||
         std::ranges::find(instance.misses, event.object->kind) != instance.misses.end();
}

void OperatorHost::set_clock(OperatorIndex index, sim::Duration ahead) {
  instances_.at(index)->machine_ahead = ahead;
}

sim::Duration OperatorHost::clock_ahead(OperatorIndex index) const {
  return instances_.at(index)->ahead;
}

void OperatorHost::hang(OperatorIndex index, bool stopped) {
  Instance& instance = *instances_.at(index);
  instance.hung = stopped;
  if (stopped) return;
  for (const uint32_t slot : std::exchange(instance.answered, {})) deliver_reply(slot);
  if (!instance.frozen) freeze_watches(index, false);
  if (instance.process && !instance.doomed) instance.process->on_wake();
}

void OperatorHost::break_dns(OperatorIndex index, bool broken) {
  instances_.at(index)->no_dns = broken;
}

uint32_t OperatorHost::new_slot() {
  if (free_slots_.empty()) {
    pending_.push_back(std::make_unique<Pending>());
    return static_cast<uint32_t>(pending_.size() - 1);
  }
  const uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void OperatorHost::schedule(Local type, uint32_t entity, sim::Duration delay, uint32_t generation) {
  kernel_.after(delay, event_type(Part::operators, type), entity, generation);
}

// The crash that strikes around the call being made, if one does.
const OperatorHost::Crash* OperatorHost::crash_of(const Instance& instance, bool before) const {
  for (const Crash& crash : instance.crashes) {
    if (crash.nth == instance.calls && crash.before == before) return &crash;
  }
  return nullptr;
}

// Dies before the request leaves. The process is on the stack, so it goes at the end of the instant
// and what it still does until then has no effect.
bool OperatorHost::dies_before(Instance& instance) {
  const Crash* crash = crash_of(instance, true);
  if (crash == nullptr) return false;
  instance.doomed = true;
  schedule(Local::kill, instance.index(), {}, instance.incarnation);
  schedule(Local::restart, instance.index(), crash->downtime);
  return true;
}

uint32_t OperatorHost::new_pending(Instance& from, CallId id) {
  const uint32_t slot = new_slot();
  Pending& pending = *pending_[slot];
  pending.from = from.index();
  pending.incarnation = from.incarnation;
  pending.id = id;
  const Crash* crash = crash_of(from, false);
  pending.crash_after = crash != nullptr;
  if (crash != nullptr) pending.downtime = crash->downtime;
  return slot;
}

CallId OperatorHost::submit(Instance& from, KubeRequest request) {
  const CallId id{next_call_++};
  if (from.doomed) return id;
  ++from.calls;
  if (dies_before(from)) return id;
  const RecordId record = kernel_.emit(
      trace::KubeCallMade{static_cast<int64_t>(id.value), from.index(),
                          static_cast<int64_t>(request.verb), static_cast<int64_t>(request.kind),
                          kernel_.string(request.name), static_cast<int64_t>(request.uid.value)});
  Kernel::ScopedCause cause(kernel_, record);
  for (OperatorObserver* observer : observers_) observer->on_call(from.index(), id, request);
  const uint32_t slot = new_pending(from, id);
  Pending& pending = *pending_[slot];
  pending.kube = std::move(request);
  pending.kube_reply.meta.id = id;
  pending.kube_reply.meta.asked = kernel_.now();
  if (pending.kube.verb == controller::Verb::watch) from.watches.push_back(id);
  schedule(Local::kube_arrives, slot, hardware_.api_latency / 2);
  return id;
}

CallId OperatorHost::submit(Instance& from, KafkaRequest request) {
  const CallId id{next_call_++};
  if (from.doomed) return id;
  ++from.calls;
  if (dies_before(from)) return id;
  const RecordId record = kernel_.emit(
      trace::KafkaCallMade{static_cast<int64_t>(id.value), from.index(),
                           static_cast<int64_t>(request.body.index()), request.node.value});
  Kernel::ScopedCause cause(kernel_, record);
  for (OperatorObserver* observer : observers_) observer->on_call(from.index(), id, request);
  const uint32_t slot = new_pending(from, id);
  Pending& pending = *pending_[slot];
  pending.is_kube = false;
  pending.kafka = std::move(request);
  pending.kafka_reply.meta.id = id;
  pending.kafka_reply.meta.asked = kernel_.now();
  pending.kafka_reply.node = pending.kafka.node;
  schedule(Local::kafka_arrives, slot, hardware_.kafka_call_latency / 2);
  return id;
}

void OperatorHost::execute_kube(uint32_t slot) {
  Pending& pending = *pending_[slot];
  const controller::ReplyMeta asked = pending.kube_reply.meta;
  const ApiFaultRule* fault = api_faults_.strike(pending.kube);
  const bool cut = !reaches_api_server();
  const bool lost = cut || (fault != nullptr && fault->outcome == Outcome::unknown);
  KubeReply reply;
  if (!cut && (fault == nullptr || (lost && fault->after_write))) {
    reply = pending.kube.verb == controller::Verb::watch
                ? kube_.watch(pending.id.value, pending.kube, *this)
                : kube_.execute(pending.kube);
  } else if (!lost) {
    reply.meta.outcome = fault->outcome;
    reply.meta.message = "injected: " + std::string(outcome_name(fault->outcome));
  }
  if (lost) {
    reply = KubeReply{};
    reply.meta.outcome = Outcome::unknown;
    reply.meta.message = "no answer from the API server within 10 s";
  }
  reply.meta.id = asked.id;
  reply.meta.asked = asked.asked;
  reply.meta.as_of = kernel_.now();
  pending.kube_reply = std::move(reply);
  const sim::Duration back = hardware_.api_latency - hardware_.api_latency / 2;
  schedule(Local::reply_arrives, slot, lost ? kCallTimeout : back);
}

std::string OperatorHost::end_name(const KafkaRequest& request) {
  const char* what = request.zookeeper             ? "zookeeper:"
                     : request.controller_listener ? "controller:"
                                                   : "broker:";
  return what + std::to_string(request.node.value);
}

void OperatorHost::execute_kafka(uint32_t slot) {
  Pending& pending = *pending_[slot];
  const controller::ReplyMeta asked = pending.kafka_reply.meta;
  const std::string end = end_name(pending.kafka);
  sim::Duration back = hardware_.kafka_call_latency - hardware_.kafka_call_latency / 2;
  KafkaReply reply;
  std::vector<std::string> ends = kafka_.ends_of(pending.kafka);
  if (ends.empty()) ends.push_back(end);
  // A machine without power does not even refuse.
  const auto dark = [this](const std::string& each) { return kube_.node_is_dark(each); };
  bool lost = !network_.reachable({kOperatorEnd}, ends) || std::ranges::any_of(ends, dark);
  if (instances_[pending.from]->no_dns) {
    lost = false;
    reply.meta.outcome = Outcome::unresolved;
    reply.meta.message = "no resolvable bootstrap urls given in bootstrap.servers: " + end;
  } else if (!lost) {
    sim::Duration extra{};
    reply = kafka_.execute(pending.kafka, &extra);
    back = back + extra;
    lost = back > pending.kafka.timeout;
  }
  if (lost) {
    reply = KafkaReply{};
    reply.meta.outcome = Outcome::unknown;
    reply.meta.message = "no answer from " + end + " in time";
    back = pending.kafka.timeout;
  }
  reply.meta.id = asked.id;
  reply.meta.asked = asked.asked;
  if (reply.meta.as_of == sim::Time{}) reply.meta.as_of = kernel_.now();
  reply.node = pending.kafka.node;
  pending.kafka_reply = std::move(reply);
  schedule(Local::reply_arrives, slot, back);
}

void OperatorHost::deliver_reply(uint32_t slot) {
  if (Instance& waits = *instances_[pending_[slot]->from]; waits.hung) {
    waits.answered.push_back(slot);
    return;
  }
  const std::unique_ptr<Pending> pending =
      std::exchange(pending_[slot], std::make_unique<Pending>());
  free_slots_.push_back(slot);
  Instance& to = *instances_[pending->from];
  if (!to.process || to.incarnation != pending->incarnation) return;
  if (pending->crash_after) {
    restart_after_crash(to, pending->downtime);
    return;
  }
  controller::ReplyMeta& meta =
      pending->is_kube ? pending->kube_reply.meta : pending->kafka_reply.meta;
  meta.answered = kernel_.now();
  const RecordId record = kernel_.emit(trace::ReplyReceived{
      static_cast<int64_t>(meta.id.value), static_cast<int64_t>(meta.outcome), meta.as_of.ns});
  Kernel::ScopedCause cause(kernel_, record);
  for (OperatorObserver* observer : observers_) observer->on_reply(pending->from, meta);
  // By the process's own clock.
  for (sim::Time* time : {&meta.asked, &meta.answered, &meta.as_of}) *time = *time + to.ahead;
  if (pending->is_kube) {
    to.process->on_reply(pending->kube_reply);
  } else {
    to.process->on_reply(pending->kafka_reply);
  }
}

void OperatorHost::restart_after_crash(Instance& instance, sim::Duration downtime) {
  kill(instance.index());
  schedule(Local::restart, instance.index(), downtime);
}

// A watch event reaches the operator: at once, since the server has added the watch latency.
void OperatorHost::deliver(uint64_t watch_id, const controller::WatchEvent& event) {
  const CallId watch{watch_id};
  for (const auto& owner : instances_) {
    Instance& instance = *owner;
    if (std::find(instance.watches.begin(), instance.watches.end(), watch) ==
        instance.watches.end()) {
      continue;
    }
    if (!instance.process || instance.doomed) return;
    if (misses(instance, event)) {
      TWIN_MARK("operator_watch_event_missed");
      return;
    }
    if (instance.frozen || instance.hung || !reaches_api_server()) {
      instance.held.push_back(event);
      return;
    }
    controller::WatchEvent delivered = event;
    delivered.watch = watch;
    delivered.delivered = kernel_.now() + instance.ahead;
    const bool has_object = event.object != nullptr;
    const RecordId record = kernel_.emit(
        trace::WatchEventDelivered{static_cast<int64_t>(watch_id), static_cast<int64_t>(event.type),
                                   has_object ? static_cast<int64_t>(event.object->kind) : -1,
                                   has_object ? kernel_.string(event.object->metadata.name) : 0,
                                   static_cast<int64_t>(event.resource_version.value)});
    Kernel::ScopedCause cause(kernel_, record);
    instance.process->on_watch(delivered);
    return;
  }
}

bool OperatorHost::reaches_api_server() const {
  return network_.reachable(kOperatorEnd, kApiServerEnd);
}

void OperatorHost::network_changed() {
  const bool cut = !reaches_api_server();
  if (cut == cut_now_) return;
  cut_now_ = cut;
  if (cut) return schedule(Local::watches_break, ++cut_, kWatchSilence);
  for (const auto& instance : instances_) {
    if (!instance->frozen) freeze_watches(instance->index(), false);
  }
}

// The client finds the connection dead: what was on its way is lost, and it watches anew from the
// last version it saw.
void OperatorHost::break_watches(uint32_t cut) {
  if (!cut_now_ || cut != cut_) return;
  for (const auto& owner : instances_) {
    Instance& instance = *owner;
    if (!instance.process) continue;
    instance.held.clear();
    const std::vector<CallId> broken = std::exchange(instance.watches, {});
    for (const CallId watch : broken) {
      TWIN_MARK("operator_watch_broke");
      kube_.stop_watch(watch.value);
      controller::WatchEvent event;
      event.watch = watch;
      event.delivered = kernel_.now() + instance.ahead;
      event.type = controller::WatchEventType::error;
      event.outcome = Outcome::unknown;
      const RecordId record = kernel_.emit(trace::WatchEventDelivered{
          static_cast<int64_t>(watch.value), static_cast<int64_t>(event.type), -1, 0, 0});
      Kernel::ScopedCause cause(kernel_, record);
      instance.process->on_watch(event);
    }
  }
}

void OperatorHost::decided(Instance& from, controller::Decision decision) {
  std::vector<int64_t> cites;
  cites.reserve(decision.cites.size());
  for (CallId id : decision.cites) cites.push_back(static_cast<int64_t>(id.value));
  // A decision over hundreds of nodes cites more calls than one record holds.
  constexpr size_t kRoom = Kernel::tail_room<trace::DecisionMade>();
  constexpr size_t kRoomMore = Kernel::tail_room<trace::DecisionCitesMore>();
  std::span<const int64_t> open(cites);
  const RecordId record = kernel_.emit(
      trace::DecisionMade{from.index(), static_cast<int64_t>(decision.kind), decision.node.value,
                          kernel_.string(decision.subject), kernel_.string(decision.code)},
      open.first(std::min(kRoom, open.size())), decision.reason);
  open = open.subspan(std::min(kRoom, open.size()));
  for (; !open.empty(); open = open.subspan(std::min(kRoomMore, open.size()))) {
    kernel_.emit(trace::DecisionCitesMore{static_cast<int64_t>(record)},
                 open.first(std::min(kRoomMore, open.size())), {});
  }
  for (OperatorObserver* observer : observers_) observer->on_decision(from.index(), decision);
}

void OperatorHost::handle(const sim::Event& event) {
  switch (local_type<Local>(event.type)) {
    case Local::kube_arrives:
      return execute_kube(event.entity);
    case Local::kafka_arrives:
      return execute_kafka(event.entity);
    case Local::reply_arrives:
      return deliver_reply(event.entity);
    case Local::wake: {
      Instance& instance = *instances_[event.entity];
      if (!instance.process || instance.incarnation != event.generation) return;
      std::erase_if(instance.wakes, [&](sim::Time at) { return at <= kernel_.now(); });
      if (!instance.hung) instance.process->on_wake();
      return;
    }
    case Local::kill:
      if (instances_[event.entity]->incarnation == event.generation) kill(event.entity);
      return;
    case Local::restart:
      return restart(event.entity);
    case Local::watches_break:
      return break_watches(event.entity);
  }
}

}  // namespace twin::model
