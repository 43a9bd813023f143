#include "scenarios/runner/figures.h"

#include <charconv>

namespace twin::scenario {

// Times count from the first step that changes something (the first apply, set, annotate, scale,
// remove or fault), as the recordings do; from the clock's zero when there is none.
const std::vector<FigureInfo>& all_figures() {
  using U = FigureUnit;
  static const std::vector<FigureInfo> figures = {
      {"duration", U::duration, "", "", "from the first change until everything was at rest again"},
      {"readyAfter", U::duration, "", "", "from the first change to the last Ready=True written"},
      {"rolls", U::count, "", "", "reconciles in which the operator restarted at least one pod"},
      {"restarts", U::count, "", "", "restarts that the operator decided on and carried out"},
      {"restartBatches", U::count, "", "", "decisions to restart one node, or several at once"},
      {"restartOrder", U::list, "", "", "Kafka nodes in the order in which they were restarted"},
      {"restartAt", U::duration, "node", "4", "when the operator deleted that node's pod"},
      {"podReadyAt", U::duration, "node", "4", "when that node's pod was Ready again"},
      {"decisions", U::count, "code", "UnforceableProblem", "decisions with that code"},
      {"decisionAt", U::duration, "code", "UnforceableProblem", "when such a decision was made"},
      {"failedReconciles", U::count, "", "", "reconciles that ended in an error"},
      {"errors", U::list, "", "", "error classes of failed reconciles, each once, by first time"},
      {"warnings", U::list, "", "", "warning conditions of the Kafka resource at the end"},
      {"condition", U::text, "type", "Ready",
       "a condition of the Kafka resource at the end: \"True\", \"False\", \"missing\""},
      {"conditionReason", U::text, "type", "NotReady", "its reason"},
      {"kafkaVersion", U::text, "", "", "what every Kafka node runs at the end, or \"mixed\""},
      {"metadataVersion", U::text, "", "", "the finalized metadata.version at the end"},
      {"protocolVersion", U::text, "", "", "inter.broker.protocol.version of all brokers"},
      {"messageFormatVersion", U::text, "", "", "log.message.format.version of all brokers"},
      {"nodes", U::list, "", "", "Kafka nodes that run at the end"},
      {"leaderMoves", U::count, "", "", "leader elections after the clock's zero"},
      {"urpSeconds", U::duration, "", "", "time with at least one under-replicated partition"},
      {"underMinIsrSeconds", U::duration, "", "",
       "partition time under min.insync.replicas, where RF is above it, summed"},
      {"underMinIsrLongest", U::duration, "", "", "the longest of one partition"},
      {"offlineSeconds", U::duration, "", "", "partition time without a leader, summed"},
      {"produceUnavailableLongest", U::duration, "", "",
       "the longest time in which a partition took no acks=all record"},
      {"recordsRejected", U::count, "", "", "records given up by producers"},
      {"consumerLagRecords", U::count, "", "", "worst lag of a group on a partition"},
      {"consumerLagSeconds", U::duration, "", "", "worst lag of a group in time"},
      {"bytesReplicated", U::bytes, "", "", "bytes fetched by replicas that were catching up"},
      {"movesStarted", U::count, "", "", "partitions whose reassignment was started"},
      {"movesEnded", U::count, "", "", "of them, those that ended, or were cancelled"},
      {"movesTook", U::duration, "", "", "the time in which anything moved"},
      {"produceLatencyP50", U::duration, "", "",
       "of acks=all records while partitions moved: half of the bytes took at most"},
      {"produceLatencyP99", U::duration, "", "", "99 % of them took at most"},
      {"produceLatencyMax", U::duration, "", "", "the longest"},
      {"throttlesLeft", U::count, "", "",
       "brokers and topics that have a replication throttle at the end"},
      {"rebalance", U::text, "name", "drain",
       "the state of that KafkaRebalance at the end; \"missing\""},
      {"rebalanceReason", U::text, "name", "drain", "its reason, of NotReady"},
      {"acknowledgedBytesLost", U::bytes, "", "", "acknowledged bytes that no longer exist"},
      {"unluckyRestarts", U::count, "", "",
       "restarts whose slack was gone between the reply and the action"},
      {"propertyViolations", U::count, "", "", "properties that did not hold"},
      {"operatorStarts", U::count, "", "", "operator processes started after the clock's zero"},
      {"verdict", U::text, "", "", "holds, violated or unknown"},
      {"end", U::text, "", "", "settled, timeMax, deployFailed or badStep"},
  };
  return figures;
}

const FigureInfo* find_figure(std::string_view name) {
  for (const FigureInfo& figure : all_figures()) {
    if (figure.name == name) return &figure;
  }
  return nullptr;
}

FigureName split_figure(std::string_view text) {
  FigureName parts;
  const size_t open = text.find('[');
  parts.name = std::string(text.substr(0, open));
  if (open == text.npos || text.back() != ']') return parts;
  std::string_view of = text.substr(open + 1, text.size() - open - 2);
  const size_t hash = of.rfind('#');
  if (hash != of.npos) {
    const std::string_view nth = of.substr(hash + 1);
    std::from_chars(nth.data(), nth.data() + nth.size(), parts.nth);
    of = of.substr(0, hash);
  }
  parts.of = std::string(of);
  return parts;
}

}  // namespace twin::scenario
