#include "scenarios/runner/explain.h"

#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "controller/ports.h"
#include "model/trace/cursor.h"
#include "model/trace/decode.h"
#include "scenarios/runner/explain_story.h"
#include "scenarios/runner/text_layout.h"

namespace twin::scenario {

using controller::DecisionKind;
using trace::decode;
using trace::RecordType;

namespace {

// A port call as the trace tells it.
struct CallView {
  std::string what;
  std::string outcome = "no reply yet";
  sim::Time asked;
  std::optional<sim::Time> as_of;
};

struct DecisionView {
  sim::Time at;
  DecisionKind kind = DecisionKind::note;
  int64_t node = -1;
  std::string subject, code, reason;
  std::vector<int64_t> cites;
};

std::string enum_text(RecordType type, size_t field, int64_t value) {
  const trace::RecordInfo* info = trace::record_info(static_cast<uint16_t>(type));
  return std::string(info->fields[field].enum_name(value));
}

// Gathers calls and decisions on the way to the moment asked about, and the first ones after it.
class Reader {
 public:
  explicit Reader(const ExplainQuestion& question)
      : question_(question), story_(question.node, question.at) {}

  void take(const sim::Record& record) {
    if (record.at <= question_.at) {
      const int64_t known = cursor_.generation();
      cursor_.apply(record);
      if (cursor_.generation() != known) story_.changed(record.at);
    } else {
      names_after_.on_record(record);
    }
    last_at_ = record.at;
    switch (trace::type_of(record)) {
      case RecordType::KubeCallMade:
        kube_call(record);
        break;
      case RecordType::KafkaCallMade:
        kafka_call(record);
        break;
      case RecordType::ReplyReceived:
        reply(record);
        break;
      case RecordType::DecisionMade:
        decision(record);
        break;
      case RecordType::PodDeletionMarked:
        deletion(record);
        break;
      default:
        break;
    }
  }

  std::string answer() const;
  const trace::Cursor& cursor() const { return cursor_; }
  sim::Time last_at() const { return last_at_; }

 private:
  std::string_view string(int64_t index) const {
    const std::string_view before = cursor_.names().string(index);
    return before.empty() ? names_after_.string(index) : before;
  }
  void kube_call(const sim::Record& record) {
    const auto r = decode<trace::KubeCallMade>(record);
    CallView& call = calls_[r.call];
    call.what = enum_text(RecordType::KubeCallMade, 2, r.verb) + " " +
                enum_text(RecordType::KubeCallMade, 3, r.kind);
    const std::string_view name = string(r.name_string);
    if (!name.empty()) call.what += " " + std::string(name);
    call.asked = record.at;
  }
  void kafka_call(const sim::Record& record) {
    const auto r = decode<trace::KafkaCallMade>(record);
    CallView& call = calls_[r.call];
    call.what =
        enum_text(RecordType::KafkaCallMade, 2, r.request) + " at " + cursor_.names().node(r.node);
    call.asked = record.at;
  }
  void reply(const sim::Record& record) {
    const auto r = decode<trace::ReplyReceived>(record);
    const auto call = calls_.find(r.call);
    if (call == calls_.end()) return;
    call->second.outcome = enum_text(RecordType::ReplyReceived, 1, r.outcome);
    call->second.as_of = sim::Time{r.as_of_ns};
  }
  void decision(const sim::Record& record) {
    const auto r = decode<trace::DecisionMade>(record);
    DecisionView view;
    view.subject = std::string(string(r.subject_string));
    const bool about_it =
        r.node == question_.node ||
        (!view.subject.empty() && cursor_.node_of_pod(view.subject) == question_.node);
    const auto kind = static_cast<DecisionKind>(r.decision_kind);
    const std::string code(string(r.code_string));
    story_.decided({record.at, kind, view.subject, code, std::string(record.text)},
                   about_it ? question_.node : r.node);
    const bool of_cluster =
        r.node < 0 && kind != DecisionKind::note && kind != DecisionKind::create;
    if (!about_it && !of_cluster) {
      if (r.node < 0 || record.at > question_.at) return;
      elsewhere_.emplace(r.node, DecisionView{});
    }
    view.at = record.at;
    view.kind = kind;
    view.node = r.node;
    view.code = code;
    view.reason = std::string(record.text);
    const auto tail = trace::tail_of<trace::DecisionMade>(record);
    view.cites.assign(tail.begin(), tail.end());
    if (record.at > question_.at) {
      constexpr size_t kShownAfter = 3;
      const bool of_all = of_cluster && kind != DecisionKind::wait && kind != DecisionKind::order;
      if (after_.size() < kShownAfter && (about_it || of_all)) after_.push_back(std::move(view));
    } else if (about_it) {
      before_.push_back(std::move(view));
    } else if (of_cluster) {
      cluster_ = std::move(view);
    } else {
      elsewhere_[r.node] = std::move(view);
    }
  }
  void deletion(const sim::Record& record) {
    const auto r = decode<trace::PodDeletionMarked>(record);
    if (cursor_.node_of_pod(string(r.pod_string)) != question_.node) return;
    if (record.at <= question_.at) story_.deleted(record.at);
    if (record.at > question_.at && !deleted_after_) deleted_after_ = record.at;
  }

