// The event loop.
//
// The engine owns the clock and the queue. It takes the least event, sets the clock to its time and
// hands it to the caller's handler, which may schedule more. Events are handled in the order of
// (time, phase, sequence), where sequence is the order of scheduling:
//
//   - An instant is handled in rounds; within a round the phases go act, solve, check.
//   - An event scheduled for the current instant joins the current round if its phase is the one
//     being handled or a later one.
//   - An event scheduled for the current instant with an earlier phase opens the next round. It
//     begins when the events of the phase being handled are done; phases not reached yet are
//     reached in the new round. So if a solve schedules an act, the acts and the solve of the
//     second round come before any check: a check always sees an instant with nothing left to do
//     but check. If a check schedules an act, later checks of the same instant wait for it.
//   - More than 1,000,000 rounds, or instant_events_max events, at one instant are a livelock and
//   fail
//     an assert.
//
// Which of several events of the same (time, phase, round) goes first is arbitrary in the real
// world, so it is an option: TieOrder permutes exactly those. A model that is right under all three
// orders does not lean on an accident.
//
// There is no cancel: see sim/event.h on generations. In steady state nothing is allocated; the
// handler is a template parameter, not a std::function, and dispatch is the handler's switch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/assert.h"
#include "sim/draw.h"
#include "sim/event.h"
#include "sim/radix_heap.h"
#include "sim/time.h"

namespace twin::sim {

enum class TieOrder : uint8_t {
  fifo,      // as scheduled
  lifo,      // the one scheduled last goes first
  shuffled,  // drawn from the seed
};

struct EngineOptions {
  uint64_t seed = 0;
  TieOrder tie_order = TieOrder::fifo;
  std::string replay_command{};  // printed by a failed assert
  uint64_t instant_events_max = 1'000'000'000;
};

// Queue is RadixHeap or QuadHeap of Event.
template <class Queue>
class BasicEngine {
 public:
  explicit BasicEngine(EngineOptions options = {})
      : tie_order_(options.tie_order), instant_events_max_(options.instant_events_max) {
    context_.seed = options.seed;
    context_.replay_command = std::move(options.replay_command);
    for (Pending& phase : pending_) phase.events.reserve(kReservedEvents);
  }
  BasicEngine(const BasicEngine&) = delete;
  BasicEngine& operator=(const BasicEngine&) = delete;

  Time now() const { return context_.now; }
  // Events handed to a handler so far, the current one included.
  uint64_t events_handled() const { return context_.event_number; }
  // For asserts outside of run_until: ScopedAssertContext scope(engine.assert_context());
  const AssertContext& assert_context() const { return context_; }

  // REQUIRES: event.at >= now(), event.at < kNever.
  void schedule(const Event& event) {
    TWIN_ASSERT_LE(context_.now, event.at);
    TWIN_ASSERT(event.at != kNever);
    TWIN_ASSERT(static_cast<int>(event.phase) < kPhaseCount);
    if (event.at == context_.now && instant_is_open()) {
      add_pending(event);
    } else {
      queue_.push(event);
    }
  }

  // Handles all events with at <= end, also those scheduled meanwhile, by handle(const Event&).
  // Afterwards now() == end; after run_until(kNever) it is the time of the last event. After
  // stop(), now() is the time of the event that stopped, and a later call goes on from there.
  // REQUIRES: end >= now(), not called by a handler.
  template <class Handler>
  void run_until(Time end, Handler&& handle) {
    TWIN_ASSERT_LE(context_.now, end);
    TWIN_ASSERT_MSG(!running_, "a handler must not run the engine");
    const Running scope(*this);
    stopped_ = false;
    while (step(end, handle)) {
      if (stopped_) return;
    }
    if (end != kNever) context_.now = end;
  }

  // Handles the next event, if there is one. Moves the clock no further than to that event.
  template <class Handler>
  bool run_one(Handler&& handle) {
    TWIN_ASSERT_MSG(!running_, "a handler must not run the engine");
    const Running scope(*this);
    return step(kNever, handle);
  }

  // Leaves run_until after the current event.
  void stop() { stopped_ = true; }

  bool idle() const { return pending_count_ == 0 && queue_.empty(); }
  // The time of the next event, kNever if there is none.
  Time next_at() const {
    if (pending_count_ > 0) return context_.now;
    return queue_.empty() ? kNever : time_of(queue_.least_key());
  }
  // Events scheduled and not handled yet.
  size_t scheduled() const { return pending_count_ + queue_.size(); }

