// kafka-twin operate --dry-run as a user runs it: against a real API server, against none, and with
// less than it needs.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/cli/cli_support.h"
#include "tests/live/kubernetes/asking.h"
#include "tests/live/kubernetes/definitions.h"
#include "tests/live/kubernetes/rig.h"

namespace twin::live_test {
namespace {

using cli_test::kafka_twin;

std::string kubeconfig(const Rig& rig, const live::Credentials& who) {
  const auto path = rig.folder() / "kubeconfig";
  std::ofstream(path) << "apiVersion: v1\nkind: Config\ncurrent-context: rig\n"
                      << "clusters:\n- name: rig\n  cluster: {server: '" << who.server
                      << "', certificate-authority: authority.pem}\n"
                      << "users:\n- name: rig\n  user: {token: " << who.token << "}\n"
                      << "contexts:\n- name: rig\n  context: {cluster: rig, user: rig, "
                      << "namespace: kafka}\n";
  return path.string();
}

constexpr const char* kPool =
    R"({"apiVersion":"kafka.strimzi.io/v1","kind":"KafkaNodePool","metadata":{"name":"dual",)"
    R"("namespace":"kafka","labels":{"strimzi.io/cluster":"c"}},"spec":{"replicas":3,)"
    R"("roles":["controller","broker"],"storage":{"type":"jbod","volumes":[{"id":0,)"
    R"("type":"persistent-claim","size":"1Gi","kraftMetadata":"shared"}]}}})";
constexpr const char* kKafka =
    R"({"apiVersion":"kafka.strimzi.io/v1","kind":"Kafka","metadata":{"name":"c",)"
    R"("namespace":"kafka"},"spec":{"kafka":{"version":"4.1.0","metadataVersion":"4.1-IV0",)"
    R"("listeners":[{"name":"plain","port":9092,"type":"internal","tls":false}]}}})";

TEST(LiveOperate, ADryRunSaysWhatItWouldDoAndStoresNothing) {
  std::string why;
  const auto binaries = Rig::binaries(why);
  if (binaries.empty()) GTEST_SKIP() << why;
  auto rig = Rig::start(binaries);
  ASSERT_TRUE(rig) << rig.error().to_string();
  const std::string admin =
      "operate --dry-run --for 20 --kubeconfig " + kubeconfig(**rig, (*rig)->admin());
  const auto bare = kafka_twin(admin);
  EXPECT_EQ(bare.status, 2);
  EXPECT_NE(bare.err.find("knows no Kafka resources"), std::string::npos) << bare.err;

  ASSERT_TRUE(install_definitions(**rig));
  (*rig)->make_namespace("kafka");
  EXPECT_EQ((*rig)->raw("POST", "/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkas", kKafka).status,
            201);
  EXPECT_EQ((*rig)
                ->raw("POST", "/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkanodepools", kPool)
                .status,
            201);
  const auto ran = kafka_twin(admin);
  EXPECT_NE(ran.out.find("kafka: 1 Kafka resource; nothing is stored (dry run)"), std::string::npos)
      << ran.out << ran.err;
  EXPECT_NE(ran.out.find("reconcile     c: begins: start of the operator [Started]"),
            std::string::npos)
      << ran.out << ran.err;
  for (const char* path :
       {"/api/v1/namespaces/kafka/pods", "/api/v1/namespaces/kafka/persistentvolumeclaims",
        "/api/v1/namespaces/kafka/services", "/api/v1/namespaces/kafka/secrets",
        "/apis/core.strimzi.io/v1/namespaces/kafka/strimzipodsets",
        "/apis/coordination.k8s.io/v1/namespaces/kafka/leases"}) {
    const std::string body = (*rig)->raw("GET", path).body;
    EXPECT_NE(body.find("\"items\":[]"), std::string::npos) << path << "\n" << body;
  }
  const std::string kafka =
      (*rig)->raw("GET", "/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkas/c").body;
  EXPECT_EQ(kafka.find("\"status\""), std::string::npos) << kafka;

  const auto stranger =
      kafka_twin("operate --dry-run --kubeconfig " + kubeconfig(**rig, (*rig)->stranger()));
  EXPECT_EQ(stranger.status, 2);
  EXPECT_NE(stranger.err.find("cannot list resource \"kafkas\""), std::string::npos)
      << stranger.err;
  EXPECT_EQ(stranger.err.find("stranger-token"), std::string::npos);

  (*rig)->stop_api_server();
  const auto nobody = kafka_twin(admin);
  EXPECT_EQ(nobody.status, 2);
  EXPECT_NE(nobody.err.find("no connection"), std::string::npos) << nobody.err;
}

}  // namespace
}  // namespace twin::live_test
