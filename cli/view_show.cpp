// The viewer behind `kafka-twin view`: pictures without a window, or the window.
#include <charconv>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/time_text.h"
#include "cli/view.h"
#include "viz/view/commands.h"
#include "viz/view/offscreen.h"
#include "viz/view/settings.h"
#include "viz/view/window.h"

namespace twin::cli {

namespace {

struct Size {
  int width = 0, height = 0;
};

sim::Expected<Size> parse_size(const std::string& text) {
  const sim::Error error{"--size", "`" + text + "` is no size",
                         "width and height in pixels, 1600x900; from 640x400 to 7680x4320"};
  const size_t cross = text.find('x');
  if (cross == text.npos) return error;
  Size size;
  const auto number = [](std::string_view part, int& into) {
    const auto read = std::from_chars(part.data(), part.data() + part.size(), into);
    return read.ec == std::errc{} && read.ptr == part.data() + part.size();
  };
  const std::string_view all = text;
  if (!number(all.substr(0, cross), size.width)) return error;
  if (!number(all.substr(cross + 1), size.height)) return error;
  if (size.width < 640 || size.height < 400 || size.width > 7680 || size.height > 4320) {
    return error;
  }
  return size;
}

// A moment as the user wrote it, within the run.
sim::Expected<sim::Time> moment(const std::string& text, sim::Time otherwise,
                                const viz::Recording& recording, const std::string& option) {
  if (text.empty()) return otherwise;
  auto at = parse_clock(text);
  if (!at) return sim::Error{option, at.error().what, at.error().hint};
  if (*at <= recording.last) return at;
  return sim::Error{option, "the run ended at " + sim::format_clock(recording.last),
                    "choose a time before that"};
}

// Where somebody begins to look: when something begins to happen.
sim::Time first_look(const viz::Recording& recording) {
  for (const viz::Marker& marker : recording.markers) {
    if (marker.at > recording.ready) return marker.at;
  }
  return recording.ready;
}

sim::Expected<void> prepare(viz::Dashboard& dashboard, const viz::Recording& recording,
                            const ViewArguments& arguments) {
  const auto at = moment(arguments.at, first_look(recording), recording, "--at");
  if (!at) return at.error();
  const auto from = moment(arguments.from, sim::Time{}, recording, "--from");
  if (!from) return from.error();
  const auto to = moment(arguments.to, recording.last, recording, "--to");
  if (!to) return to.error();
  if (*to <= *from) return sim::Error{"--to", "it is not after --from", "choose a later time"};
  bool found = false;
  dashboard.ui.shown = viz::panel_named(arguments.panel, found);
  if (!arguments.theme.empty()) dashboard.ui.dark = arguments.theme != "light";
  if (arguments.speed > 0) dashboard.ui.speed = arguments.speed;
  if (!arguments.from.empty() || !arguments.to.empty()) {
    dashboard.ui.view_begin = *from;
    dashboard.ui.view_end = *to;
  }
  dashboard.replay.seek(*at);
  return {};
}

int picture(viz::Offscreen& screen, viz::Dashboard& dashboard, const std::string& path) {
  const auto written = viz::write_png(path, screen.draw(dashboard));
  return written ? kHolds : bad_input(written.error());
}

int frames(viz::Offscreen& screen, viz::Dashboard& dashboard, const viz::Recording& recording,
           const ViewArguments& arguments) {
  std::error_code failed;
  std::filesystem::create_directories(arguments.frames, failed);
  if (failed) return bad_input({arguments.frames, failed.message(), "name another folder"});
  const sim::Time begin = arguments.from.empty() ? dashboard.replay.at() : dashboard.ui.view_begin;
  const sim::Time end = arguments.to.empty() ? recording.last : dashboard.ui.view_end;
  const auto step = static_cast<int64_t>(dashboard.ui.speed * 1e9 / arguments.fps);
  int64_t count = 0;
  for (sim::Time at = begin; at <= end && !interrupted; at.ns += step, ++count) {
    dashboard.replay.seek(at);
    const std::string path = fmt::format("{}/frame-{:05}.png", arguments.frames, count);
    const auto written = viz::write_png(path, screen.draw(dashboard));
    if (!written) return bad_input(written.error());
  }
  print(fmt::format("{} pictures in {}\n", count, arguments.frames));
  return interrupted ? interrupted_status() : kHolds;
}

sim::Expected<viz::Recording> open(const std::string& name, const TraceSource& source) {
  auto trace = source();
  if (!trace) return trace.error();
  return viz::Recording::open(std::move(*trace), name);
}

int window(const ViewArguments& arguments, const Size& size, const TraceSource& source,
           const TraceSource& other) {
  viz::WindowOptions options;
  options.width = size.width;
  options.height = size.height;
  options.title = "kafka-twin " + arguments.input;
  options.settings_path = viz::Settings::usual_path();
  options.loading = "Opening " + arguments.input;
  options.interrupt = &interrupted;
  options.open = [&] { return open(arguments.input, source); };
  if (other) options.open_other = [&] { return open(arguments.compare, other); };
  options.prepare = [&](viz::Dashboard& dashboard, const viz::Recording& recording) {
    return prepare(dashboard, recording, arguments);
  };
  const auto shown = viz::run_window(options);
  if (interrupted) return interrupted_status();
  return shown ? kHolds : bad_input(shown.error());
}

}  // namespace

int show_live(const ViewArguments& arguments) {
  const auto size = parse_size(arguments.size);
  if (!size) return bad_input(size.error());
  const auto opened = [&] {
    return viz::LiveDesk::open(arguments.input, {arguments.profile, &interrupted});
  };
  const auto prepare_live = [&](viz::Dashboard& dashboard, const viz::Recording&) {
    if (!arguments.theme.empty()) dashboard.ui.dark = arguments.theme != "light";
    if (arguments.speed > 0) dashboard.ui.speed = arguments.speed;
    return sim::Expected<void>();
  };
  if (arguments.screenshot.empty()) {
    viz::WindowOptions options;
    options.width = size->width;
    options.height = size->height;
    options.title = "kafka-twin live " + arguments.input;
    options.settings_path = viz::Settings::usual_path();
    options.loading = "Deploying " + arguments.input;
    options.interrupt = &interrupted;
    options.open_live = opened;
    options.prepare = prepare_live;
    const auto shown = viz::run_window(options);
    if (interrupted) return interrupted_status();
    return shown ? kHolds : bad_input(shown.error());
  }
  auto desk = opened();
  if (!desk) return bad_input(desk.error());
  const auto at = parse_clock(arguments.at.empty() ? "0" : arguments.at);
  if (!at) return bad_input({"--at", at.error().what, at.error().hint});
  (void)prepare_live((*desk)->dashboard(), (*desk)->recording());
  (*desk)->advance(sim::Duration{at->ns});
  auto screen =
      viz::Offscreen::open(size->width, size->height, viz::scale_for(size->width, size->height));
  if (!screen) return bad_input(screen.error());
  const auto written = viz::write_png(arguments.screenshot, (*screen)->draw(**desk));
  return written ? kHolds : bad_input(written.error());
}

int show(const ViewArguments& arguments, const TraceSource& source, const TraceSource& other) {
  const auto size = parse_size(arguments.size);
  if (!size) return bad_input(size.error());
  if (arguments.screenshot.empty() && arguments.frames.empty()) {
    return window(arguments, *size, source, other);
  }
  const auto recording = open(arguments.input, source);
  if (!recording) return bad_input(recording.error());
  std::optional<viz::Recording> beside;
  if (other) {
    auto opened = open(arguments.compare, other);
    if (!opened) return bad_input(opened.error());
    beside = std::move(*opened);
  }
  if (interrupted) return interrupted_status();
  viz::Dashboard dashboard(*recording);
  if (beside) dashboard.compare_with(*beside);
  const auto prepared = prepare(dashboard, *recording, arguments);
  if (!prepared) return bad_input(prepared.error());
  auto screen =
      viz::Offscreen::open(size->width, size->height, viz::scale_for(size->width, size->height));
  if (!screen) return bad_input(screen.error());
  if (!arguments.frames.empty()) return frames(**screen, dashboard, *recording, arguments);
  return picture(**screen, dashboard, arguments.screenshot);
}

}  // namespace twin::cli
