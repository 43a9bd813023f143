// The bitrate of one partition, from which runbooks take a throttle: computed for the hardware of a
// scenario and the records of its busiest producers (model/clients/bitrate.h), or as it was
// measured on the real cluster and stands in the hardware profile (`partitionBitrate`).
#pragma once

#include <string>
#include <vector>

#include "model/clients/bitrate.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

// Producers that send most of the scenario's bytes, alone with one consumer; Kafka's defaults where
// it has none.
model::BitrateQuestion bitrate_question(const Scenario& scenario);

struct KnownBitrate {
  int64_t bytes_per_s = 0;
  std::string why;  // "measured, says the hardware profile", or which resource binds
};
KnownBitrate known_bitrate(const Scenario& scenario);

// Parts of a thousand: "0.5..1.0" (each tenth between, both ends included) or "0.75,0.8".
sim::Expected<std::vector<int64_t>> parse_fractions(const std::string& text);
// Of the bitrate, to whole 100 kB/s. REQUIRES: bytes_per_s >= 10 MB/s for a step between them.
std::vector<int64_t> rates_of(const std::vector<int64_t>& fractions, int64_t bytes_per_s);

// What `kafka-twin calibrate` prints.
std::string calibration_text(const Environment& environment, const model::BitrateQuestion& question,
                             const model::Bitrate& found, int width);
std::string calibration_json(const Environment& environment, const model::BitrateQuestion& question,
                             const model::Bitrate& found);
// A hardware profile: that one, and the bitrate.
std::string calibrated_profile(const Environment& environment,
                               const model::BitrateQuestion& question, const model::Bitrate& found);

}  // namespace twin::scenario
