#include "controller/live/kube/kubeconfig.h"

#include <fstream>
#include <iterator>

#include "controller/api/value.h"

namespace twin::controller::live {

namespace {

using api::Value;
using sim::Error;

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, slash);
}

// One kubeconfig and how its parts are found.
class Reader {
 public:
  Reader(std::string file, const Value& root) : file_(std::move(file)), root_(root) {}

  Error error(const Value* at, std::string what, std::string hint = {}) const {
    std::string where = file_;
    if (at != nullptr && at->mark().line > 0) {
      where += ":" + std::to_string(at->mark().line) + ":" + std::to_string(at->mark().column);
    }
    return {std::move(where), std::move(what), std::move(hint)};
  }

  // `clusters`, `contexts` and `users` are lists of {name, <body>}.
  sim::Expected<const Value*> named(const char* list, const char* body, const std::string& name) {
    const Value* items = root_.find(list);
    if (items != nullptr && items->is_list()) {
      for (const Value& item : items->items()) {
        const Value* called = item.find("name");
        if (called == nullptr || called->scalar_text() != name) continue;
        const Value* found = item.find(body);
        if (found != nullptr && found->is_map()) return found;
        return error(&item, std::string(list) + " entry `" + name + "` has no " + body);
      }
    }
    return error(items, std::string("no entry `") + name + "` in " + list, known(items));
  }

  std::string text(const Value& map, const char* key) const {
    const Value* found = map.find(key);
    return found != nullptr && found->is_scalar() ? found->scalar_text() : std::string{};
  }
  std::string path(const Value& map, const char* key) const {
    const std::string given = text(map, key);
    return given.empty() || given[0] == '/' ? given : folder_of(file_) + "/" + given;
  }
  // `KEY-data` in base64 wins over the file `KEY`, as it does for kubectl.
  sim::Expected<Pem> pem(const Value& map, const std::string& key) const {
    Pem out;
    const std::string inline_key = key + "-data";
    if (const std::string encoded = text(map, inline_key.c_str()); !encoded.empty()) {
      auto decoded = decode_base64(encoded);
      if (!decoded) return error(map.find(inline_key), inline_key + " is not base64");
      out.text = std::move(*decoded);
      return out;
    }
    out.path = path(map, key.c_str());
    if (!out.path.empty() && !std::ifstream(out.path)) {
      return error(map.find(key), "cannot read " + out.path);
    }
    return out;
  }
  bool flag(const Value& map, const char* key) const { return text(map, key) == "true"; }
  const std::string& file() const { return file_; }

 private:
  static std::string known(const Value* items) {
    std::string out;
    if (items == nullptr || !items->is_list()) return out;
    for (const Value& item : items->items()) {
      const Value* name = item.find("name");
      if (name != nullptr) out += (out.empty() ? "there are " : ", ") + name->scalar_text();
    }
    return out;
  }
  std::string file_;
  const Value& root_;
};

sim::Expected<ExecPlugin> read_exec(const Reader& reader, const Value& exec) {
  ExecPlugin out;
  out.api_version = reader.text(exec, "apiVersion");
  if (out.api_version != "client.authentication.k8s.io/v1" &&
      out.api_version != "client.authentication.k8s.io/v1beta1") {
    return reader.error(&exec, "exec plugin of apiVersion `" + out.api_version + "`",
                        "client.authentication.k8s.io/v1");
  }
  out.command = reader.text(exec, "command");
  if (out.command.empty()) return reader.error(&exec, "exec plugin without a command");
  out.install_hint = reader.text(exec, "installHint");
  out.folder = folder_of(reader.file());
  if (const Value* arguments = exec.find("args"); arguments != nullptr && arguments->is_list()) {
    for (const Value& each : arguments->items()) out.arguments.push_back(each.scalar_text());
  }
  if (const Value* env = exec.find("env"); env != nullptr && env->is_list()) {
    for (const Value& each : env->items()) {
      out.environment.emplace_back(reader.text(each, "name"), reader.text(each, "value"));
    }
  }
  return out;
}

