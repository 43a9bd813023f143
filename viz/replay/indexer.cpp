#include "viz/replay/indexer.h"

#include <algorithm>
#include <tuple>

#include "model/trace/decode.h"

namespace twin::viz {

using trace::decode;
using trace::NodeState;
using trace::RecordType;

namespace {

std::string enum_text(RecordType type, size_t field, int64_t value) {
  const trace::RecordInfo* info = trace::record_info(static_cast<uint16_t>(type));
  return std::string(info->fields[field].enum_name(value));
}

// Before the first pod of a node there is nothing to show of it.
bool known(const trace::NodeView& node) { return node.pod_uid != 0 || node.running; }

}  // namespace

void Indexer::take(const sim::Record& record) {
  if (record.at != now_) end_of_instant();
  now_ = record.at;
  sampler_.before(cursor_, record);
  cursor_.apply(record);
  sampler_.after(cursor_, record);
  nodes_changed_ = true;
  switch (trace::type_of(record)) {
    case RecordType::StringDefined:
    case RecordType::PartitionPlaced:
    case RecordType::FetchReturned:
      break;
    case RecordType::RunStarted:
      out_.scenario = std::string(record.text);
      out_.seed = static_cast<uint64_t>(decode<trace::RunStarted>(record).seed);
      break;
    case RecordType::RunEnded:
      out_.ended = std::string(record.text);
      break;
    case RecordType::OperatorDefined:
      operator_lane(decode<trace::OperatorDefined>(record).operator_index, false, record.at);
      break;
    case RecordType::OperatorStarted:
      operator_lane(decode<trace::OperatorStarted>(record).operator_index, true, record.at);
      break;
    case RecordType::OperatorKilled:
      operator_lane(decode<trace::OperatorKilled>(record).operator_index, false, record.at);
      break;
    case RecordType::DecisionMade:
    case RecordType::DecisionCitesMore:
      decision(record);
      break;
    case RecordType::KubeCallMade:
    case RecordType::KafkaCallMade:
    case RecordType::ReplyReceived:
      call(record);
      break;
    case RecordType::CatchUpStarted:
    case RecordType::CatchUpFinished:
      flow(record);
      break;
    default:
      marker(record);
      break;
  }
}

void Indexer::end_of_instant() {
  if (nodes_changed_) node_lanes();
  sampler_.end_of_instant(cursor_, now_, nodes_changed_);
  nodes_changed_ = false;
}

void Indexer::enter(std::vector<Span>& spans, sim::Time at, NodeState state) {
  if (!spans.empty()) {
    if (spans.back().state == state) return;
    spans.back().end = at;
  }
  spans.push_back({at, at, state});
}

Lane& Indexer::lane_of(int64_t node) {
  const auto found = node_lane_.find(node);
  if (found != node_lane_.end()) return out_.lanes[found->second];
  node_lane_[node] = out_.lanes.size();
  out_.lanes.emplace_back().id = node;
  return out_.lanes.back();
}

// A pod may be created before its node's roles are defined.
void Indexer::name_lanes() {
  for (const auto& [node, index] : node_lane_) {
    Lane& lane = out_.lanes[index];
    const int64_t roles = cursor_.nodes().at(node).roles;
    if ((roles & 4) != 0) {
      lane.kind = Lane::Kind::zookeeper;
    } else if ((roles & 1) == 0) {
      lane.kind = Lane::Kind::controller;
    }
    lane.name = cursor_.names().node(node);
  }
}

void Indexer::node_lanes() {
  int64_t serving = 0, brokers = 0;
  for (const auto& [id, view] : cursor_.nodes()) {
    if (!known(view)) continue;
    Lane& lane = lane_of(id);
    const NodeState state = trace::state_of(view);
    enter(lane.spans, now_, state);
    const bool leads = id == cursor_.controller() || id == cursor_.zookeeper_leader();
    if (leads || !lane.leading.empty()) {
      enter(lane.leading, now_, leads ? NodeState::serving : NodeState::no_pod);
    }
    if ((view.roles & 1) == 0) continue;
    ++brokers;
    serving += view.fenced ? 0 : 1;
  }
  if (out_.ready.ns == 0 && brokers > 0 && serving == brokers) out_.ready = now_;
}

void Indexer::operator_lane(int64_t index, bool running, sim::Time at) {
  const auto found = operator_lane_.find(index);
  if (found == operator_lane_.end()) {
    operator_lane_[index] = out_.lanes.size();
    Lane lane;
    lane.kind = Lane::Kind::operator_;
    lane.id = index;
    lane.name = cursor_.names().operator_name(index);
    out_.operators.push_back(lane.name);
    out_.lanes.push_back(std::move(lane));
  }
  Lane& lane = out_.lanes[operator_lane_.at(index)];
  enter(lane.spans, at, running ? NodeState::serving : NodeState::no_pod);
}

void Indexer::decision(const sim::Record& record) {
  if (trace::type_of(record) == RecordType::DecisionCitesMore) {
    if (out_.decisions.empty()) return;
    const auto more = trace::tail_of<trace::DecisionCitesMore>(record);
    auto& cites = out_.decisions.back().cites;
    cites.insert(cites.end(), more.begin(), more.end());
    return;
  }
  const auto r = decode<trace::DecisionMade>(record);
  const auto tail = trace::tail_of<trace::DecisionMade>(record);
  Decision made;
  made.at = record.at;
  made.kind = r.decision_kind;
  made.node = r.node;
  made.subject = std::string(cursor_.names().string(r.subject_string));
  made.code = std::string(cursor_.names().string(r.code_string));
  made.reason = std::string(record.text);
  made.cites.assign(tail.begin(), tail.end());
  if (made.node < 0 && !made.subject.empty()) made.node = cursor_.node_of_pod(made.subject);
  out_.decisions.push_back(std::move(made));
}

void Indexer::call(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::KubeCallMade: {
      const auto r = decode<trace::KubeCallMade>(record);
      Call& made = calls_[r.call];
      made.what = enum_text(RecordType::KubeCallMade, 2, r.verb) + " " +
                  enum_text(RecordType::KubeCallMade, 3, r.kind);
      made.name = std::string(cursor_.names().string(r.name_string));
      made.node = made.name.empty() ? -1 : cursor_.node_of_pod(made.name);
      made.asked = record.at;
      break;
    }
    case RecordType::KafkaCallMade: {
      const auto r = decode<trace::KafkaCallMade>(record);
      Call& made = calls_[r.call];
      made.what = enum_text(RecordType::KafkaCallMade, 2, r.request);
      made.node = r.node;
      made.asked = record.at;
      break;
    }
    default: {
      const auto r = decode<trace::ReplyReceived>(record);
      const auto made = calls_.find(r.call);
      if (made == calls_.end()) return;
      made->second.outcome = enum_text(RecordType::ReplyReceived, 1, r.outcome);
      made->second.answered = record.at;
      made->second.as_of = sim::Time{r.as_of_ns};
      made->second.replied = true;
      break;
    }
  }
}

