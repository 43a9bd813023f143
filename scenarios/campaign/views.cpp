#include "scenarios/campaign/views.h"

#include <algorithm>
#include <array>

#include "controller/api/value.h"
#include "model/trace/decode.h"

namespace twin::campaign {

namespace {

using trace::decode;
using trace::RecordType;

constexpr uint64_t kSeed = 1469598103934665603ULL;  // FNV-1a

uint64_t mixed(uint64_t hash, uint64_t value) {
  for (int i = 0; i < 8; ++i, value >>= 8) hash = (hash ^ (value & 255)) * 1099511628211ULL;
  return hash;
}

uint64_t hash_of(std::string_view text) {
  uint64_t hash = kSeed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

bool says_when_or_which(std::string_view key) {
  static constexpr std::array<std::string_view, 5> kKeys{"resourceVersion", "uid", "generation",
                                                         "observedGeneration", "managedFields"};
  return std::ranges::find(kKeys, key) != kKeys.end() || key.ends_with("Time") ||
         key.ends_with("Timestamp");
}

void strip(api::Value& value) {
  if (value.is_list()) {
    for (api::Value& each : value.items()) strip(each);
  }
  if (!value.is_map()) return;
  std::erase_if(value.entries(), [](const auto& entry) { return says_when_or_which(entry.first); });
  for (auto& [key, each] : value.entries()) strip(each);
}

}  // namespace

uint64_t hash_of_content(const api::Object& object) {
  api::Value text = api::encode(object);
  strip(text);
  return hash_of(api::to_json(text));
}

// As it is written it is what watches will tell of that version.
void Views::written(const sim::Record& record) {
  const auto wrote = decode<trace::ObjectWritten>(record);
  if (world_ == nullptr) return;
  for (const api::ObjectPtr& object : world_->kube.objects(static_cast<api::Kind>(wrote.kind))) {
    if (static_cast<int64_t>(object->metadata.resource_version.value) != wrote.resource_version) {
      continue;
    }
    content_[wrote.resource_version] = hash_of_content(*object);
  }
}

void Views::told(const sim::Record& record) {
  const auto event = decode<trace::WatchEventDelivered>(record);
  const auto type = static_cast<controller::WatchEventType>(event.watch_event);
  if (type == controller::WatchEventType::bookmark) return;
  fresh_ = true;
  if (event.kind < 0) return;
  const Key key{event.kind, event.name_string};
  if (type == controller::WatchEventType::deleted) {
    view_.erase(key);
  } else {
    const auto known = content_.find(event.resource_version);
    view_[key] = known == content_.end()
                     ? mixed(kSeed, static_cast<uint64_t>(event.resource_version))
                     : known->second;
  }
}

void Views::called(sim::Time at, uint64_t what) {
  uint64_t state = mixed(kSeed, last_decision_);
  for (const auto& [key, content] : view_) {
    state = mixed(state, static_cast<uint64_t>(key.first));
    state = mixed(mixed(state, static_cast<uint64_t>(key.second)), content);
  }
  for (const uint64_t asked : memory_) state = mixed(state, asked);
  calls_.push_back({at, std::exchange(fresh_, false), state});
  memory_.insert(what);
}

void Views::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::ObjectWritten:
      return written(record);
    case RecordType::WatchEventDelivered:
      return told(record);
    case RecordType::KubeCallMade: {
      const auto call = decode<trace::KubeCallMade>(record);
      if (call.operator_index != 0) return;
      const uint64_t what =
          mixed(mixed(kSeed, static_cast<uint64_t>(call.verb)), static_cast<uint64_t>(call.kind));
      return called(record.at, mixed(what, static_cast<uint64_t>(call.name_string)));
    }
    case RecordType::KafkaCallMade: {
      const auto call = decode<trace::KafkaCallMade>(record);
      if (call.operator_index != 0) return;
      constexpr uint64_t kKafka = 1000;
      const uint64_t what = mixed(mixed(kSeed, kKafka), static_cast<uint64_t>(call.request));
      return called(record.at, mixed(what, static_cast<uint64_t>(call.node)));
    }
    case RecordType::DecisionMade: {
      const auto made = decode<trace::DecisionMade>(record);
      if (made.operator_index != 0) return;
      const auto kind = static_cast<controller::DecisionKind>(made.decision_kind);
      if (kind == controller::DecisionKind::reconcile) memory_.clear();
      last_decision_ = mixed(mixed(kSeed, static_cast<uint64_t>(made.decision_kind)),
                             static_cast<uint64_t>(made.subject_string));
      return;
    }
    default:
      return;
  }
}

uint64_t Views::calls_since(sim::Time zero) const {
  return static_cast<uint64_t>(
      std::ranges::count_if(calls_, [zero](const Call& call) { return call.at > zero; }));
}

uint64_t Views::views_since(sim::Time zero) const {
  uint64_t nth = 0, views = 0;
  for (const Call& call : calls_) {
    if (call.at > zero) views += ++nth == 1 || call.fresh ? 1 : 0;
  }
  return views;
}

std::vector<uint64_t> Views::first_calls_since(sim::Time zero) const {
  std::vector<uint64_t> firsts;
  std::set<uint64_t> seen;
  uint64_t nth = 0;
  for (const Call& call : calls_) {
    if (call.at <= zero) continue;
    ++nth;
    const bool view = nth == 1 || call.fresh;
    if (view && seen.insert(call.state).second) firsts.push_back(nth);
  }
  return firsts;
}

}  // namespace twin::campaign