  void item(std::string& out, const std::string& text) const {
    bool first = true;
    for (const std::string& line : wrap(text, question_.width - 4)) {
      out += (first ? "  " : "      ") + line + "\n";
      first = false;
    }
  }
  // Below an item.
  void detail(std::string& out, const std::string& text) const {
    for (const std::string& line : wrap(text, question_.width - 8)) out += "      " + line + "\n";
  }
  void came_next(std::string& out) const;
  void heading(std::string& out, const std::string& text) const {
    out += "\n" + paint(Paint::bold, text, question_.colour) + "\n";
  }
  std::string describe(const DecisionView& view) const {
    std::string text =
        sim::format_clock(view.at) + "  " + std::string(controller::decision_kind_name(view.kind));
    if (!view.subject.empty()) text += " " + view.subject;
    if (!view.code.empty()) text += " [" + view.code + "]";
    return text + ": " + view.reason;
  }
  void with_cites(std::string& out, const DecisionView& view) const;
  void state(std::string& out) const;

  ExplainQuestion question_;
  trace::Cursor cursor_;
  trace::Names names_after_;
  sim::Time last_at_{};
  std::map<int64_t, CallView> calls_;
  std::vector<DecisionView> before_, after_;
  DecisionView cluster_;
  std::map<int64_t, DecisionView> elsewhere_;  // last decision about each other node
  std::optional<sim::Time> deleted_after_;
  Story story_;
};

void Reader::with_cites(std::string& out, const DecisionView& view) const {
  item(out, describe(view));
  for (const int64_t cite : view.cites) {
    const auto call = calls_.find(cite);
    if (call == calls_.end()) continue;
    std::string text = "rests on call " + std::to_string(cite) + ", " + call->second.what + ": " +
                       call->second.outcome;
    if (call->second.as_of) {
      text += ", true at " + sim::format_clock(*call->second.as_of) + " (" +
              sim::format_duration(view.at - *call->second.as_of) + " old)";
    }
    detail(out, text);
  }
}

void Reader::state(std::string& out) const {
  const trace::NodeView& node = cursor_.nodes().at(question_.node);
  std::string text = cursor_.names().node(question_.node);
  if (!node.pod.empty()) text += " (" + node.pod + ")";
  if (!node.running) {
    text += node.pod_exists ? ": no process runs in its pod" : ": has no pod";
  } else {
    text += ": runs Kafka " + node.version;
    if (node.loading_logs) text += ", loads its logs";
    if (node.shutting_down) text += ", is shutting down";
    if ((node.roles & 1) != 0) text += node.fenced ? ", fenced" : ", unfenced";
  }
  if (node.pod_exists) text += node.pod_ready ? ", pod Ready" : ", pod not Ready";
  if (node.pod_deleting) text += ", pod Terminating";
  item(out, text);
  int64_t replicas = 0, in_isr = 0, leads = 0, urp = 0, under = 0, offline = 0;
  for (const trace::PartitionView& p : cursor_.partitions()) {
    for (const int64_t replica : p.replicas()) {
      if (replica != question_.node) continue;
      ++replicas;
      in_isr += p.in_isr(question_.node) ? 1 : 0;
    }
    leads += p.leader == question_.node ? 1 : 0;
    urp += p.under_replicated() ? 1 : 0;
    under += p.under_min_isr ? 1 : 0;
    offline += !p.replicas().empty() && p.leader < 0 ? 1 : 0;
  }
  if ((node.roles & 1) != 0) {
    item(out, fmt::format("it is in the ISR of {} of its {} partitions and leads {}", in_isr,
                          replicas, leads));
  }
  item(out, fmt::format("cluster: {} under-replicated, {} under min.insync.replicas, {} without a "
                        "leader, of {} partitions",
                        urp, under, offline, cursor_.partitions().size()));
}

std::string Reader::answer() const {
  std::string out =
      paint(Paint::bold, "Why, at " + sim::format_clock(question_.at) + "?", question_.colour) +
      "\n";
  item(out, story_.conclusion(cursor_));
  heading(out, "What was true");
  state(out);
  heading(out, "What the operator had decided about it");
  constexpr size_t kShown = 3;
  const size_t first = before_.size() > kShown ? before_.size() - kShown : 0;
  for (size_t i = first; i < before_.size(); ++i) with_cites(out, before_[i]);
  if (before_.empty()) item(out, "nothing");
  if (!cluster_.reason.empty()) {
    heading(out, "Its last decision about the cluster");
    with_cites(out, cluster_);
  }
  if (!elsewhere_.empty()) heading(out, "Its last decision about each other node");
  for (const auto& [id, view] : elsewhere_) {
    if (!view.reason.empty()) item(out, describe(view));
  }
  heading(out, "What came next");
  came_next(out);
  if (after_.empty() && !deleted_after_) item(out, "nothing: the run ended");
  return out;
}

// In the order of time, although the deletion of its pod is found on its own.
void Reader::came_next(std::string& out) const {
  bool told = !deleted_after_;
  const auto tell = [&] {
    item(out, sim::format_clock(*deleted_after_) + "  its pod was deleted");
    told = true;
  };
  for (const DecisionView& view : after_) {
    if (!told && *deleted_after_ < view.at) tell();
    item(out, describe(view));
  }
  if (!told) tell();
}

std::string known_nodes(const trace::Cursor& cursor) {
  std::string list;
  for (const auto& [id, view] : cursor.nodes()) {
    list += (list.empty() ? "" : ", ") + std::to_string(id);
  }
  return list.empty() ? "no node existed yet" : "nodes are " + list;
}

}  // namespace

sim::Expected<std::string> explain(std::span<const std::byte> trace,
                                   const ExplainQuestion& question) {
  sim::TraceReader reader(trace);
  Reader answer(question);
  sim::Record record;
  sim::ReadResult result = sim::ReadResult::record;
  while ((result = reader.next(record)) == sim::ReadResult::record) answer.take(record);
  if (result != sim::ReadResult::end && answer.last_at() <= question.at) {
    return sim::Error{"", reader.error(), "record it again with kafka-twin run ... --trace FILE"};
  }
  if (answer.last_at() < question.at) {
    return sim::Error{"--at", "the run ended at " + sim::format_clock(answer.last_at()),
                      "ask about a time before that"};
  }
  if (!answer.cursor().nodes().contains(question.node)) {
    return sim::Error{"--broker",
                      "there was no node " + std::to_string(question.node) + " at " +
                          sim::format_clock(question.at),
                      known_nodes(answer.cursor())};
  }
  return answer.answer();
}

}  // namespace twin::scenario
