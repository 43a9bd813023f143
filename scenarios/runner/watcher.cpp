#include "scenarios/runner/watcher.h"

#include "model/trace/decode.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

void Session::Watcher::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::PodDeletionMarked:
    case RecordType::PodBecameReady:
      count_restarts();
      last_move_ = record.at;
      return;
    case RecordType::PodCreated:
    case RecordType::PodRemoved:
    case RecordType::PodBecameUnready:
    case RecordType::ReplicaLeftIsr:
    case RecordType::ReplicaJoinedIsr:
    case RecordType::ReplicasChanged:
    case RecordType::MetadataVersionChanged:
    case RecordType::ConfigChanged:
    case RecordType::FaultInjected:
    case RecordType::FaultHealed:
    case RecordType::StepTaken:
      last_move_ = record.at;
      return;
    case RecordType::ObjectWritten:
      kafka_written_ |=
          decode<trace::ObjectWritten>(record).kind == static_cast<int64_t>(api::Kind::kafka);
      return;
    case RecordType::OperatorKilled:
      last_kill_ = record.at;
      ++kills_[decode<trace::OperatorKilled>(record).operator_index];
      return;
    case RecordType::DecisionMade: {
      const auto made = decode<trace::DecisionMade>(record);
      const std::string code(recorder_.names().string(made.code_string));
      ++decisions_[{code, -1}];
      if (made.node >= 0) ++decisions_[{code, made.node}];
      return;
    }
    default:
      return;
  }
}

void Session::Watcher::count_restarts() {
  begun_ = done_ = 0;
  const auto& restarts = recorder_.restarts();
  for (size_t i = restarts_before_; i < restarts.size(); ++i) {
    ++begun_;
    done_ += restarts[i].ready ? 1 : 0;
  }
}

void Session::Watcher::start_counting() {
  restarts_before_ = recorder_.restarts().size();
  begun_ = done_ = 0;
  decisions_.clear();
  kills_.clear();
}

int64_t Session::Watcher::kills(int64_t operator_index) const {
  const auto found = kills_.find(operator_index);
  return found == kills_.end() ? 0 : found->second;
}

int64_t Session::Watcher::decisions(const std::string& code, int64_t node) const {
  const auto found = decisions_.find({code, node});
  return found == decisions_.end() ? 0 : found->second;
}

}  // namespace twin::scenario
