// The execution of an approved proposal: one look, one step, again.
#include <algorithm>
#include <charconv>

#include "controller/api/units.h"
#include "controller/client/retry.h"
#include "controller/rebalance/reassignment_json.h"
#include "controller/rebalance/rebalance_task.h"
#include "sim/int128.h"
#include "sim/marks.h"

namespace twin::controller::rebalance {

namespace {

using namespace sim::literals;

constexpr sim::Duration kLookEvery = 5_s;
constexpr sim::Duration kBetweenWrites = 250_ms;  // until brokers have applied what was altered
constexpr sim::Duration kProgressEvery = 30_s;
constexpr sim::Duration kWriteTimeout = 30_s;
constexpr sim::Duration kQuotaForgets = 11_s;  // between two raises of a throttle

std::string code_of(Stage stage) {
  switch (stage) {
    case Stage::throttle:
      return "ThrottleSet";
    case Stage::adjust:
      return "ThrottleChanged";
    case Stage::start:
      return "MovesStarted";
    case Stage::moving:
      return "Moving";
    case Stage::held:
      return "MovesHeld";
    case Stage::cancel:
      return "MovesCancelled";
    case Stage::leaders:
      return "PreferredLeaders";
    case Stage::clear:
      return "ThrottleCleared";
    case Stage::done:
      return "RebalanceEnded";
  }
  return {};
}

DecisionKind kind_of(Stage stage) {
  const bool waits = stage == Stage::moving || stage == Stage::held;
  if (waits) return DecisionKind::wait;
  return stage == Stage::done ? DecisionKind::note : DecisionKind::reconfigure;
}

}  // namespace

bool RebalanceTask::read_plan(std::vector<PlannedMove>& plan, std::string& problem) const {
  if (!proposal_) {
    problem = "the ConfigMap with the proposal is gone";
    return false;
  }
  const auto read = [&](const char* key, std::vector<AssignmentEntry>& out) {
    const auto text = proposal_->data.find(key);
    if (text == proposal_->data.end() || text->second.empty()) return true;  // nothing is to move
    auto entries = parse_reassignment(text->second, key);
    if (!entries) {
      problem = entries.error().what;
      return false;
    }
    out = std::move(*entries);
    return true;
  };
  std::vector<AssignmentEntry> to, from;
  if (!read(kPlanKey, to) || !read(kRollbackKey, from)) return false;
  std::map<std::pair<std::string, int32_t>, std::vector<int32_t>> before;
  for (AssignmentEntry& entry : from) {
    before[{entry.topic, entry.partition}] = std::move(entry.replicas);
  }
  for (AssignmentEntry& entry : to) {
    plan.push_back({entry.topic, entry.partition, before[{entry.topic, entry.partition}],
                    std::move(entry.replicas)});
  }
  return true;
}

bool RebalanceTask::automatic() const {
  return resource_ && resource_->metadata.annotations.contains(kThrottleAnnotation);
}

int64_t RebalanceTask::known_inflow() const {
  int64_t inflow = 0;
  if (!proposal_) return inflow;
  const auto found = proposal_->data.find(kInflowKey);
  if (found == proposal_->data.end()) return inflow;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), inflow);
  return std::max<int64_t>(0, inflow);
}

namespace {

// Partitions whose ISR lacks a replica that is not on its way there.
size_t out_of_sync(const ClusterView& view,
                   const std::vector<api::ReassignmentDescription>& moving) {
  std::map<std::pair<std::string, int32_t>, const api::NodeList*> adding;
  for (const auto& move : moving) adding[{move.topic, move.partition}] = &move.adding;
  size_t count = 0;
  for (const PartitionView& row : view.partitions) {
    const auto found = adding.find({view.topics[row.topic].name, row.number});
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      if (((row.isr >> slot) & 1) != 0) continue;
      const api::NodeId id = view.brokers[row.replicas[slot]].id;
      if (found != adding.end() && found->second->contains(id)) continue;
      ++count;
      break;
    }
  }
  return count;
}

