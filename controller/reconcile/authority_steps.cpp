// The certificate authorities at the begin of each reconcile: two, each of a key and a certificate,
// and the operator's own certificate.
#include <array>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

using namespace sim::literals;

constexpr int kAttemptsMax = 8;
constexpr sim::Duration kFirstWait = 250_ms;

enum SecretIndex : size_t { kClusterKey, kClusterCerts, kClientsKey, kClientsCerts, kOperator };
constexpr std::array<const char*, 5> kSuffixes{"-cluster-ca", "-cluster-ca-cert", "-clients-ca",
                                               "-clients-ca-cert", "-cluster-operator-certs"};

// One round of reading all of them and writing those that differ.
class Round {
 public:
  Round(Reconcile& run, Calls& calls, int attempt)
      : run_(run), calls_(calls), prefix_("authorities#" + std::to_string(attempt)) {}

  Progress read() {
    const Progress all = each([&](size_t i) -> Progress {
      const KubeReply* reply =
          retried(calls_, key("/get", i),
                  get_request(api::Kind::secret, run_.options.namespace_name, name(i)));
      if (!reply) return Progress::waiting();
      if (reply->meta.outcome == Outcome::not_found) return Progress::done();
      if (!reply->meta.ok()) return kube_failure("reading Secret " + name(i), *reply);
      found_[i] = reply->object;
      return Progress::done();
    });
    return all;
  }

  void plan() {
    const AuthorityRules rules{run_.profile.twin, !run_.observed.kafka->zookeeper.has_value()};
    cluster_ = plan_authority({found_[kClusterKey], found_[kClusterCerts]}, rules);
    clients_ = plan_authority({found_[kClientsKey], found_[kClientsCerts]}, rules);
    judge_trust(run_, cluster_.next);
  }

  // again: somebody else wrote, or nobody knows whether we did.
  Progress write(bool& again) {
    return each([&](size_t i) -> Progress {
      const api::ObjectPtr wanted = desired(i);
      if (!wanted) return Progress::done();
      // The key is stored before anybody hears of its certificate: one that is lost is another key.
      const size_t after = i == kClusterCerts ? kClusterKey : kClientsKey;
      const bool waits = (i == kClusterCerts && cluster_.key_replaced) ||
                         (i == kClientsCerts && clients_.key_replaced);
      if (run_.profile.twin && waits && calls_.asked_at(key("/write", after)) != sim::kNever &&
          !calls_.kube(key("/write", after), {})) {
        return Progress::waiting();
      }
      const KubeReply* reply = retried(
          calls_, key("/write", i), write_request(found_[i] ? Verb::update : Verb::create, wanted));
      if (!reply) return Progress::waiting();
      const Outcome outcome = reply->meta.outcome;
      if (outcome == Outcome::conflict || outcome == Outcome::already_exists ||
          outcome == Outcome::not_found || (outcome == Outcome::unknown && run_.profile.twin)) {
        again = true;
        return Progress::done();
      }
      if (!reply->meta.ok()) return kube_failure("writing Secret " + name(i), *reply);
      return Progress::done();
    });
  }

  const AuthorityPlan& cluster() const { return cluster_; }
  const AuthorityPlan& clients() const { return clients_; }
  bool wished() const {
    return has_wish({found_[kClusterKey], found_[kClusterCerts]}) ||
           has_wish({found_[kClientsKey], found_[kClientsCerts]});
  }
  bool waited(int attempt) {
    return calls_.elapsed(prefix_ + "/wait", kFirstWait * (int64_t{1} << attempt));
  }

 private:
  std::string name(size_t i) const { return run_.options.cluster + kSuffixes[i]; }
  std::string key(const char* what, size_t i) const { return prefix_ + what + std::to_string(i); }

  template <class One>
  Progress each(One one) {
    bool waiting = false;
    for (size_t i = 0; i < kSuffixes.size(); ++i) {
      const Progress progress = one(i);
      if (progress.is_failed()) return progress;
      if (!progress.is_waiting()) continue;
      waiting = true;
      if (!run_.profile.parallel_calls) break;
    }
    return waiting ? Progress::waiting() : Progress::done();
  }

