// Live mode: a run that goes on while one watches, and on which one acts. It talks to a LiveSession
// and, for lessons, to an Exam; what the panels see is a recording of the run so far, opened anew
// whenever the run went on. Nothing here needs a window.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/live_session.h"
#include "scenarios/training/exam.h"
#include "viz/view/dashboard.h"

namespace twin::viz {

// An act that is offered: one edits its text and has it done.
struct OfferedAct {
  std::string label;
  std::string text;
};

class LiveDesk {
 public:
  // Plays until the cluster is Ready. A lesson in the scenario's file is taken along.
  static sim::Expected<std::unique_ptr<LiveDesk>> open(const std::string& path,
                                                       const scenario::LiveOptions& options);

  Dashboard& dashboard() { return *dashboard_; }
  const Recording& recording() const { return *recording_; }
  const scenario::LiveSession& session() const { return *session_; }
  training::Exam* exam() { return exam_ ? &*exam_ : nullptr; }

  // While it plays, wall-clock seconds pass: what was seen already is shown again, then the run
  // itself goes on.
  void tick(double seconds);
  // The run up to that moment of its clock, and the playhead there.
  void advance(sim::Duration to);
  void act(const std::string& text);
  // The run goes on from the playhead; acts after it are forgotten.
  void rewind_to_playhead();
  void undo();
  void save(const std::string& path);
  void judge();

  // Keys. A character is a command of live mode, or part of what is being typed; false: of neither.
  bool type(unsigned character);
  bool typing() const { return typing_; }
  void enter();  // does what was typed, or opens the answer, or turns the page of the lesson
  void erase();
  void cancel();

  std::vector<OfferedAct> offered() const;
  // What stands in the side panel's width at this size; the dashboard has the rest.
  static float side_width(float width, float scale);
  void draw(const Dashboard::Canvas& canvas);
  bool shown() const { return shown_; }
  const std::string& told() const { return told_; }  // the last answer, verdict or mistake

 private:
  explicit LiveDesk(std::unique_ptr<scenario::LiveSession> session);
  void refresh(sim::Time playhead);
  void say(std::string text, bool good, bool of_lesson = false);
  void offer(size_t index);
  void hint();
  void answer(const std::string& text);
  void begin_typing(bool answering, std::string text);
  bool choosing() const;  // a question with choices is open
  std::string pod() const;
  bool last_set(const std::string& on, const std::string& off) const;

  // live_panel.cpp
  void draw_panel(Frame& f, const Rect& rect);
  void draw_lesson(Frame& f, const Rect& rect);
  void draw_page(Frame& f, const Rect& rect);
  float draw_choices(Frame& f, const Rect& rect);
  void draw_acts(Frame& f, const Rect& rect);
  float draw_offers(Frame& f, const Rect& rect);
  void draw_entry(Frame& f, const Rect& rect);

  std::unique_ptr<scenario::LiveSession> session_;
  std::optional<training::Exam> exam_;
  std::unique_ptr<Recording> recording_;
  std::unique_ptr<Dashboard> dashboard_;
  Snapshot no_snapshot_;
  bool shown_ = true;
  bool typing_ = false, answering_ = false;
  std::string typed_;
  std::string told_;
  bool told_good_ = true, told_of_lesson_ = false;
  std::vector<std::string> hints_;  // of the page that is open
  int64_t page_ = -1;               // of the lesson: -1 the story, then its items, then the score
};

}  // namespace twin::viz
