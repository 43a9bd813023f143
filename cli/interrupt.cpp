#include "cli/interrupt.h"

#include <csignal>
#include <initializer_list>

namespace twin::cli {

namespace {

volatile bool came = false;
volatile std::sig_atomic_t which = 0;

extern "C" void on_interrupt(int signal) {
  came = true;
  which = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

const volatile bool& interrupted = came;

void catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, on_interrupt);
}

int interrupted_status() { return 128 + which; }

}  // namespace twin::cli
