#include "tests/live/kubernetes/definitions.h"

#include <unistd.h>

namespace twin::live_test {

namespace {

std::string definition(const std::string& group, const std::string& kind,
                       const std::string& plural) {
  return R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",)"
         R"("metadata":{"name":")" +
         plural + "." + group + R"("},"spec":{"group":")" + group + R"(","scope":"Namespaced",)" +
         R"("names":{"kind":")" + kind + R"(","plural":")" + plural + R"("},"versions":[{)" +
         R"("name":"v1","served":true,"storage":true,"subresources":{"status":{}},)" +
         R"("schema":{"openAPIV3Schema":{"type":"object",)" +
         R"("x-kubernetes-preserve-unknown-fields":true}}}]}})";
}

}  // namespace

bool install_definitions(const Rig& rig) {
  const struct {
    const char *group, *kind, *plural;
  } kinds[] = {{"kafka.strimzi.io", "Kafka", "kafkas"},
               {"kafka.strimzi.io", "KafkaNodePool", "kafkanodepools"},
               {"kafka.strimzi.io", "KafkaRebalance", "kafkarebalances"},
               {"core.strimzi.io", "StrimziPodSet", "strimzipodsets"}};
  for (const auto& each : kinds) {
    rig.raw("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            definition(each.group, each.kind, each.plural));
  }
  for (const auto& each : kinds) {
    const std::string target = std::string("/apis/") + each.group + "/v1/" + each.plural;
    int tries = 0;
    while (rig.raw("GET", target).status != 200) {
      if (++tries > 300) return false;
      usleep(100'000);
    }
  }
  return true;
}

}  // namespace twin::live_test
