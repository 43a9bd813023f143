// Coverage marks: named places in the program that a test can prove were reached.
//
// TWIN_MARK("reassignment_cancelled_during_roll") counts one visit each time control passes it. A
// mark is known from program start, even if control never gets there, so that a campaign can list
// the places that its runs never reached. The same name at several places is one mark.
//
// Counts are per process. They are observations only: nothing in a run may branch on them. Adding
// is not atomic as a whole, so parallel runs in one process may lose counts, never invent any.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twin::sim::marks {

struct Mark {
  std::string_view name;  // lives as long as the program
  uint64_t count = 0;
};

// How often the mark was passed since the start or the last reset; 0 for an unknown name.
uint64_t hit(std::string_view name);
// Every mark of the program, sorted by name, with its count.
std::vector<Mark> all();
// One line per mark, sorted by name: "<count> <name>".
std::string report();
// Sets every count to 0.
void reset();

namespace detail {

// One node per name; linked before main() starts and never unlinked.
class Site {
 public:
  explicit Site(std::string_view name);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  void pass() {
    count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void clear() { count_.store(0, std::memory_order_relaxed); }
  std::string_view name() const { return name_; }
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  Site* next() const { return next_; }

 private:
  std::string_view name_;
  std::atomic<uint64_t> count_{0};
  Site* next_;
};

// A string literal as a template argument.
template <size_t kSize>
struct Name {
  char text[kSize];
  consteval Name(const char (&literal)[kSize]) { std::copy_n(literal, kSize, text); }
};

// Naming SiteOf<...>::site anywhere makes the linker keep one, initialised at program start.
template <Name kName>
struct SiteOf {
  static inline Site site{std::string_view(kName.text, sizeof(kName.text) - 1)};
};

}  // namespace detail
}  // namespace twin::sim::marks

#define TWIN_MARK(name) ::twin::sim::marks::detail::SiteOf<name>::site.pass()
