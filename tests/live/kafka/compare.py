#!/usr/bin/env python3
"""Compares moves of real brokers with the twin's predictions of the same work.

  compare.py measure --out FILE [--only REGEX] [--repeat 3] [--short]
      runs the cases on real brokers (see rig.py), the unthrottled one first, and appends what was
      measured to FILE, a JSON object a line
  compare.py table FILE [--write docs/model/live-moves.md]
      runs the twin on what FILE says was done, its link as fast as the unthrottled move of FILE,
      and prints predicted, measured, error

The error is that of the medians; beside it stands the spread of the repeats.
"""

import argparse
import json
import os
import re
import statistics
import sys

import case as cases
import cases as selection
import cluster
import libs
import twin


def measure(wanted, repeat, out):
    """Appends results to the file `out`; cases of one key share a cluster."""
    by_key = {}
    for each in wanted:
        by_key.setdefault(each.cluster_key(), []).append(each)
    results = []
    for group in by_key.values():
        with cluster.Cluster(group[0].brokers, group[0].broker_config()) as live:
            for each in group * repeat:
                result = cases.run(live, each)
                result["loadAverage"] = os.getloadavg()[0]
                results.append(result)
                print(f"{each.name}: {result['seconds']:.1f} s", file=sys.stderr, flush=True)
                if out:
                    with open(out, "a") as file:
                        file.write(json.dumps(result) + "\n")
    return results


def link_speed(results):
    """Bytes per second of the unthrottled moves: all that the twin is told of the machine."""
    free = [r["bytes"] / r["seconds"] for r in results if not r["case"]["throttle"]]
    if not free:
        raise SystemExit("compare.py: no unthrottled move was measured to calibrate by")
    return int(statistics.median(free))


def rows(results):
    """One dict a case: the medians beside the twin's figures."""
    link = link_speed(results)
    by_name = {}
    for result in results:
        by_name.setdefault(result["case"]["name"], []).append(result)
    out = []
    for name, runs in by_name.items():
        case = cases.Case(**runs[0]["case"])
        took = sorted(run["seconds"] for run in runs)
        median = statistics.median(took)
        predicted = twin.run(case, int(statistics.median(r["bytes"] for r in runs)), link)
        rate = case.raise_to or case.throttle
        row = {"name": name, "case": case, "runs": len(runs), "measured": median,
               "spread": (took[-1] - took[0]) / median, "predicted": predicted["seconds"],
               "error": predicted["seconds"] / median - 1, "link": link,
               "bytes": runs[0]["bytes"], "machineLimited": link < 2 * rate * cases.MEGA}
        for figure in ("idleShare", "mostIn1s", "mostIn11s"):
            row[figure] = (predicted.get(figure), statistics.median(r[figure] for r in runs))
        out.append(row)
    return out


def text_of(rows_, throttled_only=True):
    lines = ["| case | throttle MB/s | partitions | sources | fetchers | meanwhile | MB | runs "
             "| measured s | spread | predicted s | error | idle s, share | most in 11 s, MB |",
             "|" + "---|" * 14]
    for row in rows_:
        case = row["case"]
        if throttled_only and not case.throttle:
            continue
        meanwhile = []
        if case.produce:
            meanwhile.append(f"{case.produce:g} MB/s produced, acks={case.acks}")
        if case.raise_after:
            meanwhile.append(f"raised to {case.raise_to:g} after {case.raise_after:g} s")
        if case.restart_after:
            meanwhile.append(f"destination restarted after {case.restart_after:g} s")
        if case.batch != 16384:
            meanwhile.append(f"batches of {case.batch} bytes")
        meanwhile += [f"{key}={value}" for key, value in case.config.items()]
        idle, most = row["idleShare"], row["mostIn11s"]
        lines.append(
            f"| {row['name']}{' (machine-limited)' if row['machineLimited'] else ''} "
            f"| {case.throttle:g} | {case.partitions} | {case.sources} | {case.fetchers} "
            f"| {', '.join(meanwhile) or '-'} | {row['bytes'] / 1e6:.0f} | {row['runs']} "
            f"| {row['measured']:.1f} | {row['spread'] * 100:.1f} % | {row['predicted']:.1f} "
            f"| {row['error'] * 100:+.1f} % | {_pair(idle, 1, 2)} | {_pair(most, 1e-6, 0)} |")
    return "\n".join(lines)


def _pair(values, scale, digits):
    predicted, measured = values
    first = "-" if predicted is None else f"{predicted * scale:.{digits}f}"
    return f"{first} / {measured * scale:.{digits}f}"


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measured = commands.add_parser("measure")
    measured.add_argument("--out", required=True)
    measured.add_argument("--only", default="", help="cases whose name this regex matches")
    measured.add_argument("--repeat", type=int, default=3)
    measured.add_argument("--short", action="store_true", help="the short selection")
    table = commands.add_parser("table")
    table.add_argument("file")
    arguments = parser.parse_args()
    if arguments.command == "table":
        print(text_of(rows(read(arguments.file))))
        return 0
    chosen = selection.SHORT if arguments.short else selection.CASES
    wanted = [each for each in [selection.CALIBRATION, *chosen]
              if re.search(arguments.only, each.name)]
    try:
        measure(wanted, arguments.repeat, arguments.out)
    except libs.Missing as missing:
        print(f"compare.py: {missing}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
