#include "model/kafka/control/quorum.h"

#include <algorithm>

#include "model/kafka/control/events.h"
#include "model/kafka/control/node.h"
#include "sim/assert.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

constexpr sim::Duration kResignation = 600_ms;    // measured 0.6 to 0.7 s
constexpr sim::Duration kFollowerFetch = 500_ms;  // metadata.max.idle.interval.ms
// From the listening port to caught up: measured as sometimes more, sometimes less than the first
// probe tick and one 250 ms round of the roller.
constexpr sim::Duration kCatchUpMin = 250_ms;
constexpr sim::Duration kCatchUpMax = 750_ms;

sim::Duration drawn(sim::Duration low, sim::Duration high, uint64_t bits) {
  return sim::Duration{sim::range_inclusive(low.ns, high.ns, bits)};
}

}  // namespace

Quorum::Voter* Quorum::find(api::NodeId id) {
  const auto found = std::ranges::find(voters_, id, &Voter::id);
  return found == voters_.end() ? nullptr : &*found;
}

void Quorum::set_voters(const std::vector<api::NodeId>& voters) {
  std::vector<Voter> next;
  for (const api::NodeId id : voters) {
    const Voter* known = find(id);
    next.push_back(known != nullptr ? *known : Voter{.id = id});
  }
  std::ranges::sort(next, {}, &Voter::id);
  const bool changed = !std::ranges::equal(next, voters_, {}, &Voter::id, &Voter::id);
  voters_ = std::move(next);
  if (changed) evaluate(Absence::vanished);
}

void Quorum::add_voter(api::NodeId voter) {
  if (find(voter) != nullptr) return;
  voters_.push_back({.id = voter});
  std::ranges::sort(voters_, {}, &Voter::id);
}

void Quorum::voter_listens(api::NodeId id, const QuorumSettings& settings) {
  Voter* voter = find(id);
  if (voter == nullptr) return;
  voter->settings = settings;
  voter->up = true;
  voter->hung = false;
  const uint64_t bits = sim::draw(kernel_.seed, sim::purpose("quorum_catch_up"),
                                  static_cast<uint64_t>(id.value), voter->starts++);
  voter->caught_up_at = kernel_.now() + drawn(kCatchUpMin, kCatchUpMax, bits);
  evaluate(Absence::starting);
}

void Quorum::voter_resigns(api::NodeId id) {
  if (leader_ != id) return;
  Voter* voter = find(id);
  voter->up = false;
  evaluate(Absence::resigned);
}

void Quorum::voter_gone(api::NodeId id) {
  Voter* voter = find(id);
  if (voter == nullptr || !voter->up) return;
  voter->up = false;
  evaluate(Absence::vanished);
}

void Quorum::set_hung(api::NodeId id, bool hung) {
  Voter* voter = find(id);
  if (voter == nullptr) return;
  voter->hung = hung;
  evaluate(Absence::vanished);
}

bool Quorum::can_lead(const Voter& voter) const {
  if (!voter.up || voter.hung) return false;
  size_t with = 0;
  for (const Voter& peer : voters_) {
    if (!peer.up || peer.hung) continue;
    if (peer.id == voter.id || listener_.nodes_reachable(voter.id, peer.id)) ++with;
  }
  return 2 * with > voters_.size();
}

void Quorum::lose_leader() {
  kernel_.emit(trace::QuorumLeaderLost{leader_.value});
  leader_ = {};
  listener_.quorum_leader_lost();
}

void Quorum::evaluate(Absence absence) {
  const Voter* leader = leader_.valid() ? find(leader_) : nullptr;
  if (leader_.valid() && (leader == nullptr || !can_lead(*leader))) lose_leader();
  refresh_contacts();
  if (leader_.valid() || election_pending_) return;
  const bool possible = std::ranges::any_of(voters_, [&](const Voter& v) { return can_lead(v); });
  if (!possible) return;
  election_pending_ = true;
  kernel_.after(patience(absence), type_of(Local::quorum_election), 0, ++election_generation_);
}

// One draw for all: who has the same settings would draw anew with each voter more, and elections
// would come sooner the more voters there are. REQUIRES: somebody can lead.
sim::Duration Quorum::patience(Absence absence) const {
  if (absence == Absence::resigned) return kResignation;
  const uint64_t bits =
      sim::draw(kernel_.seed, sim::purpose("quorum_election"), 0, static_cast<uint64_t>(epoch_));
  sim::Duration least{INT64_MAX};
  for (const Voter& voter : voters_) {
    if (!can_lead(voter)) continue;
    const QuorumSettings& own = voter.settings;
    const sim::Duration wait = absence == Absence::vanished
                                   ? own.fetch_timeout + drawn(0_s, own.election_backoff_max, bits)
                                   : own.election_timeout + drawn(0_s, own.election_timeout, bits);
    least = std::min(least, wait);
  }
  TWIN_ASSERT(least.ns != INT64_MAX);
  return least;
}

