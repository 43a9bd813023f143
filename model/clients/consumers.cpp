#include "model/clients/consumers.h"

#include <algorithm>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr sim::Duration kWorthARecord{kSecond};

}  // namespace

uint32_t coordinator_partition(std::string_view group, uint32_t partitions) {
  TWIN_ASSERT_LT(0U, partitions);
  uint32_t hash = 0;
  for (const char c : group) hash = hash * 31 + static_cast<unsigned char>(c);
  constexpr uint32_t kMostNegative = 0x8000'0000U;
  if (hash == kMostNegative) return 0;  // Utils.abs
  if (hash > kMostNegative) hash = 0U - hash;
  return hash % partitions;
}

void Consumers::define(const std::vector<GroupSpec>& groups) {
  groups_ = groups;
  for (size_t group = 0; group < groups_.size(); ++group) {
    kernel_.emit(trace::GroupDefined{static_cast<int64_t>(group),
                                     kernel_.string(groups_[group].name)});
  }
}

uint32_t Consumers::add(PartitionIndex partition, uint16_t group, int64_t records_per_s) {
  TWIN_ASSERT_LT(static_cast<size_t>(group), groups_.size());
  Reader reader;
  reader.partition = partition;
  reader.group = group;
  reader.produced_per_s = records_per_s;
  reader.visible_per_s = records_per_s;
  reader.at = kernel_.now();
  readers_.push_back(reader);
  return static_cast<uint32_t>(readers_.size() - 1);
}

// While it reads, the gap changes by what becomes visible less what the consumer gets through.
int64_t Consumers::behind(const Reader& reader, sim::Time now) const {
  if (!reader.reading) return reader.behind;
  const int64_t pace = groups_[reader.group].records_per_s_max;
  if (pace == 0) return 0;
  const int64_t change = sim::mul_div(reader.visible_per_s, (now - reader.at).ns, kSecond) -
                         sim::mul_div(pace, (now - reader.at).ns, kSecond);
  return std::max<int64_t>(0, reader.behind + change);
}

// Records came at a steady rate, so their number says how old the oldest is.
sim::Duration Consumers::age(const Reader& reader, int64_t records) {
  if (reader.produced_per_s == 0) return {};
  return {sim::mul_div(records, kSecond, reader.produced_per_s)};
}

void Consumers::note(Lag& worst, const Reader& reader, int64_t records,
                     sim::Duration time) const {
  worst.records = std::max(worst.records, records);
  if (time <= worst.time) return;
  worst.time = time;
  worst.group = reader.group;
  worst.partition = reader.partition;
}

void Consumers::settle(Reader& reader) {
  const int64_t now_behind = behind(reader, kernel_.now());
  if (now_behind > reader.behind) note(worst_, reader, now_behind, age(reader, now_behind));
  reader.behind = now_behind;
  reader.at = kernel_.now();
}

void Consumers::follow(uint32_t index, bool reading, int64_t visible_per_s) {
  Reader& reader = readers_[index];
  if (reader.reading == reading && reader.visible_per_s == visible_per_s) return;
  settle(reader);
  reader.reading = reading;
  reader.visible_per_s = visible_per_s;
}

void Consumers::arrived(uint32_t index, int64_t records, sim::Duration oldest) {
  TWIN_ASSERT_LE(int64_t{0}, records);
  if (records == 0) return;
  Reader& reader = readers_[index];
  settle(reader);
  reader.behind += records;
  const sim::Duration time = std::max(oldest, age(reader, reader.behind));
  note(worst_, reader, reader.behind, time);
  if (time < kWorthARecord) return;
  kernel_.emit(trace::ConsumerLagPeaked{reader.group, reader.partition, reader.behind, time.ns});
}

// The group's busiest partition stands for all of them.
void Consumers::committed_again(uint16_t group, sim::Duration since) {
  const Reader* busiest = nullptr;
  for (const Reader& reader : readers_) {
    if (reader.group != group) continue;
    if (busiest == nullptr || reader.visible_per_s > busiest->visible_per_s) busiest = &reader;
  }
  if (busiest == nullptr || busiest->visible_per_s == 0) return;
  const int64_t records = behind(*busiest, kernel_.now()) +
                          sim::mul_div(busiest->visible_per_s, since.ns, kSecond);
  note(worst_, *busiest, records, since);
  if (since < kWorthARecord) return;
  kernel_.emit(trace::ConsumerLagPeaked{group, busiest->partition, records, since.ns});
}

Consumers::Lag Consumers::worst() const {
  Lag worst = worst_;
  for (const Reader& reader : readers_) {
    const int64_t records = behind(reader, kernel_.now());
    if (records > 0) note(worst, reader, records, age(reader, records));
  }
  return worst;
}

}  // namespace twin::model