void Indexer::mark(Marker::Kind kind, int64_t node, std::string text) {
  out_.markers.push_back({kind, now_, node, std::move(text)});
}

void Indexer::marker(const sim::Record& record) {
  const trace::Names& names = cursor_.names();
  const std::string text(record.text);
  switch (trace::type_of(record)) {
    case RecordType::FaultInjected:
      mark(Marker::Kind::fault, -1, text);
      break;
    case RecordType::FaultHealed: {
      const auto r = decode<trace::FaultHealed>(record);
      mark(Marker::Kind::healed, -1,
           enum_text(RecordType::FaultHealed, 1, r.fault_kind) + " is over");
      break;
    }
    case RecordType::StepTaken:
      mark(Marker::Kind::step, -1, text);
      break;
    case RecordType::PropertyViolated: {
      const auto r = decode<trace::PropertyViolated>(record);
      mark(Marker::Kind::violation, r.node,
           std::string(names.string(r.property_string)) + ": " + text);
      break;
    }
    case RecordType::ExpectationFailed:
      mark(Marker::Kind::violation, -1, "expectation failed: " + text);
      break;
    case RecordType::UnluckyRestart:
      mark(Marker::Kind::unlucky, decode<trace::UnluckyRestart>(record).node,
           "slack was lost between what was read and the restart");
      break;
    case RecordType::AcknowledgedBytesLost:
      mark(Marker::Kind::loss, -1,
           "acknowledged bytes lost in " +
               names.partition(decode<trace::AcknowledgedBytesLost>(record).partition));
      break;
    case RecordType::KubeNodeBecameNotReady:
      mark(Marker::Kind::machine, -1,
           std::string(
               names.string(decode<trace::KubeNodeBecameNotReady>(record).kube_node_string)) +
               " is NotReady");
      break;
    default:
      break;
  }
}

void Indexer::flow(const sim::Record& record) {
  if (trace::type_of(record) == RecordType::CatchUpStarted) {
    const auto r = decode<trace::CatchUpStarted>(record);
    open_flows_[{r.source, r.broker}].push_back(out_.flows.size());
    out_.flows.push_back({r.source, r.broker, record.at, record.at, r.bytes, r.partitions, false});
    return;
  }
  const auto r = decode<trace::CatchUpFinished>(record);
  auto& open = open_flows_[{r.source, r.broker}];
  if (open.empty()) return;
  Flow& done = out_.flows[open.front()];
  open.pop_front();
  done.end = record.at;
  done.bytes = r.bytes;
  done.finished = true;
}

void Indexer::drop_uncited() {
  std::set<int64_t> cited;
  for (const Decision& made : out_.decisions) cited.insert(made.cites.begin(), made.cites.end());
  for (auto& [id, made] : calls_) {
    if (cited.contains(id)) out_.calls.emplace(id, std::move(made));
  }
}

// Operators on top, then controllers and ZooKeeper, then brokers, each by id.
void Indexer::order_lanes() {
  const auto rank = [](const Lane& lane) {
    const int order = lane.kind == Lane::Kind::operator_    ? 0
                      : lane.kind == Lane::Kind::zookeeper  ? 1
                      : lane.kind == Lane::Kind::controller ? 2
                                                            : 3;
    return std::tuple(order, lane.id);
  };
  std::ranges::sort(out_.lanes, [&](const Lane& a, const Lane& b) { return rank(a) < rank(b); });
}

void Indexer::finish() {
  end_of_instant();
  out_.last = now_;
  for (Lane& lane : out_.lanes) {
    if (!lane.spans.empty()) lane.spans.back().end = now_;
    if (!lane.leading.empty()) lane.leading.back().end = now_;
    std::erase_if(lane.leading, [](const Span& s) { return s.state != NodeState::serving; });
  }
  for (Flow& flow : out_.flows) {
    if (!flow.finished) flow.end = now_;
  }
  sampler_.finish(now_);
  out_.series.catch_up = Sampler::rates_of(out_.flows);
  drop_uncited();
  name_lanes();
  order_lanes();
  out_.names = cursor_.names();
}

}  // namespace twin::viz
