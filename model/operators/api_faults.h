// Errors that the API server gives an operator because a fault says so: load (429), server errors,
// conflicts, and the worst kind, a timeout after the write went through. A rule applies to some
// verbs and kinds, for a time, to every nth matching call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/ports.h"

namespace twin::model {

struct ApiFaultRule {
  uint32_t id = 0;
  controller::Outcome outcome = controller::Outcome::server_error;
  bool after_write = false;  // unknown outcome: true = the request was carried out, reply lost
  bool reads = true;
  bool writes = true;
  std::optional<api::Kind> kind;
  uint32_t every = 1;  // every nth matching call
  uint64_t seen = 0;
};

class ApiFaults {
 public:
  void add(const ApiFaultRule& rule) { rules_.push_back(rule); }
  void remove(uint32_t id);
  // The rule that strikes this call, if any; counts it.
  const ApiFaultRule* strike(const controller::KubeRequest& request);

 private:
  std::vector<ApiFaultRule> rules_;
};

}  // namespace twin::model
