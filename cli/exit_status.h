// What the exit status of kafka-twin says.
#pragma once

namespace twin::cli {

enum ExitStatus : int {
  kHolds = 0,        // every expectation and property held
  kDoesNotHold = 1,  // one did not; the report says which, when and why
  kBadInput = 2,     // a file, a flag or a value is wrong
  kUnknown = 3,      // something that touches safety is not modelled
  kInterrupted = 130,
};

}  // namespace twin::cli
