// Whom a Kafka process believes. Between nodes everything is mutual TLS: both ends show a
// certificate that the cluster's own authority signed, and each must have that authority's
// certificate to believe the other. Both are read when the process starts, so a process that runs
// shows and trusts what it started with; a connection is made when either starts, so two that do
// not believe each other are as good as cut off from then on. Keys are numbers here
// (controller/reconcile/authorities.h); a cluster without such Secrets has one key that all trust.
// Renewed certificates of one key are alike: chains of either verify against both.
#pragma once

#include <cstdint>
#include <vector>

#include "model/container.h"

namespace twin::model::control {

struct Identity {
  int64_t signed_by = 0;
  std::vector<int64_t> trusts{0};
};

Identity identity_of(const ContainerStart& start);
bool believe_each_other(const Identity& a, const Identity& b);

}  // namespace twin::model::control
