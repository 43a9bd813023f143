#include "controller/rebalance/execution.h"

#include <algorithm>

#include "controller/api/units.h"
#include "controller/rebalance/changes.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

namespace {

using Moving = std::map<std::pair<std::string, int32_t>, const api::ReassignmentDescription*>;

Moving index_of(const std::vector<api::ReassignmentDescription>& moves) {
  Moving moving;
  for (const auto& move : moves) moving[{move.topic, move.partition}] = &move;
  return moving;
}

std::optional<PartitionIndex> find(const ClusterView& view, const PlannedMove& move) {
  const auto topic = view.find_topic(move.topic);
  if (!topic || static_cast<uint32_t>(move.partition) >= view.topics[*topic].partitions) {
    return std::nullopt;
  }
  return view.topics[*topic].first + static_cast<PartitionIndex>(move.partition);
}

std::vector<int32_t> ids_of(const ClusterView& view, const ReplicaList& list) {
  std::vector<int32_t> ids;
  for (int slot = 0; slot < list.size; ++slot) ids.push_back(view.brokers[list[slot]].id.value);
  return ids;
}

bool holds(const std::vector<int32_t>& ids, int32_t id) {
  return std::ranges::find(ids, id) != ids.end();
}

std::string count_text(size_t n, const char* one, const char* more) {
  return std::to_string(n) + " " + (n == 1 ? one : more);
}

class Execution {
 public:
  explicit Execution(const ExecutionInput& input)
      : in_(input), view_(*input.view), moving_(index_of(input.moving)) {
    for (const PlannedMove& move : in_.plan) {
      const auto row = find(view_, move);
      if (!row) continue;  // the topic is gone: so is the move
      if (moving_.contains({move.topic, move.partition})) {
        active_.push_back(&move);
      } else if (ids_of(view_, view_.partitions[*row].replicas) != move.to) {
        waiting_.push_back(&move);
      }
    }
  }

  ExecutionStep next() {
    ExecutionStep step = choose();
    step.left = active_.size() + waiting_.size();
    return step;
  }

 private:
  ExecutionStep choose() {
    if (in_.wish == Wish::cancel && !active_.empty()) return cancel();
    if (!active_.empty()) return adjust();
    if (in_.wish == Wish::run && !waiting_.empty()) return begin_batch();
    if (in_.wish == Wish::run && !in_.leaders_told) {
      if (auto step = leaders()) return *step;
    }
    return clear();
  }

  ExecutionStep cancel() const {
    ExecutionStep step;
    step.stage = Stage::cancel;
    api::AlterReassignmentsRequest request;
    for (const PlannedMove* move : active_) {
      request.moves.push_back({move->topic, move->partition, std::nullopt});
    }
    step.requests.push_back({{}, std::move(request)});
    step.reason = count_text(active_.size(), "move is", "moves are") + " cancelled, as asked";
    return step;
  }

  std::vector<Flight> flights() const {
    std::vector<Flight> flights;
    for (const PlannedMove* move : active_) {
      const auto& now = *moving_.at({move->topic, move->partition});
      Flight& flight = flights.emplace_back();
      flight.topic = move->topic;
      flight.partition = move->partition;
      for (const int32_t id : now.replicas) {
        (now.adding.contains({id}) ? flight.destinations : flight.sources).push_back(id);
      }
    }
    return flights;
  }

  // Requests that make the throttles those of the flights.
  void want(const std::vector<Flight>& flights, ExecutionStep& step) const {
    std::map<std::string, ReplicaLists> lists;
    std::set<int32_t> brokers;
    if (in_.rate) {
      lists = lists_for(flights);
      for (const Flight& flight : flights) {
        if (flight.destinations.empty()) continue;
        brokers.insert(flight.sources.begin(), flight.sources.end());
        brokers.insert(flight.destinations.begin(), flight.destinations.end());
      }
    }
    for (const auto& [topic, wanted] : lists) {
      const auto found = in_.throttles.lists.find(topic);
      if (found != in_.throttles.lists.end() && found->second == wanted) continue;
      step.requests.push_back({{}, set_lists(topic, wanted)});
    }
    for (const auto& [topic, stands] : in_.throttles.lists) {
      if (lists.contains(topic)) continue;
      step.requests.push_back({{}, set_lists(topic, {})});
    }
    for (const int32_t id : brokers) want_rate(id, step);
  }