  // nullptr: it is as it is to be.
  api::ObjectPtr desired(size_t i) const {
    const auto fresh =
        generic_object(api::Kind::secret, owned_metadata(*run_.observed.kafka, name(i), "kafka"),
                       api::Value::map());
    const std::shared_ptr<api::Object> wanted =
        found_[i] ? overlay(*found_[i], *fresh)->clone() : fresh;
    switch (i) {
      case kClusterKey:
        write_key(cluster_.next, *wanted);
        break;
      case kClusterCerts:
        write_certificates(cluster_.next, *wanted);
        break;
      case kClientsKey:
        write_key(clients_.next, *wanted);
        break;
      case kClientsCerts:
        write_certificates(clients_.next, *wanted);
        break;
      default:
        // Brokers that do not trust the new key would not let the operator in.
        if (found_[i] && run_.authority_state.to_be_trusted) return nullptr;
        wanted->metadata.annotations[api::strimzi::kClusterCaCertGeneration] =
            std::to_string(cluster_.next.cert_generation);
    }
    if (found_[i] && api::same_content(*wanted, *found_[i])) return nullptr;
    return wanted;
  }

  Reconcile& run_;
  Calls& calls_;
  std::string prefix_;
  std::array<api::ObjectPtr, 5> found_;
  AuthorityPlan cluster_, clients_;
};

void tell(Reconcile& run, Calls& calls, const AuthorityPlan& plan, const char* which,
          const char* secret) {
  if (!plan.renewed) return;
  const std::string what =
      plan.key_replaced ? "gets another key, generation " + std::to_string(plan.next.key_generation)
                        : std::string("keeps its key and gets a new certificate");
  run.decide(calls, DecisionKind::upgrade_phase,
             plan.key_replaced ? "CaKeyReplaced" : "CaCertificateRenewed",
             std::string("the ") + which + " CA " + what + ", certificate generation " +
                 std::to_string(plan.next.cert_generation),
             run.options.cluster + secret);
}

void take_over(Reconcile& run, Calls& calls, const Round& round) {
  AuthorityState& state = run.authority_state;
  run.observed.authorities = {round.cluster().next, round.clients().next};
  state.cluster.renewed = round.cluster().renewed;
  state.clients.renewed = round.clients().renewed;
  state.kept = true;
  tell(run, calls, round.cluster(), "cluster", "-cluster-ca");
  tell(run, calls, round.clients(), "clients", "-clients-ca");
  if (run.observed.kafka->zookeeper && round.wished()) {
    run.decide(calls, DecisionKind::refuse, "NotModelled",
               "certificate authorities of clusters on StatefulSets are not renewed here");
  }
}

Progress keep_secrets(Reconcile& run, Calls& calls) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Round round(run, calls, attempt);
    const Progress read = round.read();
    if (!read.is_done()) return read;
    round.plan();
    bool again = false;
    const Progress written = round.write(again);
    if (!written.is_done()) return written;
    if (!again) {
      take_over(run, calls, round);
      return Progress::done();
    }
    if (!round.waited(attempt)) return Progress::waiting();
  }
  return Progress::failed("KubernetesClientException",
                          "writing the Secrets of the certificate authorities: others write too");
}

// When all that nodes show was signed with the current key, nobody needs the older ones.
Progress forget_old_keys(Reconcile& run, Calls& calls) {
  Authority& cluster = run.observed.authorities.cluster;
  if (!run.authority_state.fully_used || cluster.certificates.size() == 1) return Progress::done();
  Authority next = cluster;
  next.certificates = {next.certificates.front()};
  const Progress removed =
      amend(run, calls, "forget",
            get_request(api::Kind::secret, run.options.namespace_name,
                        run.options.cluster + "-cluster-ca-cert"),
            Verb::update, [&next](api::Object& object) {
              // A wish, or another generation, came in between: the next reconcile sees to it.
              if (generation_in(object, api::strimzi::kCaCertGeneration, 0) != next.cert_generation)
                return false;
              object.metadata.annotations[api::strimzi::kCaCertificates] = next.trusted_text();
              return true;
            });
  if (!removed.is_done()) return removed;
  TWIN_MARK("ca_old_certificates_removed");
  cluster = next;
  run.authority_state.cluster.removed = true;
  run.decide(calls, DecisionKind::upgrade_phase, "OldClusterCaRemoved",
             "every node shows a certificate of the new cluster CA key: the old one is not trusted "
             "any more",
             run.options.cluster + "-cluster-ca-cert");
  return Progress::done();
}

}  // namespace

Progress certificate_authorities(Reconcile& run, Calls& calls) {
  if (!run.authority_state.kept) {
    const Progress kept = keep_secrets(run, calls);
    if (!kept.is_done()) return kept;
  }
  if (run.observed.kafka->zookeeper) return Progress::done();
  const Progress trusted = trust_new_key(run, calls);
  if (!trusted.is_done()) return trusted;
  return forget_old_keys(run, calls);
}

}  // namespace twin::controller::steps
