// A trace in the languages of other tools. Text, made from the records alone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/expected.h"
#include "viz/replay/recording.h"

namespace twin::viz {

// "chrome", "csv", "openmetrics", "perfetto", "shiviz".
std::vector<std::string> export_formats();

// The whole text. REQUIRES: a format of export_formats().
//   csv          a line a record: id, cause, time in seconds, type, node, partition, fields, text
//   perfetto     Chrome's JSON trace events, which Perfetto's UI and chrome://tracing open: a track
//                a node, spans of its states, instants of decisions and faults, counters
//   chrome       the same
//   shiviz       log lines with vector clocks, one host a node and operator: bestchai.cs.ubc.ca
//   openmetrics  samples under the names of Strimzi's exporter, a time stamp each, every 10 s
std::string export_trace(const Recording& recording, std::string_view format);

// One of the formats each.
std::string to_csv(const Recording& recording);
std::string to_trace_events(const Recording& recording);
std::string to_shiviz(const Recording& recording);
std::string to_openmetrics(const Recording& recording);

// "node=broker 2 isr_size=1": the fields of a record as a person reads them.
std::string fields_text(const sim::Record& record, const trace::Names& names);

}  // namespace twin::viz
