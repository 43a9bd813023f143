// Certificate authorities that are rotated by hand: a renewed certificate of the key that there is,
// which is one roll, or another key, which is three (docs/model/rollers.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::preview {

struct Rotation {
  bool clients = false;  // the CA that signs KafkaUsers; else the cluster's
  bool key = false;      // replaced; else the certificate is renewed
};

// "cluster-cert", "cluster-key", "clients-cert", "clients-key"; several with commas between, each
// once. Error: another word, or one twice.
sim::Expected<std::vector<Rotation>> parse_rotations(std::string_view text);
std::string_view rotation_name(const Rotation& rotation);
// "the key of the cluster CA is replaced"
std::string rotation_text(const Rotation& rotation);
// The annotation of the CA's secret that asks for it. REQUIRES: the scenario has a Kafka.
scenario::Step rotating(const Rotation& rotation, const scenario::Scenario& cluster,
                        sim::Duration at);

}  // namespace twin::preview
