// Makes a timeline short: what several nodes do at one instant is one line, and so are nodes that
// are passed over for the same reason, and ISRs that a broker joins one after the other. Notes that
// come again and again in a reconcile are counted, a reason to wait is not spelled out twice in a
// row, and a reconcile that says word for word what the one before it said is counted instead of
// printed. Lines come out in the order of time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/runner/timeline.h"

namespace twin::scenario {

// "my-cluster-broker-0..2, 5 and my-cluster-controller-3": names that differ in a number at their
// end.
std::string join_names(const std::vector<std::string>& names);

class TimelineFold : public TimelineSink {
 public:
  explicit TimelineFold(TimelineSink& out) : out_(out) {}
  void on_line(const TimelineLine& line) override;
  // Lets out what is held back.
  void finish();

 private:
  bool joins_held(const TimelineLine& line) const;
  bool adds_to_joined(const TimelineLine& line);
  void let_held_go();
  bool is_known_note(const TimelineLine& line);
  void count_notes(const TimelineLine& before);
  void reconciled(const TimelineLine& line);
  std::string shortened(const TimelineLine& line);
  bool repeats(const TimelineLine& line);
  void print(const TimelineLine& line);

  TimelineSink& out_;
  std::optional<TimelineLine> held_;
  sim::Time last_at_{};
  sim::Time joined_at_{};                         // the last ISR that is part of the held line
  std::vector<std::string> names_;                // who, or whom, the held line is about
  std::set<std::string> noted_;                   // in this reconcile
  std::map<std::string, int64_t> notes_again_;    // by code
  std::map<std::string, std::string> last_wait_;  // by subject: as it was printed in full

  // The reconcile before this one, when nothing came of it, and this one as far as it is the same.
  std::vector<std::string> last_, now_;
  std::vector<TimelineLine> same_;
  bool comparing_ = false;
  bool quiet_ = false;  // nothing but the operator's own words in this one so far
  int64_t repeats_ = 0;
  sim::Time repeated_at_{};
};

}  // namespace twin::scenario
