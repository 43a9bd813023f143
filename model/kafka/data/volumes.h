// Which replica lies on which disk. A broker mounts volumes by name; data lives and dies with the
// name. A new log goes to the directory with the fewest logs (LogManager.nextLogDirs counts logs,
// not bytes). A name that was not there before is an empty disk: what lay on the one that it
// replaces is gone.
#pragma once

#include <cstdint>
#include <optional>
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

  // Reads and writes of the volume fail, or do so no more: what has it mounted notices, and what
  // mounts it finds a directory that is offline, until the next mount.
  void fail(const std::string& volume) { failed_.insert(volume); }
  void mend(const std::string& volume) { failed_.erase(volume); }
  struct Place {
    api::NodeId broker;
    uint16_t directory = 0;
  };
  // Where the volume was mounted last.
  std::optional<Place> place_of(const std::string& volume) const;
  void set_offline(const Place& place);
  bool offline(api::NodeId broker, uint16_t directory) const;
  bool any_offline(api::NodeId broker) const;
  bool all_offline(api::NodeId broker) const;

  // The directory for a new log of the broker; counts it.
  uint16_t place(api::NodeId broker);
  // A log of the broker is gone from that directory.
  void remove(api::NodeId broker, uint16_t volume);
  size_t count(api::NodeId broker) const;

 private:
  struct Disk {
    std::string name;
    int64_t logs = 0;
    bool offline = false;
  };
  std::vector<Disk>& of(api::NodeId broker);

  std::vector<std::vector<Disk>> disks_;  // by broker
  std::set<std::string> lost_;
  std::set<std::string> failed_;
  bool ever_failed_ = false;
};

}  // namespace twin::model::data
