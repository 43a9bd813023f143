// The report for a terminal: what a person reads first stands first, and a figure that is zero is
// still there, since "0 s under min ISR" is the point of the exercise.
#include <map>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/runner/page.h"
#include "scenarios/runner/preflight.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

// "12.3 s at most, 7 min 21 s summed over partitions".
std::string most_and_sum(sim::Duration longest, sim::Duration sum) {
  if (sum.ns == 0) return sim::format_duration(sum);
  return sim::format_duration(longest) + " at most, " + sim::format_duration(sum) +
         " summed over partitions";
}

std::string worst(const std::vector<PartitionFigure>& list) {
  std::string text;
  for (size_t i = 0; i < list.size() && i < 3; ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", list[i].partition,
                        sim::format_duration(list[i].time));
  }
  return text.empty() ? text : " (" + text + ")";
}

Paint paint_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return Paint::green;
    case Verdict::violated:
      return Paint::red;
    case Verdict::unknown:
      return Paint::yellow;
  }
  return Paint::yellow;
}

void preflight_lines(Page& page, const std::vector<std::string>& findings) {
  page.heading("Pre-flight");
  if (findings.empty()) page.item("no topic is known to block a roll or to go dark in one");
  for (const std::string& line : findings) page.item(line, Paint::yellow);
}

void verdict(Page& page, const Report& r) {
  std::string word(verdict_name(r.verdict));
  if (r.as_expected) word += ", as the scenario expects of " + r.profile;
  page.row("verdict", word, paint_of(r.verdict));
  for (const std::string& reason : r.verdict_reasons) page.row("", reason, paint_of(r.verdict));
  page.row("scenario", r.scenario + " (" + r.file + ")");
  page.row("operator", r.profile_claim.empty() ? r.profile : r.profile_claim);
  std::string versions = "Kafka " + r.kafka_version;
  if (!r.metadata_version.empty()) versions += ", metadata.version " + r.metadata_version;
  if (!r.protocol_version.empty()) versions += ", inter.broker.protocol " + r.protocol_version;
  if (!r.message_format_version.empty()) {
    versions += ", message format " + r.message_format_version;
  }
  page.row("at the end", r.kafka_version.empty() ? "no Kafka process runs" : versions);
  page.row("assumed", "Kubernetes " + r.kubernetes_version + ", hardware " + r.hardware);
  page.row("ended", r.end + (r.end_detail.empty() ? "" : ": " + r.end_detail),
           r.end == "settled" ? Paint::none : Paint::yellow);
  for (const std::string& fault : r.active_faults) page.row("still active", fault, Paint::yellow);
}

std::string roll_text(const RollEntry& roll) {
  std::string text;
  const auto add = [&](int64_t n, const char* one) {
    if (n == 0) return;
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", n, one, n == 1 ? "" : "s");
  };
  add(roll.controllers, "controller");
  add(roll.brokers, "broker");
  add(roll.others, "node");
  return fmt::format("{} in {}, {} leader moves", text,
                     sim::format_duration(roll.ended - roll.began), roll.leader_moves);
}

std::string share(int64_t part, int64_t whole) {
  return whole == 0 ? "-" : fmt::format("{} %", (part * 100 + whole / 2) / whole);
}

std::string order_of(const Report& r) {
  constexpr size_t kShown = 200;
  std::string order;
  for (size_t i = 0; i < r.restarts.size() && i < kShown; ++i) {
    const bool together = i > 0 && r.restarts[i].batch == r.restarts[i - 1].batch;
    order += fmt::format("{}{}", i == 0 ? "" : together ? "+" : " ", r.restarts[i].node);
  }
  if (r.restarts.size() <= kShown) return order;
  return order + fmt::format(" and {} more", r.restarts.size() - kShown);
}

std::string leaders_of(const Report& r) {
  std::string text;
  for (const LeaderShare& each : r.leaders) {
    text += fmt::format("{}broker {}: {}", text.empty() ? "" : ", ", each.broker, each.leads);
  }
  return text + "; " + share(r.on_preferred, r.partitions) + " on their preferred replica";
}