  // A rate that stands is raised in steps also while nothing moves: the quota remembers the batch
  // before. A batch may begin under a rate that is still on its way up.
  void want_rate(int32_t id, ExecutionStep& step) const {
    const auto found = in_.throttles.rates.find(id);
    if (found == in_.throttles.rates.end()) return;  // down: it carries nothing
    const BrokerRates& stands = found->second;
    int64_t next = *in_.rate;
    const bool known = stands.leader && stands.follower;
    if (known) {
      const int64_t now = std::min(*stands.leader, *stands.follower);
      next = next_rate(now, *in_.rate, in_.burst_bytes);
      if (next > now && !in_.may_raise) return;
      step.raises |= next > now;
    }
    if (known && *stands.leader == next && *stands.follower == next) return;
    step.requests.push_back({{id}, set_rates({id}, next)});
  }

  ExecutionStep adjust() const {
    ExecutionStep step;
    want(flights(), step);
    step.stage = step.requests.empty() ? Stage::moving : Stage::adjust;
    step.reason = step.requests.empty()
                      ? count_text(active_.size(), "partition is", "partitions are") + " moving"
                      : rate_text(step);
    return step;
  }

  std::string rate_text(const ExecutionStep& step) const {
    for (const auto& request : step.requests) {
      const auto& body = std::get<api::IncrementalAlterConfigsRequest>(request.body);
      if (body.resource != api::IncrementalAlterConfigsRequest::Resource::broker) continue;
      const std::string rate = body.changes.front().value;
      const bool last = rate == std::to_string(*in_.rate);
      return "the throttle becomes " + rate + " B/s" +
             (last ? std::string() : " on the way to " + std::to_string(*in_.rate) + " B/s") +
             (step.raises ? ": a quota forgets in 10.5 s what was sent at the old rate, so a raise "
                            "lets at most " +
                                api::format_bytes({in_.burst_bytes}) + " through at once"
                          : std::string());
    }
    return "partitions that are done no longer count against the throttle";
  }

  ExecutionStep begin_batch() const {
    ExecutionStep step;
    step.stage = Stage::held;
    if (!in_.moving.empty()) {
      step.reason =
          "partitions that are not of this plan are being reassigned: " + in_.moving.front().topic +
          "-" + std::to_string(in_.moving.front().partition);
      return step;
    }
    std::vector<ReplicaList> target = start_lists(view_);
    for (const PlannedMove* move : waiting_) {
      if (std::string why = aim(*move, target); !why.empty()) {
        step.reason = std::move(why);
        return step;
      }
    }
    const Schedule schedule = make_schedule(view_, target, in_.limits);
    if (schedule.batches.empty()) {
      TWIN_ASSERT(!schedule.held.empty());
      step.reason = view_.partition_name(schedule.held.front().partition) +
                    " is not moved now: " + schedule.held.front().reason;
      return step;
    }
    return start(schedule.batches.front());
  }

  // The plan's replicas as the view's lists. Answers why they cannot be, now.
  std::string aim(const PlannedMove& move, std::vector<ReplicaList>& target) const {
    const PartitionIndex row = *find(view_, move);
    ReplicaList list;
    for (const int32_t id : move.to) {
      const auto broker = view_.find_broker({id});
      const int slot = broker ? view_.partitions[row].replicas.slot_of(*broker) : -1;
      if (!broker || (slot < 0 && !view_.brokers[*broker].live)) {
        return view_.partition_name(row) + " is to be on broker " + std::to_string(id) +
               ", which is not live";
      }
      list.push(*broker, slot >= 0 ? view_.partitions[row].replicas.dir(slot) : uint8_t{0});
    }
    target[row] = list;
    return {};
  }

  ExecutionStep start(const Batch& batch) const {
    std::vector<Flight> flights;
    api::AlterReassignmentsRequest moves;
    for (const PlannedMove* move : waiting_) {
      const PartitionIndex row = *find(view_, *move);
      if (!std::ranges::binary_search(batch.partitions, row)) continue;
      const std::vector<int32_t> now = ids_of(view_, view_.partitions[row].replicas);
      Flight& flight = flights.emplace_back();
      flight.topic = move->topic;
      flight.partition = move->partition;
      flight.sources = now;
      api::NodeList target;
      for (const int32_t id : move->to) {
        target.push({id});
        if (!holds(now, id)) flight.destinations.push_back(id);
      }
      moves.moves.push_back({move->topic, move->partition, target});
    }
    ExecutionStep step;
    want(flights, step);
    const std::string what = count_text(moves.moves.size(), "move", "moves");
    if (!step.requests.empty()) {
      step.stage = Stage::throttle;
      step.reason = in_.rate ? "before " + what + " begin: at most " + std::to_string(*in_.rate) +
                                   " B/s on every broker that sends or receives"
                             : "throttles that were left behind go before " + what + " begin";
      return step;
    }
    step.stage = Stage::start;
    step.reason = what + " of " + std::to_string(waiting_.size()) + " that wait: " + batch.reason;
    step.requests.push_back({{}, std::move(moves)});
    return step;
  }

