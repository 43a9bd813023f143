// Sources: the version tables of the Strimzi releases; its release notes (StatefulSets and
// ZooKeeper leave, KRaft upgrades from 0.39, migration in 0.40 to 0.45, v1beta2 in 0.22 and alone
// from 0.23, v1 in 0.49 and alone from 1.0); ZooKeeperVersionChangeCreator and
// KRaftVersionChangeCreator for the rolls of an upgrade; KafkaMetadataStateManager for the rolls of
// the migration.
#include "controller/upgrade/upgrade_path.h"

#include <algorithm>
#include <optional>

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

#include "controller/api/catalogue/versions.h"
#include "controller/upgrade/operator_releases.h"

namespace twin::controller::upgrade {

namespace {

// An edge's cost: rolls first, then steps, then the age of what it leads to.
constexpr int64_t kRollCost = 1'000'000;
constexpr int64_t kStepCost = 1'000;

struct ClusterState {
  const OperatorRelease* release = nullptr;
  std::string_view kafka;
  MetadataSource source = MetadataSource::zookeeper;
  ApiVersion api = ApiVersion::v1beta2;
};

bool at_least(std::string_view version, std::string_view than) {
  return api::compare_versions(version, than) >= 0;
}

bool serves(const OperatorRelease& release, ApiVersion version) {
  switch (version) {
    case ApiVersion::before_v1beta2:
      return !at_least(release.version, "0.23.0");
    case ApiVersion::v1beta2:
      return at_least(release.version, "0.22.0") && !at_least(release.version, "1.0.0");
    case ApiVersion::v1:
      return at_least(release.version, "0.49.0");
  }
  return false;
}

// Clusters in KRaft can be upgraded from 0.39 on; before, KRaft was a trial without a way out.
bool runs(const OperatorRelease& release, std::string_view kafka, MetadataSource source) {
  if (source == MetadataSource::zookeeper) return !at_least(release.version, "0.46.0");
  return at_least(release.version, "0.39.0") && at_least(kafka, "3.7.0");
}

bool migrates(const OperatorRelease& release) {
  return at_least(release.version, "0.40.0") && !at_least(release.version, "0.46.0");
}

// Patch releases of one version differ in nothing that is stored or sent, so that one may go back:
// the last patches of a line are often unknown to the next Strimzi releases.
bool same_formats(std::string_view a, std::string_view b) {
  const api::KafkaRelease* left = api::find_release(a);
  const api::KafkaRelease* right = api::find_release(b);
  return left != nullptr && right != nullptr && left->protocol == right->protocol &&
         left->message_format == right->message_format && left->metadata == right->metadata;
}

std::vector<ClusterState> all_states() {
  std::vector<ClusterState> states;
  for (const OperatorRelease& release : all_operator_releases()) {
    for (const std::string_view kafka : release.kafka_versions) {
      for (const auto source : {MetadataSource::zookeeper, MetadataSource::kraft}) {
        if (!runs(release, kafka, source)) continue;
        for (const auto version :
             {ApiVersion::before_v1beta2, ApiVersion::v1beta2, ApiVersion::v1}) {
          if (serves(release, version)) states.push_back({&release, kafka, source, version});
        }
      }
    }
  }
  return states;
}

std::string_view api_name(ApiVersion version) {
  switch (version) {
    case ApiVersion::before_v1beta2:
      return "v1beta1";
    case ApiVersion::v1beta2:
      return "v1beta2";
    case ApiVersion::v1:
      return "v1";
  }
  return "";
}

PathStep arrive(PathStep::Kind kind, const ClusterState& at, int rolls, std::string what) {
  return {kind, std::string(at.release->version), std::string(at.kafka), rolls, std::move(what)};
}

std::string upgrade_sentence(const ClusterState& a, const ClusterState& b) {
  const std::string base = "Kafka " + std::string(a.kafka) + " to " + std::string(b.kafka);
  if (same_formats(a.kafka, b.kafka)) return base + ": same protocol and metadata";
  if (b.source == MetadataSource::kraft) {
    const api::KafkaRelease* release = api::find_release(b.kafka);
    return base + ", then metadata.version " + std::string(release->metadata) +
           " without a restart";
  }
  switch (rolls_of_upgrade(a.kafka, b.kafka, b.source)) {
    case 1:
      return base + ": same protocol";
    case 2:
      return base + ": binaries, then inter.broker.protocol.version";
    default:
      return base + ": binaries, inter.broker.protocol.version, log.message.format.version";
  }
}

// The step from one state to another, if there is one.
std::optional<PathStep> step_between(const ClusterState& a, const ClusterState& b) {
  const bool same_release = a.release == b.release;
  const bool same_kafka = a.kafka == b.kafka;
  const bool same_source = a.source == b.source;
  const bool same_api = a.api == b.api;
  using Kind = PathStep::Kind;
  if (!same_release && same_kafka && same_source && same_api) {
    if (b.release < a.release) return std::nullopt;  // the table ascends
    return arrive(Kind::operator_upgrade, b, 1,
                  "Strimzi " + std::string(a.release->version) + " to " +
                      std::string(b.release->version) + ": new images roll every pod");
  }
  if (!same_release) return std::nullopt;
  if (!same_kafka && same_source && same_api) {
    if (!at_least(b.kafka, a.kafka) && !same_formats(a.kafka, b.kafka)) return std::nullopt;
    return arrive(Kind::kafka_upgrade, b, rolls_of_upgrade(a.kafka, b.kafka, a.source),
                  upgrade_sentence(a, b));
  }
  if (same_kafka && !same_source && same_api) {
    if (b.source != MetadataSource::kraft || !migrates(*a.release)) return std::nullopt;
    return arrive(Kind::migration, b, 2,
                  "ZooKeeper to KRaft: brokers roll into migration and out of it, controllers once "
                  "more");
  }
  if (same_kafka && same_source && !same_api) {
    if (b.api < a.api) return std::nullopt;
    return arrive(Kind::api_conversion, b, 0,
                  "convert the resources from " + std::string(api_name(a.api)) + " to " +
                      std::string(api_name(b.api)));
  }
  return std::nullopt;
}

// How many releases are newer than what a step leads to.
int64_t age_of(const PathStep& step, const ClusterState& to) {
  switch (step.kind) {
    case PathStep::Kind::operator_upgrade:
      return &all_operator_releases().back() - to.release;
    case PathStep::Kind::kafka_upgrade:
      return &api::all_releases().back() - api::find_release(to.kafka);
    default:
      return 0;
  }
}

int64_t cost_of(const PathStep& step, const ClusterState& to) {
  return step.rolls * kRollCost + kStepCost + age_of(step, to);
}

// Shortest distances from `start`, and each state's predecessor.
void shortest(const std::vector<ClusterState>& states, size_t start, std::vector<int64_t>& distance,
              std::vector<size_t>& before) {
  std::vector<std::pair<size_t, size_t>> ends;
  std::vector<int64_t> costs;
  for (size_t a = 0; a < states.size(); ++a) {
    for (size_t b = 0; b < states.size(); ++b) {
      if (a == b) continue;
      const auto step = step_between(states[a], states[b]);
      if (!step) continue;
      ends.emplace_back(a, b);
      costs.push_back(cost_of(*step, states[b]));
    }
  }
  struct Cost {
    int64_t value = 0;
  };
  using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Cost>;
  std::vector<Cost> weights;
  for (const int64_t cost : costs) weights.push_back({cost});
  const Graph graph(boost::edges_are_sorted, ends.begin(), ends.end(), weights.begin(),
                    states.size());
  distance.assign(states.size(), 0);
  before.assign(states.size(), 0);
  const auto index = boost::get(boost::vertex_index, graph);
  boost::dijkstra_shortest_paths(
      graph, start,
      boost::weight_map(boost::get(&Cost::value, graph))
          .distance_map(boost::make_iterator_property_map(distance.begin(), index))
          .predecessor_map(boost::make_iterator_property_map(before.begin(), index)));
}

sim::Expected<ClusterState> start_of(const PathRequest& request) {
  const OperatorRelease* release = nullptr;
  for (const OperatorRelease& candidate : all_operator_releases()) {
    const bool asked = request.from_operator.empty() || candidate.version == request.from_operator;
    if (asked && std::ranges::find(candidate.kafka_versions, request.from) !=
                     candidate.kafka_versions.end()) {
      release = &candidate;
    }
  }
  if (release == nullptr) {
    if (!request.from_operator.empty()) {
      return sim::Error{"",
                        "Strimzi " + request.from_operator + " does not ship Kafka " + request.from,
                        "a release that does; without one the newest that ships it is taken"};
    }
    return sim::Error{"", "no Strimzi release ships Kafka " + request.from,
                      "a version from " + std::string(api::all_releases().front().version) +
                          " to " + std::string(api::all_releases().back().version)};
  }
  ClusterState start{release, request.from, MetadataSource::zookeeper, ApiVersion::v1beta2};
  if (request.from_kraft || !runs(*release, request.from, start.source)) {
    start.source = MetadataSource::kraft;
  }
  if (!runs(*release, request.from, start.source)) {
    return sim::Error{"",
                      "Strimzi " + std::string(release->version) +
                          " cannot upgrade a KRaft cluster of Kafka " + request.from,
                      "KRaft clusters can be upgraded from Strimzi 0.39 and Kafka 3.7 on"};
  }
  // The oldest API that it serves: what came with it may have been converted or not.
  for (const auto version : {ApiVersion::v1, ApiVersion::v1beta2, ApiVersion::before_v1beta2}) {
    if (serves(*release, version)) start.api = version;
  }
  return start;
}

}  // namespace

int UpgradePath::rolls() const {
  int sum = 0;
  for (const PathStep& step : steps) sum += step.rolls;
  return sum;
}

int rolls_of_upgrade(std::string_view from, std::string_view to, MetadataSource source) {
  if (source == MetadataSource::kraft) return 1;
  const api::KafkaRelease* a = api::find_release(from);
  const api::KafkaRelease* b = api::find_release(to);
  if (a == nullptr || b == nullptr || a->protocol == b->protocol) return 1;
  return at_least(b->protocol, "3.0") ? 2 : 3;
}

sim::Expected<UpgradePath> find_upgrade_path(const PathRequest& request) {
  for (const std::string& version : {request.from, request.to}) {
    if (api::find_release(version) != nullptr) continue;
    return sim::Error{"", "Kafka " + version + " is not in the version table",
                      "a version from " + std::string(api::all_releases().front().version) +
                          " to " + std::string(api::all_releases().back().version)};
  }
  for (const std::string& release : {request.from_operator, request.to_operator}) {
    if (release.empty() || find_operator_release(release) != nullptr) continue;
    return sim::Error{"", "there is no Strimzi release " + release,
                      "a release from " + std::string(all_operator_releases().front().version) +
                          " to " + std::string(all_operator_releases().back().version)};
  }
  const sim::Expected<ClusterState> start = start_of(request);
  if (!start) return start.error();
  const std::vector<ClusterState> states = all_states();
  const auto same = [&](const ClusterState& state) {
    return state.release == start->release && state.kafka == start->kafka &&
           state.source == start->source && state.api == start->api;
  };
  const auto at = static_cast<size_t>(std::ranges::find_if(states, same) - states.begin());
  std::vector<int64_t> distance;
  std::vector<size_t> before;
  shortest(states, at, distance, before);
  std::optional<size_t> goal;
  for (size_t i = 0; i < states.size(); ++i) {
    const bool wanted =
        states[i].kafka == request.to &&
        (request.to_operator.empty() || states[i].release->version == request.to_operator);
    if (!wanted || (before[i] == i && i != at)) continue;
    if (!goal || distance[i] < distance[*goal]) goal = i;
  }
  if (!goal) {
    return sim::Error{"",
                      "no chain of Strimzi releases takes Kafka " + request.from + " to " +
                          request.to +
                          (request.to_operator.empty() ? "" : " under " + request.to_operator),
                      at_least(request.from, request.to)
                          ? "a later version: this looks for upgrades; a downgrade is one step "
                            "within a release"
                          : "another --to-operator, or none"};
  }
  UpgradePath path;
  path.start_operator = std::string(start->release->version);
  path.start_source = start->source;
  for (size_t i = *goal; i != at; i = before[i]) {
    path.steps.push_back(*step_between(states[before[i]], states[i]));
  }
  std::ranges::reverse(path.steps);
  return path;
}

}  // namespace twin::controller::upgrade
