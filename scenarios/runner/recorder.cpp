#include "scenarios/runner/recorder.h"

#include "model/trace/decode.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

// An operator that decided a restart deletes the pod in the next few calls.
constexpr sim::Duration kIntentionKept{60'000'000'000};

}  // namespace

void Recorder::on_record(const sim::Record& record) {
  names_.on_record(record);
  switch (trace::type_of(record)) {
    case RecordType::DecisionMade:
      return decision(record);
    case RecordType::DecisionCitesMore:
      return more_cites(record);
    case RecordType::PodDeletionMarked: {
      const auto marked = decode<trace::PodDeletionMarked>(record);
      return deletion(record, marked.pod_string, marked.uid);
    }
    case RecordType::PodRemoved: {  // at once, when it ran nowhere
      const auto removed = decode<trace::PodRemoved>(record);
      return deletion(record, removed.pod_string, removed.uid);
    }
    case RecordType::PodBecameReady:
      return ready(record);
    case RecordType::OperatorStarted:
      operator_starts_.push_back(record.at);
      return;
    case RecordType::OperatorKilled:
      for (auto& [key, intention] : intended_) {
        if (key.first == record.fields[0] && intention.orphaned == 0) {
          intention.orphaned = record.id;
        }
      }
      return;
    case RecordType::LeaderElected:
      leader_moves_ += decode<trace::LeaderElected>(record).election_reason ==
                               static_cast<int64_t>(trace::ElectionReason::initial)
                           ? 0
                           : 1;
      return;
    case RecordType::KubeCallMade:
    case RecordType::KafkaCallMade:
      return call_made(record);
    case RecordType::ReplyReceived: {
      const auto reply = decode<trace::ReplyReceived>(record);
      const auto asked = calls_.find({static_cast<uint64_t>(reply.call)});
      if (asked == calls_.end()) return;
      asked->second.answered = true;
      asked->second.outcome = static_cast<controller::Outcome>(reply.outcome);
      asked->second.as_of = sim::Time{reply.as_of_ns};
      return;
    }
    default:
      return;
  }
}

const RecordedCall* Recorder::call(controller::CallId call) const {
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : &found->second;
}

const RecordedCall* Recorder::call_behind(const sim::Record& record) const {
  const auto found = call_of_record_.find(record.cause);
  return found == call_of_record_.end() ? nullptr : call(found->second);
}

void Recorder::call_made(const sim::Record& record) {
  RecordedCall made;
  made.record = record.id;
  made.asked = record.at;
  made.kube = trace::type_of(record) == RecordType::KubeCallMade;
  if (made.kube) {
    const auto call = decode<trace::KubeCallMade>(record);
    made.operator_index = call.operator_index;
    made.what = call.verb;
    made.kind = call.kind;
    made.name_string = call.name_string;
  } else {
    const auto call = decode<trace::KafkaCallMade>(record);
    made.operator_index = call.operator_index;
    made.what = call.request;
  }
  last_call_ = static_cast<uint64_t>(record.fields[0]);
  const controller::CallId id{last_call_};
  calls_[id] = made;
  call_of_record_[record.id] = id;
  if (calls_.size() % 1024 == 0) forget_old_calls(record.at);
}

void Recorder::forget_old_calls(sim::Time now) {
  while (!calls_.empty() && calls_.begin()->second.asked < now - kCallsKept) {
    call_of_record_.erase(calls_.begin()->second.record);
    calls_.erase(calls_.begin());
  }
}

void Recorder::decision(const sim::Record& record) {
  const auto made = decode<trace::DecisionMade>(record);
  RecordedDecision entry;
  entry.at = record.at;
  entry.kind = static_cast<controller::DecisionKind>(made.decision_kind);
  entry.node = made.node;
  entry.subject = std::string(names_.string(made.subject_string));
  entry.code = std::string(names_.string(made.code_string));
  entry.reason = std::string(record.text);
  entry.record = record.id;
  for (const int64_t cite : trace::tail_of<trace::DecisionMade>(record)) {
    entry.cites.push_back({static_cast<uint64_t>(cite)});
  }
  if (entry.kind == controller::DecisionKind::reconcile) ++reconciles_;
  if (entry.kind == controller::DecisionKind::restart) {
    Intention& intention = intended_[{made.operator_index, entry.subject}];
    intention = {};
    RecordedRestart& restart = intention.restart;
    restart.decided = record.at;
    restart.node = entry.node;
    restart.zookeeper = entry.subject.find("-zookeeper-") != std::string::npos;
    restart.pod = entry.subject;
    restart.code = entry.code;
    restart.reason = entry.reason;
    restart.operator_index = made.operator_index;
    restart.reconcile = reconciles_;
    restart.record = record.id;
    restart.cites = entry.cites;
  }
  decisions_.push_back(std::move(entry));
}

// They follow their decision at once.
void Recorder::more_cites(const sim::Record& record) {
  const auto of_it = [&](model::RecordId decision) {
    return static_cast<int64_t>(decision) == record.fields[0];
  };
  for (const int64_t cite : trace::tail_of<trace::DecisionCitesMore>(record)) {
    const controller::CallId call{static_cast<uint64_t>(cite)};
    if (!decisions_.empty() && of_it(decisions_.back().record)) {
      decisions_.back().cites.push_back(call);
    }
    for (auto& [key, intention] : intended_) {
      if (of_it(intention.restart.record)) intention.restart.cites.push_back(call);
    }
  }
}

void Recorder::deletion(const sim::Record& record, int64_t pod_string, int64_t uid) {
  const RecordedCall* call = call_behind(record);
  if (call == nullptr || !call->removes(api::Kind::pod)) return;
  const auto intended =
      intended_.find({call->operator_index, std::string(names_.string(pod_string))});
  if (intended == intended_.end() || call->record < intended->second.restart.record) return;
  Intention intention = std::move(intended->second);
  intended_.erase(intended);
  RecordedRestart& restart = intention.restart;
  if (record.at - restart.decided > kIntentionKept) return;
  if (intention.orphaned != 0 && call->record > intention.orphaned) return;
  restart.deleted = record.at;
  restart.leader_moves_before = leader_moves_;
  restart.pod_string = pod_string;
  waiting_ready_[pod_string] = restarts_.size();
  deleted_uid_[pod_string] = uid;
  restarts_.push_back(std::move(restart));
  if (observer_ != nullptr) observer_->on_restart(restarts_.back());
}

void Recorder::ready(const sim::Record& record) {
  const auto became = decode<trace::PodBecameReady>(record);
  const auto waiting = waiting_ready_.find(became.pod_string);
  if (waiting == waiting_ready_.end() || deleted_uid_[became.pod_string] == became.uid) return;
  restarts_[waiting->second].ready = record.at;
  waiting_ready_.erase(waiting);
}

}  // namespace twin::scenario
