// Leader election by a Lease, as client-go and fabric8 do it: read the Lease, take it when it is
// free or was not renewed for its whole duration *as observed here* (nobody compares clocks), renew
// it while leading. Who cannot renew before the renew deadline no longer leads, before anybody else
// can: deadline < duration.
#pragma once

#include <string>

#include "controller/api/kube.h"
#include "controller/ports.h"

namespace twin::controller {

struct ElectionOptions {
  std::string namespace_name;
  std::string lease = "strimzi-cluster-operator";
  std::string identity;
  sim::Duration lease_duration{15'000'000'000};  // LeaderElectionManagerConfig of Strimzi
  sim::Duration renew_deadline{10'000'000'000};
  sim::Duration retry_period{2'000'000'000};
};

class Election {
 public:
  Election(Ports& ports, ElectionOptions options);

  void start();
  bool deliver(const KubeReply& reply);
  void step();
  bool leads() const { return leads_; }
  // Led once and does not any more: the process must give everything up.
  bool lost() const { return lost_; }

 private:
  void ask();
  void on_lease(const KubeReply& reply);
  void write(const api::Lease* current, bool free);
  void renewed(const KubeReply& reply);
  void again();

  Ports& ports_;
  ElectionOptions options_;
  CallId get_;
  CallId write_;
  sim::Time asked_at_;    // of the round under way
  sim::Time next_at_ = sim::kNever;
  sim::Time renewed_at_;  // start of the last round that succeeded
  // The Lease as last seen to change, and when that was here.
  std::string seen_holder_;
  sim::Time seen_renew_;
  sim::Time seen_at_;
  bool leads_ = false;
  bool lost_ = false;
};

}  // namespace twin::controller
