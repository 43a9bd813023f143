// Who asks: kubeconfig files, token files and exec plugins, right and wrong.
#include "controller/live/kube/kubeconfig.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/live/kubernetes/asking.h"
#include "tests/live/kubernetes/fake_server.h"

namespace twin::live_test {
namespace {

class LiveKubeconfig : public ::testing::Test {
 public:
  LiveKubeconfig() {
    folder_ =
        std::filesystem::temp_directory_path() / ("twin-kubeconfig-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~LiveKubeconfig() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text, bool runs = false) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    if (runs) std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  // A file with one cluster, user and context, whose parts the test gives as flow YAML.
  sim::Expected<live::Credentials> read(const std::string& cluster, const std::string& user,
                                        const std::string& context = "") {
    const std::string path = file("config",
                                  "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
                                  "clusters:\n- name: k\n  cluster: " +
                                      cluster + "\nusers:\n- name: u\n  user: " + user +
                                      "\ncontexts:\n- name: c\n  context: "
                                      "{cluster: k, user: u, namespace: kafka}\n");
    return live::read_kubeconfig(path, context);
  }
  std::string complaint(const std::string& cluster, const std::string& user,
                        const std::string& context = "") {
    const auto got = read(cluster, user, context);
    return got ? "" : got.error().to_string();
  }

 protected:
  std::filesystem::path folder_;
};

constexpr const char* kServer = "{server: 'https://127.0.0.1:6443/'}";

TEST_F(LiveKubeconfig, InlineDataWinsOverFilesAndFilesAreRelativeToTheConfig) {
  file("ca.pem", "ca");
  const auto got = read(
      "{server: 'https://h:1/', certificate-authority: ca.pem, "
      "tls-server-name: kubernetes}",
      "{client-certificate-data: Y2VydA==, client-key-data: a2V5, token: t}");
  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->server, "https://h:1");
  EXPECT_EQ(got->authority.path, (folder_ / "ca.pem").string());
  EXPECT_EQ(got->certificate.text, "cert");
  EXPECT_EQ(got->key.text, "key");
  EXPECT_EQ(got->tls_server_name, "kubernetes");
  EXPECT_EQ(got->namespace_name, "kafka");
}

TEST_F(LiveKubeconfig, MistakesAreNamedWithTheirPlace) {
  EXPECT_NE(complaint(kServer, "{token: t}", "other").find("no entry `other` in contexts"),
            std::string::npos);
  EXPECT_NE(complaint("{server: 'h:1'}", "{}").find("is not a URL"), std::string::npos);
  EXPECT_NE(complaint(kServer, "{client-certificate-data: Y2VydA==}").find("go together"),
            std::string::npos);
  EXPECT_NE(complaint(kServer, "{client-key-data: '***'}").find("is not base64"),
            std::string::npos);
  EXPECT_NE(complaint(kServer, "{client-key: none.pem}").find("cannot read"), std::string::npos);
  EXPECT_NE(complaint(kServer, "{username: u, password: p}").find("not supported"),
            std::string::npos);
  EXPECT_NE(complaint(kServer, "{as: somebody}").find("impersonation"), std::string::npos);
  EXPECT_NE(complaint(kServer, "{username: u}").find("config:9:20: "), std::string::npos)
      << complaint(kServer, "{username: u}");
  EXPECT_FALSE(live::read_kubeconfig((folder_ / "none").string(), ""));
}

TEST_F(LiveKubeconfig, Base64) {
  EXPECT_EQ(live::decode_base64(""), "");
  EXPECT_EQ(live::decode_base64("Zg=="), "f");
  EXPECT_EQ(live::decode_base64("Zm8=\n"), "fo");
  EXPECT_EQ(live::decode_base64("Zm9v\nYmFy"), "foobar");
  EXPECT_EQ(live::decode_base64("Zg"), std::nullopt);
  EXPECT_EQ(live::decode_base64("Zg=a"), std::nullopt);
  EXPECT_EQ(live::decode_base64("Z==="), std::nullopt);
}

// The plugin says its token is good until 2030: it is asked once, and again when the server says
// that it is not.
TEST_F(LiveKubeconfig, APluginIsAskedAgainAfterA401) {
  const std::string plugin = file(
      "plugin",
      "#!/bin/sh\n"
      "cd \"$(dirname \"$0\")\"\n"
      "echo x >> asked\n"
      "test \"$ROLE\" = admin || exit 3\n"
      "echo \"$KUBERNETES_EXEC_INFO\" > info\n"
      "printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
      "\"status\":{\"token\":\"t%s\",\"expirationTimestamp\":\"2130-01-01T00:00:00Z\"}}' "
      "$(wc -l < asked)\n",
      true);
  FakeServer server;
  const auto credentials = read("{server: '" + server.url() + "'}",
                                "{exec: {apiVersion: client.authentication.k8s.io/v1, "
                                "command: ./plugin, provideClusterInfo: true, "
                                "env: [{name: ROLE, value: admin}]}}");
  ASSERT_TRUE(credentials) << credentials.error().to_string();
  const std::string map =
      R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"n"}})";
  server.will(json_answer(200, map));
  server.will(json_answer(200, map));
  server.will(json_answer(401, "{}"));
  server.will(json_answer(200, map));
  server.will(json_answer(401, "{}"));
  server.will(json_answer(401, "{}"));
  Asking asking(*credentials);
  KubeRequest get;
  get.kind = api::Kind::config_map;
  get.namespace_name = "n";
  get.name = "m";
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(asking.ask(get)->meta.ok());
  EXPECT_EQ(asking.ask(get)->meta.outcome, Outcome::forbidden);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 6u);
  const char* tokens[] = {"t1", "t1", "t1", "t2", "t2", "t3"};
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_NE(requests[i].head.find(std::string("Bearer ") + tokens[i] + "\r"), std::string::npos)
        << i;
  }
  std::ifstream info(folder_ / "info");
  std::string line;
  std::getline(info, line);
  EXPECT_EQ(line, R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
                  R"("spec":{"interactive":false,"cluster":{"server":")" +
                      server.url() + "\"}}}");
}

