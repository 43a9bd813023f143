#include "viz/export/export.h"

#include <fmt/format.h>

#include "model/trace/records.h"
#include "sim/assert.h"

namespace twin::viz {

std::vector<std::string> export_formats() {
  return {"chrome", "csv", "openmetrics", "perfetto", "shiviz"};
}

std::string export_trace(const Recording& recording, std::string_view format) {
  if (format == "csv") return to_csv(recording);
  if (format == "shiviz") return to_shiviz(recording);
  if (format == "openmetrics") return to_openmetrics(recording);
  TWIN_ASSERT_MSG(format == "perfetto" || format == "chrome", std::string(format));
  return to_trace_events(recording);
}

namespace {

std::string field_text(const trace::FieldInfo& info, int64_t value, const trace::Names& names) {
  switch (info.kind) {
    case trace::FieldKind::string:
      return std::string(names.string(value));
    case trace::FieldKind::node:
      return names.node(value);
    case trace::FieldKind::partition:
      return value < 0 ? "-" : names.partition(value);
    case trace::FieldKind::topic:
      return value < 0 ? "-" : names.topic(value);
    case trace::FieldKind::duration:
      return sim::format_duration(sim::Duration{value});
    case trace::FieldKind::time:
      return sim::format_clock(sim::Time{value});
    case trace::FieldKind::enumeration:
      return std::string(info.enum_name(value));
    case trace::FieldKind::flag:
      return value != 0 ? "yes" : "no";
    default:
      return std::to_string(value);
  }
}

}  // namespace

std::string fields_text(const sim::Record& record, const trace::Names& names) {
  const trace::RecordInfo* info = trace::record_info(record.type);
  std::string text;
  for (size_t i = 0; i < record.fields.size(); ++i) {
    if (i > 0) text += ' ';
    if (info != nullptr && i < info->fields.size()) {
      text += fmt::format("{}={}", info->fields[i].name,
                          field_text(info->fields[i], record.fields[i], names));
    } else {
      text += std::to_string(record.fields[i]);
    }
  }
  return text;
}

}  // namespace twin::viz
