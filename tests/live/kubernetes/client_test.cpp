// The adapter against a server that misbehaves in every way it may.
#include <gtest/gtest.h>

#include "controller/api/kube.h"
#include "tests/live/kubernetes/asking.h"
#include "tests/live/kubernetes/fake_server.h"

namespace twin::live_test {
namespace {

const std::string kMap =
    R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"n",)"
    R"("uid":"5b1cbf76-3a3d-4e0c-8a0e-6ddc8d6f3f4e","resourceVersion":"7"},"data":{"k":"1"}})";

std::string status(int code, const std::string& reason, const std::string& message) {
  return R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":")" + message +
         R"(","reason":")" + reason + R"(","code":)" + std::to_string(code) + "}";
}

live::Credentials at(const std::string& url) {
  live::Credentials out;
  out.server = url;
  out.token = "s3cr3t-token";
  return out;
}

live::RouteOptions impatient() {
  live::RouteOptions options;
  options.call_time_max = 300_ms;
  return options;
}

KubeRequest about(Verb verb, const std::string& name = "m") {
  KubeRequest out;
  out.verb = verb;
  out.kind = api::Kind::config_map;
  out.namespace_name = "n";
  out.name = name;
  return out;
}

KubeRequest create() {
  auto map = std::make_shared<api::ConfigMap>();
  map->metadata.name = "m";
  map->metadata.namespace_name = "n";
  map->data["k"] = "1";
  KubeRequest out = about(Verb::create);
  out.object = map;
  return out;
}

class LiveClient : public ::testing::Test {
 public:
  // What one answer of the server makes of a call.
  KubeReply reply(Answer answer, KubeRequest request) {
    server.will(std::move(answer));
    Asking asking(at(server.url()), impatient());
    const auto got = asking.ask(std::move(request));
    EXPECT_TRUE(got.has_value());
    EXPECT_EQ(got->meta.message.find("s3cr3t"), std::string::npos) << got->meta.message;
    return got.value_or(KubeReply{});
  }
  FakeServer server;
};

TEST_F(LiveClient, AnObjectIsReadAndItsAgeIsThatOfTheRequest) {
  const KubeReply got = reply(json_answer(200, kMap), about(Verb::get));
  ASSERT_TRUE(got.meta.ok()) << got.meta.message;
  EXPECT_EQ(api::as<api::ConfigMap>(got.object)->data.at("k"), "1");
  EXPECT_EQ(got.object->metadata.resource_version.value, 7u);
  EXPECT_EQ(got.meta.as_of, got.meta.asked);
  EXPECT_GE(got.meta.answered, got.meta.asked);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/api/v1/namespaces/n/configmaps/m");
  EXPECT_NE(request.head.find("Authorization: Bearer s3cr3t-token\r\n"), std::string::npos);
}

// What a code means, for a read and for a write.
TEST_F(LiveClient, ErrorsHaveTheirOutcomes) {
  struct Case {
    int code;
    const char* reason;
    Outcome read, write;
  };
  const Case cases[] = {
      {400, "BadRequest", Outcome::invalid, Outcome::invalid},
      {401, "Unauthorized", Outcome::forbidden, Outcome::forbidden},
      {403, "Forbidden", Outcome::forbidden, Outcome::forbidden},
      {404, "NotFound", Outcome::not_found, Outcome::not_found},
      {409, "Conflict", Outcome::conflict, Outcome::conflict},
      {409, "AlreadyExists", Outcome::already_exists, Outcome::already_exists},
      {410, "Expired", Outcome::gone, Outcome::gone},
      {422, "Invalid", Outcome::invalid, Outcome::invalid},
      {429, "TooManyRequests", Outcome::too_many_requests, Outcome::too_many_requests},
      {500, "InternalError", Outcome::server_error, Outcome::unknown},
      {503, "ServiceUnavailable", Outcome::server_error, Outcome::server_error},
      {504, "Timeout", Outcome::server_error, Outcome::unknown},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.code);
    const std::string body = status(each.code, each.reason, "because");
    const KubeReply read = reply(json_answer(each.code, body), about(Verb::get));
    const KubeReply write = reply(json_answer(each.code, body), create());
    EXPECT_EQ(read.meta.outcome, each.read);
    EXPECT_EQ(write.meta.outcome, each.write);
    const bool explained = each.code == 401
                               ? read.meta.message.find("has expired") != std::string::npos
                               : read.meta.message == "because";
    EXPECT_TRUE(explained) << read.meta.message;
  }
  // A gateway's page in place of a Status: nobody knows whether the write arrived.
  EXPECT_EQ(reply(json_answer(503, "<html>"), create()).meta.outcome, Outcome::unknown);
}