// The lowest that stands on a broker that answered: a change that reached some is taken up again.
std::optional<int64_t> standing(const Throttles& throttles) {
  std::optional<int64_t> lowest;
  for (const auto& [broker, rates] : throttles.rates) {
    for (const std::optional<int64_t>& rate : {rates.leader, rates.follower}) {
      if (rate && (!lowest || *rate < *lowest)) lowest = rate;
    }
  }
  return lowest;
}

}  // namespace

// The rate of an automatic throttle. Limits that cannot be read leave the highest.
void RebalanceTask::choose(const Look& look, sim::Time began, ExecutionInput& input,
                           std::string& why) {
  const auto limits =
      auto_limits(resource().metadata.annotations, resource().replication_throttle, known_inflow());
  if (!limits || !*limits) return;
  if (changed_at_ == sim::kNever) changed_at_ = began;  // somebody before us a moment ago
  AutoSigns signs;
  signs.stands = standing(look.throttles);
  signs.produce_p99 = look.produce_p99;
  signs.consumer_lag = look.consumer_lag;
  signs.out_of_sync = out_of_sync(*input.view, look.moving);
  // While nothing moves nothing is learnt.
  signs.may_change = !look.moving.empty() && began - changed_at_ >= kAutoChangesEvery;
  const AutoChoice choice = choose_rate(**limits, signs, options_.burst_bytes);
  input.rate = choice.rate;
  if (choice.changes) why = choice.reason;
}

// One pass of the execution. `done`: all is carried out, or stopped, and cleared.
RebalanceTask::Pass RebalanceTask::carry(Calls& calls, Wish wish, bool& done) {
  Look look;
  if (!this->look(calls, true, look)) return Pass::waiting;
  pause_ = kLookEvery;
  if (!look.trouble.empty()) {
    decide(calls, DecisionKind::wait, "Unanswered", look.trouble, look.cites);
    return Pass::later;
  }
  ExecutionInput input;
  std::string problem;
  if (!read_plan(input.plan, problem) && wish == Wish::run) {
    // Without the proposal nothing more is begun, and what was begun is brought to its end.
    decide(calls, DecisionKind::wait, "ProposalLost", problem, look.cites);
    wish = Wish::stop;
  }
  const ClusterView view = view_of(look.answers);
  // One pass is run again with each reply: what it decides goes by when it began.
  const sim::Time began = calls.asked_at("look/pools");
  if (carries_since_ == sim::kNever) {
    carries_since_ = began;
    raised_at_ = began;  // somebody before us may have raised it a moment ago
  }
  input.view = &view;
  input.moving = look.moving;
  input.throttles = look.throttles;
  input.told = told_;
  if (resource_) input.rate = resource().replication_throttle;
  std::string chosen;  // why the rate is another
  if (automatic()) choose(look, began, input, chosen);
  input.burst_bytes = options_.burst_bytes;
  input.may_raise = began - raised_at_ >= kQuotaForgets;
  input.leaders_told = leaders_told_;
  input.wish = wish;
  input.limits = options_.limits;
  const ExecutionStep step = next_step(input);
  const bool throttles = step.stage == Stage::throttle || step.stage == Stage::adjust;
  if (!throttles) chosen.clear();
  if (!chosen.empty() && said_of_throttle_ != chosen) {
    said_of_throttle_ = chosen;
    calls.decide({DecisionKind::reconfigure,
                  {},
                  options_.name,
                  "the throttle " + chosen,
                  "ThrottleChosen",
                  look.cites});
  }
  decide(calls, kind_of(step.stage), code_of(step.stage), step.reason, look.cites);
  if (step.stage == Stage::done) {
    done = true;
    return Pass::again;
  }
  if (!step.requests.empty()) {
    if (!act(calls, step, look, problem)) return Pass::waiting;
    if (!chosen.empty()) changed_at_ = calls.now();
    if (!problem.empty()) decide(calls, DecisionKind::wait, "RequestFailed", problem, look.cites);
    pause_ = problem.empty() ? kBetweenWrites : kLookEvery;
    return Pass::later;
  }
  return write_progress(calls, carried(input, copy_sizes(look.answers)), step);
}

