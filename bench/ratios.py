#!/usr/bin/env python3
"""What a benchmark run is worth: ratios to the peers of the same run, and whole runs against what they
may cost. Usage: ratios.py FOLDER, which holds the JSON files of Google Benchmark and `peers`, lines of
"name pending events_per_second". Rates are of the processor's time, whole runs of the wall's."""
import json
import pathlib
import sys

RATIO_TO_STANDARD_QUEUE = {1000: 1.2, 100000: 2.0, 1000000: 3.0}
RATIO_TO_PEER = {"simpy": {100000: 50.0}, "ns3": {100000: 4.0}}
# benchmark, figure, at most, unit
LIMITS = [
    ("run/upgrade_3_brokers", "real_time", 15, "ms"),
    ("run/upgrade_100_brokers", "real_time", 5000, "ms"),
    ("run/upgrade_100_brokers", "process_peak_MiB", 1024, "MiB"),
    ("run/upgrade_100_brokers_traced", "trace_MiB", 200, "MiB"),
]
SHOWN = ("events", "records", "solves", "isr_records", "mallocs", "mallocs_per_event",
         "sim_s_per_wall_s")


def medians(folder):
    found = {}
    for path in sorted(folder.glob("*.json")):
        for entry in json.loads(path.read_text())["benchmarks"]:
            if entry.get("aggregate_name", "median") == "median" and "error_message" not in entry:
                found[entry["run_name"]] = entry
    return found


def verdict(holds):
    return "reached" if holds else "SHORT"


def print_ratios(results, peers):
    print("\n%-48s %12s %12s %7s %7s" % ("hold, events a second", "ours", "peer", "ratio", "wanted"))

    def row(name, ours, peer, wanted):
        ratio = ours / peer
        print("%-48s %12.0f %12.0f %6.2fx %s" % (
            name, ours, peer, ratio,
            "" if wanted is None else "%6.1fx %s" % (wanted, verdict(ratio >= wanted))))

    for pending, wanted in RATIO_TO_STANDARD_QUEUE.items():
        ours = results.get("hold/radix_heap/%d" % pending)
        peer = results.get("hold/std_priority_queue/%d" % pending)
        if ours and peer:
            row("%d: radix heap to std::priority_queue" % pending, ours["items_per_second"],
                peer["items_per_second"], wanted)
    for name, pending, rate in peers:
        ours = results.get("hold/engine_hashed/%d" % pending)
        if ours:
            row("%d: engine with dispatch and hash to %s" % (pending, name),
                ours["items_per_second"], rate, RATIO_TO_PEER.get(name, {}).get(pending))


def print_limits(results):
    print("\n%-48s %12s %12s" % ("whole runs", "measured", "at most"))
    for name, figure, limit, unit in LIMITS:
        entry = results.get(name)
        if entry is None:
            print("%-48s %12s" % (name + " " + figure, "no result"))
            continue
        value = entry[figure]
        print("%-48s %8.1f %-3s %8.0f %-3s %s" % (name[4:] + " " + figure, value, unit, limit, unit,
                                                verdict(value <= limit)))


def print_counters(results):
    print("\ncounters")
    for name, entry in results.items():
        counters = ["%s %.6g" % (key, entry[key]) for key in SHOWN if key in entry]
        if counters:
            print("  %-44s %s" % (name, ", ".join(counters)))


def main():
    folder = pathlib.Path(sys.argv[1])
    results = medians(folder)
    path = folder / "peers"
    lines = path.read_text().splitlines() if path.exists() else []
    peers = [(name, int(pending), float(rate)) for name, pending, rate in map(str.split, lines)]
    print_ratios(results, peers)
    print_limits(results)
    print_counters(results)


main()
