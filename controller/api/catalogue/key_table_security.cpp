// The configuration model of Kafka's brokers: TLS and SASL. The columns of a row are those of
// KeyRow. A key whose default, mode or bounds changed has several rows. Sources: the broker
// configuration pages of the documentation of 2.0 to 3.9, the upgrade notes of 4.x.
#include "controller/api/catalogue/key_rows.h"

namespace twin::api {

namespace {

using namespace rows;

constexpr KeyRow kRows[] = {
    {"sasl.client.callback.handler.class", kText, kReadOnly, kNo, ""},
    {"sasl.enabled.mechanisms", kList, kPerBroker, kNo, "GSSAPI"},
    {"sasl.jaas.config", kSecret, kPerBroker, kNo, ""},
    {"sasl.kerberos.kinit.cmd", kText, kPerBroker, kYes, "/usr/bin/kinit"},
    {"sasl.kerberos.min.time.before.relogin", kInt, kPerBroker, kYes, "60000"},
    {"sasl.kerberos.principal.to.local.rules", kList, kPerBroker, kYes, "DEFAULT"},
    {"sasl.kerberos.service.name", kText, kPerBroker, kYes, ""},
    {"sasl.kerberos.ticket.renew.jitter", kReal, kPerBroker, kYes, "0.05"},
    {"sasl.kerberos.ticket.renew.window.factor", kReal, kPerBroker, kYes, "0.8"},
    {"sasl.login.callback.handler.class", kText, kReadOnly, kYes, ""},
    {"sasl.login.class", kText, kReadOnly, kYes, ""},
    {"sasl.login.connect.timeout.ms", kInt, kReadOnly, kYes, "", kNone, 2147483647, "", "3.1"},
    {"sasl.login.read.timeout.ms", kInt, kReadOnly, kYes, "", kNone, 2147483647, "", "3.1"},
    {"sasl.login.refresh.buffer.seconds", kInt, kPerBroker, kYes, "300", kNone, 32767},
    {"sasl.login.refresh.min.period.seconds", kInt, kPerBroker, kYes, "60", kNone, 32767},
    {"sasl.login.refresh.window.factor", kReal, kPerBroker, kYes, "0.8"},
    {"sasl.login.refresh.window.jitter", kReal, kPerBroker, kYes, "0.05"},
    {"sasl.login.retry.backoff.max.ms", kInt, kReadOnly, kYes, "10000", kNone, kNone, "", "3.1"},
    {"sasl.login.retry.backoff.ms", kInt, kReadOnly, kYes, "100", kNone, kNone, "", "3.1"},
    {"sasl.mechanism.controller.protocol", kText, kReadOnly, kYes, "GSSAPI", kNone, kNone, "",
     "3.0"},
    {"sasl.mechanism.inter.broker.protocol", kText, kPerBroker, kNo, "GSSAPI"},
    {"sasl.oauthbearer.clock.skew.seconds", kInt, kReadOnly, kYes, "30", kNone, 2147483647, "",
     "3.1"},
    {"sasl.oauthbearer.expected.audience", kList, kReadOnly, kYes, "", kNone, kNone, "", "3.1"},
    {"sasl.oauthbearer.expected.issuer", kText, kReadOnly, kYes, "", kNone, kNone, "", "3.1"},
    {"sasl.oauthbearer.jwks.endpoint.refresh.ms", kInt, kReadOnly, kYes, "3600000", kNone, kNone,
     "", "3.1"},
    {"sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", kInt, kReadOnly, kYes, "10000", kNone,
     kNone, "", "3.1"},
    {"sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", kInt, kReadOnly, kYes, "100", kNone, kNone,
     "", "3.1"},
    {"sasl.oauthbearer.jwks.endpoint.url", kText, kReadOnly, kYes, "", kNone, kNone, "", "3.1"},
    {"sasl.oauthbearer.scope.claim.name", kText, kReadOnly, kYes, "scope", kNone, kNone, "", "3.1"},
    {"sasl.oauthbearer.sub.claim.name", kText, kReadOnly, kYes, "sub", kNone, kNone, "", "3.1"},
    {"sasl.oauthbearer.token.endpoint.url", kText, kReadOnly, kYes, "", kNone, kNone, "", "3.1"},
    {"sasl.server.callback.handler.class", kText, kReadOnly, kYes, ""},
    {"sasl.server.max.receive.size", kInt, kReadOnly, kYes, "524288", kNone, 2147483647, "", "2.8"},
    {"ssl.allow.dn.changes", kBool, kReadOnly, kNo, "false", kNone, kNone, "", "3.7"},
    {"ssl.allow.san.changes", kBool, kReadOnly, kNo, "false", kNone, kNone, "", "3.7"},
    {"ssl.cipher.suites", kList, kPerBroker, kYes, ""},
    {"ssl.client.auth", kText, kPerBroker, kYes, "none", kNone, kNone, "required,requested,none"},
    {"ssl.enabled.protocols", kList, kPerBroker, kYes, "TLSv1.2"},
    {"ssl.endpoint.identification.algorithm", kText, kPerBroker, kYes, "https"},
    {"ssl.engine.factory.class", kText, kPerBroker, kYes, "", kNone, kNone, "", "2.6"},
    {"ssl.key.password", kSecret, kPerBroker, kYes, ""},
    {"ssl.keymanager.algorithm", kText, kPerBroker, kYes, "SunX509"},
    {"ssl.keystore.certificate.chain", kSecret, kPerBroker, kYes, "", kNone, kNone, "", "2.7"},
    {"ssl.keystore.key", kSecret, kPerBroker, kYes, "", kNone, kNone, "", "2.7"},
    {"ssl.keystore.location", kText, kPerBroker, kYes, ""},
    {"ssl.keystore.password", kSecret, kPerBroker, kYes, ""},
    {"ssl.keystore.type", kText, kPerBroker, kYes, "JKS"},
    {"ssl.principal.mapping.rules", kText, kReadOnly, kYes, "DEFAULT", kNone, kNone, "", "2.2"},
    {"ssl.protocol", kText, kPerBroker, kYes, "TLSv1.2"},
    {"ssl.provider", kText, kPerBroker, kYes, ""},
    {"ssl.secure.random.implementation", kText, kPerBroker, kYes, ""},
    {"ssl.trustmanager.algorithm", kText, kPerBroker, kYes, "PKIX"},
    {"ssl.truststore.certificates", kSecret, kPerBroker, kYes, "", kNone, kNone, "", "2.7"},
    {"ssl.truststore.location", kText, kPerBroker, kYes, ""},
    {"ssl.truststore.password", kSecret, kPerBroker, kYes, ""},
    {"ssl.truststore.type", kText, kPerBroker, kYes, "JKS"},
};

}  // namespace

std::span<const KeyRow> key_rows_security() { return kRows; }

}  // namespace twin::api
