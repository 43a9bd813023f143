#include "scenarios/runner/timeline_fold.h"

#include <algorithm>

namespace twin::scenario {

namespace {

using Role = TimelineLine::Role;

// Where the number at the end of a name begins.
size_t number_at(const std::string& name) {
  size_t at = name.size();
  while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9') --at;
  return at;
}

// "0, 1" and "0..5, 7".
std::string join_numbers(const std::vector<std::string>& numbers) {
  std::string text;
  for (size_t i = 0; i < numbers.size(); ++i) {
    size_t last = i;
    while (last + 1 < numbers.size() &&
           std::stoll(numbers[last + 1]) == std::stoll(numbers[last]) + 1) {
      ++last;
    }
    text += (i == 0 ? "" : ", ") + numbers[i];
    if (last < i + 2) continue;
    text += ".." + numbers[last];
    i = last;
  }
  return text;
}

// What each of several did for itself: "leads 7 more partitions".
bool counts_something(const std::string& what) {
  for (const char* verb : {"leads ", "joined ", "left ", "loads ", "recovers "}) {
    if (what.starts_with(verb)) return true;
  }
  return false;
}

}  // namespace

std::string join_names(const std::vector<std::string>& names) {
  struct Group {
    std::string stem;
    std::vector<std::string> numbers;
  };
  std::vector<Group> groups;
  for (const std::string& name : names) {
    constexpr size_t kDigitsMax = 9;  // more is a name, and no number
    size_t at = number_at(name);
    if (name.size() - at > kDigitsMax) at = name.size();
    const bool same =
        !groups.empty() && at < name.size() && name.substr(0, at) == groups.back().stem;
    if (!same) groups.push_back({name.substr(0, at), {}});
    if (at < name.size()) groups.back().numbers.push_back(name.substr(at));
  }
  std::string text;
  for (size_t i = 0; i < groups.size(); ++i) {
    text += (i == 0                   ? ""
             : i + 1 == groups.size() ? " and "
                                      : ", ") +
            groups[i].stem + join_numbers(groups[i].numbers);
  }
  return text;
}

void TimelineFold::on_line(const TimelineLine& line) {
  last_at_ = line.at;
  if (is_known_note(line)) return;
  if (adds_to_joined(line)) return;
  if (joins_held(line)) {
    names_.push_back(line.role == Role::skip ? line.subject : line.who);
    return;
  }
  let_held_go();
  count_notes(line);
  held_ = line;
  joined_at_ = line.at;
  names_ = {line.role == Role::skip ? line.subject : line.who};
}

// Held until something else happens, or until it has joined no other for a while.
bool TimelineFold::adds_to_joined(const TimelineLine& line) {
  constexpr sim::Duration kPause{2'000'000'000};
  const bool same = held_ && held_->joined > 0 && line.joined > 0 && held_->who == line.who &&
                    names_.size() == 1 && line.at - joined_at_ <= kPause;
  if (!same) return false;
  held_->joined += line.joined;
  joined_at_ = line.at;
  held_->what = "joined the ISR of " + std::to_string(held_->joined) + " partitions within " +
                sim::format_duration(joined_at_ - held_->at);
  return true;
}

bool TimelineFold::joins_held(const TimelineLine& line) const {
  if (!held_ || held_->what != line.what || held_->tone != line.tone || held_->role != line.role) {
    return false;
  }
  if (line.role == Role::skip) return true;
  if (line.role != Role::world || held_->at != line.at) return false;
  const size_t at = number_at(line.who);
  return at < line.who.size() && names_.back().compare(0, at, line.who, 0, at) == 0 &&
         number_at(names_.back()) == at;
}

void TimelineFold::let_held_go() {
  if (!held_) return;
  TimelineLine line = *std::exchange(held_, std::nullopt);
  if (line.role == Role::skip) {
    line.what = "skip " + join_names(names_) + line.what;
  } else {
    line.who = join_names(names_);
    if (names_.size() > 1 && counts_something(line.what)) line.what = "each " + line.what;
  }
  reconciled(line);
}

bool TimelineFold::is_known_note(const TimelineLine& line) {
  if (line.role != Role::note || noted_.insert(line.what).second) return false;
  ++notes_again_[line.subject];
  return true;
}

// Before the operator's next other words, and afresh for each reconcile.
void TimelineFold::count_notes(const TimelineLine& before) {
  if (before.role == Role::world || before.role == Role::note) return;
  if (before.role == Role::begins || before.role == Role::ends) noted_.clear();
  if (notes_again_.empty()) return;
  TimelineLine again{before.at, "operator", "", TimelineLine::Tone::faint, Role::said, ""};
  for (const auto& [code, times] : std::exchange(notes_again_, {})) {
    again.what += (again.what.empty() ? "until here " : ", ") + std::to_string(times) +
                  " more of [" + code + "]";
  }
  reconciled(again);
}

void TimelineFold::finish() {
  let_held_go();
  count_notes({last_at_, "operator", "", TimelineLine::Tone::faint, Role::said, ""});
  for (const TimelineLine& line : std::exchange(same_, {})) print(line);
  if (repeats_ > 0) print({});
}

// True while the reconcile that goes on says what the one before it said.
bool TimelineFold::repeats(const TimelineLine& line) {
  if (!comparing_) return false;
  const size_t at = same_.size();
  if (line.role == Role::world || at >= last_.size() || last_[at] != line.what) return false;
  same_.push_back(line);
  if (same_.size() == last_.size()) {
    ++repeats_;
    repeated_at_ = line.at;
    same_.clear();
    comparing_ = false;
  }
  return true;
}

void TimelineFold::reconciled(const TimelineLine& line) {
  if (line.role == Role::begins) {
    for (const TimelineLine& before : std::exchange(same_, {})) print(before);
    comparing_ = quiet_ = true;
    now_.clear();
  }
  if (repeats(line)) return;
  if (comparing_) {
    comparing_ = false;
    for (const TimelineLine& before : std::exchange(same_, {})) {
      print(before);
      now_.push_back(before.what);
    }
  }
  print(line);
  if (line.role == Role::world) {
    quiet_ = false;
    return;
  }
  now_.push_back(line.what);
  if (line.role != Role::ends) return;
  last_ = quiet_ ? now_ : std::vector<std::string>();
  quiet_ = false;
}

void TimelineFold::print(const TimelineLine& line) {
  if (repeats_ > 0) {
    TimelineLine again;
    again.at = repeated_at_;
    again.who = "operator";
    again.what = repeats_ == 1 ? "the same once more"
                               : "the same " + std::to_string(repeats_) + " times more";
    again.tone = TimelineLine::Tone::faint;
    repeats_ = 0;
    out_.on_line(again);
  }
  if (line.who.empty()) return;
  if (line.role == Role::begins) last_wait_.clear();
  TimelineLine short_line = line;
  if (line.role == Role::said && line.what.starts_with("wait ")) short_line.what = shortened(line);
  out_.on_line(short_line);
}

// "Will temporarily skip verifying ... after at least 500ms: as before": what stands behind the
// last colon that both have in common was read already.
std::string TimelineFold::shortened(const TimelineLine& line) {
  std::string& last = last_wait_[line.subject];
  const std::string before = std::exchange(last, line.what);
  size_t same = 0;
  while (same < std::min(before.size(), line.what.size()) &&
         before[before.size() - 1 - same] == line.what[line.what.size() - 1 - same]) {
    ++same;
  }
  constexpr size_t kWorthIt = 40;
  const size_t colon = line.what.find(": ", line.what.size() - same);
  if (colon == std::string::npos || line.what.size() - colon < kWorthIt) return line.what;
  return line.what.substr(0, colon) + ": as before";
}

}  // namespace twin::scenario
