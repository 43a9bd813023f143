// Coverage marks in tests: the place that a test is about was reached while it ran, and not only
// the outcome that it expects.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "sim/marks.h"

namespace twin {

// At its end the test fails when control did not pass the mark during its life.
class MustPass {
 public:
  explicit MustPass(std::string mark) : mark_(std::move(mark)), before_(sim::marks::hit(mark_)) {}
  ~MustPass() { EXPECT_GT(sim::marks::hit(mark_), before_) << mark_ << " was not passed"; }
  MustPass(const MustPass&) = delete;
  MustPass& operator=(const MustPass&) = delete;

 private:
  std::string mark_;
  uint64_t before_ = 0;
};

}  // namespace twin