// The winner is drawn among those that may lead and have caught up, else among those that may lead.
void Quorum::on_election(uint32_t generation) {
  if (generation != election_generation_ || !election_pending_) return;
  election_pending_ = false;
  TWIN_ASSERT(!leader_.valid());
  std::vector<api::NodeId> candidates;
  for (const bool behind_too : {false, true}) {
    for (const Voter& voter : voters_)
      if (can_lead(voter) && (behind_too || voter.caught_up_at <= kernel_.now()))
        candidates.push_back(voter.id);
    if (!candidates.empty()) break;
  }
  if (candidates.empty()) return;  // the majority went meanwhile; its return evaluates again
  const uint64_t bits =
      sim::draw(kernel_.seed, sim::purpose("quorum_winner"), 0, static_cast<uint64_t>(epoch_));
  leader_ = candidates[static_cast<size_t>(sim::below(candidates.size(), bits))];
  leader_since_ = kernel_.now();
  ++epoch_;
  for (Voter& voter : voters_) {
    voter.in_contact = false;
    voter.last_contact = sim::kNever;
  }
  refresh_contacts();
  kernel_.emit(trace::QuorumLeaderElected{leader_.value, epoch_});
  listener_.quorum_leader_elected();
}

void Quorum::refresh_contacts() {
  for (Voter& voter : voters_) {
    const bool contact = leader_.valid() && voter.up && !voter.hung &&
                         (voter.id == leader_ || listener_.nodes_reachable(leader_, voter.id));
    if (voter.in_contact && !contact) voter.last_contact = last_fetch(voter);
    voter.in_contact = contact;
  }
  remember();
}

// The leader has what it has; a follower is one of the majority once it has caught up, until it
// died or nothing was heard of it for the leader's fetch timeout.
void Quorum::remember() {
  const Voter* leader = leader_.valid() ? find(leader_) : nullptr;
  std::vector<QuorumHistory::Member> members;
  members.reserve(voters_.size());
  for (const Voter& voter : voters_) {
    QuorumHistory::Member member{voter.id};
    if (voter.in_contact) {
      member.caught_up_from = voter.id == leader_ ? leader_since_ : voter.caught_up_at;
    } else if (leader != nullptr && voter.up && voter.last_contact != sim::kNever) {
      member.caught_up_from = voter.caught_up_at;
      member.counts_until = voter.last_contact + leader->settings.fetch_timeout;
    }
    members.push_back(member);
  }
  history_.remember(kernel_.now(), std::move(members));
}

// Fetches of a follower in contact lie on a grid of 0.5 s with a phase of its own.
sim::Time Quorum::last_fetch(const Voter& voter) const {
  const uint64_t bits = sim::draw(kernel_.seed, sim::purpose("quorum_fetch_phase"),
                                  static_cast<uint64_t>(voter.id.value), 0);
  const sim::Time phase{static_cast<int64_t>(sim::below(kFollowerFetch.ns, bits))};
  const sim::Time now = kernel_.now();
  if (now < phase) return sim::Time{};
  return grid_floor(phase, kFollowerFetch, now);
}

std::vector<api::NodeId> Quorum::voters() const {
  std::vector<api::NodeId> ids;
  for (const Voter& voter : voters_) ids.push_back(voter.id);
  return ids;
}

api::DescribeQuorumReply Quorum::describe(int64_t log_end_offset) const {
  api::DescribeQuorumReply reply;
  reply.leader = leader_;
  reply.leader_epoch = epoch_;
  reply.high_watermark = log_end_offset;
  for (const Voter& voter : voters_) {
    api::QuorumVoter out;
    out.node = voter.id;
    out.log_end_offset = log_end_offset;
    if (voter.id == leader_) {
      out.last_fetch = kernel_.now();
      out.last_caught_up = kernel_.now();
    } else if (voter.in_contact) {
      const sim::Time fetch = std::max(last_fetch(voter), leader_since_);
      out.last_fetch = fetch;
      if (voter.caught_up_at <= kernel_.now())
        out.last_caught_up = std::max(fetch, voter.caught_up_at);
      else if (voter.last_contact != sim::kNever)
        out.last_caught_up = voter.last_contact;
    } else if (voter.last_contact != sim::kNever) {
      out.last_fetch = voter.last_contact;
      out.last_caught_up = voter.last_contact;
    }
    reply.voters.push_back(out);
  }
  return reply;
}

}  // namespace twin::model::control
