#include "model/kernel.h"

#include "sim/assert.h"

namespace twin::model {

namespace {

// Without a sink the writer only hashes: the fingerprint is the same either way.
sim::TraceWriter make_writer(sim::TraceSink* sink, const sim::TraceMetadata& metadata) {
  if (sink == nullptr) return sim::TraceWriter();
  return sim::TraceWriter(*sink, metadata);
}

}  // namespace

Kernel::Kernel(const sim::EngineOptions& options, sim::TraceSink* sink,
               const sim::TraceMetadata& metadata)
    : engine(options), trace(make_writer(sink, metadata)), seed(options.seed) {}

int64_t Kernel::string(std::string_view text) {
  const auto found = strings_.find(text);
  if (found != strings_.end()) return found->second;
  const auto index = static_cast<int64_t>(strings_.size());
  strings_.emplace(std::string(text), index);
  emit(trace::StringDefined{index}, text);
  return index;
}

void Kernel::after(sim::Duration delay, uint16_t type, uint32_t entity, uint32_t generation,
                   uint32_t argument, sim::Phase phase) {
  TWIN_ASSERT_LE(0, delay.ns);
  at(now() + delay, type, entity, generation, argument, phase);
}

void Kernel::at(sim::Time time, uint16_t type, uint32_t entity, uint32_t generation,
                uint32_t argument, sim::Phase phase) {
  sim::Event event;
  event.at = time;
  event.type = type;
  event.phase = phase;
  event.entity = entity;
  event.generation = generation;
  event.argument = argument;
  event.cause = cause_;
  engine.schedule(event);
}

RecordId Kernel::append(uint16_t type, std::span<const int64_t> fields, std::string_view text) {
  const RecordId id = trace.append(now(), type, cause_, fields, text);
  if (listeners_.empty()) return id;
  sim::Record record;
  record.id = id;
  record.at = now();
  record.type = type;
  record.cause = cause_;
  record.fields = fields;
  record.text = text;
  for (TraceListener* listener : listeners_) listener->on_record(record);
  return id;
}

RecordId Kernel::append_with_tail(uint16_t type, std::span<const int64_t> fields,
                                  std::span<const int64_t> tail, std::string_view text) {
  // Whoever may have more splits it over records: nothing is left off in silence.
  TWIN_ASSERT_LE(fields.size() + tail.size(), sim::kMaxRecordFields);
  scratch_.assign(fields.begin(), fields.end());
  scratch_.insert(scratch_.end(), tail.begin(), tail.end());
  return append(type, scratch_, text);
}

}  // namespace twin::model
