// What every part of the world shares: the engine, the trace, the seed and the cause of whatever
// happens now. Parts hold a reference to the one Kernel of their run. `emit` writes a record whose
// cause is the current one; handling an event makes the event's cause current (ScopedCause), so
// that chains of cause and effect need no plumbing.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/trace/records.h"
#include "sim/draw.h"
#include "sim/engine.h"
#include "sim/trace.h"

namespace twin::model {

using RecordId = uint64_t;

// Sees every record as it is written: reports, properties and live views are listeners. A listener
// must not change the world.
class TraceListener {
 public:
  virtual ~TraceListener() = default;
  virtual void on_record(const sim::Record& record) = 0;
};

class Kernel {
 public:
  // sink may be null: the fingerprint is the same with and without one.
  Kernel(const sim::EngineOptions& options, sim::TraceSink* sink,
         const sim::TraceMetadata& metadata = {});

  sim::Engine engine;
  sim::TraceWriter trace;
  uint64_t seed = 0;

  sim::Time now() const { return engine.now(); }
  RecordId cause() const { return cause_; }

  template <class R>
  RecordId emit(const R& record, std::string_view text = {}) {
    return append(static_cast<uint16_t>(R::kType), trace::fields_of(record), text);
  }
  // With a tail of more integers. REQUIRES: tail.size() <= tail_room<R>().
  template <class R>
  RecordId emit(const R& record, std::span<const int64_t> tail, std::string_view text) {
    return append_with_tail(static_cast<uint16_t>(R::kType), trace::fields_of(record), tail, text);
  }

  // How many integers fit into a record behind the fields of an R.
  template <class R>
  static constexpr size_t tail_room() {
    return sim::kMaxRecordFields - R::count();
  }

  // Index of a string in the run's table; defines it in the trace on first use.
  int64_t string(std::string_view text);

  void add_listener(TraceListener& listener) { listeners_.push_back(&listener); }

  // Schedules an event `delay` from now, with the current cause.
  void after(sim::Duration delay, uint16_t type, uint32_t entity, uint32_t generation = 0,
             uint32_t argument = 0, sim::Phase phase = sim::Phase::act);
  void at(sim::Time time, uint16_t type, uint32_t entity, uint32_t generation = 0,
          uint32_t argument = 0, sim::Phase phase = sim::Phase::act);

  // Makes `cause` current for the lifetime of the object.
  class ScopedCause {
   public:
    ScopedCause(Kernel& kernel, RecordId cause) : kernel_(kernel), before_(kernel.cause_) {
      kernel_.cause_ = cause;
    }
    ~ScopedCause() { kernel_.cause_ = before_; }
    ScopedCause(const ScopedCause&) = delete;
    ScopedCause& operator=(const ScopedCause&) = delete;

   private:
    Kernel& kernel_;
    RecordId before_;
  };

 private:
  RecordId append(uint16_t type, std::span<const int64_t> fields, std::string_view text);
  RecordId append_with_tail(uint16_t type, std::span<const int64_t> fields,
                            std::span<const int64_t> tail, std::string_view text);
  RecordId cause_ = 0;
  std::map<std::string, int64_t, std::less<>> strings_;
  std::vector<TraceListener*> listeners_;
  std::vector<int64_t> scratch_;
};

}  // namespace twin::model
