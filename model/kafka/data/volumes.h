// Which replica lies on which disk. A broker mounts volumes by name; data lives and dies with the
// name. A new log goes to the directory with the fewest logs (LogManager.nextLogDirs counts logs,
// not bytes). A name that was not there before is an empty disk: what lay on the one that it
// replaces is gone.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "controller/api/ids.h"

namespace twin::model::data {

class BrokerVolumes {
 public:
  // Indices of volumes that are empty although logs should be there.
  std::vector<uint16_t> mount(api::NodeId broker, const std::vector<std::string>& names);
  // The volume has no data any more, from its next mount on.
  void lose(const std::string& volume) { lost_.insert(volume); }

  // The directory for a new log of the broker; counts it.
  uint16_t place(api::NodeId broker);
  // A log of the broker is gone from that directory.
  void remove(api::NodeId broker, uint16_t volume);
  size_t count(api::NodeId broker) const;

 private:
  struct Disk {
    std::string name;
    int64_t logs = 0;
  };
  std::vector<Disk>& of(api::NodeId broker);

  std::vector<std::vector<Disk>> disks_;  // by broker
  std::set<std::string> lost_;
};

}  // namespace twin::model::data
