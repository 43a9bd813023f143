#include "sim/assert.h"

#include <cstdio>
#include <cstdlib>

namespace twin::sim {
namespace {

// The one piece of mutable state: what this thread's asserts know and whom they tell.
struct ThreadState {
  const AssertContext* context = nullptr;
  AssertHandler handler = nullptr;
};
thread_local ThreadState thread_state;

// The last two components of a path: enough to find the file, the same in every checkout.
std::string_view short_path(std::string_view path) {
  size_t slash = path.rfind('/');
  if (slash != std::string_view::npos && slash > 0) slash = path.rfind('/', slash - 1);
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string report_of(const char* expression, const char* file, int line,
                      std::string_view message) {
  std::string report = "ASSERT FAILED: ";
  report += expression;
  report += "\n  at ";
  report += short_path(file);
  report += ":" + std::to_string(line) + "\n";
  if (!message.empty()) report += "  " + std::string(message) + "\n";
  if (thread_state.context == nullptr) return report + "  outside of a run\n";
  const AssertContext& context = *thread_state.context;
  report += "  simulated time: " + format_clock(context.now) + " (" +
            std::to_string(context.now.ns) + " ns)\n";
  report += "  event: " + std::to_string(context.event_number) + "\n";
  report += "  seed: " + std::to_string(context.seed) + "\n";
  if (!context.replay_command.empty()) report += "  replay: " + context.replay_command + "\n";
  return report;
}

}  // namespace

ScopedAssertContext::ScopedAssertContext(const AssertContext& context)
    : previous_(std::exchange(thread_state.context, &context)) {}

ScopedAssertContext::~ScopedAssertContext() { thread_state.context = previous_; }

ScopedAssertHandler::ScopedAssertHandler(AssertHandler handler)
    : previous_(std::exchange(thread_state.handler, handler)) {}

ScopedAssertHandler::~ScopedAssertHandler() { thread_state.handler = previous_; }

namespace detail {

void assert_failed(const char* expression, const char* file, int line) {
  assert_failed(expression, file, line, std::string_view());
}

void assert_failed(const char* expression, const char* file, int line, std::string_view message) {
  const std::string report = report_of(expression, file, line, message);
  if (thread_state.handler != nullptr) {
    thread_state.handler(report);
  } else {
    std::fputs(report.c_str(), stderr);
  }
  std::abort();
}

std::string text_of(int64_t value) { return std::to_string(value); }
std::string text_of(uint64_t value) { return std::to_string(value); }

}  // namespace detail
}  // namespace twin::sim
