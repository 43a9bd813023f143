// Ctrl-C and its like: the first one asks a command to end with what it has, a second one ends the
// program.
#pragma once

namespace twin::cli {

void catch_interrupts();
// What a run looks at between its events.
extern const volatile bool& interrupted;
// 128 and the signal's number, as shells count. REQUIRES: interrupted.
int interrupted_status();

}  // namespace twin::cli
