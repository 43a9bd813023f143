// How fast pods of lost machines are evicted, by how much of a zone is lost.
#include "tests/kube/support.h"

namespace twin::model {
namespace {

class ZoneTest : public KubeTest {
 public:
  // Pods p0, p1, ... each on a machine of its own by its node selector.
  void place(const std::string& zone, int count) {
    for (int i = 0; i < count; ++i) {
      auto made = pod(zone + "-p" + std::to_string(i));
      made->spec.node_selector["kubernetes.io/hostname"] = zone + std::to_string(i);
      create(made);
    }
    run_until(at(100_s));
  }
  void fail(const std::string& zone, int first, int count) {
    for (int i = first; i < first + count; ++i) kube.fail_node(zone + std::to_string(i));
  }
  std::vector<sim::Time> marked(const std::string& zone, int count) {
    std::vector<sim::Time> all;
    for (int i = 0; i < count; ++i) {
      for (const sim::Time t : times<trace::PodDeletionMarked>(zone + "-p" + std::to_string(i))) {
        all.push_back(t);
      }
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  sim::Time last_not_ready(const std::string& zone, int count) {
    sim::Time last{};
    for (int i = 0; i < count; ++i) {
      for (const sim::Time t : times<trace::KubeNodeBecameNotReady>(zone + std::to_string(i))) {
        last = std::max(last, t);
      }
    }
    return last;
  }
};

// Two of ten machines lost: a normal zone, one taint per 10 s, so the marks are 10 s apart.
TEST_F(ZoneTest, ANormalZoneIsTaintedAtOneMachinePerTenSeconds) {
  nodes("a", 10);
  nodes("b", 1);
  place("a", 10);
  fail("a", 0, 2);
  run_until(at(1000_s));
  const std::vector<sim::Time> all = marked("a", 10);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_GE(all[1] - all[0], 10_s);
  EXPECT_LE(all[1] - all[0], 15_s);  // or the monitor's looks are further apart
}

// Six of ten are 60 %, at or above the threshold of 55 % and more than two: nothing is evicted
// beyond those that were tainted before the zone counted as partly disrupted (at most two more
// looks of the monitor).
TEST_F(ZoneTest, AZoneThatIsMostlyLostIsLeftAlone) {
  nodes("a", 10);
  nodes("b", 1);
  place("a", 10);
  sim::marks::reset();
  fail("a", 0, 6);
  run_until(at(2000_s));
  EXPECT_LE(marked("a", 10).size(), 2U);
  EXPECT_GT(sim::marks::hit("kube_zone_evictions_stopped"), 0U);
  // One comes back: five of ten are 50 %, and it goes on.
  kube.recover_node("a0");
  run_until(at(4000_s));
  EXPECT_EQ(marked("a", 10).size(), 5U);
}

// All of a zone is a loss of the zone, not a network problem: the normal rate.
TEST_F(ZoneTest, AZoneThatIsLostAltogetherIsEvicted) {
  nodes("a", 4);
  nodes("b", 1);
  place("a", 4);
  fail("a", 0, 4);
  run_until(at(2000_s));
  const std::vector<sim::Time> all = marked("a", 4);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[3] - all[2], 10_s);
  EXPECT_LE(all[3] - last_not_ready("a", 4), 340_s);  // three intervals and the toleration
}

// Every machine lost: it is the control plane that lost sight; nothing is evicted.
TEST_F(ZoneTest, WhenEveryZoneIsLostNothingIsEvicted) {
  nodes("a", 2);
  nodes("b", 2);
  place("a", 2);
  fail("a", 0, 2);
  run_until(at(200_s));  // zone a is tainted, and would be evicted at about 450 s
  fail("b", 0, 2);
  run_until(at(3000_s));
  EXPECT_TRUE(marked("a", 2).empty());
}

// 33 of 60 are 55 % in a zone above 50 machines: one per 100 s.
TEST_F(ZoneTest, ALargeZoneThatIsMostlyLostIsEvictedSlowly) {
  nodes("a", 60);
  nodes("b", 1);
  place("a", 60);
  fail("a", 0, 33);
  run_until(at(1500_s));
  const std::vector<sim::Time> all = marked("a", 60);
  ASSERT_GE(all.size(), 4U);
  EXPECT_EQ(all.back() - all[all.size() - 2], 100_s);
}

}  // namespace
}  // namespace twin::model
