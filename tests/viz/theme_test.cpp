// States can be told apart by lightness alone: for whoever does not see hues, and in print.
#include "viz/view/theme.h"

#include <cmath>

#include <gtest/gtest.h>

namespace twin::viz {
namespace {

using trace::NodeState;

void expect_apart(const std::vector<std::pair<std::string, ImU32>>& colours, float least) {
  for (size_t i = 0; i < colours.size(); ++i) {
    for (size_t j = i + 1; j < colours.size(); ++j) {
      const float a = lightness(colours[i].second), b = lightness(colours[j].second);
      EXPECT_GE(std::abs(a - b), least)
          << colours[i].first << " " << a << ", " << colours[j].first << " " << b;
    }
  }
}

TEST(Theme, CellsDifferInLightnessByEightSteps) {
  for (const bool dark : {true, false}) {
    const Theme theme = theme_of(dark);
    std::vector<std::pair<std::string, ImU32>> colours;
    for (int i = 0; i < kCellStates; ++i) {
      const auto state = static_cast<CellState>(i);
      if (state == CellState::unknown) continue;
      colours.emplace_back(cell_state_name(state), theme.of(state));
    }
    expect_apart(colours, 8);
  }
}

TEST(Theme, SpansDifferInLightnessByFourSteps) {
  for (const bool dark : {true, false}) {
    const Theme theme = theme_of(dark);
    std::vector<std::pair<std::string, ImU32>> colours;
    for (int i = 0; i < trace::kNodeStates; ++i) {
      const auto state = static_cast<NodeState>(i);
      if (state == NodeState::no_pod) continue;
      colours.emplace_back(trace::node_state_name(state), theme.of(state));
    }
    expect_apart(colours, 4);
  }
}

// WCAG 2: 4.5 to 1 for text. 1 at most 21.
float contrast(ImU32 a, ImU32 b) {
  const auto luminance = [](ImU32 colour) {
    const float l = lightness(colour);
    return l > 8 ? std::pow((l + 16) / 116, 3.0f) : l / 903.3f;
  };
  const float x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05f) / (std::min(x, y) + 0.05f);
}

TEST(Theme, TextIsReadableOnEveryGround) {
  for (const bool dark : {true, false}) {
    const Theme theme = theme_of(dark);
    for (const ImU32 ground : {theme.background, theme.card, theme.raised}) {
      for (const ImU32 ink : {theme.text, theme.dim, theme.accent, theme.good, theme.warning}) {
        EXPECT_GE(contrast(ink, ground), 4.5f) << (dark ? "dark" : "light");
      }
    }
  }
}

TEST(Theme, LightnessIsThatOfTheCie) {
  EXPECT_NEAR(lightness(IM_COL32(0, 0, 0, 255)), 0, 0.01);
  EXPECT_NEAR(lightness(IM_COL32(255, 255, 255, 255)), 100, 0.01);
  EXPECT_NEAR(lightness(IM_COL32(119, 119, 119, 255)), 50.03, 0.05);  // mid grey
}

}  // namespace
}  // namespace twin::viz
