#!/usr/bin/env python3
"""A whole operator of KRaft clusters for kafka-twin: docs/EXEC.md says what the lines hold.

    kafka-twin check --operator "exec-operator:python3 docs/exec/operator.py" --runs 200

It makes claims, configurations and pod sets, rolls one node at a time, scales, and raises
metadata.version. It remembers nothing: whatever line it is killed at, the next one starts afresh.
"""
import hashlib
import json
import sys

LEVELS = {"4.2.0": "4.2-IV1", "4.3.0": "4.3-IV0"}  # metadata.version of each release
FETCH_TIMEOUT_MS = 2000  # controller.quorum.fetch.timeout.ms


def number(name):
    return int(name.rsplit("-", 1)[1])


def version_of(world, asked, pods):
    """The binaries to run, and whether they are those that were asked for: none that is older than
    the metadata, and none older than what runs while nobody says how old that is."""
    env = [e for p in pods for c in p["spec"]["containers"] for e in c.get("env", [])]
    known = {level: version for version, level in LEVELS.items()}
    least = known.get(world["metadataVersion"], asked) if "metadataVersion" in world else max(
        [e["value"] for e in env if e["name"] == "KAFKA_VERSION"], default=asked)
    return max(asked, least), asked >= least or "metadataVersion" not in world


def node_ids(world, pools, sets):
    """(id, pool) of each node. Ids stay; the lowest free one comes, the highest without replicas
    goes."""
    held = {i for row in world.get("partitions", []) for i in row["replicas"]}
    have = {pool: sorted(number(p["metadata"]["name"]) for p in sets.get(pool, [])) for pool in pools}
    used, nodes = {i for ids in have.values() for i in ids}, []
    for pool, spec in sorted(pools.items()):
        ids, count = have[pool], spec["replicas"]
        while len(ids) > count and "partitions" in world and ids[-1] not in held:
            ids.pop()
        while len(ids) < count:
            ids.append(min(set(range(len(used) + 1)) - used))
            used.add(ids[-1])
        nodes += [(i, pool) for i in ids]
    return nodes


def objects_of(cluster, kafka, pools, nodes):
    """What is to be, but for its hash; the pods by pool."""
    voters = ",".join(f"{i}@{cluster}-{pool}-{i}:9090" for i, pool in nodes
                      if "controller" in pools[pool]["roles"])
    found, pods = [], {}
    for i, pool in nodes:
        name, roles, version = f"{cluster}-{pool}-{i}", pools[pool]["roles"], kafka["version"]
        disks = [f"data-{v['id']}" for v in pools[pool]["storage"]["volumes"]]
        config = {"node.id": i, "process.roles": ",".join(roles), **kafka.get("config", {}),
                  "controller.quorum.voters": voters,
                  "log.dirs": ",".join(f"/var/lib/kafka/{d}/kafka-log{i}" for d in disks)}
        text = "".join(f"{k}={v}\n" for k, v in sorted(config.items()))
        labels = {"strimzi.io/cluster": cluster, "strimzi.io/kind": "Kafka",
                  "strimzi.io/pool-name": pool, "strimzi.io/controller-name": f"{cluster}-{pool}",
                  "strimzi.io/controller": "strimzipodset",
                  "strimzi.io/broker-role": str("broker" in roles).lower(),
                  "strimzi.io/controller-role": str("controller" in roles).lower()}
        found.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name},
                      "data": {"server.config": text}})
        for volume in pools[pool]["storage"]["volumes"]:
            found.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                          "metadata": {"name": f"data-{volume['id']}-{name}", "labels": labels},
                          "spec": {"accessModes": ["ReadWriteOnce"],
                                   "resources": {"requests": {"storage": volume["size"]}}}})
        pods.setdefault(pool, []).append({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "labels": labels, "annotations": {
                "example/revision": hashlib.sha256((version + text).encode()).hexdigest()[:8]}},
            "spec": {"hostname": name, "subdomain": f"{cluster}-kafka-brokers",
                     "terminationGracePeriodSeconds": 30,
                     "containers": [{
                         "name": "kafka", "image": f"quay.io/strimzi/kafka:latest-kafka-{version}",
                         "env": [{"name": "KAFKA_VERSION", "value": version}, {
                             "name": "KAFKA_LOG_DIRS", "value": config["log.dirs"]}],
                         "readinessProbe": {"initialDelaySeconds": 15, "periodSeconds": 10},
                         "volumeMounts": [{"name": d, "mountPath": f"/var/lib/kafka/{d}"}
                                          for d in disks]}],
                     "volumes": [{"name": d, "persistentVolumeClaim": {
                         "claimName": f"{d}-{name}"}} for d in disks] + [
                             {"name": "config", "configMap": {"name": name}}]}})
    for pool, members in pods.items():
        found.append({"apiVersion": "core.strimzi.io/v1", "kind": "StrimziPodSet",
                      "metadata": {"name": f"{cluster}-{pool}", "labels": {
                          "strimzi.io/cluster": cluster, "strimzi.io/pool-name": pool}},
                      "spec": {"selector": {"matchLabels": {"strimzi.io/cluster": cluster,
                                                            "strimzi.io/pool-name": pool}},
                               "pods": members}})
    return found, [pod for members in pods.values() for pod in members]


