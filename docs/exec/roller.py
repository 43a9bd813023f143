#!/usr/bin/env python3
"""A careful roller for kafka-twin, one node at a time: docs/EXEC.md says what the lines hold.

    kafka-twin check --operator "exec:python3 docs/exec/roller.py" --runs 200
"""
import json
import sys

FETCH_TIMEOUT_MS = 2000  # controller.quorum.fetch.timeout.ms


def on_the_way_back(world):
    for node in world["nodes"]:
        if not node["ready"]:
            return f"{node['pod']} is not Ready"
    return None


def quorum_obstacle(world, node):
    quorum = world.get("quorum")
    if quorum is None or quorum["leader"] is None:
        return "the metadata quorum has no leader"
    voters = quorum["voters"]
    caught_up = [v for v in voters if (v["behindMs"] or 0) < FETCH_TIMEOUT_MS]
    others = [v for v in caught_up if v["id"] != node["id"] and v["behindMs"] is not None]
    if len(voters) > 2 and 2 * len(others) <= len(voters):
        return f"{len(others)} of {len(voters)} voters are no majority without {node['pod']}"
    return None


def partition_obstacle(world, node):
    if "partitions" not in world:
        return "no broker answered"
    for row in world["partitions"]:
        left = [broker for broker in row["isr"] if broker != node["id"]]
        minimum = row["minIsr"] or 1
        touched = node["id"] in row["replicas"] and len(row["replicas"]) > minimum
        if touched and len(left) < minimum:
            return f"{row['topic']}-{row['partition']} would have {len(left)} in sync"
    return None


def answer(world):
    wanted = [node for node in world["nodes"] if node["restartFor"]]
    unready = on_the_way_back(world)
    if unready or world["unanswered"]:
        return {"say": unready or world["unanswered"][0]}
    if not wanted:
        return {"done": True}
    leader = (world.get("quorum") or {}).get("leader")
    wanted.sort(key=lambda n: (n["role"] == "broker", n["id"] == leader))  # controllers first
    node = wanted[0]
    why_not = quorum_obstacle(world, node) if node["role"] in ("controller", "both") else None
    if why_not is None and node["role"] in ("broker", "both"):
        why_not = partition_obstacle(world, node)
    return {"say": why_not} if why_not else {"restart": [node["pod"]], "say": node["restartFor"][0]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
