#include "viz/view/window.h"

#define GLFW_INCLUDE_NONE
#define GL_GLEXT_PROTOTYPES
#include <algorithm>
#include <optional>
#include <utility>

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>

#include "viz/view/commands.h"
#include "viz/view/offscreen.h"
#include "viz/view/settings.h"

namespace twin::viz {

namespace {

std::string last_glfw_error;  // GLFW tells errors to a plain function

void on_glfw_error(int, const char* what) { last_glfw_error = what; }

// Characters, so that every keyboard layout has them where it prints them.
std::optional<Command> command_of(ImWchar character) {
  switch (character) {
    case ' ':
      return Command::play;
    case '-':
      return Command::slower;
    case '+':
    case '=':
      return Command::faster;
    case 'v':
      return Command::next_violation;
    case 'V':
      return Command::previous_violation;
    case 'f':
    case 'F':
      return Command::next_fault;
    case 'z':
    case 'Z':
      return Command::zoom_in;
    case 'x':
    case 'X':
      return Command::zoom_out;
    case 'w':
    case 'W':
      return Command::whole;
    case 'a':
    case 'A':
      return Command::pan_left;
    case 'd':
    case 'D':
      return Command::pan_right;
    case 'b':
    case 'B':
      return Command::bookmark;
    case 'n':
    case 'N':
      return Command::next_bookmark;
    case 'g':
    case 'G':
      return Command::group;
    case 't':
    case 'T':
      return Command::theme;
    case 's':
    case 'S':
      return Command::screenshot;
    case 'q':
    case 'Q':
      return Command::quit;
    case '?':
    case 'h':
    case 'H':
      return Command::help;
    default:
      return std::nullopt;
  }
}

struct NamedKey {
  int key;
  Command command;
};
constexpr NamedKey kNamedKeys[] = {
    {GLFW_KEY_RIGHT, Command::next_event},
    {GLFW_KEY_LEFT, Command::previous_event},
    {GLFW_KEY_DOWN, Command::next_decision},
    {GLFW_KEY_UP, Command::previous_decision},
    {GLFW_KEY_HOME, Command::begin},
    {GLFW_KEY_END, Command::end},
    {GLFW_KEY_TAB, Command::panel},
    {GLFW_KEY_ESCAPE, Command::unpin},
    {GLFW_KEY_F1, Command::help},
};

std::optional<Command> command_of_key(int key) {
  for (const NamedKey& named : kNamedKeys) {
    if (named.key == key) return named.command;
  }
  return std::nullopt;
}

// Keys that went down since they were last asked for. ImGui looks at what is down once a frame and
// misses a tap that is shorter than one.
std::vector<int> pressed_keys;
void on_key(GLFWwindow*, int key, int, int action, int) {
  if (action != GLFW_RELEASE) pressed_keys.push_back(key);
}

std::vector<Command> commands_typed() {
  std::vector<Command> typed;
  for (const ImWchar character : ImGui::GetIO().InputQueueCharacters) {
    if (const auto command = command_of(character)) typed.push_back(*command);
  }
  for (const int key : std::exchange(pressed_keys, {})) {
    if (const auto command = command_of_key(key)) typed.push_back(*command);
  }
  return typed;
}

class Window {
 public:
  explicit Window(const WindowOptions& options)
      : options_(options), settings_(options.settings_path) {}
  ~Window() {
    end_stage();
    if (window_ != nullptr) glfwDestroyWindow(window_);
    glfwTerminate();
  }

  sim::Expected<void> run() {
    const auto opened = open_window();
    if (!opened) return opened;
    page(options_.loading, "", "");
    page(options_.loading, "", "");  // both buffers
    if (options_.open_live) return run_live();
    auto recording = options_.open();
    if (!recording) return show_error(recording.error());
    std::optional<Recording> other;
    if (options_.open_other) {
      auto opened_other = options_.open_other();
      if (!opened_other) return show_error(opened_other.error());
      other = std::move(*opened_other);
    }
    Dashboard dashboard(*recording);
    if (other) dashboard.compare_with(*other);
    settings_.restore(dashboard.ui, recording->fingerprint);
    const auto prepared = options_.prepare(dashboard, *recording);
    if (!prepared) return show_error(prepared.error());
    while (!done_ && open()) frame(dashboard, *recording);
    settings_.keep(dashboard.ui, recording->fingerprint);
    remember_window();
    settings_.save();
    return {};
  }

