// A generated case: a cluster, a workload, one change and a schedule of faults, as plain numbers,
// so that it can be made smaller by taking things away. Its meaning is the scenario file that
// write_case makes of it: what is run is that file's text, so that a counterexample on disk is what
// failed, to the last byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/clients/workload.h"
#include "model/faults/fault.h"
#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::campaign {

struct CaseFault {
  int64_t at_s = 0;  // from the clock's zero
  model::Fault fault;
};

// What a user does at a bad moment.
struct CaseAct {
  enum class Kind : uint8_t {
    undo,             // the change is taken back
    another_setting,  // that takes a restart as well
    dynamic_setting,  // that takes none, where Kafka can change it while it runs
    scale_up,         // one broker more
    scale_down,       // one broker less
    manual_roll,      // of the pod
    roll_quorum,      // by hand: every controller or ZooKeeper server
    clean_pod,        // the pod and its volumes are to be made anew
    grow_volumes,     // of the brokers
    create_topic,     // with its replicas from broker `number` on
    reassign,         // the first partition moves to the brokers from `number` on, throttled
    replace_ca_key,   // of the cluster CA: three rolls; KRaft, as the next two
    renew_cluster_ca,
    renew_clients_ca,
  };
  int64_t at_s = 0;  // from the clock's zero
  Kind kind = Kind::undo;
  int32_t number = 0;  // of the broker
};
constexpr int kActKinds = 14;
std::string_view name_of(CaseAct::Kind kind);

constexpr int64_t kChangeAtS = 30;

struct Case {
  // What the user changes, at kChangeAtS.
  enum class Change : uint8_t {
    setting,  // one broker setting that takes a restart of every broker
    version,  // new binaries: a roll, and the protocol after it unless it is pinned
  };
  std::string profile = "twin";
  uint64_t seed = 1;      // of the run
  bool shuffled = false;  // order of events at one instant
  bool zookeeper = false;
  bool combined = false;  // KRaft: each broker is a controller as well, and there are no others
  int32_t brokers = 3;
  int32_t controllers = 3;  // or ZooKeeper servers
  int32_t partitions = 1;
  int32_t replication_factor = 3;
  int32_t min_isr = 2;
  int64_t data_mib = 0;         // per partition, when the run starts
  int64_t records_per_s = 100;  // of 1,000 bytes
  model::Acks acks = model::Acks::all;
  bool consumers = false;  // a group that follows
  Change change = Change::setting;
  // The user names the protocol (inter.broker.protocol.version and log.message.format.version, or
  // metadataVersion) and leaves it as it is; else it follows the binaries.
  bool pinned = false;
  int32_t operators = 1;          // above 1 with leader election
  std::vector<CaseAct> acts;      // by time
  std::vector<CaseFault> faults;  // by time
};

// From nothing but the seed: 1 to 9 brokers, RF 1 to 5, min ISR 1 to RF, KRaft (with controllers of
// their own or combined with brokers) or ZooKeeper, with
// or without data, producers (acks all, 1 or 0) and consumers, one or two operators, up to two acts
// of a user beside the change, up to `faults_max` faults of every kind.
struct GenerateOptions {
  std::string profile = "twin";
  bool kraft = true, zookeeper = true;  // which eras; at least one
  int64_t faults_max = 4;
  // The least time from the end of one fault to the begin of the next.
  int64_t spacing_s = 0;
};
Case generate(uint64_t seed, const GenerateOptions& options = {});

// Does everything in it exist? A smaller cluster has fewer targets.
bool is_valid(const Case& c);
// The scenario file; `why` stands at its top, line by line.
std::string write_case(const Case& c, const std::string& name, const std::string& why);
// REQUIRES: is_valid.
scenario::Scenario scenario_of(const Case& c);
// One line for a person.
std::string describe(const Case& c);

}  // namespace twin::campaign