def obstacle(world, pod):
    """Why this pod cannot go now."""
    node, labels = number(pod["metadata"]["name"]), pod["metadata"]["labels"]
    if labels["strimzi.io/controller-role"] == "true":
        voters = world.get("quorum", {}).get("voters", [])
        others = [v for v in voters if v["id"] != node and v["behindMs"] is not None
                  and v["behindMs"] < FETCH_TIMEOUT_MS]
        if not voters or len(voters) > 2 and 2 * len(others) <= len(voters):
            return "the others are no majority of the quorum"
    if labels["strimzi.io/broker-role"] == "true":
        if "partitions" not in world:
            return "no broker answers"
        for row in world["partitions"]:
            left, least = [b for b in row["isr"] if b != node], row["minIsr"] or 1
            if node in row["replicas"] and len(row["replicas"]) > least > len(left):
                return f"{row['topic']}-{row['partition']} would have {len(left)} in sync"
    return None


def roll(world, wanted, there):
    """One pod to restart, or why none; ("", "") when all is as wanted."""
    for pod in wanted:
        seen = there.get(pod["metadata"]["name"])
        ready = [c for c in (seen or {}).get("status", {}).get("conditions", [])
                 if c["type"] == "Ready" and c["status"] == "True"]
        if not ready or "deletionTimestamp" in seen["metadata"]:
            return None, f"{pod['metadata']['name']} is not Ready"
    leader = (world.get("quorum") or {}).get("leader")
    old = [there[p["metadata"]["name"]] for p in wanted
           if there[p["metadata"]["name"]]["metadata"]["annotations"].get("example/revision")
           != p["metadata"]["annotations"]["example/revision"] or there[p["metadata"]["name"]][
               "metadata"]["annotations"].get("strimzi.io/manual-rolling-update") == "true"]
    old.sort(key=lambda p: (p["metadata"]["labels"]["strimzi.io/controller-role"] != "true",
                            number(p["metadata"]["name"]) == leader))
    if not old:
        return None, ""
    why_not = world["unanswered"][0] if world["unanswered"] else obstacle(world, old[0])
    return (None, why_not) if why_not else (old[0], "it runs an old revision")


def answer(world):
    by_kind = {}
    for each in world["objects"]:
        by_kind.setdefault(each["kind"], {})[each["metadata"]["name"]] = each
    if "Kafka" not in by_kind or any("Kafka:" in u or "Set:" in u for u in world["unanswered"]):
        return {"wakeMs": 1000}
    resource = next(iter(by_kind["Kafka"].values()))
    cluster, kafka = resource["metadata"]["name"], resource["spec"]["kafka"]
    pools = {n: p["spec"] for n, p in by_kind.get("KafkaNodePool", {}).items()}
    sets = {s["metadata"]["labels"]["strimzi.io/pool-name"]: s["spec"].get("pods", [])
            for s in by_kind.get("StrimziPodSet", {}).values()}
    nodes, do = node_ids(world, pools, sets), []
    version, granted = version_of(world, kafka["version"], by_kind.get("Pod", {}).values())
    kafka = {**kafka, "version": version}
    objects, wanted = objects_of(cluster, kafka, pools, nodes)
    for each in objects:
        digest = hashlib.sha256(json.dumps(each).encode()).hexdigest()[:8]
        seen = by_kind.get(each["kind"], {}).get(each["metadata"]["name"], {"metadata": {}})
        if seen["metadata"].get("annotations", {}).get("example/hash") != digest:
            each["metadata"]["annotations"] = {"example/hash": digest}
            do.append({"apply": each})
    there = by_kind.get("Pod", {})
    pod, why = (None, "objects are written") if do else roll(world, wanted, there)
    if pod:
        do.append({"delete": {"kind": "Pod", "name": pod["metadata"]["name"],
                              "uid": pod["metadata"]["uid"]}, "why": why})
    alive = [b["id"] for b in world.get("brokers", []) if not b["fenced"]]
    for broker in world.get("brokers", []):
        if broker["fenced"] and broker["id"] not in [i for i, _ in nodes] and alive:
            do.append({"kafka": {"node": alive[0], "unregister": broker["id"]}})
    level = kafka.get("metadataVersion", LEVELS.get(kafka["version"]))
    if not why and level and world.get("metadataVersion", level) != level and alive:
        do.append({"kafka": {"node": alive[0], "setMetadataVersion": level}})
    refused = {"reason": "KafkaUpgradeException"} if not granted else {}
    status = {"observedGeneration": resource["metadata"]["generation"], "conditions": [
        {"type": "NotReady" if why or refused else "Ready", "status": "True", **refused}]}
    now = resource.get("status", {})
    same = [c["type"] for c in now.get("conditions", [])] == [status["conditions"][0]["type"]]
    if not same or now.get("observedGeneration") != status["observedGeneration"]:
        do.append({"updateStatus": {**resource, "status": status}})
    return {"do": do, "say": why or "all is as wanted", "wakeMs": 2000 if why or do else 30000}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
