// Samples as Strimzi's JMX exporter names them, every 10 s of the run, with time stamps that begin
// at 0: `promtool tsdb create-blocks-from openmetrics` makes blocks of them, on which Strimzi's
// dashboards and alert rules can be tried. What a trace does not tell (requests, heap) is not
// there. A broker that is down is not scraped, as in life: its series have a gap, and `up` is 0.
#include <array>

#include <fmt/format.h>

#include "viz/export/export.h"
#include "viz/replay/replay.h"

namespace twin::viz {

namespace {

constexpr int64_t kEveryNs = 10'000'000'000;
constexpr int64_t kSecondNs = 1'000'000'000;

struct Family {
  const char* name;
  const char* help;
};
enum Index : size_t { kUp, kPartitions, kLeaders, kUrp, kUnderMin, kAtMin, kOffline, kActive };
constexpr std::array kFamilies{
    Family{"up", "1 if the node could be scraped"},
    Family{"kafka_server_replicamanager_partitioncount", "replicas on this broker"},
    Family{"kafka_server_replicamanager_leadercount", "partitions that this broker leads"},
    Family{"kafka_server_replicamanager_underreplicatedpartitions",
           "partitions led here with a replica outside the ISR"},
    Family{"kafka_server_replicamanager_underminisrpartitioncount",
           "partitions led here with fewer in the ISR than min.insync.replicas"},
    Family{"kafka_server_replicamanager_atminisrpartitioncount",
           "partitions led here with exactly min.insync.replicas in the ISR"},
    Family{"kafka_controller_kafkacontroller_offlinepartitionscount",
           "partitions without a leader, at the active controller"},
    Family{"kafka_controller_kafkacontroller_activecontrollercount", "1 at the active controller"},
};

struct PerBroker {
  int64_t urp = 0, under_min = 0, at_min = 0;
};

class Samples {
 public:
  // As of a time stamp in seconds.
  void take(const trace::Cursor& cursor, int64_t at_s) {
    std::map<int64_t, PerBroker> led;
    const int64_t offline = count(cursor, led);
    for (const auto& [id, node] : cursor.nodes()) {
      if (node.pod_uid == 0 || (node.roles & 4) != 0) continue;
      add(kUp, node, at_s, node.running ? 1 : 0);
      if (!node.running) continue;
      const bool active = id == cursor.controller();
      add(kActive, node, at_s, active ? 1 : 0);
      if (active) add(kOffline, node, at_s, offline);
      if ((node.roles & 1) == 0) continue;
      const PerBroker& own = led[id];
      add(kPartitions, node, at_s, node.replicas);
      add(kLeaders, node, at_s, node.leads);
      add(kUrp, node, at_s, own.urp);
      add(kUnderMin, node, at_s, own.under_min);
      add(kAtMin, node, at_s, own.at_min);
    }
  }
  std::string text() const {
    std::string out;
    for (size_t i = 0; i < kFamilies.size(); ++i) {
      out += fmt::format("# TYPE {} gauge\n# HELP {} {}\n", kFamilies[i].name, kFamilies[i].name,
                         kFamilies[i].help);
      for (const auto& [pod, lines] : lines_[i]) out += lines;
    }
    return out + "# EOF\n";
  }

 private:
  static int64_t count(const trace::Cursor& cursor, std::map<int64_t, PerBroker>& led) {
    int64_t offline = 0, index = -1;
    for (const trace::PartitionView& view : cursor.partitions()) {
      ++index;
      if (view.replicas().empty()) continue;
      if (view.leader < 0) {
        ++offline;
        continue;
      }
      PerBroker& at = led[view.leader];
      at.urp += view.under_replicated() ? 1 : 0;
      at.under_min += view.under_min_isr ? 1 : 0;
      const trace::TopicView* topic = cursor.topic_of(index);
      at.at_min += topic != nullptr && view.isr_size() == topic->min_isr ? 1 : 0;
    }
    return offline;
  }
  void add(Index family, const trace::NodeView& node, int64_t at_s, int64_t value) {
    lines_[family][node.pod] +=
        fmt::format("{}{{job=\"kafka\",pod=\"{}\",kubernetes_pod_name=\"{}\"}} {} {}\n",
                    kFamilies[family].name, node.pod, node.pod, value, at_s);
  }

  std::array<std::map<std::string, std::string>, kFamilies.size()> lines_;
};

}  // namespace

std::string to_openmetrics(const Recording& recording) {
  Replay replay(recording);
  Samples samples;
  for (int64_t at = 0; at <= recording.last.ns; at += kEveryNs) {
    replay.seek(sim::Time{at});
    samples.take(replay.cursor(), at / kSecondNs);
  }
  return samples.text();
}

}  // namespace twin::viz
