#include "tests/live/kubernetes/rig.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/live/clock.h"
#include "controller/live/json.h"

namespace twin::live_test {

namespace fs = std::filesystem;
using namespace sim::literals;
using sim::Error;

namespace {

// Taken from the kernel and given back: free a moment later, as good as always.
int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  bind(listener, reinterpret_cast<sockaddr*>(&address), length);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  close(listener);
  return ntohs(address.sin_port);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

sim::Expected<std::string> printed(const std::string& command, std::vector<std::string> arguments) {
  live::ProgramOptions options;
  options.command = command;
  options.arguments = std::move(arguments);
  options.time_max = 120_s;
  return live::output_of(options);
}

// The folder with the archive's programs, unpacked once.
fs::path unpacked(const fs::path& archive, std::string& why) {
  const fs::path into = fs::path(TWIN_BINARY_DIR) / archive.stem().stem();
  if (fs::exists(into / "kube-apiserver")) return into;
  const auto sum = printed("sha256sum", {archive.string()});
  const std::string known = text_of(archive.parent_path() / "SHA256SUMS");
  if (!sum || known.find(sum->substr(0, 64)) == known.npos) {
    why = archive.string() + " is not what SHA256SUMS beside it says";
    return {};
  }
  const fs::path part = into.string() + ".part" + std::to_string(getpid());
  fs::create_directories(part);
  const auto done =
      printed("tar", {"-C", part.string(), "-xf", archive.string(), "etcd", "kube-apiserver"});
  std::error_code taken;  // another test may have been faster
  if (done) fs::rename(part, into, taken);
  fs::remove_all(part);
  if (fs::exists(into / "kube-apiserver")) return into;
  why = "cannot unpack " + archive.string();
  return {};
}

class Waiting : public live::HttpSink {
 public:
  void on_done(uint64_t, const live::HttpAnswer& got) override {
    answer = got;
    done = true;
  }
  void on_open(uint64_t) override {}
  bool on_bytes(uint64_t, std::string_view) override { return true; }
  live::HttpAnswer answer;
  bool done = false;
};

}  // namespace

void Process::start(const std::vector<std::string>& arguments, const fs::path& log) {
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers;
  for (std::string& each : texts) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  const std::string path = log.string();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int out = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, 1);
  dup2(out, 2);
  execv(pointers[0], pointers.data());
  _exit(127);
}

void Process::stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool Process::running() {
  if (pid_ <= 0 || waitpid(pid_, nullptr, WNOHANG) == 0) return pid_ > 0;
  pid_ = -1;
  return false;
}

fs::path Rig::binaries(std::string& why) {
  if (const char* folder = std::getenv("TWIN_KUBE_BINARIES")) {
    if (fs::exists(fs::path(folder) / "etcd") && fs::exists(fs::path(folder) / "kube-apiserver")) {
      return folder;
    }
    why = std::string("TWIN_KUBE_BINARIES=") + folder + " holds no etcd and kube-apiserver";
    return {};
  }
  const fs::path shared = fs::path(TWIN_SOURCE_DIR).parent_path() / "shared" / "bin";
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(shared, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("k8s-") && name.ends_with(".tar.xz")) return unpacked(entry.path(), why);
  }
  why = "no etcd and kube-apiserver here: TWIN_KUBE_BINARIES names a folder that has them";
  return {};
}

Error Rig::failed(const std::string& what, const std::string& log) const {
  const std::string text = text_of(folder_ / log);
  return {what, "did not start", text.substr(text.size() - std::min<size_t>(text.size(), 2000))};
}

sim::Expected<void> Rig::openssl(const std::vector<std::string>& arguments) const {
  // What it says to standard error while it works is of no interest.
  std::string command = "cd '" + folder_.string() + "' && exec openssl";
  for (const std::string& each : arguments) command += " '" + each + "'";
  const auto got = printed("sh", {"-c", command + " 2>>openssl.log"});
  if (got) return {};
  return failed("openssl " + arguments.front(), "openssl.log");
}