TEST_F(LiveClient, AnAnswerThatBreaksOffIsUnknown) {
  Answer cut = json_answer(200, kMap);
  cut.bytes.resize(cut.bytes.size() - 10);
  EXPECT_EQ(reply(cut, about(Verb::get)).meta.outcome, Outcome::unknown);
  EXPECT_EQ(reply(cut, create()).meta.outcome, Outcome::unknown);
}

// The write that got no answer is not sent again: it may have been carried out.
TEST_F(LiveClient, AWriteIsSentOnce) {
  EXPECT_EQ(reply({"", false, false}, create()).meta.outcome, Outcome::unknown);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(LiveClient, AServerThatStallsCostsBoundedTime) {
  const KubeReply silent = reply({"", true, false}, create());
  EXPECT_EQ(silent.meta.outcome, Outcome::unknown);
  EXPECT_NE(silent.meta.message.find("no answer in time"), std::string::npos);
  Answer half = json_answer(200, kMap);
  half.bytes.resize(half.bytes.size() / 2);
  half.keep_open = true;
  EXPECT_EQ(reply(half, about(Verb::get)).meta.outcome, Outcome::unknown);
  EXPECT_EQ(reply({"", true, true}, about(Verb::get)).meta.outcome, Outcome::unknown);
}

TEST_F(LiveClient, WhereNothingWasSentTheReplySaysSo) {
  int free_port = 0;
  {
    FakeServer gone;
    free_port = gone.port();
  }
  Asking nobody(at("http://127.0.0.1:" + std::to_string(free_port)), impatient());
  EXPECT_EQ(nobody.ask(create())->meta.outcome, Outcome::refused);
  Asking nowhere(at("http://no-such-host.invalid:1"), impatient());
  const Outcome outcome = nowhere.ask(create())->meta.outcome;
  // Without any resolver at hand the question itself may time out; nothing is sent either way.
  EXPECT_TRUE(outcome == Outcome::unresolved || outcome == Outcome::refused);
}

TEST_F(LiveClient, AnAnswerThatIsNoAnswerIsUnknown) {
  const std::string deep = std::string(5'000'000, '[');
  const std::string list = R"({"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":7})";
  const std::string pod = R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"m"}})";
  const std::string twice = R"({"kind":"ConfigMap","kind":"Pod"})";
  for (const std::string& body :
       {std::string("<html>"), std::string("[]"), std::string("7"), std::string(), deep, pod, twice,
        status(200, "", ""), std::string(R"({"kind":"ConfigMap"})"),
        std::string(R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":3}})")}) {
    const KubeReply got = reply(json_answer(200, body), about(Verb::get));
    EXPECT_EQ(got.meta.outcome, Outcome::unknown) << body.substr(0, 60);
    EXPECT_FALSE(got.meta.message.empty());
  }
  EXPECT_EQ(reply(json_answer(200, list), about(Verb::list, "")).meta.outcome, Outcome::unknown);
}

std::string page(const std::string& name, const std::string& next) {
  return R"({"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"40",)"
         R"("continue":")" +
         next + R"("},"items":[{"metadata":{"name":")" + name + R"(","namespace":"n"}}]})";
}