void operations(Page& page, const Report& r) {
  page.heading("Operations");
  page.row("duration", sim::format_duration(r.duration));
  const auto restarts = static_cast<int64_t>(r.restarts.size());
  const bool batches = r.restart_batches < restarts;
  page.row("rolls, restarts",
           fmt::format("{}, {}", r.rolls, restarts) +
               (batches ? fmt::format(" in {} batches", r.restart_batches) : ""));
  for (const RollEntry& roll : r.roll_list) page.row("", roll_text(roll));
  if (!r.restarts.empty()) page.row("restart order", order_of(r));
  if (r.failed_reconciles > 0) {
    std::string classes;
    for (const std::string& error : r.errors) classes += (classes.empty() ? "" : ", ") + error;
    page.row("failed reconciles", fmt::format("{} ({})", r.failed_reconciles, classes),
             Paint::yellow);
  }
  page.row("leader moves", fmt::format("{}", r.leader_moves));
  // Some leaders per hundred stay away from home for ever when nobody moves them back.
  const bool away = r.on_preferred * 10 < r.partitions * 9;
  if (!r.leaders.empty()) {
    page.row("leaders at the end", leaders_of(r), away ? Paint::yellow : Paint::none);
  }
  page.row("ISR shrinks, expands", fmt::format("{}, {}", r.isr_shrinks, r.isr_expands));
  page.row("unlucky restarts", fmt::format("{}", r.unlucky_restarts),
           r.unlucky_restarts > 0 ? Paint::yellow : Paint::none);
  if (!r.point_of_no_return.empty()) page.row("point of no return", r.point_of_no_return);
}

void availability(Page& page, const Report& r) {
  page.heading("Availability");
  page.row("time with URP", sim::format_duration(r.urp));
  page.must_be_zero(
      "under min.insync.replicas", r.under_min_isr.ns == 0,
      most_and_sum(r.under_min_isr_longest, r.under_min_isr) + worst(r.under_min_isr_worst));
  page.must_be_zero(
      "without a leader", r.offline.ns == 0,
      sim::format_duration(r.offline) + (r.offline.ns == 0 ? "" : " summed over partitions"));
  page.row("produce unavailable", sim::format_duration(r.produce_unavailable_longest) + " at most" +
                                      worst(r.produce_unavailable_worst));
  page.must_be_zero("records rejected", r.records_rejected == 0,
                    fmt::format("{}", r.records_rejected));
  page.row(
      "worst consumer lag",
      fmt::format("{} records, {}{}", r.consumer_lag_records, sim::format_duration(r.consumer_lag),
                  r.consumer_lag_where.empty() ? "" : " (" + r.consumer_lag_where + ")"));
  page.row("re-replicated", api::format_bytes({r.bytes_replicated}));
  if (r.moves_started > 0) {
    const std::string took =
        r.moves_took ? " in " + sim::format_duration(*r.moves_took) : ", not all ended";
    page.row("partitions reassigned",
             fmt::format("{} of {}{}", r.moves_ended, r.moves_started, took),
             r.moves_took ? Paint::none : Paint::yellow);
    if (r.produce_latency) {
      page.row(
          "produce latency meanwhile",
          fmt::format("half within {}, 99 % within {}, {} at most",
                      latency_text(r.produce_latency->p50), latency_text(r.produce_latency->p99),
                      latency_text(r.produce_latency->longest)));
    }
  }
  for (const RebalanceEntry& each : r.rebalances) {
    const std::string why = each.message.empty() ? "" : " (" + each.message + ")";
    page.row("KafkaRebalance " + each.name, each.state + why,
             each.state == "NotReady" ? Paint::yellow : Paint::none);
  }
  if (r.throttles_left > 0) {
    page.row(
        "throttles left behind",
        fmt::format("on {} brokers and topics: they slow every later catch-up", r.throttles_left),
        Paint::yellow);
  }
  page.must_be_zero("acknowledged bytes lost", r.acknowledged_bytes_lost == 0,
                    api::format_bytes({r.acknowledged_bytes_lost}));
  if (r.unacked_policy_bytes_lost > 0) {
    page.row("lost under acks < all", api::format_bytes({r.unacked_policy_bytes_lost}),
             Paint::yellow);
  }
}

