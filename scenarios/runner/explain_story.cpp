#include "scenarios/runner/explain_story.h"

#include <algorithm>

#include <fmt/format.h>

namespace twin::scenario {

using controller::DecisionKind;

namespace {

std::string clock(sim::Time at) { return sim::format_clock(at); }

// What changes something, so that the cluster is no longer as it was found.
bool acts(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::restart:
    case DecisionKind::reconfigure:
    case DecisionKind::upgrade_phase:
    case DecisionKind::create:
    case DecisionKind::remove:
    case DecisionKind::scale:
      return true;
    default:
      return false;
  }
}

bool is_back(const trace::Cursor& now, const std::string& pod) {
  const auto node = now.nodes().find(now.node_of_pod(pod));
  return node != now.nodes().end() && node->second.pod_ready && !node->second.pod_deleting;
}

}  // namespace

void Story::decided(const Said& said, int64_t node) {
  if (said.at > at_) return decided_after(said, node);
  if (said.kind == DecisionKind::reconcile) return reconcile(said);
  // The StrimziPodSet controller replaces pods between reconciles as well.
  if (running_ && acts(said.kind)) as_desired_.reset();
  if (node == node_) {
    own_ = said;
    if (said.kind != DecisionKind::restart) return;
    restart_ = said;
    gone_by_it_.reset();
    gone_else_.reset();
  } else if (said.kind == DecisionKind::restart) {
    other_ = said;
  }
}

void Story::reconcile(const Said& said) {
  running_ = said.code == "Started";
  if (running_) {
    began_ = said;
    failed_.reset();
    own_.reset();
  } else if (said.code != "Reconciled") {
    failed_ = said;
    as_desired_.reset();
  } else if (!as_desired_) {
    as_desired_ = said.at;
  }
  other_.reset();
}

void Story::deleted(sim::Time when) {
  (restart_ && !gone_by_it_ ? gone_by_it_ : gone_else_) = when;
}

void Story::decided_after(const Said& said, int64_t node) {
  if (ended_) return;
  if (said.kind == DecisionKind::reconcile) ended_ = said;
  if (node == node_ && !next_) next_ = said;
}

// "" when no other node was on its way back.
std::string Story::meanwhile(const trace::Cursor& now) const {
  if (!other_ || is_back(now, other_->subject)) return {};
  return fmt::format("{} was being restarted, since {}", other_->subject, clock(other_->at));
}

std::string Story::in_reconcile(const trace::Cursor& now) const {
  if (!own_) return not_told_yet(now);
  const std::string other = meanwhile(now);
  const bool said = other.empty() || own_->reason.find(other_->subject) != std::string::npos;
  const std::string beside = said ? "" : "; " + other;
  switch (own_->kind) {
    case DecisionKind::restart:
      return fmt::format("it had been restarted at {}: {}; its pod is Ready again", clock(own_->at),
                         own_->reason);
    case DecisionKind::wait:
      return "it was not restarted, on purpose: " + own_->reason + beside;
    case DecisionKind::skip:
      return fmt::format("it was left as it was: {}, as seen at {}", own_->reason, clock(own_->at));
    default:
      return "the operator's last word on it: " + own_->reason + beside;
  }
}

std::string Story::not_told_yet(const trace::Cursor& now) const {
  const std::string other = meanwhile(now);
  if (!next_ && ended_ && ended_->code == "Reconciled") {
    const std::string none =
        fmt::format("the reconcile that ran then, from {} to {}, found nothing to restart it for",
                    clock(began_->at), clock(ended_->at));
    return other.empty() ? none : none + "; " + other;
  }
  const bool has_turn =
      next_ && (next_->kind == DecisionKind::restart || next_->kind == DecisionKind::wait);
  const std::string turn = has_turn ? "its turn had not come" : "nothing was decided about it yet";
  if (!other.empty()) return turn + ": " + other;
  if (other_) {
    return fmt::format(
        "{}: {} had been restarted at {} and was Ready again, and the operator had "
        "not come to the next",
        turn, other_->subject, clock(other_->at));
  }
  return fmt::format("{}: the reconcile had begun at {}", turn, clock(began_->at));
}

// No reconcile runs.
std::string Story::at_rest() const {
  if (!began_) return "the operator had not begun a reconcile yet";
  if (failed_) {
    const std::string own = own_ ? "; its last word on it: " + own_->reason : std::string();
    return fmt::format("no reconcile ran: the last one ended at {} and {}{}", clock(failed_->at),
                       failed_->reason, own);
  }
  if (changed_ && *changed_ > began_->at) {
    return fmt::format(
        "the Kafka resource had been changed at {}, and no reconcile had begun "
        "since",
        clock(*changed_));
  }
  const std::string since = fmt::format("as desired since {}", clock(*as_desired_));
  if (!restart_) return "there was nothing to restart it for: the cluster was " + since;
  return fmt::format(
      "there was nothing more to restart it for: it had been restarted at {}, and "
      "the cluster was {}",
      clock(restart_->at), since);
}

std::string Story::conclusion(const trace::Cursor& now) const {
  const trace::NodeView& node = now.nodes().at(node_);
  const bool down = !node.pod_exists || node.pod_deleting || !node.pod_ready;
  if (down && gone_by_it_ && !gone_else_) {
    return fmt::format("it was being restarted: {}; its pod was deleted at {} and {}",
                       restart_->reason, clock(*gone_by_it_),
                       node.pod_deleting ? "is Terminating"
                       : node.pod_exists ? "the new one is not Ready yet"
                                         : "there is no new one yet");
  }
  if (node.pod_deleting && gone_else_) {
    return fmt::format("its pod was deleted at {}, and not for a restart that the operator decided",
                       clock(*gone_else_));
  }
  const auto& operators = now.operators();
  if (std::none_of(operators.begin(), operators.end(),
                   [](const auto& each) { return each.second.running; })) {
    return "no operator ran";
  }
  return running_ ? in_reconcile(now) : at_rest();
}

}  // namespace twin::scenario