TEST_F(LiveKubeconfig, APluginThatFailsSaysHow) {
  const auto said = [](const std::string& command, std::vector<std::string> arguments,
                       sim::Duration time_max = 20_s) {
    live::ProgramOptions options;
    options.command = command;
    options.arguments = std::move(arguments);
    options.time_max = time_max;
    const auto got = live::output_of(options);
    return got ? "printed " + *got : got.error().what;
  };
  EXPECT_EQ(said("printf", {"hello"}), "printed hello");
  EXPECT_NE(said("no-such-plugin", {}).find("cannot be run"), std::string::npos);
  EXPECT_EQ(said("sh", {"-c", "exit 7"}), "failed with exit status 7");
  EXPECT_EQ(said("sh", {"-c", "kill -9 $$"}), "failed with signal 9");
  EXPECT_NE(said("sleep", {"60"}, 100_ms).find("gave no answer"), std::string::npos);
  EXPECT_EQ(said("sh", {"-c", "cat /dev/zero"}), "prints too much");
}

// A token in a file is rotated under a running process; a header must not grow a line from it.
TEST_F(LiveKubeconfig, ATokenFileIsReadAgain) {
  const std::string path = file("token", "one\n");
  live::Credentials credentials;
  credentials.token_path = path;
  live::Identity identity(credentials);
  EXPECT_EQ(identity.present(sim::Time{0})->token, "one");
  file("token", "two");
  EXPECT_EQ(identity.present(sim::Time{0} + 59_s)->token, "one");
  EXPECT_EQ(identity.present(sim::Time{0} + 60_s)->token, "two");
  file("token", "a\nHost: evil");
  identity.rejected();
  const auto refused = identity.present(sim::Time{0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().to_string().find("evil"), std::string::npos);
  file("token", "");
  EXPECT_FALSE(identity.present(sim::Time{0}));
}

TEST_F(LiveKubeconfig, APodUsesItsServiceAccount) {
  file("token", "t");
  file("namespace", "kafka");
  const auto got = live::in_cluster("10.96.0.1", "443", folder_.string());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->server, "https://10.96.0.1:443");
  EXPECT_EQ(got->namespace_name, "kafka");
  EXPECT_EQ(live::in_cluster("fd00::1", "443", folder_.string())->server, "https://[fd00::1]:443");
  EXPECT_FALSE(live::in_cluster("", "", folder_.string()));
}

}  // namespace
}  // namespace twin::live_test