 private:
  sim::Expected<void> run_live() {
    auto opened = options_.open_live();
    if (!opened) return show_error(opened.error());
    LiveDesk& desk = **opened;
    settings_.restore(desk.dashboard().ui, 0);
    const auto prepared = options_.prepare(desk.dashboard(), desk.recording());
    if (!prepared) return show_error(prepared.error());
    while (!done_ && open()) live_frame(desk);
    settings_.keep(desk.dashboard().ui, 0);
    remember_window();
    settings_.save();
    return {};
  }

  // What was typed goes to the desk first: it may be words.
  void live_keys(LiveDesk& desk, double clock_s) {
    std::vector<Command> others;
    for (const ImWchar character : ImGui::GetIO().InputQueueCharacters) {
      if (!desk.typing() && character == ' ') {
        desk.dashboard().ui.playing = !desk.dashboard().ui.playing;
      } else if (!desk.type(character)) {
        if (const auto command = command_of(character)) others.push_back(*command);
      }
    }
    for (const int key : std::exchange(pressed_keys, {})) {
      const bool typing = desk.typing();
      if (key == GLFW_KEY_ENTER || key == GLFW_KEY_KP_ENTER) {
        desk.enter();
      } else if (key == GLFW_KEY_BACKSPACE) {
        desk.erase();
      } else if (typing && key == GLFW_KEY_ESCAPE) {
        desk.cancel();
      } else if (const auto command = command_of_key(key); command && !typing) {
        others.push_back(*command);
      }
    }
    ViewPoint at{desk.dashboard().replay, desk.recording(), desk.dashboard().ui, clock_s};
    for (const Command command : others) take(command, at);
  }

  struct Frame {
    Dashboard::Canvas canvas;
    double passed = 0;  // seconds since the last one, at most a quarter
  };
  // Nobody needs sixty pictures a second of what stands still.
  Frame next_frame(bool playing) {
    if (playing) {
      glfwPollEvents();
    } else {
      glfwWaitEventsTimeout(0.1);
    }
    const Dashboard::Canvas canvas = begin_frame();
    return {canvas, std::min(canvas.clock_s - std::exchange(last_s_, canvas.clock_s), 0.25)};
  }

  void live_frame(LiveDesk& desk) {
    const auto [canvas, passed] = next_frame(desk.dashboard().ui.playing);
    live_keys(desk, canvas.clock_s);
    desk.tick(passed);
    desk.draw(canvas);
    end_frame(desk.dashboard().ui.dark);
    tell_picture(desk.dashboard().ui, canvas.clock_s);
  }

