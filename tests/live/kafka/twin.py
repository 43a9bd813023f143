"""The same work for the twin: a scenario of the case, played by kafka-twin, and its trace read."""

import json
import os
import subprocess
import tempfile

import case as cases
import libs
import trace

BINARY = os.environ.get("KAFKA_TWIN", os.path.join(libs.ROOT, "build", "release", "bin",
                                                   "kafka-twin"))
MOVE_AT = 30  # s of the clock: everything is at rest


def scenario(case, measured, nic_bytes_per_s):
    """The case in the scenario language: `measured` says how much data of which batches there was
    when the move began, and how much came in. The link's speed is all it is told of the machine."""
    before = MOVE_AT * measured["producedPerSecond"]
    steps = [{"at": f"{MOVE_AT}s",
              "reassign": {"partitions": {f"{cases.TOPIC}-{i}": replicas for i, replicas
                                          in enumerate(case.placement(True))}}}]
    if case.throttle:
        steps[0]["reassign"]["throttle"] = int(case.throttle * cases.MEGA)
    if case.raise_after:
        steps.append({"after": _seconds(case.raise_after),
                      "throttle": int(case.raise_to * cases.MEGA)})
    if case.restart_after:
        steps.append({"after": _seconds(case.restart_after), "fault": {
            "kind": "pod-delete", "target": f"live-broker-{case.destination}"}})
    steps.append({"when": {"reassigned": True}, "verifyReassignment": True})
    config = {"num.replica.fetchers": case.fetchers, "offsets.topic.replication.factor": 1,
              "auto.leader.rebalance.enable": False, **case.config}
    workload = {"topics": [{"name": cases.TOPIC, "partitions": case.partitions, "replicas": 2,
                            "dataPerPartition": (measured["bytes"] - before) // case.partitions,
                            "batch": measured["batchBytes"],
                            "config": {"min.insync.replicas": 1},
                            "placement": case.placement(False)}]}
    if case.beside:
        workload["topics"].append({"name": cases.BESIDE, "partitions": case.beside, "replicas": 2,
                                   "config": {"min.insync.replicas": 1},
                                   "placement": case.beside_placement()})
        workload["producers"] = [{"topic": cases.BESIDE, "recordBytes": 1000, "acks": case.acks,
                                  "recordsPerSecond": int(case.produce * cases.MEGA) // 1000}]
    elif case.produce:
        workload["producers"] = [{"topic": cases.TOPIC, "recordBytes": 1000, "acks": case.acks,
                                  "recordsPerSecond": measured["producedPerSecond"] // 1000}]
    spec = {"operator": "twin",
            "environment": {"zones": 1, "hardware": {"profile": "loopback",
                                                     "nic": nic_bytes_per_s}},
            "workload": workload, "steps": steps, "expect": {"end": "settled"}}
    documents = [{"apiVersion": "kafka-twin.io/v1alpha1", "kind": "Scenario",
                  "metadata": {"name": case.name}, "spec": spec},
                 _pool("broker", case.brokers, "[0-9]"), _pool("controller", 1, "[100-109]"),
                 {"apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka",
                  "metadata": {"name": "live"},
                  "spec": {"kafka": {"version": libs.KAFKA, "metadataVersion": "4.3-IV0",
                                     "listeners": [{"name": "plain", "port": 9092,
                                                    "type": "internal", "tls": False}],
                                     "config": config}}}]
    return "---\n".join(json.dumps(document, indent=1) + "\n" for document in documents)


def _seconds(value):
    return f"{int(value * 1000)}ms"


def _pool(role, replicas, ids):
    return {"apiVersion": "kafka.strimzi.io/v1", "kind": "KafkaNodePool",
            "metadata": {"name": role, "labels": {"strimzi.io/cluster": "live"},
                         "annotations": {"strimzi.io/next-node-ids": ids}},
            "spec": {"replicas": replicas, "roles": [role],
                     "storage": {"type": "jbod", "volumes": [
                         {"id": 0, "type": "persistent-claim", "size": "100Gi",
                          "kraftMetadata": "shared"}]}}}


def run(case, measured, nic_bytes_per_s):
    """The twin's answer, in the words of case.run()."""
    with tempfile.TemporaryDirectory(prefix="kafka-twin-live-") as folder:
        path, kept = os.path.join(folder, "case.yaml"), os.path.join(folder, "case.trace")
        with open(path, "w") as file:
            file.write(scenario(case, measured, nic_bytes_per_s))
        ran = subprocess.run([BINARY, "run", path, "--report", "json", "--trace", kept],
                             capture_output=True, text=True, timeout=300)
        if ran.returncode not in (0, 1, 3):
            raise RuntimeError(f"{case.name}: kafka-twin said\n{ran.stderr[-2000:]}")
        report = json.loads(ran.stdout)[0]
        if report["end"] != "settled":
            raise RuntimeError(f"{case.name}: {report['end']}: {report['endDetail']}")
        samples, start, end = _arrivals(kept, case)
    figures = report["figures"]
    result = {"seconds": figures["movesTook"]}
    if figures["produceLatencyP99"] is not None:
        result["producer"] = {f"{each.lower()}Ms": figures["produceLatency" + each] * 1000
                              for each in ("P50", "P99", "Max")}
    if samples:
        result.update(cases.shape(samples, start, end))
    return result


def _arrivals(path, case):
    """(seconds, bytes so far) at the destination, and when the move began and ended."""
    samples, total, start, end = [], 0, None, None
    for now, kind, fields in trace.records(path):
        at = now / 1e9
        if kind == trace.REPLICAS_CHANGED:
            start = at if start is None else start
            end = at
        elif kind == trace.FETCH_RETURNED and fields[1] == case.destination:
            total += fields[3]
            samples.append((at, total))
    return samples, start, end