 private:
  static constexpr uint64_t kMaxRounds = 1'000'000;

  static constexpr size_t kReservedEvents = 256;  // per phase and instant, before memory grows

  // The open instant's events of one phase. In fifo order events before `first` are done.
  struct Pending {
    std::vector<Event> events;
    size_t first = 0;
  };

  // While it lives, the engine runs and asserts know its time and seed; also if a handler throws.
  class Running {
   public:
    explicit Running(BasicEngine& engine) : engine_(engine), scope_(engine.context_) {
      engine_.running_ = true;
    }
    ~Running() {
      engine_.running_ = false;
      engine_.handling_ = false;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    BasicEngine& engine_;
    ScopedAssertContext scope_;
  };

  static Time time_of(uint64_t key) { return Time{static_cast<int64_t>(key)}; }

  // Events for now() belong to the open instant while one of its events is handled or waits.
  bool instant_is_open() const { return handling_ || pending_count_ > 0; }

  void add_pending(const Event& event) {
    pending_[static_cast<size_t>(event.phase)].events.push_back(event);
    ++pending_count_;
  }

  template <class Handler>
  bool step(Time end, Handler& handle) {
    if (pending_count_ > 0) {
      hand_over(take_pending(), handle);
      return true;
    }
    if (queue_.empty()) return false;
    const uint64_t key = queue_.least_key();
    if (time_of(key) > end) return false;
    const Event event = queue_.pop();
    context_.now = event.at;
    rounds_ = 0;
    first_event_of_instant_ = context_.event_number;
    if (queue_.empty() || queue_.least_key() != key) {
      phase_ = event.phase;  // alone at its instant: the usual case
      hand_over(event, handle);
      return true;
    }
    phase_ = Phase::act;
    add_pending(event);
    while (!queue_.empty() && queue_.least_key() == key) add_pending(queue_.pop());
    hand_over(take_pending(), handle);
    return true;
  }

  template <class Handler>
  void hand_over(const Event& event, Handler& handle) {
    ++context_.event_number;
    handling_ = true;
    handle(event);
    handling_ = false;
  }

  // REQUIRES: pending_count_ > 0.
  Event take_pending() {
    TWIN_ASSERT_MSG(context_.event_number - first_event_of_instant_ < instant_events_max_,
                    "livelock: this instant has no end");
    if (is_done(phase_)) choose_phase();
    Pending& waiting = pending_[static_cast<size_t>(phase_)];
    --pending_count_;
    if (tie_order_ == TieOrder::fifo) {
      const Event event = waiting.events[waiting.first++];
      if (waiting.first == waiting.events.size()) {
        waiting.events.clear();
        waiting.first = 0;
      }
      return event;
    }
    if (tie_order_ == TieOrder::shuffled) bring_drawn_to_back(waiting.events);
    const Event event = waiting.events.back();
    waiting.events.pop_back();
    return event;
  }

  bool is_done(Phase phase) const { return pending_[static_cast<size_t>(phase)].events.empty(); }

  // The earliest phase that has events; going back to an earlier one opens a new round.
  void choose_phase() {
    Phase chosen = Phase::act;
    if (is_done(chosen)) chosen = Phase::solve;
    if (is_done(chosen)) chosen = Phase::check;
    TWIN_ASSERT(!is_done(chosen));
    if (chosen < phase_) {
      ++rounds_;
      TWIN_ASSERT_MSG(rounds_ < kMaxRounds, "livelock: this instant never ends");
    }
    phase_ = chosen;
  }

  void bring_drawn_to_back(std::vector<Event>& events) {
    if (events.size() < 2) return;
    constexpr uint64_t kPurpose = purpose("engine_tie_order");
    const uint64_t drawn = draw(context_.seed, kPurpose, 0, ties_drawn_++);
    std::swap(events[static_cast<size_t>(below(events.size(), drawn))], events.back());
  }

  AssertContext context_;  // holds the clock and the event count, so that asserts see them as is
  TieOrder tie_order_;
  const uint64_t instant_events_max_;
  bool running_ = false;
  bool handling_ = false;
  bool stopped_ = false;
  Phase phase_ = Phase::act;  // being handled, or handled last
  uint64_t rounds_ = 0;       // of this instant
  uint64_t first_event_of_instant_ = 0;
  uint64_t ties_drawn_ = 0;
  size_t pending_count_ = 0;
  std::array<Pending, kPhaseCount> pending_{};
  Queue queue_;
};

using Engine = BasicEngine<RadixHeap<Event, EventKey>>;

}  // namespace twin::sim
