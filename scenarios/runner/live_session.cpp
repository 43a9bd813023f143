#include "scenarios/runner/live_session.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "scenarios/runner/session.h"

namespace twin::scenario {

namespace {

constexpr int64_t kMilli = 1'000'000;

// For people: "{kind: zone-loss, target: zone-b}".
std::string flow_text(const api::Value& value) {
  if (value.is_null()) return "null";
  if (value.is_scalar()) return value.scalar_text();
  std::string text;
  const auto add = [&](const std::string& item) { text += (text.empty() ? "" : ", ") + item; };
  if (value.is_list()) {
    for (const api::Value& item : value.items()) add(flow_text(item));
    return "[" + text + "]";
  }
  for (const auto& [key, item] : value.entries()) add(key + ": " + flow_text(item));
  return "{" + text + "}";
}

// The words that say when a step is taken: for an act that is now.
constexpr std::string_view kTriggers[] = {"id", "at", "when", "after", "on"};

}  // namespace

LiveSession::LiveSession(ScenarioFile file, const LiveOptions& options)
    : file_(std::move(file)), options_(options) {
  if (!options.profile.empty()) file_.set_profile(options.profile);
}

LiveSession::~LiveSession() = default;

sim::Expected<std::unique_ptr<LiveSession>> LiveSession::open(const std::string& path,
                                                              const LiveOptions& options) {
  auto file = ScenarioFile::read(path);
  if (!file) return file.error();
  std::unique_ptr<LiveSession> live(new LiveSession(std::move(*file), options));
  const auto played = live->replay({});
  if (!played) return played.error();
  return live;
}

sim::Expected<std::unique_ptr<LiveSession>> LiveSession::open_text(std::string_view text,
                                                                   const std::string& file,
                                                                   const LiveOptions& options) {
  auto parsed = ScenarioFile::parse(text, file);
  if (!parsed) return parsed.error();
  std::unique_ptr<LiveSession> live(new LiveSession(std::move(*parsed), options));
  const auto played = live->replay({});
  if (!played) return played.error();
  return live;
}

sim::Time LiveSession::zero() const { return session_->zero(); }

std::string LiveSession::stopped() const {
  if (!session_->bad_step().empty()) return session_->bad_step();
  if (now_ < scenario_.time_max) return {};
  return "the scenario ends here: its timeMax is " + sim::format_duration(scenario_.time_max);
}

void LiveSession::advance(sim::Duration to) {
  to = std::min(to, scenario_.time_max);
  if (to <= now_ || !session_->bad_step().empty()) return;
  session_->advance(session_->zero() + to);
  now_ = session_->world().kernel.now() - session_->zero();
}

sim::Expected<void> LiveSession::replay(sim::Duration to) {
  auto loaded = file_.load();
  if (!loaded) return loaded.error();
  session_.reset();  // it refers to what follows
  scenario_ = std::move(*loaded);
  sink_ = std::make_unique<sim::MemorySink>();
  SessionOptions options;
  options.trace = sink_.get();
  options.interrupt = options_.interrupt;
  session_ = std::make_unique<Session>(scenario_, options);
  now_ = {};
  if (!session_->begin()) {
    std::string why = session_->bad_step();
    const auto open = session_->pending();
    if (why.empty() && !open.empty()) why = open.front();
    return sim::Error{file_.file(), "the cluster was never deployed: " + why,
                      "kafka-twin run says more"};
  }
  advance(to);
  return {};
}

// No step of the file has it.
std::string LiveSession::free_id() const {
  std::set<std::string> taken;
  for (const Step& step : scenario_.steps) taken.insert(step.id);
  for (int n = 1;; ++n) {
    std::string id = fmt::format("live-{}", n);
    if (!taken.contains(id)) return id;
  }
}

sim::Expected<void> LiveSession::add_act(sim::Duration at, const std::string& act) {
  auto parsed = api::parse_scalar_or_flow(act, "");
  if (!parsed) return sim::Error{"", parsed.error().what, parsed.error().hint};
  const sim::Error no_act{"", "`" + act + "` is no act",
                          "an action of a step, for example {fault: {kind: pod-delete, target: "
                          "my-cluster-broker-0}} or {throttle: 60M}"};
  if (!parsed->is_map() || parsed->entries().empty()) return no_act;
  for (const std::string_view key : kTriggers) {
    if (parsed->find(key) == nullptr) continue;
    return sim::Error{"", fmt::format("an act has no `{}`: it is taken now", key), "leave it out"};
  }
  Act done{free_id(), at, {}};
  api::Value step = api::Value::map();
  step.set("id", api::Value::string(done.id));
  step.set("at", duration_value(at));
  for (const auto& [key, value] : parsed->entries()) {
    if (!done.what.empty()) done.what += ", ";
    done.what += key + ": " + flow_text(value);
    step.set(key, value);
  }
  file_.steps().push_back(std::move(step));
  acts_.push_back(std::move(done));
  return {};
}

void LiveSession::drop_acts(size_t keep) {
  while (acts_.size() > keep) {
    acts_.pop_back();
    file_.steps().pop_back();
  }
}

sim::Expected<void> LiveSession::act(const std::string& act) {
  const sim::Duration before = now_;
  if (const std::string why = stopped(); !why.empty()) {
    return sim::Error{"", why, "go back to an earlier moment"};
  }
  const sim::Duration at{(before.ns / kMilli + 1) * kMilli};
  const auto added = add_act(at, act);
  if (!added) return added;
  const auto undo = [&](sim::Error error) {
    drop_acts(acts_.size() - 1);
    const auto back = replay(before);
    return back ? error : back.error();
  };
  const auto played = replay(at);
  // Where it stands in a text that nobody has says nothing.
  if (!played) return undo({"", played.error().what, played.error().hint});
  if (session_->bad_step().empty()) return {};
  const std::string& why = session_->bad_step();
  const size_t colon = why.find("): ");
  return undo({"", colon == why.npos ? why : why.substr(colon + 3), ""});
}

void LiveSession::rewind(sim::Duration to) {
  if (to >= now_) return advance(to);
  size_t keep = 0;
  while (keep < acts_.size() && acts_[keep].at <= to) ++keep;
  drop_acts(keep);
  const auto played = replay(std::max(to, sim::Duration{}));
  TWIN_ASSERT_MSG(played.has_value(), "what was played before can be played again");
}

Report LiveSession::finish() const {
  RunOptions options;
  options.interrupt = options_.interrupt;
  return run_scenario(scenario_, options);
}

std::string LiveSession::saved_text(const std::string& folder) const {
  std::string why = "Played live from " + file_.file() + ".";
  for (const Act& act : acts_) {
    why += fmt::format("\n{} at {}: {}", act.id, sim::format_duration(act.at), act.what);
  }
  return file_.write_for(folder, scenario_.name, why);
}

std::vector<std::byte> LiveSession::trace() {
  sim::TraceWriter& writer = session_->world().kernel.trace;
  writer.flush();
  std::vector<std::byte> bytes = sink_->contents();
  sim::MemorySink footer;
  writer.write_footer(footer);
  const std::vector<std::byte> end = footer.contents();
  bytes.insert(bytes.end(), end.begin(), end.end());
  return bytes;
}

uint64_t LiveSession::fingerprint() const { return session_->world().kernel.trace.fingerprint(); }

uint64_t LiveSession::records() const { return session_->world().kernel.trace.records(); }

}  // namespace twin::scenario
