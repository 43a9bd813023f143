// What the exit status of kafka-twin says. A run that a signal ended has 128 and its number, as
// shells count: 130 after Ctrl-C.
#pragma once

namespace twin::cli {

enum ExitStatus : int {
  kHolds = 0,        // every expectation and property held
  kDoesNotHold = 1,  // one did not; the report says which, when and why
  kBadInput = 2,     // a file, a flag or a value is wrong
  kUnknown = 3,      // something that touches safety is not modelled
};

}  // namespace twin::cli