  sim::Expected<void> open_window() {
    glfwSetErrorCallback(on_glfw_error);
    const sim::Error no_display{"", "there is no display to open a window on",
                                "write a picture instead: --screenshot FILE.png"};
    if (glfwInit() != GLFW_TRUE) return no_display;
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    const int width = std::clamp(settings_.number("width", options_.width), 640, 7680);
    const int height = std::clamp(settings_.number("height", options_.height), 400, 4320);
    window_ = glfwCreateWindow(width, height, options_.title.c_str(), nullptr, nullptr);
    if (window_ == nullptr) {
      return sim::Error{"", "no window can be opened: " + last_glfw_error,
                        "it needs OpenGL 3.3; pictures do not need a display: --screenshot"};
    }
    glfwSetWindowSizeLimits(window_, 640, 400, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwFocusWindow(window_);  // the mouse counts in a focused window only
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(1);
    begin_stage();
    return {};
  }

  void begin_stage() {
    float y = 1;
    glfwGetWindowContentScale(window_, &scale_, &y);
    // Where the system gives frames in points, letters are scaled by the frame itself.
    int points = 0, pixels = 0, ignored = 0;
    glfwGetWindowSize(window_, &points, &ignored);
    glfwGetFramebufferSize(window_, &pixels, &ignored);
    const bool scaled_frames = points > 0 && pixels > points;
    drawn_scale_ = scaled_frames ? 1 : std::max(scale_, 1.0f);
    stage_ = std::make_unique<Stage>(drawn_scale_);
    glfwSetKeyCallback(window_, on_key);  // ImGui calls it before its own
    ImGui_ImplGlfw_InitForOpenGL(window_, true);
  }

  void end_stage() {
    if (stage_ == nullptr) return;
    ImGui_ImplGlfw_Shutdown();
    stage_.reset();
  }

  bool open() const {
    const bool interrupted = options_.interrupt != nullptr && *options_.interrupt;
    return !interrupted && glfwWindowShouldClose(window_) == 0;
  }

  Dashboard::Canvas begin_frame() {
    float x = 1, y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    if (x != scale_) {  // moved to another screen
      end_stage();
      begin_stage();
    }
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    return {stage_->fonts(), stage_->texture(), size.x, size.y,
            drawn_scale_,    glfwGetTime(),     true,   nullptr};
  }

  void end_frame(bool dark) {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    stage_->render(width, height, theme_of(dark).background);
    if (picture_wanted_) picture(width, height);
    glfwSwapBuffers(window_);
  }

  // Returns what was typed meanwhile.
  std::vector<Command> page(const std::string& title, const std::string& what,
                            const std::string& hint) {
    glfwPollEvents();
    const bool dark = settings_.number("dark", 1) != 0;
    draw_message(begin_frame(), theme_of(dark), title, what, hint);
    std::vector<Command> typed = commands_typed();  // the end of the frame forgets characters
    end_frame(dark);
    return typed;
  }

  // Stays until it was read.
  sim::Error show_error(const sim::Error& error) {
    while (open() && !done_) {
      const std::string what = error.where.empty() ? error.what : error.where + ": " + error.what;
      const std::string hint = error.hint.empty() ? "" : error.hint + ". ";
      for (const Command command : page("This cannot be shown", what, hint + "Q closes it.")) {
        done_ |= command == Command::quit || command == Command::unpin;
      }
      glfwWaitEventsTimeout(0.1);
    }
    return error;
  }

  void frame(Dashboard& dashboard, const Recording& recording) {
    const auto [canvas, passed] = next_frame(dashboard.ui.playing);
    ViewPoint at{dashboard.replay, recording, dashboard.ui, canvas.clock_s};
    for (const Command command : commands_typed()) take(command, at);
    advance(at, passed);
    dashboard.draw(canvas);
    end_frame(dashboard.ui.dark);
    tell_picture(dashboard.ui, canvas.clock_s);
  }

  void take(Command command, ViewPoint& at) {
    if (command == Command::quit) done_ = true;
    if (command == Command::screenshot) {
      picture_wanted_ = true;
      picture_path_ = fmt::format("kafka-twin-{}.png", clock_text(at.replay.at()));
      std::ranges::replace(picture_path_, ':', '-');
    }
    perform(command, at);
  }

  void tell_picture(UiState& ui, double clock_s) {
    if (picture_told_.empty()) return;
    ui.message = std::exchange(picture_told_, {});
    ui.message_until = clock_s + 4;
  }

  void picture(int width, int height) {
    picture_wanted_ = false;
    const auto written = write_png(picture_path_, read_framebuffer(width, height));
    picture_told_ = written ? "Written: " + picture_path_ : written.error().to_string();
  }

  void remember_window() {
    int width = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    settings_.set("width", width);
    settings_.set("height", height);
  }

  const WindowOptions& options_;
  Settings settings_;
  GLFWwindow* window_ = nullptr;
  std::unique_ptr<Stage> stage_;
  float scale_ = 1, drawn_scale_ = 1;
  double last_s_ = 0;
  bool done_ = false;
  bool picture_wanted_ = false;
  std::string picture_path_, picture_told_;
};

}  // namespace

sim::Expected<void> run_window(const WindowOptions& options) { return Window(options).run(); }

}  // namespace twin::viz
