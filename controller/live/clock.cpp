#include "controller/live/clock.h"

#include <chrono>

namespace twin::controller::live {

namespace {

template <class C>
int64_t nanoseconds() {
  const auto since = C::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

}  // namespace

Clock::Clock()
    : offset_ns_(nanoseconds<std::chrono::system_clock>() -
                 nanoseconds<std::chrono::steady_clock>()) {}

sim::Time Clock::now() const { return {nanoseconds<std::chrono::steady_clock>() + offset_ns_}; }

sim::Time monotonic_now() { return {nanoseconds<std::chrono::steady_clock>()}; }

}  // namespace twin::controller::live
