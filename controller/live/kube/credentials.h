// Where an API server is and how it is convinced of who asks. Secrets of a process stay in here: no
// message, log line or trace is ever made from them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/expected.h"
#include "sim/time.h"

namespace twin::controller::live {

// PEM text, inline or in a file that is read again for each connection (kubelets and cert-manager
// replace files under a running process).
struct Pem {
  std::string text;
  std::string path;
  bool empty() const { return text.empty() && path.empty(); }
};

// A program that prints an ExecCredential (client.authentication.k8s.io).
struct ExecPlugin {
  std::string api_version;
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;  // on top of our own
  std::string install_hint;
  std::string folder;        // a command with a slash is relative to the kubeconfig's folder
  std::string cluster_info;  // JSON for KUBERNETES_EXEC_INFO when provideClusterInfo is set
};

struct Credentials {
  std::string server;  // "https://127.0.0.1:6443", no trailing slash
  Pem authority;       // empty: what the system trusts
  bool insecure = false;
  std::string tls_server_name;  // what the server's certificate must say; empty: the URL's host
  std::string proxy;
  Pem certificate;
  Pem key;
  std::string token;
  std::string token_path;  // a file that may change: service account tokens are rotated
  std::optional<ExecPlugin> exec;
  std::string namespace_name;  // of the context; empty: none given
  std::string context;         // for messages
};

}  // namespace twin::controller::live
