// The order of events against a plain sort, for both queues, and what the tie orders may change.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "sim/engine.h"
#include "sim/quad_heap.h"

namespace twin::sim {
namespace {

using QuadEngine = BasicEngine<QuadHeap<Event, EventKey>>;

// What a handled event schedules: so many ns later, in this phase.
struct Child {
  int64_t delay_ns;
  int phase;
};

// Generated worlds: `roots` are scheduled at the start; the event of number n, in the order of
// scheduling, schedules children[n] when handled.
struct World {
  std::vector<Child> roots;
  std::vector<std::vector<Child>> children;
};

struct Handled {
  int64_t at_ns;
  int phase;
  uint32_t entity;  // the number in the order of scheduling
  bool operator==(const Handled&) const = default;
};

template <class AnyEngine>
std::vector<Handled> play(const World& world, EngineOptions options) {
  AnyEngine engine(options);
  uint32_t scheduled = 0;
  const auto schedule = [&](const Child& child) {
    engine.schedule(Event{.at = engine.now() + Duration{child.delay_ns},
                          .phase = static_cast<Phase>(child.phase),
                          .entity = scheduled++});
  };
  for (const Child& root : world.roots) schedule(root);
  std::vector<Handled> order;
  engine.run_until(Time{1'000'000}, [&](const Event& event) {
    order.push_back({event.at.ns, static_cast<int>(event.phase), event.entity});
    if (event.entity >= world.children.size()) return;
    for (const Child& child : world.children[event.entity]) schedule(child);
  });
  return order;
}

// The documented order, by the book: a list that is searched from the front at each step.
std::vector<Handled> play_by_the_book(const World& world) {
  std::vector<Handled> waiting;
  std::vector<Handled> order;
  uint32_t scheduled = 0;
  int64_t now = 0;
  int phase = 0;
  const auto schedule = [&](const Child& child) {
    waiting.push_back({now + child.delay_ns, child.phase, scheduled++});
  };
  for (const Child& root : world.roots) schedule(root);
  while (!waiting.empty()) {
    const auto sooner = [&](const Handled& a, const Handled& b) {
      if (a.at_ns != b.at_ns) return a.at_ns < b.at_ns;
      // Within the instant, the phase being handled is finished first, then the earliest is next.
      const bool a_current = a.at_ns == now && a.phase == phase;
      const bool b_current = b.at_ns == now && b.phase == phase;
      if (a_current != b_current) return a_current;
      return a.phase != b.phase ? a.phase < b.phase : a.entity < b.entity;
    };
    const auto next = std::min_element(waiting.begin(), waiting.end(), sooner);
    const Handled handled = *next;
    waiting.erase(next);
    now = handled.at_ns;
    phase = handled.phase;
    order.push_back(handled);
    if (handled.entity >= world.children.size()) continue;
    for (const Child& child : world.children[handled.entity]) schedule(child);
  }
  return order;
}

World generated_world() {
  const auto child = rc::gen::construct<Child>(
      rc::gen::element<int64_t>(0, 0, 0, 1, 2, 70, 5000), rc::gen::inRange(0, 3));
  World world;
  world.roots = *rc::gen::container<std::vector<Child>>(child);
  world.children = *rc::gen::container<std::vector<std::vector<Child>>>(
      rc::gen::resize(4, rc::gen::container<std::vector<Child>>(child)));
  return world;
}

RC_GTEST_PROP(EngineOrder, FollowsTimePhaseRoundAndSequenceWithBothQueues, ()) {
  const World world = generated_world();
  const std::vector<Handled> expected = play_by_the_book(world);
  RC_ASSERT(play<Engine>(world, {}) == expected);
  RC_ASSERT(play<QuadEngine>(world, {}) == expected);
}

// Without children the rounds are the phases, so the events of a (time, phase) are a fixed set.
RC_GTEST_PROP(EngineOrder, TieOrdersPermuteOnlyEventsOfTheSameTimeAndPhase, ()) {
  World world = generated_world();
  world.children.clear();
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const auto fifo = play<Engine>(world, {.tie_order = TieOrder::fifo});
  for (const TieOrder tie_order : {TieOrder::lifo, TieOrder::shuffled}) {
    auto other = play<Engine>(world, {.seed = seed, .tie_order = tie_order});
    RC_ASSERT(play<QuadEngine>(world, {.seed = seed, .tie_order = tie_order}) == other);
    if (tie_order == TieOrder::lifo) {
      // Reversing each group of ties gives first-in-first-out back.
      for (size_t begin = 0; begin < other.size();) {
        size_t end = begin;
        while (end < other.size() && other[end].at_ns == other[begin].at_ns &&
               other[end].phase == other[begin].phase) {
          ++end;
        }
        std::reverse(other.begin() + static_cast<ptrdiff_t>(begin),
                     other.begin() + static_cast<ptrdiff_t>(end));
        begin = end;
      }
    } else {
      std::sort(other.begin(), other.end(), [](const Handled& a, const Handled& b) {
        if (a.at_ns != b.at_ns) return a.at_ns < b.at_ns;
        return a.phase != b.phase ? a.phase < b.phase : a.entity < b.entity;
      });
    }
    RC_ASSERT(other == fifo);
  }
}

TEST(EngineOrder, ShuffledReachesEveryOrderAndIsFixedByTheSeed) {
  const World world{.roots = {{5, 0}, {5, 0}, {5, 0}}, .children = {}};
  std::map<std::vector<uint32_t>, int> seen;
  for (uint64_t seed = 0; seed < 600; ++seed) {
    const EngineOptions options{.seed = seed, .tie_order = TieOrder::shuffled};
    const auto order = play<Engine>(world, options);
    EXPECT_EQ(play<Engine>(world, options), order);
    std::vector<uint32_t> entities;
    for (const Handled& handled : order) entities.push_back(handled.entity);
    ++seen[entities];
  }
  ASSERT_EQ(seen.size(), 6u);
  for (const auto& [entities, count] : seen) EXPECT_NEAR(count, 100, 45);
}

}  // namespace
}  // namespace twin::sim
