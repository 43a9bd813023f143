#include "scenarios/runner/point_of_no_return.h"

#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "model/trace/decode.h"

namespace twin::scenario {

namespace {

std::string level_name(int16_t level) {
  for (const api::MetadataVersion& version : api::all_metadata_versions()) {
    if (version.level == level) return std::string(version.name);
  }
  return "level " + std::to_string(level);
}

bool newer(const std::string& a, const std::string& b) {
  return !b.empty() && api::compare_versions(a, b) > 0;
}

}  // namespace

void PointOfNoReturn::begin() {
  begun_ = true;
  level_ = world_.kafka.metadata_level();
  for (const model::VersionState& state : world_.kafka.version_state()) {
    if (!state.live) continue;
    if (binary_.empty() || newer(binary_, state.binary)) binary_ = state.binary;
    if (protocol_.empty() || newer(state.protocol, protocol_)) protocol_ = state.protocol;
    if (format_.empty() || newer(state.message_format, format_)) format_ = state.message_format;
  }
}

void PointOfNoReturn::on_record(const sim::Record& record) {
  if (!begun_) return;
  switch (trace::type_of(record)) {
    case trace::RecordType::ProcessStarted:
    case trace::RecordType::MetadataVersionChanged:
      look(record.at);
      return;
    default:
      return;
  }
}

void PointOfNoReturn::raised(sim::Time at, const char* key, std::string& known,
                             const std::string& now) {
  if (!newer(now, known)) return;
  known = now;
  if (passed_.empty()) {
    passed_at_ = at;
    passed_ = sim::format_clock(at) + ": the first broker runs with " + key + " " + now +
              "; binaries before it do not understand what it writes";
  }
}

void PointOfNoReturn::look(sim::Time at) {
  for (const model::VersionState& state : world_.kafka.version_state()) {
    if (!state.live) continue;
    changed_ |= state.binary != binary_;
    raised(at, "inter.broker.protocol.version", protocol_, state.protocol);
    raised(at, "log.message.format.version", format_, state.message_format);
  }
  const int16_t level = world_.kafka.metadata_level();
  if (level == level_) return;
  changed_ = true;
  if (level > level_ && passed_.empty() && !api::safe_downgrade_possible(level, level_)) {
    passed_at_ = at;
    passed_ = sim::format_clock(at) + ": metadata.version " + level_name(level) +
              " changes the format of records, so neither " + level_name(level_) +
              " nor binaries that stop there can come back";
  }
}

std::string PointOfNoReturn::text() const {
  if (!passed_.empty()) return "passed at " + passed_;
  if (!changed_) return {};
  const int16_t level = world_.kafka.metadata_level();
  if (level <= 0) return "not passed: protocol and message format are what they were";
  return "not passed: metadata.version " + level_name(level) +
         (level == level_ ? " is what it was" : " can be taken back to " + level_name(level_)) +
         ", so Kafka " + binary_ + " can come back";
}

}  // namespace twin::scenario