TEST_F(LiveClient, AListIsReadPageByPage) {
  server.will(json_answer(200, page("a", "t+1")));
  server.will(json_answer(200, page("b", "")));
  Asking asking(at(server.url()));
  KubeRequest request = about(Verb::list, "");
  request.selector = {{"strimzi.io/cluster", "c"}};
  request.since = {30};
  const auto got = asking.ask(request);
  ASSERT_TRUE(got && got->meta.ok()) << got->meta.message;
  ASSERT_EQ(got->items.size(), 2u);
  EXPECT_EQ(got->items[1]->metadata.name, "b");
  EXPECT_EQ(got->resource_version.value, 40u);
  EXPECT_EQ(server.requests().at(0).target,
            "/api/v1/namespaces/n/configmaps?labelSelector=strimzi.io%2Fcluster%3Dc"
            "&resourceVersion=30&resourceVersionMatch=NotOlderThan&limit=500");
  EXPECT_EQ(server.requests().at(1).target,
            "/api/v1/namespaces/n/configmaps?labelSelector=strimzi.io%2Fcluster%3Dc"
            "&limit=500&continue=t%2B1");
}

// Etcd was compacted between two pages: what the first ones said is of a version that is gone.
TEST_F(LiveClient, AListWhosePageExpiredBeginsAnew) {
  server.will(json_answer(200, page("a", "t")));
  server.will(json_answer(410, status(410, "Expired", "too old")));
  server.will(json_answer(200, page("c", "")));
  Asking asking(at(server.url()));
  const auto got = asking.ask(about(Verb::list, ""));
  ASSERT_TRUE(got && got->meta.ok());
  ASSERT_EQ(got->items.size(), 1u);
  EXPECT_EQ(got->items[0]->metadata.name, "c");
}

std::string event_line(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

TEST_F(LiveClient, AWatchHandsOnItsEventsAndEndsWithGone) {
  const std::string bookmark =
      R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"9"}})";
  server.will(watch_answer(event_line("ADDED", kMap) + event_line("MODIFIED", kMap) +
                           event_line("DELETED", kMap) + event_line("BOOKMARK", bookmark) +
                           event_line("ERROR", status(410, "Expired", "too old"))));
  Asking asking(at(server.url()));
  KubeRequest request = about(Verb::watch, "");
  request.since = {5};
  const CallId watch = asking.start(request);
  ASSERT_TRUE(asking.wait([&] { return asking.events.size() == 5; }));
  EXPECT_TRUE(asking.reply_of(watch)->meta.ok());
  const WatchEventType types[] = {WatchEventType::added, WatchEventType::modified,
                                  WatchEventType::deleted, WatchEventType::bookmark,
                                  WatchEventType::error};
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(asking.events[i].type, types[i]);
    EXPECT_EQ(asking.events[i].watch, watch);
  }
  EXPECT_EQ(asking.events[0].object->metadata.name, "m");
  EXPECT_EQ(asking.events[3].resource_version.value, 9u);
  EXPECT_EQ(asking.events[4].outcome, Outcome::gone);
  EXPECT_EQ(server.requests().at(0).target,
            "/api/v1/namespaces/n/configmaps?watch=1&allowWatchBookmarks=true"
            "&timeoutSeconds=290&resourceVersion=5");
}

