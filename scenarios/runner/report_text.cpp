// The report for a terminal: what a person reads first stands first, and a figure that is zero is
// still there, since "0 s under min ISR" is the point of the exercise.
#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/runner/report.h"
#include "scenarios/runner/text_layout.h"

namespace twin::scenario {

namespace {

class Page {
 public:
  Page(int width, bool colour) : width_(width), colour_(colour) {}

  void heading(std::string_view text) {
    out_ += "\n" + paint(Paint::bold, std::string(text), colour_) + "\n";
  }
  void row(std::string_view label, const std::string& value, Paint paint_as = Paint::none) {
    constexpr int kLabel = 28;
    const std::vector<std::string> lines = wrap(value, width_ - kLabel - 2);
    for (size_t i = 0; i < lines.size(); ++i) {
      out_ += fmt::format("  {:<{}}", i == 0 ? label : "", kLabel - 2);
      out_ += paint(paint_as, lines[i], colour_) + "\n";
    }
  }
  // Red when it is not zero.
  void must_be_zero(std::string_view label, bool zero, const std::string& value) {
    row(label, value, zero ? Paint::none : Paint::red);
  }
  void item(const std::string& text, Paint paint_as = Paint::none) {
    const std::vector<std::string> lines = wrap(text, width_ - 4);
    for (size_t i = 0; i < lines.size(); ++i) {
      out_ += (i == 0 ? "  - " : "    ") + paint(paint_as, lines[i], colour_) + "\n";
    }
  }
  std::string take() { return std::move(out_); }

 private:
  int width_;
  bool colour_;
  std::string out_;
};

std::string worst(const std::vector<PartitionFigure>& list) {
  std::string text;
  for (size_t i = 0; i < list.size() && i < 3; ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", list[i].partition,
                        sim::format_duration(list[i].time));
  }
  return text.empty() ? text : " (" + text + ")";
}

void verdict(Page& page, const Report& r) {
  const Paint paint = r.verdict == Verdict::holds      ? Paint::green
                      : r.verdict == Verdict::violated ? Paint::red
                                                       : Paint::yellow;
  page.row("verdict", std::string(verdict_name(r.verdict)), paint);
  for (const std::string& reason : r.verdict_reasons) page.row("", reason, paint);
  page.row("scenario", r.scenario + " (" + r.file + ")");
  page.row("operator", r.profile_claim.empty() ? r.profile : r.profile_claim);
  std::string versions = "Kafka " + r.kafka_version;
  if (!r.metadata_version.empty()) versions += ", metadata.version " + r.metadata_version;
  if (!r.protocol_version.empty()) versions += ", inter.broker.protocol " + r.protocol_version;
  if (!r.message_format_version.empty()) {
    versions += ", message format " + r.message_format_version;
  }
  page.row("at the end", versions);
  page.row("assumed", "Kubernetes " + r.kubernetes_version + ", hardware " + r.hardware);
  page.row("ended", r.end + (r.end_detail.empty() ? "" : ": " + r.end_detail),
           r.end == "settled" ? Paint::none : Paint::yellow);
}

void operations(Page& page, const Report& r) {
  page.heading("Operations");
  page.row("duration", sim::format_duration(r.duration));
  page.row("rolls, restarts", fmt::format("{}, {}", r.rolls, r.restarts.size()));
  std::string order;
  for (const RestartEntry& restart : r.restarts) {
    order += fmt::format("{}{}", order.empty() ? "" : " ", restart.node);
  }
  if (!order.empty()) page.row("restart order", order);
  if (r.failed_reconciles > 0) {
    std::string classes;
    for (const std::string& error : r.errors) classes += (classes.empty() ? "" : ", ") + error;
    page.row("failed reconciles", fmt::format("{} ({})", r.failed_reconciles, classes),
             Paint::yellow);
  }
  page.row("leader moves", fmt::format("{}", r.leader_moves));
  page.row("ISR shrinks, expands", fmt::format("{}, {}", r.isr_shrinks, r.isr_expands));
  page.row("unlucky restarts", fmt::format("{}", r.unlucky_restarts),
           r.unlucky_restarts > 0 ? Paint::yellow : Paint::none);
  if (!r.point_of_no_return.empty()) page.row("point of no return", r.point_of_no_return);
}

void availability(Page& page, const Report& r) {
  page.heading("Availability");
  page.row("with under-replicated", sim::format_duration(r.urp));
  page.must_be_zero("under min.insync.replicas", r.under_min_isr.ns == 0,
                    sim::format_duration(r.under_min_isr) + worst(r.under_min_isr_worst));
  page.must_be_zero("without a leader", r.offline.ns == 0, sim::format_duration(r.offline));
  page.row("produce unavailable", sim::format_duration(r.produce_unavailable_longest) +
                                      " at most" + worst(r.produce_unavailable_worst));
  page.must_be_zero("records rejected", r.records_rejected == 0,
                    fmt::format("{}", r.records_rejected));
  page.row("worst consumer lag",
           fmt::format("{} records, {}{}", r.consumer_lag_records,
                       sim::format_duration(r.consumer_lag),
                       r.consumer_lag_where.empty() ? "" : " (" + r.consumer_lag_where + ")"));
  page.row("re-replicated", api::format_bytes({r.bytes_replicated}));
  page.must_be_zero("acknowledged bytes lost", r.acknowledged_bytes_lost == 0,
                    api::format_bytes({r.acknowledged_bytes_lost}));
  if (r.unacked_policy_bytes_lost > 0) {
    page.row("lost under acks < all", api::format_bytes({r.unacked_policy_bytes_lost}),
             Paint::yellow);
  }
}

void lists(Page& page, const Report& r) {
  if (!r.expectations.empty()) page.heading("Expected");
  for (const ExpectationResult& e : r.expectations) {
    if (e.holds) {
      page.item("holds    " + e.text, Paint::none);
    } else {
      page.item(fmt::format("FAILS    {}, is {} ({})", e.text, e.actual, e.where), Paint::red);
    }
  }
  if (!r.preflight.empty()) page.heading("Pre-flight");
  for (const std::string& line : r.preflight) page.item(line, Paint::yellow);
  if (!r.not_modelled.empty()) page.heading("Not modelled");
  for (const FieldNote& note : r.not_modelled) {
    page.item(fmt::format("{}: {} {}{}", note.where, note.path, note.why,
                          note.touches_safety ? " (makes the verdict unknown)" : ""));
  }
  if (!r.without_effect.empty()) page.heading("Without effect here");
  for (const FieldNote& note : r.without_effect) {
    page.item(fmt::format("{}: {} {}", note.where, note.path, note.why));
  }
}

}  // namespace

