// Pictures drawn without a display: known cells, spans and words have the colour, the place and the
// text that the trace says.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/viz/recorded.h"
#include "viz/view/commands.h"
#include "viz/view/offscreen.h"
#include "viz/view/time_axis.h"

namespace twin::viz {
namespace {

constexpr sim::Duration kSecond{1'000'000'000};

class Pictures : public testing::Test {
 protected:
  static const Recording& zone_loss() {
    static const Recording kOpened =
        std::move(*Recording::open(test::trace_of("failures/zone-loss-mid-roll"), "z.trace"));
    return kOpened;
  }
  static sim::Time first(Marker::Kind kind) {
    return std::ranges::find(zone_loss().markers, kind, &Marker::kind)->at;
  }
  static sim::Time dark() { return first(Marker::Kind::fault); }
  static sim::Time lost() { return dark() + 12 * kSecond; }  // its brokers are fenced
  static sim::Time healed() { return first(Marker::Kind::healed); }

  void draw(const Recording& recording, sim::Time at, int width = 1600, int height = 900,
            Panel shown = Panel::all, bool dark = true) {
    auto screen = Offscreen::open(width, height, scale_for(width, height));
    if (!screen) GTEST_SKIP() << screen.error().to_string();
    Dashboard dashboard(recording);
    dashboard.replay.seek(at);
    dashboard.ui.shown = shown;
    dashboard.ui.dark = dark;
    image = (*screen)->draw(dashboard, &drawn);
    cells = cell_states(dashboard.replay.cursor());
    theme = theme_of(dark);
  }
  const Drawn* find(const std::string& what) const {
    const auto it = std::ranges::find(drawn, what, &Drawn::what);
    return it == drawn.end() ? nullptr : &*it;
  }
  bool says(const std::string& words) const {
    return std::ranges::any_of(drawn,
                               [&](const Drawn& d) { return d.what.find(words) != d.what.npos; });
  }
  uint32_t pixel(float x, float y) const {
    return image.at(static_cast<int>(x), static_cast<int>(y));
  }

  Image image;
  std::vector<Drawn> drawn;
  std::vector<CellState> cells;
  Theme theme;
};

TEST_F(Pictures, EachCellHasTheColourOfItsState) {
  for (const sim::Time at : {first(Marker::Kind::step), dark(), lost(), healed(),
                             healed() + 20 * kSecond, healed() + 60 * kSecond}) {
    drawn.clear();
    draw(zone_loss(), at);
    size_t seen = 0;
    for (size_t i = 0; i < cells.size(); ++i) {
      const Drawn* cell = find("cell " + zone_loss().names.partition(static_cast<int64_t>(i)));
      if (cell == nullptr) continue;
      ++seen;
      // The upper left corner: a hole and a number leave it alone.
      EXPECT_EQ(pixel(cell->where.x + 2, cell->where.y + 2), theme.of(cells[i]))
          << cell->what << " at " << clock_text(at) << ", " << cell_state_name(cells[i]);
    }
    EXPECT_EQ(seen, 74u);
  }
}

TEST_F(Pictures, SpansOfThePastHaveTheirStatesColour) {
  draw(zone_loss(), lost());
  for (const char* what : {"span broker 1 crashed", "span broker 4 crashed",
                           "span controller 7 crashed", "span broker 0 serving"}) {
    const Drawn* span = find(what);
    ASSERT_NE(span, nullptr) << what;
    const trace::NodeState state = std::string_view(what).ends_with("crashed")
                                       ? trace::NodeState::crashed
                                       : trace::NodeState::serving;
    EXPECT_EQ(pixel(span->where.x + 4, span->where.y + span->where.h / 2), theme.of(state)) << what;
  }
}

TEST_F(Pictures, TheFutureIsShadedAndThePlayheadStandsBetween) {
  draw(zone_loss(), lost());
  const Drawn* head = find("playhead");
  const Drawn* lane = find("span broker 3 serving");
  ASSERT_NE(head, nullptr);
  ASSERT_NE(lane, nullptr);
  const float y = lane->where.y + lane->where.h / 2;
  EXPECT_EQ(pixel(head->where.x - 6, y), theme.of(trace::NodeState::serving));
  EXPECT_NE(pixel(head->where.x + 8, y), theme.of(trace::NodeState::serving));
}

TEST_F(Pictures, WordsSayWhatIsTrueThen) {
  draw(zone_loss(), lost());
  EXPECT_TRUE(says("zone-loss-mid-roll"));
  EXPECT_TRUE(says("zone-loss of zone-b for 10 min 00 s"));
  EXPECT_TRUE(says("Brokers down 2"));
  EXPECT_TRUE(says("URP 74"));
  EXPECT_TRUE(says("Under min ISR 0"));
  EXPECT_TRUE(says("the configuration of my-cluster-broker-4 could not be read: unknown"));
  EXPECT_TRUE(says("DescribeBrokerConfigs at broker 4: unknown"));
  EXPECT_TRUE(says("at min ISR 74"));
  drawn.clear();
  draw(zone_loss(), zone_loss().last);
  EXPECT_TRUE(says("URP 0"));
  EXPECT_TRUE(says("in sync 74"));
  EXPECT_EQ(find("zone-loss of zone-b for 10 min 00 s"), nullptr);
}

TEST_F(Pictures, NothingIsDrawnOutsideOfTheScreenAtAnySize) {
  struct Case {
    int width, height;
  };
  for (const Case size : {Case{640, 400}, Case{1024, 640}, Case{1600, 900}, Case{3840, 2160}}) {
    for (const bool dark : {true, false}) {
      drawn.clear();
      draw(zone_loss(), lost(), size.width, size.height, Panel::all, dark);
      ASSERT_FALSE(drawn.empty());
      for (const Drawn& d : drawn) {
        if (d.what.starts_with("span ")) continue;  // those are clipped at their lanes' ends
        EXPECT_GE(d.where.x, -0.5f) << d.what << " at " << size.width;
        EXPECT_LE(d.where.right(), static_cast<float>(size.width) + 0.5f) << d.what;
      }
    }
  }
}

TEST_F(Pictures, PanelsDoNotOverlapAndOneAloneHasTheWholeBody) {
  for (const float width : {1024.0f, 1600.0f, 2560.0f}) {
    const Layout at = layout_for(width, width * 0.5625f, 1, 10, Panel::all);
    const Rect all[] = {at.header, at.cluster, at.partitions, at.charts, at.decisions, at.timeline};
    for (size_t i = 0; i < std::size(all); ++i) {
      EXPECT_GT(all[i].w, 100);
      EXPECT_GT(all[i].h, 40);
      for (size_t j = i + 1; j < std::size(all); ++j) {
        const bool apart = all[i].right() <= all[j].x || all[j].right() <= all[i].x ||
                           all[i].bottom() <= all[j].y || all[j].bottom() <= all[i].y;
        EXPECT_TRUE(apart) << i << " and " << j << " at " << width;
      }
    }
  }
  draw(zone_loss(), lost(), 1024, 640, Panel::partitions);
  EXPECT_TRUE(says("Partitions"));
  EXPECT_FALSE(says("Decisions"));
}

TEST_F(Pictures, AnEmptyMomentSaysSo) {
  draw(zone_loss(), sim::Time{});
  EXPECT_TRUE(says("No pod of the cluster exists at this moment"));
  EXPECT_TRUE(says("Nothing is decided yet"));
}

TEST_F(Pictures, APngIsWhatWasDrawn) {
  draw(zone_loss(), lost(), 640, 400);
  const std::string path = testing::TempDir() + "picture.png";
  ASSERT_TRUE(write_png(path, image).has_value());
  std::ifstream in(path, std::ios::binary);
  std::string head(24, '\0');
  in.read(head.data(), 24);
  EXPECT_EQ(head.substr(1, 3), "PNG");
  EXPECT_EQ(head.substr(16), std::string("\0\0\x02\x80\0\0\x01\x90", 8));  // 640 by 400
  EXPECT_FALSE(write_png("/no/such/folder/picture.png", image).has_value());
}

class Commands : public Pictures {
 protected:
  Commands() : replay(zone_loss()), at{replay, zone_loss(), ui, 0} {
    whole_view(ui, zone_loss());
    replay.seek(zone_loss().ready);
  }
  Replay replay;
  UiState ui;
  ViewPoint at;
};

TEST_F(Commands, JumpsGoToFaultsDecisionsAndViolations) {
  perform(Command::next_fault, at);
  EXPECT_EQ(replay.at(), dark());
  perform(Command::next_violation, at);
  EXPECT_EQ(ui.message, "There is no violation in this run");
  const sim::Time before = replay.at();
  perform(Command::next_decision, at);
  EXPECT_GT(replay.at(), before);
  perform(Command::previous_decision, at);
  EXPECT_LE(replay.at(), before);
}

TEST_F(Commands, PlayingGoesAsFastAsAskedAndStopsAtTheEnd) {
  ui.speed = 100;
  perform(Command::play, at);
  advance(at, 0.5);
  EXPECT_EQ(replay.at(), zone_loss().ready + sim::Duration{50'000'000'000});
  advance(at, 1e6);
  EXPECT_EQ(replay.at(), zone_loss().last);
  EXPECT_FALSE(ui.playing);
}

TEST_F(Commands, SpeedGoesFromOneToTenThousand) {
  for (int i = 0; i < 30; ++i) perform(Command::slower, at);
  EXPECT_EQ(ui.speed, 1);
  for (int i = 0; i < 30; ++i) perform(Command::faster, at);
  EXPECT_EQ(ui.speed, 10'000);
}

TEST_F(Commands, ZoomKeepsThePlayheadAndStaysWithinTheRun) {
  replay.seek(lost());
  for (int i = 0; i < 40; ++i) perform(Command::zoom_in, at);
  EXPECT_LE(ui.view_begin, lost());
  EXPECT_GE(ui.view_end, lost());
  EXPECT_LE((ui.view_end - ui.view_begin).ns, 10'000'000);
  for (int i = 0; i < 80; ++i) perform(Command::zoom_out, at);
  EXPECT_EQ(ui.view_begin, sim::Time{});
  EXPECT_EQ(ui.view_end, zone_loss().last);
}

TEST_F(Commands, BookmarksComeAndGo) {
  perform(Command::next_bookmark, at);
  EXPECT_EQ(ui.message, "No bookmark yet: B sets one");
  const sim::Time here = replay.at();
  perform(Command::bookmark, at);
  perform(Command::end, at);
  perform(Command::next_bookmark, at);
  EXPECT_EQ(replay.at(), here);
  perform(Command::bookmark, at);
  EXPECT_TRUE(ui.bookmarks.empty());
}

TEST_F(Commands, EveryCommandIsOnTheHelpPageOnce) {
  std::vector<int> seen(static_cast<size_t>(Command::quit) + 1, 0);
  for (const CommandInfo& info : all_commands()) ++seen[static_cast<size_t>(info.command)];
  EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
}

}  // namespace
}  // namespace twin::viz
