#include "viz/view/live_desk.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "viz/view/time_axis.h"

namespace twin::viz {

namespace {

// The timeline has room for what is to come: it doubles when the run has filled it.
sim::Time horizon_of(const Recording& recording) {
  int64_t room = int64_t{300} * 1'000'000'000;
  const int64_t passed = (recording.last - recording.ready).ns;
  while (passed > room - room / 20) room *= 2;
  return recording.ready + sim::Duration{room};
}

std::string line_of(const sim::Error& error) {
  return error.hint.empty() ? error.what : error.what + "; " + error.hint;
}

}  // namespace

LiveDesk::LiveDesk(std::unique_ptr<scenario::LiveSession> session) : session_(std::move(session)) {}

sim::Expected<std::unique_ptr<LiveDesk>> LiveDesk::open(const std::string& path,
                                                        const scenario::LiveOptions& options) {
  auto session = scenario::LiveSession::open(path, options);
  if (!session) return session.error();
  std::unique_ptr<LiveDesk> desk(new LiveDesk(std::move(*session)));
  // A scenario without a lesson is played live all the same.
  auto lesson = training::load_lesson(path);
  if (lesson) desk->exam_.emplace(std::move(*lesson));
  desk->refresh(desk->session_->zero());
  return desk;
}

void LiveDesk::refresh(sim::Time playhead) {
  auto opened = Recording::open(session_->trace(), session_->scenario().file);
  TWIN_ASSERT_MSG(opened.has_value(), "the session's own trace is whole");
  opened->last = std::max(opened->last, session_->zero() + session_->now());
  std::optional<UiState> ui;
  if (dashboard_) ui = std::move(dashboard_->ui);
  const sim::Time horizon = horizon_of(*opened);
  const bool whole = !ui || (ui->view_begin.ns == 0 && ui->view_end >= ui->horizon);
  dashboard_.reset();  // it refers to the recording
  recording_ = std::make_unique<Recording>(std::move(*opened));
  dashboard_ = std::make_unique<Dashboard>(*recording_);
  if (ui) dashboard_->ui = std::move(*ui);
  dashboard_->ui.horizon = horizon;
  if (whole) whole_view(dashboard_->ui, *recording_);
  dashboard_->replay.seek(std::min(playhead, recording_->last));
  show_time(dashboard_->ui, *recording_, dashboard_->replay.at());
}

void LiveDesk::say(std::string text, bool good, bool of_lesson) {
  told_ = std::move(text);
  told_of_lesson_ = of_lesson;
  told_good_ = good;
}

void LiveDesk::tick(double seconds) {
  UiState& ui = dashboard_->ui;
  if (!ui.playing) return;
  const auto by = static_cast<int64_t>(seconds * ui.speed * 1e9);
  const sim::Time to = dashboard_->replay.at() + sim::Duration{by};
  if (to <= recording_->last) {
    dashboard_->replay.seek(to);
    show_time(ui, *recording_, to);
    return;
  }
  advance(to - session_->zero());
  if (const std::string why = session_->stopped(); !why.empty()) {
    dashboard_->ui.playing = false;
    say(why, false);
  }
}

void LiveDesk::advance(sim::Duration to) {
  session_->advance(to);
  refresh(session_->zero() + session_->now());
}

void LiveDesk::act(const std::string& text) {
  // One acts on what one sees: on the past, by going back to it.
  if (dashboard_->replay.at() < recording_->last) rewind_to_playhead();
  const auto acted = session_->act(text);
  if (!acted) return say(line_of(acted.error()), false);
  refresh(session_->zero() + session_->now());
  say("Done: " + session_->acts().back().what, true);
}

void LiveDesk::rewind_to_playhead() {
  const sim::Time to = dashboard_->replay.at();
  const size_t before = session_->acts().size();
  session_->rewind(std::max(to - session_->zero(), sim::Duration{}));
  refresh(to);
  const size_t gone = before - session_->acts().size();
  say(gone == 0 ? "The run goes on from here"
                : fmt::format("The run goes on from here; {} forgotten",
                              gone == 1 ? "one act is" : fmt::format("{} acts are", gone)),
      true);
}

void LiveDesk::undo() {
  if (session_->acts().empty()) return say("Nothing was done yet", false);
  const sim::Duration at = session_->acts().back().at;
  session_->rewind(at - sim::Duration{1});
  refresh(session_->zero() + session_->now());
  say("Taken back: the run stands just before it", true);
}

void LiveDesk::save(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string text = session_->saved_text(slash == path.npos ? "" : path.substr(0, slash));
  std::ofstream out(path);
  out << text;
  out.close();
  say(out ? "Written: " + path : path + " cannot be written", static_cast<bool>(out));
}

// The run to its end, untouched from here.
void LiveDesk::judge() {
  if (!exam_ || !exam_->lesson().task) return say("There is no task to judge", false);
  const training::Grade grade = exam_->judge_task(session_->finish());
  say((grade.right ? "Done. " : "Not yet. ") + grade.told, grade.right, true);
}

std::string LiveDesk::pod() const {
  const auto& nodes = dashboard_->replay.cursor().nodes();
  const auto pinned = nodes.find(dashboard_->ui.pinned_node);
  if (pinned != nodes.end() && !pinned->second.pod.empty()) return pinned->second.pod;
  for (const auto& [id, node] : nodes) {
    if ((node.roles & 1) != 0 && !node.pod.empty()) return node.pod;
  }
  return "my-cluster-broker-0";
}

// Whether `on` was done later than `off`.
bool LiveDesk::last_set(const std::string& on, const std::string& off) const {
  for (size_t i = session_->acts().size(); i-- > 0;) {
    const std::string& what = session_->acts()[i].what;
    if (what.find(off) != what.npos) return false;
    if (what.find(on) != what.npos) return true;
  }
  return false;
}

std::vector<OfferedAct> LiveDesk::offered() const {
  std::string kafka = "my-cluster";
  for (const auto& object : session_->scenario().objects) {
    if (object->kind == api::Kind::kafka) kafka = object->metadata.name;
  }
  const auto& zones = session_->scenario().environment.zones;
  const std::string zone = zones.size() > 1 ? zones[1] : "zone-a";
  const bool paused = last_set("pause-reconciliation: true", "pause-reconciliation: null");
  const bool stopped = last_set("stopOperator", "startOperator");
  const auto fault = [](const std::string& kind, const std::string& target,
                        const std::string& more) {
    return fmt::format("{{fault: {{kind: {}, target: {}{}}}}}", kind, target, more);
  };
  return {
      {"Delete " + pod(), fault("pod-delete", pod(), "")},
      {"Power off its machine", fault("power-off", pod(), ", duration: 60s")},
      {"Slow its disk", fault("slow-disk", pod(), ", amount: 20, duration: 5min")},
      {"Lose a zone", fault("zone-loss", zone, ", duration: 10min")},
      {paused ? "Resume reconciliation" : "Pause reconciliation",
       fmt::format("{{annotate: {{Kafka/{}: {{strimzi.io/pause-reconciliation: {}}}}}}}", kafka,
                   paused ? "null" : "\"true\"")},
      {stopped ? "Start the operator" : "Stop the operator",
       stopped ? "{startOperator: 0}" : "{stopOperator: 0}"},
      {"Change the throttle", "{throttle: 60M}"},
      {"Verify the reassignment", "{verifyReassignment: true}"},
      {"Change a setting",
       fmt::format("{{set: {{Kafka/{}: {{spec.kafka.config.auto.leader.rebalance.enable: "
                   "\"false\"}}}}}}",
                   kafka)},
  };
}

void LiveDesk::begin_typing(bool answering, std::string text) {
  typing_ = true;
  answering_ = answering;
  typed_ = std::move(text);
}

void LiveDesk::offer(size_t index) {
  const auto all = offered();
  if (index < all.size()) begin_typing(false, all[index].text);
}

void LiveDesk::hint() {
  if (!exam_ || page_ < 0 || page_ >= static_cast<int64_t>(exam_->items())) {
    return say("Hints belong to questions", false);
  }
  const std::string hint = exam_->hint(static_cast<size_t>(page_));
  if (hint.empty()) return say("There are no more hints", false, true);
  hints_.push_back(hint);
}

bool LiveDesk::choosing() const {
  if (!exam_ || page_ < 0) return false;
  const auto item = static_cast<size_t>(page_);
  return item < exam_->lesson().questions.size() &&
         !exam_->lesson().questions[item].choices.empty() && !exam_->done(item);
}

void LiveDesk::answer(const std::string& text) {
  const auto graded = exam_->answer(static_cast<size_t>(page_), text);
  if (!graded) return say(line_of(graded.error()), false, true);
  if (!graded->right) return say("No. Try again; E gives a hint.", false, true);
  say("Right. " + graded->told, true, true);
}

bool LiveDesk::type(unsigned character) {
  if (typing_) {
    if (character >= 32 && character < 127) typed_ += static_cast<char>(character);
    return true;
  }
  if (choosing() && character >= 'a') {
    const auto& choices = exam_->lesson().questions[static_cast<size_t>(page_)].choices;
    if (character < 'a' + choices.size()) {
      return answer(std::string(1, static_cast<char>(character))), true;
    }
  }
  if (character >= '1' && character <= '9') return offer(character - '1'), true;
  switch (character) {
    case ':':
      return begin_typing(false, "{"), true;
    case 'r':
    case 'R':
      return rewind_to_playhead(), true;
    case 'u':
    case 'U':
      return undo(), true;
    case 'k':
    case 'K':
      return save("kafka-twin-live.yaml"), true;
    case 'e':
    case 'E':
      return hint(), true;
    case 'j':
    case 'J':
      return judge(), true;
    case 'l':
    case 'L':
      shown_ = !shown_;
      return true;
    default:
      return false;
  }
}

void LiveDesk::enter() {
  if (typing_) {
    typing_ = false;
    const std::string text = std::exchange(typed_, {});
    if (answering_) return answer(text);
    return act(text);
  }
  if (!exam_) return begin_typing(false, "{");
  const auto items = static_cast<int64_t>(exam_->items());
  const bool question = page_ >= 0 && !exam_->is_task(static_cast<size_t>(page_));
  if (question && page_ < items && !exam_->done(static_cast<size_t>(page_))) {
    return begin_typing(true, "");
  }
  if (page_ >= items) {
    page_ = -1;
  } else {
    ++page_;
  }
  hints_.clear();
  told_.clear();
}

void LiveDesk::erase() {
  if (!typed_.empty()) typed_.pop_back();
}

void LiveDesk::cancel() {
  typing_ = false;
  typed_.clear();
}

float LiveDesk::side_width(float width, float scale) {
  return std::clamp(width * 0.235f, 290 * scale, 400 * scale);
}

void LiveDesk::draw(const Dashboard::Canvas& canvas) {
  const float side = shown_ ? side_width(canvas.width, canvas.scale) : 0;
  Dashboard::Canvas left = canvas;
  left.width -= side;
  dashboard_->draw(left);
  if (!shown_) return;
  const Theme theme = theme_of(dashboard_->ui.dark);
  Frame f{*recording_,  dashboard_->replay, no_snapshot_,       dashboard_->ui,
          theme,        canvas.fonts,       canvas.texture,     ImGui::GetBackgroundDrawList(),
          canvas.scale, canvas.clock_s,     canvas.interactive, canvas.drawn};
  draw_panel(f, {canvas.width - side, 0, side, canvas.height});
}

}  // namespace twin::viz
