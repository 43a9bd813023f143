// The story of one node up to a moment, as the operator told it: which reconcile ran then, what it
// had said of this node and which other one it was restarting. Its conclusion is the first line
// that `explain` prints. What an earlier reconcile said is no answer for a later one, and what was
// true while a roll ran is none after it: a reconcile's start and its end close the chapter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/ports.h"
#include "model/trace/cursor.h"
#include "sim/time.h"

namespace twin::scenario {

// A decision as the trace tells it.
struct Said {
  sim::Time at;
  controller::DecisionKind kind = controller::DecisionKind::note;
  std::string subject, code, reason;
};

class Story {
 public:
  Story(int64_t node, sim::Time at) : node_(node), at_(at) {}
  // Every decision of the trace in its order, those after the moment as well: whether a turn was
  // still to come is known by what came. `node` is -1 for one about the cluster.
  void decided(const Said& said, int64_t node);
  // Up to the moment: the node's pod was marked for deletion; the Kafka resource's spec is new.
  void deleted(sim::Time when);
  void changed(sim::Time when) { changed_ = when; }
  // One sentence. `now` is the state at the moment.
  std::string conclusion(const trace::Cursor& now) const;

 private:
  // Whether a reconcile ends or begins with it.
  void reconcile(const Said& said);
  void decided_after(const Said& said, int64_t node);
  std::string in_reconcile(const trace::Cursor& now) const;
  std::string not_told_yet(const trace::Cursor& now) const;
  std::string at_rest() const;
  std::string meanwhile(const trace::Cursor& now) const;

  int64_t node_;
  sim::Time at_;
  bool running_ = false;                 // a reconcile, at the moment
  std::optional<Said> began_;            // the one that runs, or ran last
  std::optional<Said> failed_;           // how the last one ended, unless well
  std::optional<Said> own_;              // last word on the node in that reconcile
  std::optional<Said> other_;            // last restart of another node in it
  std::optional<Said> restart_;          // last one of the node, by any reconcile
  std::optional<sim::Time> gone_by_it_;  // its pod was deleted for that
  std::optional<sim::Time> gone_else_;   // its pod was deleted for something else
  std::optional<sim::Time> as_desired_;  // since then, with nothing done since
  std::optional<sim::Time> changed_;     // the Kafka resource, last
  std::optional<Said> next_, ended_;     // after the moment: first word on the node, before the
                                         // reconcile's end; and that end
};

}  // namespace twin::scenario
