// What becomes of the parts of a manifest that the twin does not act on. Each is either without
// effect here, with a reason, or not modelled; and what is not modelled and touches pods, storage,
// listeners, metadata or replication makes the verdict unknown. Paths are matched whole, per kind;
// a field that no table knows counts as touching safety. Some fields mean nothing while they stay
// as they are, yet a change of them rolls pods with Strimzi: a step that changes one is not
// modelled. Keys of Kafka's own configuration are in load_config_keys.cpp.
#pragma once

#include <string>
#include <string_view>

#include "controller/api/object.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

// Of a manifest as it stands in a file. `root` is its document.
void note_fields(const api::Object& object, const api::Value& root, const Source& source,
                 Scenario& out);
// Of a step that makes `after` out of `before` (null: it creates it): what differs.
void note_changed_fields(const api::Object* before, const api::Object& after,
                         const std::string& where, Scenario& out);

// Whether requests for CPU and memory find room is known once nodes are: called at the end.
void note_resources(const api::Object& object, const api::Value& root, const Source& source,
                    Scenario& out);

// What a key of spec.kafka.config does in the twin.
enum class KeyEffect : uint8_t {
  acted_on,        // played, or refused or ignored by the operator with a warning
  without_effect,
  unsafe,          // Kafka would replicate, elect, lose or keep data differently
};
struct KeyVerdict {
  KeyEffect effect = KeyEffect::acted_on;
  std::string why;
};
KeyVerdict classify_key(std::string_view kafka_version, std::string_view key,
                        const std::string& value);
// Of a topic: `config` of a KafkaTopic or of the workload.
KeyVerdict classify_topic_key(std::string_view key, const std::string& value);

}  // namespace twin::scenario
