// Lines with vector clocks for ShiViz (bestchai.cs.ubc.ca/shiviz): who did what because of whom.
// A host is a Kafka node, an operator, or Kubernetes; a record's cause is the message that it got.
// Records about single partitions are left out: thousands of them hide what happened.
//
// Paste into ShiViz with the parser  (?<host>\S*) (?<clock>{.*})\n(?<event>.*)
#include <map>

#include <fmt/format.h>

#include "model/trace/decode.h"
#include "viz/export/export.h"

namespace twin::viz {

namespace {

using Clock = std::map<std::string, uint64_t>;

// Host names hold no blanks: "broker-2", "operator-twin", "kubernetes"; "" leaves the record out.
std::string host_of(const sim::Record& record, const trace::RecordInfo& info,
                    const trace::Names& names) {
  const auto code = static_cast<uint16_t>(info.type);
  constexpr uint16_t kKubernetes = 20, kKafka = 50, kPartitions = 80, kFaults = 120,
                     kOperator = 140, kVerdicts = 160;
  std::string host;
  if (code < kKubernetes || (code >= kPartitions && code < kFaults)) return host;
  if (code < kKafka) return "kubernetes";
  if (code < kFaults) host = names.node(record.fields.empty() ? -1 : record.fields[0]);
  if (code >= kFaults && code < kOperator) return "scenario";
  if (code >= kVerdicts) return "checks";
  if (code >= kOperator) {
    for (size_t i = 0; i < info.fields.size() && i < record.fields.size(); ++i) {
      if (info.fields[i].name != "operator_index") continue;
      host = "operator-" + names.operator_name(record.fields[i]);
    }
  }
  for (char& c : host) c = c == ' ' ? '-' : c;
  return host == "-" ? "kafka" : host;
}

std::string clock_text(const Clock& clock) {
  std::string text = "{";
  for (const auto& [host, count] : clock) {
    text += fmt::format("{}\"{}\":{}", text.size() > 1 ? ", " : "", host, count);
  }
  return text + "}";
}

}  // namespace

std::string to_shiviz(const Recording& recording) {
  std::string out;
  sim::TraceReader reader(recording.bytes());
  trace::Names names;
  std::map<std::string, Clock> hosts;
  std::map<uint64_t, Clock> told;    // by record: what whoever it causes knows
  std::vector<uint64_t> nearest{0};  // by record: itself, or the nearest told one among its causes
  sim::Record record;
  while (reader.next(record) == sim::ReadResult::record) {
    names.on_record(record);
    const uint64_t cause = nearest[record.cause];
    const trace::RecordInfo* info = trace::record_info(record.type);
    const std::string host = info == nullptr ? "" : host_of(record, *info, names);
    nearest.push_back(host.empty() ? cause : record.id);
    if (host.empty()) continue;
    Clock& clock = hosts[host];
    if (cause != 0) {
      for (const auto& [other, count] : told.at(cause)) {
        clock[other] = std::max(clock[other], count);
      }
    }
    ++clock[host];
    told[record.id] = clock;
    std::string event = fmt::format("{} {} {}", sim::format_clock(record.at), info->name,
                                    fields_text(record, names));
    if (!record.text.empty()) event += fmt::format(": {}", record.text);
    for (char& c : event) c = c == '\n' ? ' ' : c;
    out += fmt::format("{} {}\n{}\n", host, clock_text(clock), event);
  }
  return out;
}

}  // namespace twin::viz
