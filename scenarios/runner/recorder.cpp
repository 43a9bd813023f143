#include "scenarios/runner/recorder.h"

#include "model/trace/decode.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

// Replies older than this are cited by nobody who means a restart.
constexpr sim::Duration kRepliesKept{120'000'000'000};
// An operator that decided a restart deletes the pod in the next few calls; one that was killed in
// between leaves an intention that a later deletion by somebody else must not be charged to.
constexpr sim::Duration kIntentionKept{60'000'000'000};

}  // namespace

void Recorder::on_record(const sim::Record& record) {
  names_.on_record(record);
  switch (trace::type_of(record)) {
    case RecordType::DecisionMade:
      decision(record);
      return;
    case RecordType::PodDeletionMarked:
    case RecordType::PodBecameReady:
      pod(record);
      return;
    case RecordType::OperatorStarted:
      operator_starts_.push_back(record.at);
      return;
    case RecordType::OperatorKilled:
      intended_.clear();
      return;
    case RecordType::KubeCallMade:
    case RecordType::KafkaCallMade:
      last_call_ = static_cast<uint64_t>(record.fields[0]);
      return;
    case RecordType::ReplyReceived: {
      const auto reply = decode<trace::ReplyReceived>(record);
      replies_[controller::CallId{static_cast<uint64_t>(reply.call)}] = {
          static_cast<controller::Outcome>(reply.outcome), sim::Time{reply.as_of_ns}};
      if (replies_.size() % 1024 == 0) forget_old_replies(record.at);
      return;
    }
    default:
      return;
  }
}

const RecordedReply* Recorder::reply(controller::CallId call) const {
  const auto found = replies_.find(call);
  return found == replies_.end() ? nullptr : &found->second;
}

void Recorder::forget_old_replies(sim::Time now) {
  while (!replies_.empty() && replies_.begin()->second.as_of < now - kRepliesKept) {
    replies_.erase(replies_.begin());
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
  if (entry.kind == controller::DecisionKind::reconcile) ++reconciles_;
  if (entry.kind == controller::DecisionKind::restart) {
    RecordedRestart& restart = intended_[entry.subject];
    restart = {};
    restart.decided = record.at;
    restart.node = entry.node;
    restart.pod = entry.subject;
    restart.code = entry.code;
    restart.reason = entry.reason;
    restart.operator_index = made.operator_index;
    restart.reconcile = reconciles_;
    restart.record = record.id;
    for (const int64_t cite : trace::tail_of<trace::DecisionMade>(record)) {
      restart.cites.push_back({static_cast<uint64_t>(cite)});
    }
  }
  decisions_.push_back(std::move(entry));
}

void Recorder::pod(const sim::Record& record) {
  if (trace::type_of(record) == RecordType::PodDeletionMarked) {
    const auto marked = decode<trace::PodDeletionMarked>(record);
    const auto intended = intended_.find(std::string(names_.string(marked.pod_string)));
    if (intended == intended_.end()) return;
    RecordedRestart restart = std::move(intended->second);
    intended_.erase(intended);
    if (record.at - restart.decided > kIntentionKept) return;
    restart.deleted = record.at;
    restart.pod_string = marked.pod_string;
    waiting_ready_[marked.pod_string] = restarts_.size();
    deleted_uid_[marked.pod_string] = marked.uid;
    restarts_.push_back(std::move(restart));
    if (observer_ != nullptr) observer_->on_restart(restarts_.back());
    return;
  }
  const auto ready = decode<trace::PodBecameReady>(record);
  const auto waiting = waiting_ready_.find(ready.pod_string);
  if (waiting == waiting_ready_.end() || deleted_uid_[ready.pod_string] == ready.uid) return;
  restarts_[waiting->second].ready = record.at;
  waiting_ready_.erase(waiting);
}

}  // namespace twin::scenario