  std::optional<ExecutionStep> leaders() const {
    api::ElectLeadersRequest request;
    request.all = false;
    for (const PlannedMove& move : in_.plan) {
      const auto row = find(view_, move);
      if (!row || view_.partitions[*row].leader_slot <= 0) continue;
      if ((view_.partitions[*row].isr & 1) != 0) {
        request.partitions.emplace_back(move.topic, move.partition);
      }
    }
    if (request.partitions.empty()) return std::nullopt;
    ExecutionStep step;
    step.stage = Stage::leaders;
    step.reason =
        count_text(request.partitions.size(), "moved partition is", "moved partitions are") +
        " led by another than the preferred replica";
    step.requests.push_back({{}, std::move(request)});
    return step;
  }

  ExecutionStep clear() const {
    ExecutionStep step;
    step.stage = Stage::done;
    step.reason = "no replication throttle is left";
    std::set<int32_t> named;
    for (const PlannedMove& move : in_.plan) {
      named.insert(move.from.begin(), move.from.end());
      named.insert(move.to.begin(), move.to.end());
    }
    for (const auto& [topic, lists] : in_.throttles.lists) {
      step.requests.push_back({{}, set_lists(topic, {})});
    }
    for (const auto& [id, rates] : in_.throttles.rates) {
      named.erase(id);
      if (rates.any()) step.requests.push_back({{id}, set_rates({id}, std::nullopt)});
    }
    // What is down is told blindly, since its configuration can be read from nobody else.
    for (const int32_t id : named) {
      const bool known = view_.find_broker({id}).has_value();
      if (in_.rate && known && !in_.told.contains(id)) {
        step.requests.push_back({{id}, set_rates({id}, std::nullopt)});
      }
    }
    if (step.requests.empty()) return step;
    step.stage = Stage::clear;
    step.reason = "nothing moves any more: every replication throttle is removed";
    if (in_.moving.empty()) return step;
    step.stage = Stage::held;
    step.requests.clear();
    step.reason = "the throttle stays until " + in_.moving.front().topic + "-" +
                  std::to_string(in_.moving.front().partition) +
                  ", which is not of this plan, has moved as well";
    return step;
  }

  const ExecutionInput& in_;
  const ClusterView& view_;
  Moving moving_;
  std::vector<const PlannedMove*> active_, waiting_;
};

}  // namespace

ExecutionStep next_step(const ExecutionInput& input) {
  TWIN_ASSERT(input.view != nullptr);
  return Execution(input).next();
}

int32_t Carried::percent() const {
  if (bytes == 0) return moves == moves_done ? 100 : 0;
  return static_cast<int32_t>(sim::mul_div(bytes_done, 100, bytes));
}

Carried carried(const ExecutionInput& input, const CopySizes& copies) {
  const Moving moving = index_of(input.moving);
  const ClusterView& view = *input.view;
  Carried out;
  std::map<int32_t, int64_t> to_send, to_receive;
  for (const PlannedMove& move : input.plan) {
    const auto row = find(view, move);
    if (!row) continue;
    const PartitionView& now = view.partitions[*row];
    const bool moves = moving.contains({move.topic, move.partition});
    const bool done = !moves && ids_of(view, now.replicas) == move.to;
    ++out.moves;
    out.moves_done += done ? 1 : 0;
    const auto sizes = copies.find({move.topic, move.partition});
    for (const int32_t id : move.to) {
      if (holds(move.from, id)) continue;
      int64_t there = done ? now.bytes : 0;
      if (moves && sizes != copies.end()) {
        const auto copy = sizes->second.find(id);
        if (copy != sizes->second.end()) there = std::min(copy->second, now.bytes);
      }
      out.bytes += now.bytes;
      out.bytes_done += there;
      to_receive[id] += now.bytes - there;
      if (now.leader_slot >= 0) {
        to_send[view.brokers[now.replicas[now.leader_slot]].id.value] += now.bytes - there;
      }
    }
  }
  for (const auto* side : {&to_send, &to_receive}) {
    for (const auto& [id, bytes] : *side) out.bytes_left_max = std::max(out.bytes_left_max, bytes);
  }
  return out;
}

}  // namespace twin::controller::rebalance
