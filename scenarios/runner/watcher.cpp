#include "scenarios/runner/watcher.h"

#include "model/trace/decode.h"

namespace twin::scenario {

using trace::RecordType;

void Session::Watcher::on_record(const sim::Record& record) {
  recorder_.on_record(record);
  switch (trace::type_of(record)) {
    case RecordType::PodCreated:
    case RecordType::PodDeletionMarked:
    case RecordType::PodRemoved:
    case RecordType::PodBecameReady:
    case RecordType::PodBecameUnready:
    case RecordType::ReplicaLeftIsr:
    case RecordType::ReplicaJoinedIsr:
    case RecordType::MetadataVersionChanged:
    case RecordType::ConfigChanged:
    case RecordType::FaultInjected:
    case RecordType::FaultHealed:
    case RecordType::StepTaken:
      last_move_ = record.at;
      break;
    case RecordType::DecisionMade: {
      const auto made = trace::decode<trace::DecisionMade>(record);
      const std::string code(recorder_.names().string(made.code_string));
      ++decisions_[{code, -1}];
      if (made.node >= 0) ++decisions_[{code, made.node}];
      break;
    }
    default:
      return;
  }
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
}

int64_t Session::Watcher::decisions(const std::string& code, int64_t node) const {
  const auto found = decisions_.find({code, node});
  return found == decisions_.end() ? 0 : found->second;
}

}  // namespace twin::scenario