// Its server went away, in the middle of a line: to be taken up again where it was.
TEST_F(LiveClient, AWatchThatBreaksOffIsUnknown) {
  server.will(watch_answer(event_line("ADDED", kMap) + R"({"type":"MODI)", false));
  Asking asking(at(server.url()));
  asking.start(about(Verb::watch, ""));
  ASSERT_TRUE(asking.wait([&] { return asking.events.size() == 2; }));
  EXPECT_EQ(asking.events[1].type, WatchEventType::error);
  EXPECT_EQ(asking.events[1].outcome, Outcome::unknown);
  EXPECT_EQ(asking.client.pending(), 0u);
}

TEST_F(LiveClient, AWatchLineThatIsNoEventEndsTheWatch) {
  server.will(watch_answer("{\"type\":\"ADDED\"}\n" + event_line("ADDED", kMap)));
  Asking asking(at(server.url()));
  asking.start(about(Verb::watch, ""));
  ASSERT_TRUE(asking.wait([&] { return !asking.events.empty() && asking.client.pending() == 0; }));
  ASSERT_EQ(asking.events.size(), 1u);
  EXPECT_EQ(asking.events[0].type, WatchEventType::error);
  EXPECT_EQ(asking.events[0].outcome, Outcome::unknown);
}

TEST_F(LiveClient, AWatchThatIsRefusedHasAReplyAndNoEvents) {
  server.will(json_answer(403, status(403, "Forbidden", "cannot watch")));
  Asking asking(at(server.url()));
  const auto got = asking.ask(about(Verb::watch, ""));
  EXPECT_EQ(got->meta.outcome, Outcome::forbidden);
  EXPECT_EQ(got->meta.message, "cannot watch");
  EXPECT_TRUE(asking.events.empty());
}

TEST_F(LiveClient, AStoppedWatchIsNotHeardOf) {
  server.will(watch_answer(event_line("ADDED", kMap) + event_line("MODIFIED", kMap)));
  server.will(json_answer(200, kMap));
  Asking asking(at(server.url()));
  asking.stop_on_first_event = true;
  asking.start(about(Verb::watch, ""));
  ASSERT_TRUE(asking.wait([&] { return asking.events.size() == 1; }));
  EXPECT_TRUE(asking.ask(about(Verb::get))->meta.ok());
  EXPECT_EQ(asking.events.size(), 1u);
}

// The uid of a real server is a text that the number of api::Uid only stands for.
TEST_F(LiveClient, APreconditionNamesTheUidAsItWasRead) {
  server.will(json_answer(200, kMap));
  server.will(json_answer(200, status(200, "", "")));
  Asking asking(at(server.url()));
  const auto got = asking.ask(about(Verb::get));
  KubeRequest remove = about(Verb::remove);
  remove.uid = got->object->metadata.uid;
  remove.grace = 30_s;
  EXPECT_TRUE(asking.ask(remove)->meta.ok());
  EXPECT_EQ(server.requests().at(1).method, "DELETE");
  EXPECT_EQ(server.requests().at(1).body,
            R"({"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":30,)"
            R"("propagationPolicy":"Background",)"
            R"("preconditions":{"uid":"5b1cbf76-3a3d-4e0c-8a0e-6ddc8d6f3f4e"}})");
  // One that was never read cannot be named: nothing is deleted.
  remove.uid = {12345};
  EXPECT_EQ(asking.ask(remove)->meta.outcome, Outcome::invalid);
  EXPECT_EQ(server.requests().size(), 2u);
}

// A dry run says so in every write: in the query, and of deletions in the body.
TEST_F(LiveClient, EveryWriteOfADryRunSaysSo) {
  live::RouteOptions options;
  options.dry_run = true;
  Asking asking(at(server.url()), options);
  auto pod = about(Verb::evict);
  pod.kind = api::Kind::pod;
  KubeRequest update = create(), status_only = create(), apply = create();
  update.verb = Verb::update;
  status_only.verb = Verb::update_status;
  apply.verb = Verb::apply;
  apply.field_manager = "twin";
  const std::vector<KubeRequest> writes{create(), update, status_only, apply, about(Verb::remove),
                                        pod};
  for (const KubeRequest& write : writes) {
    server.will(json_answer(500, "{}"));
    asking.ask(write);
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), writes.size());
  for (const auto& request : requests) {
    const bool said = request.target.find("dryRun=All") != std::string::npos ||
                      request.body.find(R"("dryRun":["All"])") != std::string::npos;
    EXPECT_TRUE(said) << request.method << " " << request.target;
  }
}

TEST_F(LiveClient, ANameThatWouldLeaveItsPlaceIsRefused) {
  Asking asking(at(server.url()));
  for (const char* name : {"../secrets/s", "a/b", "..", "m?watch=1", ""}) {
    EXPECT_EQ(asking.ask(about(Verb::get, name))->meta.outcome, Outcome::invalid) << name;
  }
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace twin::live_test
