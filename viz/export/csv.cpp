// A line a record, as RFC 4180 has it: a spreadsheet filters by type, node and partition.
#include <fmt/format.h>

#include "model/trace/records.h"
#include "viz/export/export.h"

namespace twin::viz {

namespace {

std::string quoted(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == text.npos;
  // A cell that begins like a formula must not become one.
  const bool formula = !text.empty() && std::string_view("=+-@").find(text[0]) != text.npos;
  if (plain && !formula) return std::string(text);
  std::string out = formula ? "\"'" : "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

// The first field of that kind, as a person reads it; "" when there is none.
std::string first_of(trace::FieldKind kind, const trace::RecordInfo& info,
                     const sim::Record& record, const trace::Names& names) {
  for (size_t i = 0; i < info.fields.size() && i < record.fields.size(); ++i) {
    if (info.fields[i].kind != kind || record.fields[i] < 0) continue;
    return kind == trace::FieldKind::node ? names.node(record.fields[i])
                                          : names.partition(record.fields[i]);
  }
  return {};
}

}  // namespace

std::string to_csv(const Recording& recording) {
  std::string out = "id,cause,seconds,type,node,partition,fields,text\r\n";
  sim::TraceReader reader(recording.bytes());
  trace::Names names;
  sim::Record record;
  constexpr int64_t kSecondNs = 1'000'000'000;
  while (reader.next(record) == sim::ReadResult::record) {
    names.on_record(record);
    const trace::RecordInfo* info = trace::record_info(record.type);
    std::string type = std::to_string(record.type), node, partition;
    if (info != nullptr) {
      type = info->name;
      node = first_of(trace::FieldKind::node, *info, record, names);
      partition = first_of(trace::FieldKind::partition, *info, record, names);
    }
    out += fmt::format("{},{},{}.{:09},{},{},{},{},{}\r\n", record.id, record.cause,
                       record.at.ns / kSecondNs, record.at.ns % kSecondNs, type, quoted(node),
                       quoted(partition), quoted(fields_text(record, names)), quoted(record.text));
  }
  return out;
}

}  // namespace twin::viz
