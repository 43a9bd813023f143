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

}  // namespace

std::string join_names(const std::vector<std::string>& names) {
  std::vector<std::string> groups;
  std::string stem;
  for (const std::string& name : names) {
    const size_t at = number_at(name);
    const bool same = !groups.empty() && at < name.size() && name.substr(0, at) == stem;
    if (same) {
      groups.back() += ", " + name.substr(at);
    } else {
      groups.push_back(name);
      stem = name.substr(0, at);
    }
  }
  std::string text;
  for (size_t i = 0; i < groups.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == groups.size() ? " and " : ", ") + groups[i];
  }
  return text;
}

void TimelineFold::on_line(const TimelineLine& line) {
  if (joins_held(line)) {
    names_.push_back(line.role == Role::skip ? line.subject : line.who);
    return;
  }
  let_held_go();
  held_ = line;
  names_ = {line.role == Role::skip ? line.subject : line.who};
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
  }
  reconciled(line);
}

void TimelineFold::finish() {
  let_held_go();
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
  if (!line.who.empty()) out_.on_line(line);
}

}  // namespace twin::scenario
