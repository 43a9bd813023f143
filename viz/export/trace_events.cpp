// Chrome's trace event format, as JSON: what Perfetto's UI, chrome://tracing and Speedscope read.
// Times are microseconds. A process a kind of node, a thread a node.
// Source: the document "Trace Event Format" of the Chromium project.
#include <fmt/format.h>

#include "model/trace/records.h"
#include "viz/export/export.h"

namespace twin::viz {

namespace {

std::string json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string us(int64_t ns) { return fmt::format("{}.{:03}", ns / 1000, ns % 1000); }

constexpr int kClusterProcess = 1;
constexpr int kFirstKind = 2;

class Events {
 public:
  void add(std::string_view event) {
    out_ += out_.ends_with('[') ? "\n" : ",\n";
    out_ += event;
  }
  void name(std::string_view what, int process, int64_t thread, std::string_view as) {
    add(fmt::format(R"({{"ph":"M","name":"{}","pid":{},"tid":{},"args":{{"name":{}}}}})", what,
                    process, thread, json(as)));
  }
  void span(int process, int64_t thread, const Span& span, std::string_view name) {
    add(fmt::format(R"({{"ph":"X","name":{},"pid":{},"tid":{},"ts":{},"dur":{}}})", json(name),
                    process, thread, us(span.begin.ns), us((span.end - span.begin).ns)));
  }
  void instant(int process, int64_t thread, sim::Time at, std::string_view name,
               std::string_view arguments) {
    add(fmt::format(R"({{"ph":"i","s":"t","name":{},"pid":{},"tid":{},"ts":{},"args":{{{}}}}})",
                    json(name), process, thread, us(at.ns), arguments));
  }
  void counter(std::string_view name, const Series& series) {
    for (const Sample& sample : series) {
      add(fmt::format(R"({{"ph":"C","name":{},"pid":{},"ts":{},"args":{{"value":{}}}}})",
                      json(name), kClusterProcess, us(sample.at.ns), sample.value));
    }
  }
  std::string finish() { return out_ + "\n],\"displayTimeUnit\":\"ms\"}\n"; }

 private:
  std::string out_ = "{\"traceEvents\":[";
};

int process_of(const Lane& lane) { return kFirstKind + static_cast<int>(lane.kind); }

void lanes(Events& events, const Recording& recording) {
  events.name("process_name", kClusterProcess, 0, "cluster");
  for (const auto& [kind, name] : {std::pair{Lane::Kind::broker, "brokers"},
                                   {Lane::Kind::controller, "controllers"},
                                   {Lane::Kind::zookeeper, "ZooKeeper"},
                                   {Lane::Kind::operator_, "operators"}}) {
    events.name("process_name", kFirstKind + static_cast<int>(kind), 0, name);
  }
  for (const Lane& lane : recording.lanes) {
    events.name("thread_name", process_of(lane), lane.id, lane.name);
    for (const Span& span : lane.spans) {
      if (span.state == trace::NodeState::no_pod) continue;
      events.span(process_of(lane), lane.id, span, trace::node_state_name(span.state));
    }
  }
}

}  // namespace

std::string to_trace_events(const Recording& recording) {
  Events events;
  lanes(events, recording);
  const trace::RecordInfo* info =
      trace::record_info(static_cast<uint16_t>(trace::RecordType::DecisionMade));
  const int operators = kFirstKind + static_cast<int>(Lane::Kind::operator_);
  for (const Decision& made : recording.decisions) {
    const std::string kind(info->fields[1].enum_name(made.kind));
    events.instant(operators, 0, made.at, kind + " " + made.subject,
                   fmt::format(R"("reason":{},"code":{})", json(made.reason), json(made.code)));
  }
  for (const Marker& marker : recording.markers) {
    events.instant(kClusterProcess, 0, marker.at, marker.text, "");
  }
  const ClusterSeries& series = recording.series;
  events.counter("under-replicated partitions", series.under_replicated);
  events.counter("under min ISR", series.under_min_isr);
  events.counter("offline partitions", series.offline);
  events.counter("catch-up, bytes/s", series.catch_up);
  events.counter("throttled fetches, bytes/s", series.throttled);
  return events.finish();
}

}  // namespace twin::viz