void alerts(Page& page, const Report& r) {
  if (r.alerts.empty()) return;
  page.heading("Alerts of Strimzi's rules");
  for (const Alert& alert : r.alerts) page.item(alert_text(alert), Paint::yellow);
}

// "file.yaml:12:3" without the file that the report names anyway.
std::string place(const Report& r, const std::string& where) {
  return where.starts_with(r.file + ":") ? "line " + where.substr(r.file.size() + 1) : where;
}

void notes(Page& page, const Report& r) {
  if (!r.not_modelled.empty()) page.heading("Not modelled");
  for (const FieldNote& note : r.not_modelled) {
    page.item(fmt::format("{}: {} {}{}", note.where, note.path, note.why,
                          note.touches_safety ? " (makes the verdict unknown)" : ""),
              note.touches_safety ? Paint::yellow : Paint::none);
  }
  if (!r.without_effect.empty()) page.heading("Without effect here");
  std::vector<std::string> reasons;  // each once, in the order of the file
  std::map<std::string, std::string> fields;
  for (const FieldNote& note : r.without_effect) {
    if (fields[note.why].empty()) reasons.push_back(note.why);
    fields[note.why] += fmt::format("{}{} ({})", fields[note.why].empty() ? "" : ", ", note.path,
                                    place(r, note.where));
  }
  for (const std::string& why : reasons) page.item(fields[why] + ": " + why, Paint::faint);
}

void expected(Page& page, const Report& r) {
  std::string_view of = "nobody yet";
  for (const ExpectationResult& e : r.expectations) {
    if (e.of != of) page.heading(e.of.empty() ? "Expected" : "Expected of " + e.of + " alone");
    of = e.of;
    if (e.open) {
      page.item(fmt::format("open     {}, {} ({})", e.text, e.actual, e.where), Paint::yellow);
    } else if (e.holds) {
      page.item("holds    " + e.text, Paint::none);
    } else {
      page.item(fmt::format("FAILS    {}, is {} ({})", e.text, e.actual, e.where), Paint::red);
    }
  }
}

// "not measured" is said once for all laws that are not.
void laws(Page& page, const Report& r) {
  if (r.laws.empty()) return;
  page.heading("Laws used, with their measured error (docs/MODEL.md)");
  std::string unmeasured;
  for (const LawEntry& law : r.laws) {
    if (law.error == "not measured") {
      unmeasured += (unmeasured.empty() ? "" : "; ") + law.name;
    } else {
      page.row(law.name, law.error);
    }
  }
  if (!unmeasured.empty()) page.row("not measured", unmeasured);
}

}  // namespace

std::string alert_text(const Alert& alert) {
  return fmt::format("{} {} {}, {} at most; it {}", alert.rule, alert.spells,
                     alert.spells == 1 ? "time" : "times", sim::format_duration(alert.longest),
                     alert.certain ? "fires" : "may fire");
}

std::string to_text(const Report& r, int width, bool colour, const std::vector<std::string>* told) {
  Page page(width, colour);
  if (r.started && !(told != nullptr && *told == r.preflight)) preflight_lines(page, r.preflight);
  page.heading("Report");
  verdict(page, r);
  if (r.started) {
    operations(page, r);
    availability(page, r);
    alerts(page, r);
  } else {
    page.heading("Operations, availability");
    page.row("all figures", "-  (the workload never ran)");
  }
  expected(page, r);
  notes(page, r);
  laws(page, r);
  page.heading("Run");
  page.row("seed, fingerprint", fmt::format("{}, {:016x}", r.seed, r.fingerprint));
  page.row("events, records", fmt::format("{}, {}", r.events, r.records));
  return page.take();
}

std::string opening_text(const Scenario& scenario, const std::string& profile, int width,
                         bool colour) {
  Page page(width, colour);
  page.heading(scenario.name + " under " + profile);
  if (!scenario.description.empty()) page.item(scenario.description);
  preflight_lines(page, preflight(scenario));
  page.heading("Timeline");
  return page.take();
}

}  // namespace twin::scenario
