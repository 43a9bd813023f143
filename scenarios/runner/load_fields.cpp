#include "scenarios/runner/load_fields.h"

#include "controller/api/fields.h"
#include "controller/api/validate.h"

namespace twin::scenario {

namespace {

struct FieldRule {
  std::string_view part;  // of the path
  std::string_view why;
};

// Nothing that a run decides or measures depends on these.
constexpr FieldRule kWithoutEffect[] = {
    {"metricsConfig", "metrics are not exported from the twin"},
    {"metrics", "metrics are not exported from the twin"},
    {"logging", "brokers write no log files here"},
    {"jvmOptions", "JVMs are not played; start times come from the hardware profile"},
    {"entityOperator", "topic and user operators are not played"},
    {"topicOperator", "topic and user operators are not played"},
    {"userOperator", "topic and user operators are not played"},
    {"kafkaExporter", "the exporter reads and changes nothing"},
    {"cruiseControl", "Cruise Control is not played"},
    {"jmxTrans", "JmxTrans reads and changes nothing"},
    {"authorization", "requests are not authorised in the twin"},
    {"authentication", "clients are not authenticated in the twin"},
    {"clusterCa", "certificates do not expire within a run"},
    {"clientsCa", "certificates do not expire within a run"},
    {"tlsSidecar", "sidecars are not played"},
    {"resources", "requests do not decide where pods go: nodes have room"},
    {"jmxOptions", "JMX is not played"},
    {"brokerRackInitImage", "images are there"},
    {"image", "the version decides the image"},
    {"bootstrap", "clients reach every broker"},
    {"configuration", "listeners are reached inside the cluster"},
    {"networkPolicyPeers", "policies cut nothing that the twin plays"},
    {"maintenanceTimeWindows", "certificates are not renewed within a run"},
    {"quotas", "client quotas are not played"},
    {"selector", "volumes are provisioned"},
};

// What pods, storage, metadata and replication rest on.
constexpr std::string_view kSafety[] = {"template", "storage", "listeners", "metadata",
                                        "replicas", "affinity", "tolerations", "rack",
                                        "livenessProbe", "readinessProbe", "tieredStorage"};

bool mentions(std::string_view path, std::string_view part) {
  for (size_t at = path.find(part); at != path.npos; at = path.find(part, at + 1)) {
    const bool begins = at == 0 || path[at - 1] == '.';
    const size_t end = at + part.size();
    const bool ends = end == path.size() || path[end] == '.' || path[end] == '[';
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

void note_fields(const api::Object& object, const Source& source, Scenario& out) {
  const std::string name = std::string(api::kind_name(object.kind)) + " ";
  switch (object.kind) {
    case api::Kind::kafka_user:
    case api::Kind::kafka_rebalance:
    case api::Kind::kafka_mirror_maker:
    case api::Kind::kafka_mirror_maker_2:
      out.not_modelled.push_back({source.file + ":1:1", name + object.metadata.name,
                                  "this kind is carried but nobody acts on it", false});
      return;
    default: break;
  }
  for (const api::FieldReport& field : api::field_report(object)) {
    FieldNote note;
    note.where = source.where(field.mark);
    note.path = field.path;
    for (const FieldRule& rule : kWithoutEffect) {
      if (mentions(field.path, rule.part)) note.why = std::string(rule.why);
    }
    if (!note.why.empty()) {
      out.without_effect.push_back(std::move(note));
      continue;
    }
    for (const std::string_view part : kSafety) {
      note.touches_safety |= mentions(field.path, part);
    }
    note.why = "is not modelled";
    out.not_modelled.push_back(std::move(note));
  }
}

}  // namespace twin::scenario