sim::Expected<void> Rig::make_certificates() {
  std::ofstream(folder_ / "names") << "subjectAltName=IP:127.0.0.1,DNS:kubernetes\n";
  std::ofstream(folder_ / "tokens.csv") << "admin-token,admin,1,\"system:masters\"\n"
                                           "stranger-token,stranger,2\n";
  for (const char* name : {"authority", "other", "server", "accounts"}) {
    const auto made = openssl({"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                               std::string(name) + ".key"});
    if (!made) return made;
  }
  const std::vector<std::vector<std::string>> steps{
      {"req", "-x509", "-new", "-key", "authority.key", "-subj", "/CN=rig", "-days", "2", "-out",
       "authority.pem"},
      {"req", "-x509", "-new", "-key", "other.key", "-subj", "/CN=other", "-days", "2", "-out",
       "other.pem"},
      {"req", "-new", "-key", "server.key", "-subj", "/CN=kube-apiserver", "-out", "server.csr"},
      {"x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
       "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem"},
      {"ec", "-in", "accounts.key", "-pubout", "-out", "accounts.pub"}};
  for (const auto& step : steps) {
    if (const auto made = openssl(step); !made) return made;
  }
  return {};
}

live::Credentials Rig::with_token(const std::string& token) const {
  live::Credentials out;
  out.server = "https://127.0.0.1:" + std::to_string(api_port_);
  out.authority.path = (folder_ / "authority.pem").string();
  out.token = token;
  out.context = "rig";
  return out;
}

live::Credentials Rig::with_certificate(const std::string& name, int days) {
  const auto key =
      openssl({"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key"});
  const auto request = openssl({"req", "-new", "-key", name + ".key", "-subj",
                                "/O=system:masters/CN=admin", "-out", name + ".csr"});
  const auto signed_one = openssl({"x509", "-req", "-in", name + ".csr", "-CA", "authority.pem",
                                   "-CAkey", "authority.key", "-CAcreateserial", "-days",
                                   std::to_string(days), "-out", name + ".pem"});
  live::Credentials out = with_token("");
  if (!key || !request || !signed_one) return out;
  out.certificate.text = text_of(folder_ / (name + ".pem"));
  out.key.text = text_of(folder_ / (name + ".key"));
  return out;
}

std::string Rig::other_authority() { return text_of(folder_ / "other.pem"); }

sim::Expected<void> Rig::start_etcd() {
  const std::string own = "http://127.0.0.1:" + std::to_string(etcd_port_);
  etcd_.start({(binaries_ / "etcd").string(), "--unsafe-no-fsync", "--data-dir",
               (folder_ / "etcd").string(), "--listen-client-urls", own, "--advertise-client-urls",
               own, "--listen-peer-urls", "http://127.0.0.1:" + std::to_string(peer_port_),
               "--log-level", "warn"},
              folder_ / "etcd.log");
  live::Credentials etcd;
  etcd.server = own;
  live::HttpRequest health;
  health.method = "GET";
  health.target = "/health";
  health.time_max = 1_s;
  for (const sim::Time end = live::monotonic_now() + 30_s; live::monotonic_now() < end;) {
    if (!etcd_.running()) break;
    if (ask(etcd, health).status == 200) return {};
    usleep(50'000);
  }
  return failed("etcd", "etcd.log");
}

sim::Expected<void> Rig::start_api_server() {
  const auto at = [&](const char* name) { return (folder_ / name).string(); };
  api_server_.start(
      {(binaries_ / "kube-apiserver").string(), "--bind-address=127.0.0.1",
       "--advertise-address=127.0.0.1", "--secure-port=" + std::to_string(api_port_),
       "--endpoint-reconciler-type=none", "--client-ca-file=" + at("authority.pem"),
       "--tls-cert-file=" + at("server.pem"), "--tls-private-key-file=" + at("server.key"),
       "--token-auth-file=" + at("tokens.csv"), "--service-account-key-file=" + at("accounts.pub"),
       "--service-account-signing-key-file=" + at("accounts.key"),
       "--service-account-issuer=https://kubernetes", "--service-cluster-ip-range=10.96.0.0/16",
       "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
       "--etcd-servers=http://127.0.0.1:" + std::to_string(etcd_port_)},
      folder_ / "kube-apiserver.log");
  for (const sim::Time end = live::monotonic_now() + 60_s; live::monotonic_now() < end;) {
    if (!api_server_.running()) break;
    if (raw("GET", "/readyz").status == 200) return {};
    usleep(100'000);
  }
  return failed("kube-apiserver", "kube-apiserver.log");
}

sim::Expected<std::unique_ptr<Rig>> Rig::start(const fs::path& binaries) {
  std::unique_ptr<Rig> rig(new Rig);
  rig->binaries_ = binaries;
  std::string name = (fs::temp_directory_path() / "kafka-twin-rig-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return Error{name, "cannot be made", ""};
  rig->folder_ = name;
  rig->etcd_port_ = free_port();
  rig->peer_port_ = free_port();
  rig->api_port_ = free_port();
  if (const auto made = rig->make_certificates(); !made) return made.error();
  if (const auto started = rig->start_etcd(); !started) return started.error();
  if (const auto started = rig->start_api_server(); !started) return started.error();
  return rig;
}

Rig::~Rig() {
  api_server_.stop();
  etcd_.stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

live::HttpAnswer Rig::ask(const live::Credentials& whom, const live::HttpRequest& request) const {
  Waiting waiting;
  live::Http http(whom, waiting);
  live::Identity identity(whom);
  const auto who = identity.present({});
  http.start(request, *who);
  const sim::Time end = live::monotonic_now() + request.time_max + 5_s;
  while (!waiting.done && live::monotonic_now() < end) http.run(50_ms);
  return waiting.answer;
}

live::HttpAnswer Rig::raw(const std::string& method, const std::string& target,
                          const std::string& body) const {
  live::HttpRequest request;
  request.method = method;
  request.target = target;
  request.body = body;
  request.content_type = method == "PATCH" ? "application/apply-patch+yaml" : "application/json";
  request.time_max = 10_s;
  return ask(admin(), request);
}

void Rig::make_namespace(const std::string& name) const {
  raw("POST", "/api/v1/namespaces",
      R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")" + name + "\"}}");
}

void Rig::compact() {
  live::Credentials etcd;
  etcd.server = "http://127.0.0.1:" + std::to_string(etcd_port_);
  live::HttpRequest request;
  request.method = "POST";
  request.content_type = "application/json";
  request.target = "/v3/kv/range";
  request.body = R"({"key":"AA=="})";
  const auto range = live::parse_json(ask(etcd, request).body, "etcd");
  const api::Value* revision = range ? range->at_path("header.revision") : nullptr;
  if (revision == nullptr) return;
  request.target = "/v3/kv/compaction";
  request.body = R"({"revision":")" + revision->scalar_text() + R"(","physical":true})";
  ask(etcd, request);
  api_server_.stop();
  (void)start_api_server();
}

}  // namespace twin::live_test
