#!/usr/bin/env python3
"""Ratios of a benchmark run to the peers of the same run. Usage: ratios.py FOLDER, which holds the
JSON files of Google Benchmark and `peers`, lines of "name pending events_per_second"."""
import json
import pathlib
import sys


def medians(folder):
    rates = {}
    for path in sorted(folder.glob("*.json")):
        for entry in json.loads(path.read_text())["benchmarks"]:
            if entry.get("aggregate_name") == "median" and "items_per_second" in entry:
                rates[entry["run_name"]] = entry["items_per_second"]
    return rates


def main():
    folder = pathlib.Path(sys.argv[1])
    rates = medians(folder)
    print("\nratio to the peer                                   ours/s        peer/s   ratio")

    def row(name, ours, peer):
        print("%-44s %14.0f %13.0f %6.1fx" % (name, ours, peer, ours / peer))

    for pending in (1000, 100000, 1000000):
        ours = rates.get("hold/radix_heap/%d" % pending)
        peer = rates.get("hold/std_priority_queue/%d" % pending)
        if ours and peer:
            row("hold %d: radix heap, std::priority_queue" % pending, ours, peer)
    peers = folder / "peers"
    for line in peers.read_text().splitlines() if peers.exists() else []:
        name, pending, rate = line.split()
        ours = rates.get("hold/engine_hashed/" + pending)
        if ours:
            row("hold %s: engine with trace hash, %s" % (pending, name), ours, float(rate))


main()
