#include "controller/roll/restart_reasons.h"

namespace twin::controller {

namespace {

std::string sentence_of(const std::string& code, const std::vector<std::string>& keys) {
  if (code == "ConfigChangeRequiresRestart") {
    std::string list;
    for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + key;
    if (list.empty()) list = "its configuration";
    return list + " cannot be changed while it runs";
  }
  if (code == "PodHasOldRevision") return "its pod has an old revision";
  if (code == "PodHasOldGeneration") return "its pod has an old generation";
  if (code.starts_with("KafkaUpgradePhase") || code.starts_with("KafkaDowngradePhase")) {
    return "this phase brings it another pod";
  }
  if (code == "ManualRollingUpdate") return "somebody asked for it with an annotation";
  if (code == "FileSystemResizeNeeded") return "a file system grows when it starts";
  if (code == "ClusterCaCertKeyReplaced") {
    return "it is to trust the new cluster CA certificate, signed by a new key";
  }
  if (code == "CaCertRenewed") return "a CA certificate was renewed";
  if (code == "CaCertRemoved") return "a CA certificate was removed";
  if (code == "CaCertHasOldGeneration") return "it runs with a CA certificate of an old generation";
  if (code == "KafkaCertificatesChanged") return "its own certificate was signed anew";
  if (code == "PodStuck") return "its pod is stuck, and an old one";
  if (code == "PodUnresponsive") return "no Admin client can be made for it";
  if (code == "PodForceRestartOnError") return "the last attempt failed too, and it may stop";
  return code;
}

}  // namespace

std::string restart_sentence(const std::vector<std::string>& reasons,
                             const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& code : reasons) {
    text += (text.empty() ? "" : "; ") + sentence_of(code, keys);
  }
  return text;
}

}  // namespace twin::controller
