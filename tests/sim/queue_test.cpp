// The radix heap against the 4-ary heap and std::priority_queue, on generated monotone schedules.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <queue>
#include <vector>

#include "sim/draw.h"
#include "sim/event.h"
#include "sim/quad_heap.h"
#include "sim/radix_heap.h"
#include "tests/sim/throwing_assert.h"

namespace twin::sim {
namespace {

using Radix = RadixHeap<Event, EventKey>;
using NarrowRadix = RadixHeap<Event, EventKey, 1>;
using MiddleRadix = RadixHeap<Event, EventKey, 5>;  // 64 is no multiple of 5: a short top digit
using Quad = QuadHeap<Event, EventKey>;

// Breaks ties by the number of the push, which the test keeps in `cause`.
class Standard {
 public:
  bool empty() const { return queue_.empty(); }
  size_t size() const { return queue_.size(); }
  void push(const Event& event) { queue_.push(event); }
  uint64_t least_key() const { return EventKey::key(queue_.top()); }
  Event pop() {
    const Event event = queue_.top();
    queue_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at != b.at ? a.at > b.at : a.cause > b.cause;
    }
  };
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
};

// A positive number pushes an event that many steps after the last one popped; zero or less pops.
// Returns the causes in the order popped; peeks at every step.
template <class Queue>
std::vector<uint64_t> play(const std::vector<int64_t>& script, int64_t step_ns) {
  Queue queue;
  std::vector<uint64_t> order;
  Time now{};
  uint64_t pushes = 0;
  const auto pop = [&] {
    const uint64_t key = queue.least_key();
    TWIN_ASSERT_EQ(queue.least_key(), key);  // peeking twice changes nothing
    const Event event = queue.pop();
    TWIN_ASSERT_EQ(EventKey::key(event), key);
    now = event.at;
    order.push_back(event.cause);
  };
  for (const int64_t entry : script) {
    if (entry > 0) {
      queue.push(Event{.at = now + Duration{(entry - 1) * step_ns}, .cause = ++pushes});
    } else if (!queue.empty()) {
      pop();
    }
    if (!queue.empty()) (void)queue.least_key();
  }
  while (!queue.empty()) pop();
  TWIN_ASSERT_EQ(order.size(), pushes);
  return order;
}

// Short increments of few values give many ties; long ones reach high digits.
std::vector<int64_t> script_of(uint64_t seed, int64_t length, int64_t spread) {
  DrawStream draws(seed, purpose("queue_script"), 0);
  std::vector<int64_t> script;
  for (int64_t i = 0; i < length; ++i) {
    const bool is_push = draws.chance({3, 5});
    script.push_back(is_push ? draws.range_inclusive(1, spread) : 0);
  }
  return script;
}

RC_GTEST_PROP(Queues, PopInTheSameOrderOnGeneratedSchedules, ()) {
  const auto script = *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(-8, 12));
  const auto step_ns = *rc::gen::element<int64_t>(1, 7, 64, 1'000'000, int64_t{1} << 55);
  const auto expected = play<Standard>(script, step_ns);
  RC_ASSERT(play<Quad>(script, step_ns) == expected);
  RC_ASSERT(play<Radix>(script, step_ns) == expected);
  RC_ASSERT(play<MiddleRadix>(script, step_ns) == expected);
  RC_ASSERT(play<NarrowRadix>(script, step_ns) == expected);
}

TEST(Queues, PopInTheSameOrderOnLongSchedulesWithManyAndFewTies) {
  for (const int64_t spread : {1, 3, 1'000, 1'000'000'000}) {
    const auto script = script_of(static_cast<uint64_t>(spread), 50'000, spread);
    const auto expected = play<Standard>(script, 1);
    EXPECT_EQ(play<Quad>(script, 1), expected) << spread;
    EXPECT_EQ(play<Radix>(script, 1), expected) << spread;
    EXPECT_EQ(play<MiddleRadix>(script, 1), expected) << spread;
    EXPECT_EQ(play<NarrowRadix>(script, 1), expected) << spread;
  }
}

TEST(RadixHeap, APeekDoesNotForbidPushingBelowTheLeastKey) {
  Radix queue;
  queue.push(Event{.at = Time{1'000'000}, .entity = 1});
  queue.push(Event{.at = Time{2'000'000}, .entity = 2});
  EXPECT_EQ(queue.least_key(), 1'000'000u);
  queue.push(Event{.at = Time{5}, .entity = 3});
  EXPECT_EQ(queue.pop().entity, 3u);
  EXPECT_EQ(queue.least_key(), 1'000'000u);
  queue.push(Event{.at = Time{6}, .entity = 4});
  EXPECT_EQ(queue.pop().entity, 4u);
  EXPECT_EQ(queue.pop().entity, 1u);
  EXPECT_EQ(queue.pop().entity, 2u);
}

TEST(RadixHeap, EqualKeysLeaveInTheOrderTheyCameAcrossSpreads) {
  Radix queue;
  constexpr uint32_t kEvents = 1000;
  for (uint32_t i = 0; i < kEvents; ++i) {
    queue.push(Event{.at = Time{1 << 30}, .entity = i});
    queue.push(Event{.at = Time{(1 << 30) + 1}, .entity = i});
    if (i % 10 != 0) continue;
    queue.push(Event{.at = Time{i}, .entity = i});
    EXPECT_EQ(queue.pop().at, Time{i});
  }
  for (uint32_t i = 0; i < kEvents; ++i) EXPECT_EQ(queue.pop().entity, i);
  for (uint32_t i = 0; i < kEvents; ++i) EXPECT_EQ(queue.pop().entity, i);
  EXPECT_TRUE(queue.empty());
}

TEST(RadixHeap, TheExtremeKeysAreOrdered) {
  struct Identity {
    static uint64_t key(const uint64_t& item) { return item; }
  };
  RadixHeap<uint64_t, Identity> queue;
  for (const uint64_t key : {UINT64_MAX, uint64_t{0}, UINT64_MAX - 1, uint64_t{1} << 63}) {
    queue.push(key);
  }
  EXPECT_EQ(queue.pop(), 0u);
  EXPECT_EQ(queue.pop(), uint64_t{1} << 63);
  EXPECT_EQ(queue.pop(), UINT64_MAX - 1);
  EXPECT_EQ(queue.pop(), UINT64_MAX);
}

TEST(RadixHeap, PushingIntoThePastOrPoppingNothingFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  Radix queue;
  EXPECT_THROW((void)queue.pop(), testing::AssertFailure);
  EXPECT_THROW((void)queue.least_key(), testing::AssertFailure);
  queue.push(Event{.at = Time{10}});
  (void)queue.pop();
  EXPECT_THROW(queue.push(Event{.at = Time{9}}), testing::AssertFailure);
  EXPECT_NO_THROW(queue.push(Event{.at = Time{10}}));
}

}  // namespace
}  // namespace twin::sim
