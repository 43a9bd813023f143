#include "scenarios/runner/move_log.h"

#include "model/trace/decode.h"

namespace twin::scenario {

void MoveLog::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case trace::RecordType::ReplicasChanged: {
      const auto change = trace::decode<trace::ReplicasChanged>(record);
      const bool moves = change.adding_mask != 0 || change.removing_mask != 0;
      if (moves) {
        if (moving_.empty()) since_ = record.at;
        started_ += moving_.insert(change.partition).second ? 1 : 0;
      } else if (moving_.erase(change.partition) > 0) {
        ++ended_;
        if (moving_.empty()) took_ += record.at - since_;
      }
      return;
    }
    case trace::RecordType::ConfigChanged: {
      const auto change = trace::decode<trace::ConfigChanged>(record);
      const std::string_view key = names_.string(change.key_string);
      if (key.find("replication.throttled.") == key.npos) return;
      const std::pair<int64_t, int64_t> owner{change.node, change.topic};
      if (names_.string(change.value_string).empty()) {
        throttled_.erase(owner);
      } else {
        throttled_.insert(owner);
      }
      return;
    }
    default:
      return;
  }
}

}  // namespace twin::scenario
