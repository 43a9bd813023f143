#include "controller/api/kafka.h"

namespace twin::api {

std::string_view kafka_error_name(KafkaError error) {
  switch (error) {
    case KafkaError::none: return "NONE";
    case KafkaError::unknown_topic_or_partition: return "UNKNOWN_TOPIC_OR_PARTITION";
    case KafkaError::leader_not_available: return "LEADER_NOT_AVAILABLE";
    case KafkaError::not_leader_or_follower: return "NOT_LEADER_OR_FOLLOWER";
    case KafkaError::request_timed_out: return "REQUEST_TIMED_OUT";
    case KafkaError::coordinator_load_in_progress: return "COORDINATOR_LOAD_IN_PROGRESS";
    case KafkaError::not_enough_replicas: return "NOT_ENOUGH_REPLICAS";
    case KafkaError::invalid_replica_assignment: return "INVALID_REPLICA_ASSIGNMENT";
    case KafkaError::invalid_config: return "INVALID_CONFIG";
    case KafkaError::not_controller: return "NOT_CONTROLLER";
    case KafkaError::invalid_request: return "INVALID_REQUEST";
    case KafkaError::policy_violation: return "POLICY_VIOLATION";
    case KafkaError::reassignment_in_progress: return "REASSIGNMENT_IN_PROGRESS";
    case KafkaError::preferred_leader_not_available: return "PREFERRED_LEADER_NOT_AVAILABLE";
    case KafkaError::election_not_needed: return "ELECTION_NOT_NEEDED";
    case KafkaError::no_reassignment_in_progress: return "NO_REASSIGNMENT_IN_PROGRESS";
    case KafkaError::invalid_update_version: return "INVALID_UPDATE_VERSION";
    case KafkaError::feature_update_failed: return "FEATURE_UPDATE_FAILED";
    case KafkaError::broker_id_not_registered: return "BROKER_ID_NOT_REGISTERED";
    case KafkaError::unsupported_version: return "UNSUPPORTED_VERSION";
  }
  return "UNKNOWN_SERVER_ERROR";
}

}  // namespace twin::api
