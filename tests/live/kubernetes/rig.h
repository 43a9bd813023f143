// A real API server on loopback: etcd and kube-apiserver as child processes, certificates of its
// own, three users. Whatever ends the test ends them too (the kernel kills them with this process),
// and the folder goes with the rig.
//
// The programs come from TWIN_KUBE_BINARIES, a folder with `etcd` and `kube-apiserver`, or from an
// archive shared/bin/k8s-*.tar.xz beside the repository, whose SHA-256 must be as the list beside
// it says; it is unpacked once, into the build folder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "controller/live/http.h"

namespace twin::live_test {

namespace live = controller::live;

class Process {
 public:
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { stop(); }
  void start(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  void stop();
  bool running();

 private:
  pid_t pid_ = -1;
};

class Rig {
 public:
  // Empty where there are none; then `why` says what to do about it.
  static std::filesystem::path binaries(std::string& why);

  // Error: what did not start, with the end of its log. Bounded: 90 s.
  static sim::Expected<std::unique_ptr<Rig>> start(const std::filesystem::path& binaries);
  ~Rig();

  // Of system:masters. Others: the token of a user without any rights.
  live::Credentials admin() const { return with_token("admin-token"); }
  live::Credentials stranger() const { return with_token("stranger-token"); }
  live::Credentials with_token(const std::string& token) const;
  // Signed by the rig's authority for user `admin` of system:masters; `days` may have passed.
  live::Credentials with_certificate(const std::string& name, int days);
  // PEM of an authority that signed nothing here.
  std::string other_authority();

  // As admin, without the adapter's own routes: namespaces, definitions, roles.
  live::HttpAnswer raw(const std::string& method, const std::string& target,
                       const std::string& body = {}) const;
  void make_namespace(const std::string& name) const;
  // Etcd forgets all versions but the last, and the API server its cache.
  void compact();
  void stop_api_server() { api_server_.stop(); }
  sim::Expected<void> start_api_server();
  const std::filesystem::path& folder() const { return folder_; }

 private:
  Rig() = default;
  sim::Expected<void> make_certificates();
  sim::Expected<void> start_etcd();
  sim::Expected<void> openssl(const std::vector<std::string>& arguments) const;
  sim::Error failed(const std::string& what, const std::string& log) const;
  live::HttpAnswer ask(const live::Credentials& whom, const live::HttpRequest& request) const;

  std::filesystem::path binaries_;
  std::filesystem::path folder_;
  int etcd_port_ = 0;
  int peer_port_ = 0;
  int api_port_ = 0;
  Process etcd_;
  Process api_server_;
};

}  // namespace twin::live_test
