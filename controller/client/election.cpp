#include "controller/client/election.h"

#include <utility>

#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::controller {

Election::Election(Ports& ports, ElectionOptions options)
    : ports_(ports), options_(std::move(options)) {
  TWIN_ASSERT(options_.renew_deadline < options_.lease_duration);
}

void Election::start() { ask(); }

void Election::ask() {
  KubeRequest request;
  request.verb = Verb::get;
  request.kind = api::Kind::lease;
  request.namespace_name = options_.namespace_name;
  request.name = options_.lease;
  asked_at_ = ports_.now();
  next_at_ = sim::kNever;
  get_ = ports_.call(std::move(request));
}

bool Election::deliver(const KubeReply& reply) {
  if (get_.value != 0 && reply.meta.id == get_) {
    get_ = {};
    if (!lost_) on_lease(reply);
    return true;
  }
  if (write_.value != 0 && reply.meta.id == write_) {
    write_ = {};
    renewed(reply);
    return true;
  }
  return false;
}

void Election::on_lease(const KubeReply& reply) {
  if (reply.meta.outcome == Outcome::not_found) return write(nullptr, true);
  const api::Lease* lease = reply.meta.ok() ? api::as<api::Lease>(reply.object) : nullptr;
  if (!lease) return again();
  if (lease->holder != seen_holder_ || lease->renew_time != seen_renew_) {
    seen_holder_ = lease->holder;
    seen_renew_ = lease->renew_time;
    seen_at_ = ports_.now();
  }
  const bool mine = lease->holder == options_.identity;
  const bool free = lease->holder.empty() || seen_at_ + lease->duration <= ports_.now();
  if (leads_ && !mine) {
    leads_ = false;
    lost_ = true;
    return;
  }
  if (!mine && !free) return again();
  write(lease, free && !mine);
}

void Election::write(const api::Lease* current, bool free) {
  if (lost_) return;
  auto lease = std::make_shared<api::Lease>();
  if (current) *lease = *current;
  lease->metadata.name = options_.lease;
  lease->metadata.namespace_name = options_.namespace_name;
  lease->duration = options_.lease_duration;
  lease->renew_time = ports_.now();
  if (free || !current) {
    lease->holder = options_.identity;
    lease->acquire_time = ports_.now();
    lease->transitions += current ? 1 : 0;
  }
  KubeRequest request;
  request.verb = current ? Verb::update : Verb::create;  // with the version read: no double holder
  request.kind = api::Kind::lease;
  request.namespace_name = options_.namespace_name;
  request.name = options_.lease;
  request.object = std::move(lease);
  write_ = ports_.call(std::move(request));
}

void Election::renewed(const KubeReply& reply) {
  if (reply.meta.ok() && !lost_) {
    leads_ = true;
    renewed_at_ = asked_at_;
  }
  again();
}

void Election::again() {
  next_at_ = ports_.now() + options_.retry_period;
  ports_.wake_at(next_at_);
}

void Election::step() {
  if (lost_) return;
  if (leads_) {
    const sim::Time deadline = renewed_at_ + options_.renew_deadline;
    if (deadline <= ports_.now()) {
      TWIN_MARK("election_lost_by_renew_deadline");
      leads_ = false;
      lost_ = true;
      return;
    }
    ports_.wake_at(deadline);
  }
  if (next_at_ == sim::kNever) return;
  if (next_at_ <= ports_.now()) {
    ask();
  } else {
    ports_.wake_at(next_at_);
  }
}

}  // namespace twin::controller