std::string to_text(const Report& r, int width, bool colour) {
  Page page(width, colour);
  page.heading("Report");
  verdict(page, r);
  operations(page, r);
  availability(page, r);
  lists(page, r);
  if (!r.laws.empty()) page.heading("Laws used, with their measured error (docs/MODEL.md)");
  for (const LawEntry& law : r.laws) page.row(law.name, law.error);
  page.heading("Run");
  page.row("seed, fingerprint", fmt::format("{}, {:016x}", r.seed, r.fingerprint));
  page.row("events, records", fmt::format("{}, {}", r.events, r.records));
  return page.take();
}

std::string comparison_text(const std::vector<Report>& reports, int width) {
  struct Row {
    const char* label;
    const char* figure;
  };
  constexpr Row kRows[] = {
      {"verdict", "verdict"},
      {"duration", "duration"},
      {"rolls", "rolls"},
      {"restarts", "restarts"},
      {"restart order", "restartOrder"},
      {"leader moves", "leaderMoves"},
      {"with under-replicated", "urpSeconds"},
      {"under min.insync.replicas", "underMinIsrSeconds"},
      {"produce unavailable", "produceUnavailableLongest"},
      {"records rejected", "recordsRejected"},
      {"acknowledged bytes lost", "acknowledgedBytesLost"},
      {"worst consumer lag", "consumerLagSeconds"},
      {"failed reconciles", "failedReconciles"},
      {"property violations", "propertyViolations"},
      {"ended", "end"},
  };
  const int columns = static_cast<int>(reports.size());
  const int column = std::max(14, std::min(26, (width - 28) / std::max(1, columns)));
  std::string out = fmt::format("\nSide by side\n  {:<26}", "");
  for (const Report& r : reports) out += fmt::format("{:<{}}", r.profile, column);
  for (const Row& row : kRows) {
    out += fmt::format("\n  {:<26}", row.label);
    for (const Report& r : reports) {
      const auto value = figure_value(r, {row.figure, "", 1});
      std::string text = value ? format_value(*value) : "-";
      if (static_cast<int>(text.size()) >= column) {
        text = text.substr(0, static_cast<size_t>(column) - 3) + "..";
      }
      out += fmt::format("{:<{}}", text, column);
    }
  }
  return out + "\n";
}

}  // namespace twin::scenario
