// kafka-twin operate: the operator on a live cluster. So far it only looks: --dry-run.
#include <cstdlib>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "controller/live/kube/kubeconfig.h"
#include "controller/live/ports.h"
#include "controller/operator.h"

namespace twin::cli {

namespace {

namespace live = controller::live;
using controller::Decision;
using controller::DecisionKind;
using controller::KubeReply;
using controller::Outcome;
using sim::Error;

struct OperateOptions {
  std::string kubeconfig, context, namespace_name;
  int seconds = 60;
  bool dry_run = false;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : value;
}

// As kubectl looks: the flag, KUBECONFIG, the file in the home folder, the pod's account.
sim::Expected<live::Credentials> find_credentials(const OperateOptions& options) {
  std::string path = options.kubeconfig.empty() ? variable("KUBECONFIG") : options.kubeconfig;
  if (path.empty() && variable("KUBERNETES_SERVICE_HOST").empty() && !variable("HOME").empty()) {
    path = variable("HOME") + "/.kube/config";
  }
  if (!path.empty()) return live::read_kubeconfig(path, options.context);
  return live::in_cluster(variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT"),
                          "/var/run/secrets/kubernetes.io/serviceaccount");
}

// One list, asked before anything begins.
class Question : public live::KubeEvents {
 public:
  Question(const live::Clock& clock, const live::Credentials& who,
           const live::RouteOptions& options)
      : client_(who, clock, options, *this) {}
  KubeReply list(api::Kind kind, const std::string& namespace_name) {
    controller::KubeRequest request;
    request.verb = controller::Verb::list;
    request.kind = kind;
    request.namespace_name = namespace_name;
    reply_.reset();
    client_.call({1}, request);
    while (!reply_ && !interrupted) client_.run(sim::Duration{200'000'000});
    return reply_.value_or(KubeReply{});
  }
  void on_kube_reply(const KubeReply& reply) override { reply_ = reply; }
  void on_kube_watch(const controller::WatchEvent&) override {}

 private:
  std::optional<KubeReply> reply_;
  live::KubeClient client_;
};

void use_versions(const std::string& version, live::RouteOptions& routes) {
  for (const api::Kind kind : {api::Kind::kafka, api::Kind::kafka_node_pool, api::Kind::kafka_topic,
                               api::Kind::kafka_user, api::Kind::kafka_rebalance}) {
    routes.versions[kind] = "kafka.strimzi.io/" + version;
  }
  routes.versions[api::Kind::strimzi_pod_set] = "core.strimzi.io/" + version;
}

// Which versions of Strimzi's resources the server has, and which clusters there are.
sim::Expected<std::map<std::string, bool>> look(const live::Clock& clock,
                                                const live::Credentials& who,
                                                const std::string& namespace_name,
                                                live::RouteOptions& routes) {
  KubeReply kafkas;
  for (const char* version : {"v1", "v1beta2"}) {
    use_versions(version, routes);
    kafkas = Question(clock, who, routes).list(api::Kind::kafka, namespace_name);
    if (kafkas.meta.outcome != Outcome::not_found) break;
  }
  if (kafkas.meta.outcome == Outcome::not_found) {
    return Error{who.server, "the API server knows no Kafka resources",
                 "install the CRDs of Strimzi first"};
  }
  if (!kafkas.meta.ok()) {
    return Error{who.server,
                 "cannot list Kafka resources in " + namespace_name + ": " + kafkas.meta.message,
                 ""};
  }
  for (const api::Kind kind : {api::Kind::kafka_node_pool, api::Kind::strimzi_pod_set,
                               api::Kind::kafka_rebalance, api::Kind::pod}) {
    const KubeReply others = Question(clock, who, routes).list(kind, namespace_name);
    if (others.meta.ok()) continue;
    return Error{who.server,
                 "cannot list " + std::string(api::kind_name(kind)) + " in " + namespace_name +
                     ": " + others.meta.message,
                 ""};
  }
  std::map<std::string, bool> clusters;
  for (const api::ObjectPtr& kafka : kafkas.items) clusters[kafka->metadata.name] = false;
  return clusters;
}

std::string line_of(sim::Duration since_start, const Decision& decision) {
  const std::string about = decision.node.valid()
                                ? fmt::format("{} (node {})", decision.subject, decision.node.value)
                                : decision.subject;
  const std::string code = decision.code.empty() ? "" : " [" + decision.code + "]";
  return fmt::format("{:>6}.{} s  {:<13} {}: {}{}\n", since_start.ns / 1'000'000'000,
                     since_start.ns / 100'000'000 % 10,
                     controller::decision_kind_name(decision.kind), about, decision.reason, code);
}

int run_operate(const OperateOptions& options) {
  if (!options.dry_run) {
    return bad_input({"operate", "it only looks so far", "kafka-twin operate --dry-run"});
  }
  const auto who = find_credentials(options);
  if (!who) return bad_input(who.error());
  catch_interrupts();
  const live::Clock clock;
  controller::OperatorOptions operated;
  operated.namespace_name = !options.namespace_name.empty() ? options.namespace_name
                            : !who->namespace_name.empty()  ? who->namespace_name
                                                            : "default";
  live::RouteOptions routes;
  routes.dry_run = true;
  auto clusters = look(clock, *who, operated.namespace_name, routes);
  if (interrupted) return interrupted_status();
  if (!clusters) return bad_input(clusters.error());
  print(fmt::format("{} in {}: {} Kafka resource{}; nothing is stored (dry run)\n", who->server,
                    operated.namespace_name, clusters->size(), clusters->size() == 1 ? "" : "s"));
  live::LivePorts ports(clock, *who, routes);
  const sim::Time began = clock.now();
  size_t open = clusters->size();
  bool failed = false;
  ports.on_decision = [&](const Decision& decision) {
    print(line_of(clock.now() - began, decision));
    if (decision.kind != DecisionKind::reconcile || decision.code == "Started") return;
    const auto cluster = clusters->find(decision.subject);
    if (cluster == clusters->end() || cluster->second) return;
    cluster->second = true;
    failed = failed || decision.code != "Reconciled";
    --open;
  };
  const auto process = controller::make_operator(operated, ports);
  if (!process) return bad_input(process.error());
  ports.attach(**process);
  (*process)->start();
  const sim::Time end = began + sim::Duration{options.seconds * int64_t{1'000'000'000}};
  while (open > 0 && !interrupted && clock.now() < end) {
    ports.turn(sim::Duration{200'000'000});
    for (const std::string& problem : ports.kube().take_problems()) complain(problem);
  }
  if (interrupted) return interrupted_status();
  if (open > 0) print(fmt::format("{} not decided after {} s\n", open, options.seconds));
  return failed || open > 0 ? kDoesNotHold : kHolds;
}

}  // namespace

void add_operate_command(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<OperateOptions>();
  CLI::App* command = program.add_subcommand(
      "operate", "The twin's operator against a live API server: what it would do");
  command->add_flag("--dry-run", options->dry_run,
                    "print decisions; each write is checked by\nthe API server and not stored");
  command
      ->add_option("--kubeconfig", options->kubeconfig,
                   "default: KUBECONFIG, ~/.kube/config, the\npod's service account")
      ->type_name("FILE");
  command->add_option("--context", options->context, "of the kubeconfig")->type_name("NAME");
  command
      ->add_option("-n,--namespace", options->namespace_name,
                   "default: the context's, or `default`")
      ->type_name("NAME");
  command->add_option("--for", options->seconds, "end after so many seconds (default 60)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86'400));
  command->callback([options, &chosen] { chosen = [options] { return run_operate(*options); }; });
}

}  // namespace twin::cli
