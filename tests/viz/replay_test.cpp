// Recordings of shipped scenarios: what is gathered of the whole, and that any moment reached from
// a keyframe is the one reached from the begin.
#include "viz/replay/replay.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/draw.h"
#include "tests/viz/recorded.h"
#include "viz/replay/totals.h"

namespace twin::viz {
namespace {

using trace::NodeState;

Recording recorded(const std::string& name) {
  auto opened = Recording::open(test::trace_of(name), name);
  EXPECT_TRUE(opened.has_value());
  return std::move(*opened);
}

Lane lane_of(const Recording& recording, const std::string& name) {
  const auto it = std::ranges::find(recording.lanes, name, &Lane::name);
  EXPECT_NE(it, recording.lanes.end()) << name;
  return it == recording.lanes.end() ? Lane{} : *it;
}

std::string state_text(const trace::Cursor& cursor) {
  std::string text;
  for (const auto& [id, node] : cursor.nodes()) {
    text += std::to_string(id) + ":" + std::string(trace::node_state_name(state_of(node))) + "," +
            std::to_string(node.in_isr) + "/" + std::to_string(node.replicas) + "," +
            std::to_string(node.leads) + "," + node.kube_node + ";";
  }
  for (const trace::PartitionView& p : cursor.partitions()) {
    text += std::to_string(p.leader) + "." + std::to_string(p.isr_mask) +
            (p.under_min_isr ? "u" : "") + (p.stalled ? "s" : "") + (p.moving ? "m" : "");
    for (const int64_t replica : p.replicas()) text += "," + std::to_string(replica);
  }
  for (const auto& [name, volume] : cursor.volumes()) text += name + "@" + volume.kube_node;
  return text + cursor.metadata_version() + std::to_string(cursor.controller());
}

TEST(Recording, ARollIsALaneOfStatesPerBroker) {
  const Recording recording = recorded("rolling/first-roll");
  for (const char* name : {"broker 0", "broker 1", "broker 2"}) {
    std::vector<NodeState> after_ready;
    for (const Span& span : lane_of(recording, name).spans) {
      if (span.begin > recording.ready) after_ready.push_back(span.state);
    }
    // Down, and up again, once.
    EXPECT_EQ(std::ranges::count(after_ready, NodeState::shutting_down), 1) << name;
    EXPECT_EQ(std::ranges::count(after_ready, NodeState::loading_logs), 1) << name;
    ASSERT_FALSE(after_ready.empty());
    EXPECT_EQ(after_ready.back(), NodeState::serving) << name;
  }
}

TEST(Recording, SpansFollowEachOtherWithoutGapsToTheEnd) {
  const Recording recording = recorded("failures/zone-loss-mid-roll");
  for (const Lane& lane : recording.lanes) {
    ASSERT_FALSE(lane.spans.empty()) << lane.name;
    for (size_t i = 1; i < lane.spans.size(); ++i) {
      EXPECT_EQ(lane.spans[i - 1].end, lane.spans[i].begin) << lane.name;
      EXPECT_NE(lane.spans[i - 1].state, lane.spans[i].state) << lane.name;
    }
    EXPECT_EQ(lane.spans.back().end, recording.last) << lane.name;
  }
}

TEST(Recording, AZoneLossIsAMarkerAndItsBrokersCrash) {
  const Recording recording = recorded("failures/zone-loss-mid-roll");
  const auto fault = std::ranges::find(recording.markers, Marker::Kind::fault, &Marker::kind);
  ASSERT_NE(fault, recording.markers.end());
  EXPECT_EQ(fault->text, "zone-loss of zone-b for 10 min 00 s");
  int crashed = 0;
  for (const Lane& lane : recording.lanes) {
    for (const Span& span : lane.spans) {
      if (span.state == NodeState::crashed && span.begin <= fault->at && fault->at < span.end) {
        ++crashed;
      }
    }
  }
  EXPECT_EQ(crashed, 3);  // two brokers and a controller
}

TEST(Recording, DecisionsKeepTheCallsTheyCiteAndNoOthers) {
  const Recording recording = recorded("rolling/first-roll");
  size_t cited = 0;
  std::set<int64_t> keys;
  for (const Decision& made : recording.decisions) {
    for (const int64_t call : made.cites) {
      ++cited;
      keys.insert(call);
      EXPECT_TRUE(recording.calls.contains(call)) << made.reason;
    }
  }
  EXPECT_GT(cited, 0u);
  EXPECT_EQ(recording.calls.size(), keys.size());
}

TEST(Recording, SeriesEndAsTheClusterDoes) {
  const Recording recording = recorded("failures/zone-loss-mid-roll");
  EXPECT_EQ(value_at(recording.series.under_replicated, recording.last), 0);
  // Two brokers of six, 24 + 50 partitions with a replica in each of three zones: all of them.
  EXPECT_EQ(max_between(recording.series.under_replicated, recording.ready, recording.last), 74);
  EXPECT_EQ(value_at(recording.series.offline, recording.last), 0);
}

TEST(Replay, AnyMomentIsTheSameFromAKeyframeAsFromTheBegin) {
  for (const char* name : {"failures/zone-loss-mid-roll", "rebalance/replace-broker"}) {
    const Recording recording = recorded(name);
    ASSERT_GT(recording.keyframes().size(), 1u) << name;
    Replay jumping(recording);
    constexpr int kTimes = 1000;
    std::vector<std::pair<sim::Time, std::string>> seen;
    for (int i = 0; i < kTimes; ++i) {
      const uint64_t drawn = sim::scramble(static_cast<uint64_t>(i) + 1);
      const sim::Time at{static_cast<int64_t>(drawn % static_cast<uint64_t>(recording.last.ns))};
      jumping.seek(at);
      seen.emplace_back(at, state_text(jumping.cursor()));
    }
    std::ranges::sort(seen);
    sim::TraceReader reader(recording.bytes());
    trace::Cursor cursor;
    sim::Record record;
    bool more = reader.next(record) == sim::ReadResult::record;
    for (const auto& [at, text] : seen) {
      while (more && record.at <= at) {
        cursor.apply(record);
        more = reader.next(record) == sim::ReadResult::record;
      }
      ASSERT_EQ(state_text(cursor), text) << name << " at " << sim::format_clock(at);
    }
  }
}

TEST(Replay, StepsOfEventsGoForthAndBackTheSameWay) {
  const Recording recording = recorded("rolling/first-roll");
  Replay replay(recording);
  std::vector<sim::Time> forth;
  replay.seek(recording.ready);
  while (replay.next_event() != replay.at()) {
    replay.seek(replay.next_event());
    forth.push_back(replay.at());
  }
  EXPECT_EQ(forth.back(), recording.last);
  while (forth.size() > 1) {
    EXPECT_EQ(replay.at(), forth.back());
    forth.pop_back();
    replay.seek(replay.previous_event());
  }
  EXPECT_EQ(replay.at(), forth.back());
}

TEST(Recording, KeyframesAreTogetherNoLargerThanTheTrace) {
  const Recording recording = recorded("rebalance/replace-broker");
  size_t bytes = 0;
  for (const Keyframe& keyframe : recording.keyframes()) bytes += keyframe.cursor.copy_bytes();
  EXPECT_LE(bytes, recording.bytes().size());
}

// 1 from 10 s to 20 s and 3 from 25 s on: above zero for 15 s of 30, 10 * 1 + 5 * 3 in all.
TEST(Totals, StretchesOfASeriesAreAddedUp) {
  const auto s = [](int64_t seconds) { return sim::Time{seconds * 1'000'000'000}; };
  const Series series{{s(10), 1}, {s(20), 0}, {s(25), 3}};
  EXPECT_EQ(time_above_zero(series, s(0), s(30)), s(15) - s(0));
  EXPECT_EQ(integral(series, s(0), s(30)), 25);
  EXPECT_EQ(integral(series, s(15), s(26)), 5 + 3);
  EXPECT_EQ(max_between(series, s(0), s(24)), 1);
  EXPECT_EQ(value_at(series, s(9)), 0);
  EXPECT_EQ(value_at(series, s(10)), 1);
}

TEST(Totals, OfARollAreItsRestarts) {
  const Recording recording = recorded("rolling/first-roll");
  const auto totals = totals_of(recording);
  const auto named = [&](const std::string& name) {
    return std::ranges::find(totals, name, &Total::name)->value;
  };
  EXPECT_EQ(named("restarts decided"), 3);
  EXPECT_EQ(named("violations"), 0);
  EXPECT_GT(named("time with URP"), 0);
}

TEST(Recording, WhatIsNoTraceIsRefusedWithWhatToDo) {
  std::vector<std::byte> bytes = test::trace_of("rolling/first-roll");
  const auto error = [](std::vector<std::byte> of) {
    const auto opened = Recording::open(std::move(of), "roll.trace");
    EXPECT_FALSE(opened.has_value());
    return opened ? std::string() : opened.error().to_string();
  };
  std::vector<std::byte> cut(bytes.begin(), bytes.begin() + 20'000);
  EXPECT_NE(error(cut).find("roll.trace: the trace is cut short"), std::string::npos);
  std::vector<std::byte> bad = bytes;
  bad[bad.size() / 2] ^= std::byte{1};
  EXPECT_NE(error(bad).find("the trace is damaged"), std::string::npos);
  std::vector<std::byte> newer = bytes;
  newer[8] = std::byte{2};
  EXPECT_NE(error(newer).find("format version 2"), std::string::npos);
  EXPECT_NE(error(newer).find("a later one"), std::string::npos);
  EXPECT_NE(error({}).find("cut short"), std::string::npos);
}

}  // namespace
}  // namespace twin::viz
