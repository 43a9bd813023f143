#include "controller/live/kube/identity.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "controller/api/quantity.h"
#include "controller/live/json.h"

namespace twin::controller::live {

namespace {

using sim::Error;

constexpr sim::Duration kTokenFileFor{60'000'000'000};
// A plugin that names no expiry is asked again only after a 401, as client-go does.
constexpr sim::Time kUntilRejected = sim::kNever;
constexpr sim::Duration kExpiryMargin{10'000'000'000};

std::string text_at(const api::Value& root, const char* path) {
  const api::Value* found = root.at_path(path);
  return found != nullptr && found->is_string() ? found->as_string() : std::string{};
}

}  // namespace

sim::Expected<Identity::Presented> Identity::present(sim::Time now) {
  if (now < good_until_) return presented_;
  presented_ = {credentials_.token, credentials_.certificate, credentials_.key};
  good_until_ = kUntilRejected;
  if (credentials_.exec) {
    if (const auto asked = ask_plugin(now); !asked) {
      good_until_ = {};
      return asked.error();
    }
  } else if (!credentials_.token_path.empty()) {
    if (const auto read = read_token_file(); !read) {
      good_until_ = {};
      return read.error();
    }
    good_until_ = now + kTokenFileFor;
  }
  // It becomes a line of a header: a line break in it would begin another one.
  for (const char c : presented_.token) {
    if (c > ' ' && c < 0x7f) continue;
    good_until_ = {};
    return Error{credentials_.context, "the token holds what no token holds: space or control", ""};
  }
  return presented_;
}

sim::Expected<void> Identity::read_token_file() {
  std::ifstream file(credentials_.token_path);
  std::string token(std::istreambuf_iterator<char>(file), {});
  while (!token.empty() && (token.back() == '\n' || token.back() == ' ')) token.pop_back();
  if (token.empty()) return Error{credentials_.token_path, "holds no token", ""};
  presented_.token = std::move(token);
  return {};
}

sim::Expected<void> Identity::ask_plugin(sim::Time now) {
  const ExecPlugin& plugin = *credentials_.exec;
  ProgramOptions options;
  options.command = plugin.command;
  const bool relative = plugin.command[0] != '/' && plugin.command.find('/') != std::string::npos;
  if (relative) options.command = plugin.folder + "/" + plugin.command;
  options.arguments = plugin.arguments;
  options.environment = plugin.environment;
  const std::string cluster =
      plugin.cluster_info.empty() ? "" : ",\"cluster\":" + plugin.cluster_info;
  options.environment.emplace_back("KUBERNETES_EXEC_INFO",
                                   "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" +
                                       plugin.api_version + "\",\"spec\":{\"interactive\":false" +
                                       cluster + "}}");
  auto printed = output_of(options);
  if (!printed) {
    Error error = printed.error();
    error.hint = plugin.install_hint;
    return error;
  }
  const auto answer = parse_json(*printed, plugin.command);
  if (!answer) return answer.error();
  if (text_at(*answer, "kind") != "ExecCredential") {
    return Error{plugin.command, "printed something that is no ExecCredential", ""};
  }
  presented_.token = text_at(*answer, "status.token");
  presented_.certificate.text = text_at(*answer, "status.clientCertificateData");
  presented_.key.text = text_at(*answer, "status.clientKeyData");
  if (presented_.token.empty() && presented_.certificate.empty()) {
    return Error{plugin.command, "gave neither a token nor a client certificate", ""};
  }
  const std::string expiry = text_at(*answer, "status.expirationTimestamp");
  if (expiry.empty()) return {};
  const auto until = api::parse_timestamp(expiry);
  if (!until) return Error{plugin.command, "expirationTimestamp: " + until.error().what, ""};
  // One that has expired already is used once: the server says so better than we could.
  good_until_ = std::max(*until - kExpiryMargin, now);
  return {};
}

}  // namespace twin::controller::live
