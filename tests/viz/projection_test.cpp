// What a trace says of a moment is what the model was at that moment: a run is stopped at a
// thousand times, its partitions, processes and pods are written down, and the trace is asked for
// the same, in another order.
#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/session.h"
#include "viz/replay/replay.h"

namespace twin::viz {
namespace {

constexpr int kMoments = 1000;

struct PartitionState {
  std::vector<int64_t> replicas, isr, adding;
  int64_t leader = -1;
  bool operator==(const PartitionState&) const = default;
};

struct Projection {
  sim::Time at{};
  std::vector<PartitionState> partitions;
  std::map<int64_t, bool> running, fenced;  // fenced: of brokers
  std::map<std::string, bool> pod_ready;    // of Kafka's pods that exist
};

// Pods of Kafka, not those of the entity operator.
bool is_kafkas(const std::string& pod) {
  return pod.find("-broker-") != pod.npos || pod.find("-controller-") != pod.npos;
}

// The model's own state, from the model's own tables.
Projection project(const model::World& world, const std::vector<int64_t>& nodes,
                   const std::vector<int64_t>& brokers) {
  Projection is;
  is.at = world.kernel.now();
  for (const model::Partition& row : world.kafka.table().partitions) {
    PartitionState state;
    state.leader = row.leader_slot < 0 ? -1 : row.leader().value;
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      const int64_t node = row.replicas[slot].value;
      state.replicas.push_back(node);
      if (row.in_isr(slot)) state.isr.push_back(node);
      if (((row.adding >> slot) & 1) != 0) state.adding.push_back(node);
    }
    is.partitions.push_back(std::move(state));
  }
  for (const int64_t node : nodes) {
    is.running[node] = world.kafka.process_running({static_cast<int32_t>(node)});
  }
  for (const int64_t node : brokers) {
    is.fenced[node] = world.kafka.is_fenced({static_cast<int32_t>(node)});
  }
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    const auto& pod = api::as<api::Pod>(*object);
    if (is_kafkas(pod.metadata.name)) is.pod_ready[pod.metadata.name] = api::is_ready(pod);
  }
  return is;
}

Projection project(const trace::Cursor& cursor, sim::Time at, const std::vector<int64_t>& nodes,
                   const std::vector<int64_t>& brokers) {
  Projection is;
  is.at = at;
  for (const trace::PartitionView& view : cursor.partitions()) {
    PartitionState state;
    state.leader = view.leader;
    state.replicas = view.replicas();
    for (size_t slot = 0; slot < state.replicas.size(); ++slot) {
      if (((view.isr_mask >> slot) & 1) != 0) state.isr.push_back(state.replicas[slot]);
      if (((view.adding_mask >> slot) & 1) != 0) state.adding.push_back(state.replicas[slot]);
    }
    is.partitions.push_back(std::move(state));
  }
  for (const int64_t node : nodes) {
    const auto view = cursor.nodes().find(node);
    is.running[node] = view != cursor.nodes().end() && view->second.running;
  }
  for (const auto& [node, view] : cursor.nodes()) {
    if (view.pod_exists) is.pod_ready[view.pod] = view.pod_ready;
  }
  for (const int64_t node : brokers) {
    const auto view = cursor.nodes().find(node);
    is.fenced[node] = view == cursor.nodes().end() || view->second.fenced;
  }
  return is;
}

class ProjectionTest : public testing::TestWithParam<const char*> {};

TEST_P(ProjectionTest, theTraceSaysWhatTheModelWas) {
  const auto scenario =
      scenario::load_scenario(std::string(TWIN_SOURCE_DIR) + "/scenarios/" + GetParam() + ".yaml");
  ASSERT_TRUE(scenario) << scenario.error().to_string();
  sim::MemorySink sink;
  scenario::SessionOptions options;
  options.trace = &sink;
  scenario::Session session(*scenario, options);
  ASSERT_TRUE(session.begin());
  const model::World& world = session.world();
  const std::vector<int64_t> nodes = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<int64_t> brokers = {0, 1, 2};
  std::vector<Projection> was;
  for (int i = 1; i <= kMoments; ++i) {
    ASSERT_TRUE(session.advance(session.zero() + sim::Duration{int64_t{i} * 801'234'567}));
    was.push_back(project(world, nodes, brokers));
  }
  session.world().kernel.trace.finish();
  const auto recording = Recording::open(sink.contents(), "run");
  ASSERT_TRUE(recording) << recording.error().to_string();
  Replay replay(*recording);
  int64_t changed = 0;
  for (int i = 0; i < kMoments; ++i) {
    const Projection& then = was[static_cast<size_t>(i) * 617 % kMoments];
    replay.seek(then.at);
    const Projection is = project(replay.cursor(), then.at, nodes, brokers);
    ASSERT_EQ(is.partitions.size(), then.partitions.size());
    for (size_t p = 0; p < is.partitions.size(); ++p) {
      ASSERT_TRUE(is.partitions[p] == then.partitions[p])
          << "partition " << p << " at " << sim::format_clock(then.at);
    }
    ASSERT_EQ(is.running, then.running) << sim::format_clock(then.at);
    ASSERT_EQ(is.fenced, then.fenced) << sim::format_clock(then.at);
    ASSERT_EQ(is.pod_ready, then.pod_ready) << sim::format_clock(then.at);
    changed += then.partitions == was.front().partitions ? 0 : 1;
  }
  EXPECT_GT(changed, 10) << "something happened in between";
}

INSTANTIATE_TEST_SUITE_P(Shipped, ProjectionTest,
                         testing::Values("failures/zone-loss-mid-roll",
                                         "failures/node-loss-stuck-terminating",
                                         "rebalance/replace-broker"));

}  // namespace
}  // namespace twin::viz
