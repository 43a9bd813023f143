// The StrimziPodSet controller: keeps exactly the listed pods of each set in being. It lives in the
// operator's process (while that is down, nobody recreates pods) with a queue of its own, worked by
// one thread, so that it goes on while a Kafka reconcile waits for minutes. It creates missing pods
// at once, deletes pods that match the selector but are not listed, deletes pods that ended
// (Failed, Succeeded), and writes the set's status. It never restarts a pod.
#pragma once

#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "controller/calls.h"
#include "controller/client/informer.h"
#include "controller/client/work_queue.h"
#include "controller/profile.h"

namespace twin::controller {

class PodSetController {
 public:
  PodSetController(Ports& ports, const Profile& profile, std::string namespace_name,
                   const Informer& pod_sets, const Informer& pods);

  // From the informers. Enqueues the set that an object belongs to.
  void on_change(api::Kind kind, const api::ObjectPtr& object);
  bool deliver(const KubeReply& reply) { return calls_.deliver(reply); }
  void step();

 private:
  Progress reconcile();
  Progress create_missing(const api::StrimziPodSet& set);
  Progress remove_others(const api::StrimziPodSet& set);
  Progress remove_one(const api::StrimziPodSet& set, const api::Pod& pod, bool listed);
  Progress write_status(const api::StrimziPodSet& set);
  std::vector<const api::Pod*> pods_of(const api::StrimziPodSet& set) const;
  void finish(const Progress& progress);

  const Profile& profile_;
  std::string namespace_name_;
  const Informer& pod_sets_;
  const Informer& pods_;
  Calls calls_;
  WorkQueue queue_;
  std::string current_;  // the set in work, "" = none
  // The cache as it was when work on `current_` began: one pass sees one state.
  api::ObjectPtr set_;
  std::map<std::string, api::ObjectPtr> seen_;
};

}  // namespace twin::controller
