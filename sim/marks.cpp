#include "sim/marks.h"

namespace twin::sim::marks {
namespace {

// Constant-initialised, hence ready before the first Site is built, whatever the link order.
constinit detail::Site* first_site = nullptr;

}  // namespace

namespace detail {

Site::Site(std::string_view name) : name_(name), next_(first_site) { first_site = this; }

}  // namespace detail

uint64_t hit(std::string_view name) {
  for (const detail::Site* site = first_site; site != nullptr; site = site->next()) {
    if (site->name() == name) return site->count();
  }
  return 0;
}

std::vector<Mark> all() {
  std::vector<Mark> marks;
  for (const detail::Site* site = first_site; site != nullptr; site = site->next()) {
    marks.push_back(Mark{site->name(), site->count()});
  }
  // Registration order is the linker's choice; names are unique, so sorting by name fixes it.
  std::sort(marks.begin(), marks.end(),
            [](const Mark& a, const Mark& b) { return a.name < b.name; });
  return marks;
}

std::string report() {
  std::string text;
  for (const Mark& mark : all()) {
    text += std::to_string(mark.count) + " " + std::string(mark.name) + "\n";
  }
  return text;
}

void reset() {
  for (detail::Site* site = first_site; site != nullptr; site = site->next()) site->clear();
}

}  // namespace twin::sim::marks
