// The window itself, on a display of its own (Xvfb), with keys and the mouse as a user has them
// (xdotool). What it did is read off the pictures that S writes and off what it remembers.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/viz/recorded.h"
#include "viz/replay/recording.h"
#include "viz/view/frame.h"

namespace twin::viz {
namespace {

namespace fs = std::filesystem;

int run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()); }

// Waits for something that comes soon or never.
template <class Ready>
bool eventually(Ready ready) {
  for (int i = 0; i < 300; ++i) {
    if (ready()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

class WindowTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"Xvfb", "xdotool"}) {
      if (run(std::string("command -v ") + program) != 0) GTEST_SKIP() << program << " is missing";
    }
    folder = fs::path(testing::TempDir()) / "kafka-twin-window";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const auto& trace = test::trace_of("failures/zone-loss-mid-roll");
    std::ofstream(folder / "z.trace", std::ios::binary)
        .write(reinterpret_cast<const char*>(trace.data()),
               static_cast<std::streamsize>(trace.size()));
    // -displayfd: Xvfb takes a free display and says which.
    start("Xvfb -displayfd 3 -screen 0 1280x800x24 3>display >/dev/null 2>&1", "xvfb.pid");
    ASSERT_TRUE(eventually([&] { return !read("display").empty(); }));
    display = read("display");
    display.erase(display.find_last_not_of(" \n") + 1);
  }
  void TearDown() override {
    for (const char* pid : {"view.pid", "xvfb.pid"}) {
      if (!read(pid).empty()) run("kill " + read(pid));
    }
  }

  std::string read(const fs::path& name) const {
    std::ifstream in(folder / name);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void start(const std::string& command, const std::string& pid) const {
    run("cd " + folder.string() +
        " && { exec 0</dev/null; (echo $BASHPID >/dev/null; exec sh -c 'echo $$ >" + pid +
        "; exec " + command + "') & }");
  }
  void view(const std::string& arguments) const {
    start("env DISPLAY=:" + display + " XDG_CONFIG_HOME=" + folder.string() + " " +
              TWIN_BINARY_DIR + "/kafka-twin view " + arguments + " 2>errors",
          "view.pid");
  }
  bool xdotool(const std::string& what) const {
    return run("DISPLAY=:" + display + " xdotool " + what) == 0;
  }
  void keys(const std::string& names) const {
    std::istringstream each(names);
    for (std::string name; each >> name;) {
      xdotool("key " + name);
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
    }
  }
  bool picture_after(const std::string& names, sim::Time at) const {
    std::string clock = clock_text(at);
    std::ranges::replace(clock, ':', '-');
    return picture_after(names, clock);
  }
  // Types until there is a picture of that moment: a loaded machine may open the window late. What
  // is typed must lead to the same moment however often.
  bool picture_after(const std::string& names, const std::string& clock) const {
    return eventually([&] {
      keys(names);
      return fs::exists(folder / ("kafka-twin-" + clock + ".png"));
    });
  }

  fs::path folder;
  std::string display;
};

TEST_F(WindowTest, OpensPlaysScrubsJumpsAndRemembers) {
  const auto played = Recording::open(test::trace_of("failures/zone-loss-mid-roll"), "z.trace");
  ASSERT_TRUE(played.has_value());
  const auto fault = std::ranges::find(played->markers, Marker::Kind::fault, &Marker::kind);
  ASSERT_NE(fault, played->markers.end());
  view("z.trace --at 0:00:50 --size 1280x800");
  ASSERT_TRUE(eventually([&] { return xdotool("search --name kafka-twin"); })) << read("errors");
  EXPECT_TRUE(picture_after("s", "0-00-50"));
  EXPECT_TRUE(picture_after("f s", fault->at));
  EXPECT_TRUE(picture_after("End s", played->last));
  // In the middle of the timeline: half of the run, but for the names of the lanes.
  xdotool("mousemove 692 700 sleep 0.3 mousedown 1 sleep 0.4 mouseup 1 sleep 0.2");
  keys("b t g plus s q");
  ASSERT_TRUE(
      eventually([&] { return read("kafka-twin/view.conf").find("width=") != std::string::npos; }));
  const std::string kept = read("kafka-twin/view.conf");
  EXPECT_NE(kept.find("dark=0"), std::string::npos) << kept;
  EXPECT_NE(kept.find("grouping=1"), std::string::npos) << kept;
  EXPECT_NE(kept.find("speed=20"), std::string::npos) << kept;
  const size_t mark = kept.find("bookmarks.");
  ASSERT_NE(mark, std::string::npos) << kept;
  const int64_t ns = std::stoll(kept.substr(kept.find('=', mark) + 1));
  EXPECT_GT(ns, 300'000'000'000);
  EXPECT_LT(ns, 600'000'000'000);
}

TEST_F(WindowTest, ALessonIsPlayedLiveActedOnRewoundAndSaved) {
  view("--live --size 1280x800 " TWIN_SOURCE_DIR "/scenarios/lessons/node-lost-pod-stuck.yaml");
  ASSERT_TRUE(eventually([&] { return xdotool("search --name kafka-twin"); })) << read("errors");
  ASSERT_TRUE(eventually([&] {  // it hears what is typed
    keys("k");
    return fs::exists(folder / "kafka-twin-live.yaml");
  }));
  // Plays, stops, and is at some later moment.
  keys("space");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  keys("space k");
  EXPECT_EQ(read("kafka-twin-live.yaml").find("live-1"), std::string::npos);
  // The first act that is offered, as it is.
  keys("1 Return k");
  ASSERT_TRUE(eventually([&] {
    keys("k");
    return read("kafka-twin-live.yaml").find("pod-delete") != std::string::npos;
  }));
  EXPECT_NE(read("kafka-twin-live.yaml").find("id: live-1"), std::string::npos);
  // Back, and it was never done.
  ASSERT_TRUE(eventually([&] {
    keys("u k");
    return read("kafka-twin-live.yaml").find("live-1") == std::string::npos;
  }));
  // Types an act of its own, then a lesson's answer.
  xdotool("type --delay 60 ':note: hello}'");
  keys("Return k");
  ASSERT_TRUE(eventually([&] {
    keys("k");
    return read("kafka-twin-live.yaml").find("hello") != std::string::npos;
  }));
  keys("Return Return");
  xdotool("type --delay 60 timeMax");
  keys("Return");
  ASSERT_TRUE(eventually([&] {
    keys("Escape q");
    return !read("kafka-twin/view.conf").empty();
  }));
}

TEST_F(WindowTest, ADamagedTraceIsAPageThatSaysSo) {
  std::ofstream(folder / "bad.trace") << "KTWTRACE and no more";
  view("bad.trace");
  ASSERT_TRUE(eventually([&] { return xdotool("search --name kafka-twin"); })) << read("errors");
  ASSERT_TRUE(eventually([&] {
    keys("q");
    return !read("errors").empty();
  }));
  EXPECT_NE(read("errors").find("bad.trace: the trace is"), std::string::npos) << read("errors");
}

}  // namespace
}  // namespace twin::viz
