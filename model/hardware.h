// Speeds and delays of the machines that the twin plays: every number that is a property of
// hardware or of an installation rather than a rule of Kafka or Kubernetes. Scenarios name a
// profile or set single values (`environment.hardware`); defaults are those of docs/MODEL.md, where
// each has its source. Rates are bytes per second.
#pragma once

#include <cstdint>
#include <string>

#include "sim/time.h"

namespace twin::model {

struct Hardware {
  std::string name = "loopback";

  // Network and disks, per Kubernetes node and per volume.
  int64_t nic_bytes_per_s = 1'250'000'000;        // 10 Gbit/s
  int64_t disk_read_bytes_per_s = 250'000'000;
  int64_t disk_write_bytes_per_s = 250'000'000;
  sim::Duration rtt_in_zone{200'000};
  sim::Duration rtt_across_zones{1'000'000};
  int64_t socket_window_bytes = 131'072;          // replica.socket.receive.buffer 64 KiB, doubled
  int64_t page_cache_bytes = int64_t{8} << 30;
  sim::Duration writeback{30'000'000'000};        // Linux dirty_expire: older pages are on disk

  // Kafka processes.
  sim::Duration jvm_start_broker{3'000'000'000};      // exec to the first registration request
  sim::Duration jvm_start_controller{2'000'000'000};  // exec to the listening quorum port
  sim::Duration storage_format{1'900'000'000};        // kafka-storage format, a node's first start
  sim::Duration metadata_load{200'000'000};
  sim::Duration log_load_per_segment{20'000'000};     // clean: open and check one segment's indexes
  sim::Duration log_load_base{300'000'000};
  int64_t recovery_bytes_per_s = 100'000'000;         // unclean: re-read, CRC, rebuild indexes
  sim::Duration exit_after_shutdown{300'000'000};     // shutdown granted to process exit
  sim::Duration log_close_per_log{3'000'000};
  sim::Duration metadata_propagation{50'000'000};     // commit to applied on every broker
  sim::Duration zookeeper_start{3'000'000'000};

  // Kubernetes.
  sim::Duration api_latency{8'000'000};      // one request at the API server, there and back
  sim::Duration watch_latency{20'000'000};   // write to watch event at a client
  sim::Duration schedule_latency{15'000'000};
  sim::Duration image_pull{0};               // 0: the image is on the node
  sim::Duration volume_attach{0};            // ControllerPublish and mount, 0: local disks
  sim::Duration volume_detach{0};
  sim::Duration container_start{100'000'000};
  sim::Duration kafka_call_latency{10'000'000};
  sim::Duration operator_start{3'400'000'000};  // operator JVM to its first list
  sim::Duration init_container{0};              // per pod: rack awareness and user-set init work
};

}  // namespace twin::model
