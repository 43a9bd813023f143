#include "viz/replay/recording.h"

#include <algorithm>

#include "viz/replay/indexer.h"

namespace twin::viz {

namespace {

// A keyframe is worth its room once as many bytes of records lie behind it: then all of them
// together are no larger than the trace.
constexpr size_t kKeyframeBytesMin = size_t{32} << 10;

sim::Error refusal(sim::ReadResult result, const std::string& name, const std::string& what) {
  switch (result) {
    case sim::ReadResult::newer_format:
      return {name, what, "open it with the kafka-twin that wrote it, or a later one"};
    case sim::ReadResult::truncated:
      return {name, "the trace is cut short: " + what,
              "copy it again, or record it again with kafka-twin run ... --trace FILE"};
    default:
      return {name, "the trace is damaged: " + what,
              "record it again with kafka-twin run ... --trace FILE"};
  }
}

}  // namespace

sim::Expected<Recording> Recording::open(std::vector<std::byte> bytes, const std::string& name) {
  Recording recording;
  recording.bytes_ = std::move(bytes);
  recording.name = name;
  sim::TraceReader reader(recording.bytes_);
  Indexer indexer(recording);
  recording.keyframes_.push_back({reader.position(), trace::Cursor{}});
  size_t since = 0;  // where the last keyframe stands
  sim::Record record;
  sim::ReadResult result = sim::ReadResult::record;
  while ((result = reader.next(record)) == sim::ReadResult::record) {
    indexer.take(record);
    const size_t behind = reader.offset() - since;
    if (behind < kKeyframeBytesMin || behind < indexer.cursor().copy_bytes()) continue;
    recording.keyframes_.push_back({reader.position(), indexer.cursor()});
    since = reader.offset();
  }
  if (result != sim::ReadResult::end) return refusal(result, name, reader.error());
  if (reader.records() == 0) {
    return sim::Error{name, "the trace holds no record", "record one: kafka-twin run ... --trace"};
  }
  recording.records = reader.records();
  recording.fingerprint = reader.fingerprint();
  indexer.finish();
  return recording;
}

}  // namespace twin::viz