sim::Expected<void> read_cluster(const Reader& reader, const Value& cluster, Credentials& out) {
  out.server = reader.text(cluster, "server");
  while (out.server.ends_with('/')) out.server.pop_back();
  if (!out.server.starts_with("https://") && !out.server.starts_with("http://")) {
    return reader.error(&cluster, "server `" + out.server + "` is not a URL", "https://HOST:PORT");
  }
  auto authority = reader.pem(cluster, "certificate-authority");
  if (!authority) return authority.error();
  out.authority = std::move(*authority);
  out.insecure = reader.flag(cluster, "insecure-skip-tls-verify");
  out.tls_server_name = reader.text(cluster, "tls-server-name");
  out.proxy = reader.text(cluster, "proxy-url");
  return {};
}

sim::Expected<void> read_user(const Reader& reader, const Value& user, Credentials& out) {
  for (const char* key : {"auth-provider", "username", "password"}) {
    if (user.find(key) != nullptr) {
      return reader.error(
          user.find(key),
          std::string("a user with `") + key + "` is not supported, and not by Kubernetes either",
          "a token, a client certificate or an exec plugin");
    }
  }
  for (const auto& [key, value] : user.entries()) {
    if (key == "as" || key.starts_with("as-")) {
      return reader.error(&value, "impersonation (`" + key + "`) is not supported");
    }
  }
  auto certificate = reader.pem(user, "client-certificate");
  if (!certificate) return certificate.error();
  out.certificate = std::move(*certificate);
  auto key = reader.pem(user, "client-key");
  if (!key) return key.error();
  out.key = std::move(*key);
  if (out.certificate.empty() != out.key.empty()) {
    return reader.error(&user, "a client certificate and its key go together");
  }
  out.token = reader.text(user, "token");
  out.token_path = reader.path(user, "tokenFile");
  if (const Value* exec = user.find("exec"); exec != nullptr && exec->is_map()) {
    auto plugin = read_exec(reader, *exec);
    if (!plugin) return plugin.error();
    if (reader.flag(*exec, "provideClusterInfo")) {
      Value spec = Value::map();
      spec.set("server", Value::string(out.server));
      plugin->cluster_info = api::to_json(spec);
    }
    out.exec = std::move(*plugin);
  }
  return {};
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  size_t digits = 0, padding = 0;
  for (char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    ++digits;
    if (c == '=') {
      ++padding;
      continue;
    }
    const size_t digit = kDigits.find(c);
    if (digit == kDigits.npos || padding > 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  if (digits % 4 != 0 || padding > 2) return std::nullopt;
  return out;
}

sim::Expected<Credentials> read_kubeconfig(const std::string& path, const std::string& context) {
  const auto documents = api::read_yaml_file(path);
  if (!documents) return documents.error();
  if (documents->size() != 1 || !documents->front().root.is_map()) {
    return Error{path, "is not a kubeconfig", "one document with kind: Config"};
  }
  const Value& root = documents->front().root;
  Reader reader(path, root);
  Credentials out;
  out.context = context.empty() ? reader.text(root, "current-context") : context;
  if (out.context.empty()) {
    return reader.error(&root, "there is no current-context", "name one with --context");
  }
  const auto chosen = reader.named("contexts", "context", out.context);
  if (!chosen) return chosen.error();
  out.namespace_name = reader.text(**chosen, "namespace");
  const auto cluster = reader.named("clusters", "cluster", reader.text(**chosen, "cluster"));
  if (!cluster) return cluster.error();
  if (const auto read = read_cluster(reader, **cluster, out); !read) return read.error();
  const std::string user_name = reader.text(**chosen, "user");
  if (user_name.empty()) return out;
  const auto user = reader.named("users", "user", user_name);
  if (!user) return user.error();
  if (const auto read = read_user(reader, **user, out); !read) return read.error();
  return out;
}

sim::Expected<Credentials> in_cluster(const std::string& host, const std::string& port,
                                      const std::string& folder) {
  if (host.empty() || port.empty()) {
    return Error{"", "neither a kubeconfig was named nor is this a pod with a service account",
                 "--kubeconfig FILE"};
  }
  Credentials out;
  const bool ipv6 = host.find(':') != host.npos;
  out.server = "https://" + (ipv6 ? "[" + host + "]" : host) + ":" + port;
  out.authority.path = folder + "/ca.crt";
  out.token_path = folder + "/token";
  out.context = "the pod's service account";
  std::ifstream file(folder + "/namespace");
  out.namespace_name.assign(std::istreambuf_iterator<char>(file), {});
  if (!std::ifstream(out.token_path)) return Error{out.token_path, "cannot be read", ""};
  return out;
}

}  // namespace twin::controller::live
