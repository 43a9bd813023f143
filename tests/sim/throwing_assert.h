// Turns failed asserts into exceptions for the scope of a test.
#pragma once

#include <stdexcept>
#include <string>

#include "sim/assert.h"

namespace twin::sim::testing {

class AssertFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ThrowingAsserts {
 private:
  ScopedAssertHandler handler_{[](const std::string& report) { throw AssertFailure(report); }};
};

}  // namespace twin::sim::testing