// False while replies are missing. A broker's configuration is changed by itself; of one that is
// down by a controller.
bool RebalanceTask::act(Calls& calls, const ExecutionStep& step, const Look& look,
                        std::string& problem) {
  bool all = true;
  for (const ExecutionStep::Request& each : step.requests) {
    const auto* alter = std::get_if<api::IncrementalAlterConfigsRequest>(&each.body);
    const std::string key =
        "act/" + (each.broker.valid() ? "broker/" + std::to_string(each.broker.value)
                  : alter != nullptr  ? "topic/" + alter->topic
                                      : std::string("moves"));
    const bool down = each.broker.valid() && !look.throttles.rates.contains(each.broker.value);
    const KafkaReply* reply = nullptr;
    if (each.broker.valid()) {
      if (down && look.nodes.controllers.empty()) continue;
      KafkaRequest request;
      request.node = down ? look.nodes.controllers.front() : each.broker;
      request.controller_listener = down;
      request.timeout = kWriteTimeout;
      request.body = each.body;
      reply = calls.kafka(key, request);
    } else {
      reply = ask(calls, key, each.body, look);
    }
    all &= reply != nullptr;
    if (reply == nullptr) continue;
    if (!reply->meta.ok()) {
      problem = reply->meta.message.empty() ? std::string(outcome_name(reply->meta.outcome))
                                            : reply->meta.message;
      continue;
    }
    if (down) told_.insert(each.broker.value);
    if (const auto* moves = std::get_if<api::AlterReassignmentsReply>(&reply->body)) {
      if (!moves->refused.empty()) {
        const auto& first = moves->refused.front();
        problem = first.topic + "-" + std::to_string(first.partition) + ": " + first.message;
      }
    }
  }
  if (!all) return false;
  if (step.raises) raised_at_ = calls.now();
  if (step.stage == Stage::leaders) leaders_told_ = true;
  return true;
}

// How far it is and how long it will take, by what was carried since this process began to look.
RebalanceTask::Pass RebalanceTask::write_progress(Calls& calls, const Carried& carried,
                                                  const ExecutionStep& step) {
  if (progress_at_ == sim::kNever) {
    progress_at_ = calls.now();
    carried_before_ = carried.bytes_done;
  }
  const sim::Duration since = calls.now() - carries_since_;
  if (!proposal_ || !resource_ || calls.now() - progress_at_ < kProgressEvery) return Pass::later;
  const int64_t rate =
      since.ns > 0 ? sim::mul_div(carried.bytes_done - carried_before_, 1'000'000'000, since.ns)
                   : 0;
  auto copy = std::static_pointer_cast<api::ConfigMap>(proposal_->clone());
  copy->data["completedByteMovementPercentage"] = std::to_string(carried.percent());
  copy->data["executorState.json"] =
      "{\"numTotalPartitionMovements\":" + std::to_string(carried.moves) +
      ",\"numFinishedPartitionMovements\":" + std::to_string(carried.moves_done) +
      ",\"totalDataToMove\":" + std::to_string(carried.bytes) +
      ",\"finishedDataMovement\":" + std::to_string(carried.bytes_done) + "}";
  copy->data.erase("estimatedTimeToCompletionInMinutes");
  std::string eta = "not known yet";
  if (rate > 0) {
    const int64_t seconds = sim::mul_div_ceil(carried.bytes - carried.bytes_done, 1, rate);
    copy->data["estimatedTimeToCompletionInMinutes"] = std::to_string((seconds + 59) / 60);
    eta = sim::format_duration(sim::Duration{seconds * 1'000'000'000});
  }
  const KubeReply* reply = calls.kube("progress", write_request(Verb::update, copy));
  if (reply == nullptr) return Pass::waiting;
  progress_at_ = calls.now();
  decide(calls, DecisionKind::note, "RebalanceProgress",
         std::to_string(carried.percent()) + " % of " + api::format_bytes({carried.bytes}) +
             " are carried, " + std::to_string(step.left) + " moves are left; time to go: " + eta,
         {});
  said_ = code_of(step.stage) + (step.stage == Stage::moving ? std::string() : step.reason);
  return Pass::later;
}

}  // namespace twin::controller::rebalance
