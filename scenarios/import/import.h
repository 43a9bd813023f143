// The file of a cluster, as `kafka-twin preview --against` takes it, from what an administrator can
// print without giving anybody access: kubectl's objects and the descriptions of Kafka's own tools.
// What is not among them is named, and what that costs in certainty.
#pragma once

#include <string>
#include <vector>

#include "sim/expected.h"

namespace twin::import {

// Recognised by what is in it, not by its name: objects (`kubectl get ... -o yaml` or `-o json`, a
// List or one by one), kafka-topics --describe, kafka-log-dirs --describe, kafka-consumer-groups
// --describe.
struct Input {
  std::string file;
  std::string text;
};

struct Options {
  bool anonymize = false;          // no name of the cluster is left, and nothing but figures
  std::string hardware = "cloud";  // a profile: nothing here says how fast machines are
};

struct Missing {
  std::string what;   // "record rates of producers"
  std::string costs;  // "what clients would feel is not known"
};

struct Imported {
  std::string yaml;
  std::vector<Missing> missing;
  std::vector<std::string> notes;  // what was there and could not be taken over as it is
};

// Error: no Kafka resource, two of them, a text that is nothing of that, or a cluster that the twin
// does not take; with file and line where there is one.
sim::Expected<Imported> import_cluster(const std::vector<Input>& inputs, const Options& options);

}  // namespace twin::import
