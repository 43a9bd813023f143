#!/usr/bin/env python3
"""Compares moves of real brokers with the twin's predictions of the same work.

  compare.py measure --out FILE [--only REGEX] [--repeat 3]
      runs the cases on real brokers (see rig.py), the unthrottled one first, and appends what was
      measured to FILE, a JSON object a line
  compare.py short
      measures the short selection once and prints its rows as JSON, for ctest; exit status 4, and
      what is missing, without Java or Kafka's jars
  compare.py table FILE [--json] [--write docs/model/live-moves.md]
      runs the twin on what FILE says was done, its link as fast as the unthrottled move of FILE,
      and prints predicted, measured, error; with --write it puts them into that page, between the
      marks of the table; needs no Java

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
import libs
import twin


BLIND_SECONDS = 2  # between two looks that are 0.25 s apart on a machine that runs


def measure(wanted, repeat, out):
    """Appends results to the file `out`; cases of one key share a cluster."""
    by_key = {}
    for each in wanted:
        by_key.setdefault(each.cluster_key(), []).append(each)
    results = []
    for group in by_key.values():
        with group[0].cluster() as live:
            for each in group * repeat:
                result = cases.run(live, each)
                result["loadAverage"] = os.getloadavg()[0]
                results.append(result)
                print(f"{each.name}: {result['seconds']:.1f} s", file=sys.stderr, flush=True)
                if out:
                    with open(out, "a") as file:
                        file.write(json.dumps(result) + "\n")
    return results


def link_speed(results, link):
    """Bytes per second of the unthrottled moves over such links: all that the twin is told of the
    machine."""
    free = [r["bytes"] / r["seconds"] for r in results
            if not r["case"]["throttle"] and r["case"].get("link", 0) == link]
    if not free:
        raise SystemExit("compare.py: no unthrottled move was measured to calibrate by")
    return int(statistics.median(free))


def rows(results):
    """One dict a case: the medians beside the twin's figures."""
    by_name = {}
    for result in results:
        if result.get("blindSeconds", 0) > BLIND_SECONDS:
            continue  # the machine stood still
        by_name.setdefault(result["case"]["name"], []).append(result)
    out = []
    for name, runs in by_name.items():
        case = cases.Case(**runs[0]["case"])
        link = link_speed(results, case.link)
        took = sorted(run["seconds"] for run in runs)
        median = statistics.median(took)
        predicted = twin.run(case, runs[0], link)
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
        if case.link:
            meanwhile.append(f"links of {case.link:g} MB/s")
        if case.batch != 16384:
            meanwhile.append(f"batches of {case.batch} bytes")
        meanwhile += [f"{key}={value}" for key, value in case.config.items()]
        spread = f"{row['spread'] * 100:.1f} %" if row["runs"] > 1 else "-"
        idle, most = row["idleShare"], row["mostIn11s"]
        lines.append(
            f"| {row['name']}{' (machine-limited)' if row['machineLimited'] else ''} "
            f"| {case.throttle:g} | {case.partitions} | {case.sources} | {case.fetchers} "
            f"| {', '.join(meanwhile) or '-'} | {row['bytes'] / 1e6:.0f} | {row['runs']} "
            f"| {row['measured']:.1f} | {spread} | {row['predicted']:.1f} "
            f"| {row['error'] * 100:+.1f} % | {_pair(idle, 1, 2)} | {_pair(most, 1e-6, 0)} |")
    return "\n".join(lines)


def _pair(values, scale, digits):
    predicted, measured = values
    first = "-" if predicted is None else f"{predicted * scale:.{digits}f}"
    return f"{first} / {measured * scale:.{digits}f}"


BEGIN, END = "<!-- compare.py table: begin -->\n", "<!-- compare.py table: end -->\n"


def write(page, text):
    """Replaces what stands between the marks of the page."""
    with open(page) as file:
        before, rest = file.read().split(BEGIN)
    with open(page, "w") as file:
        file.write(before + BEGIN + text + "\n" + END + rest.split(END)[1])


def json_of(row):
    plain = {key: value for key, value in row.items() if key != "case"}
    return {**plain, "throttle": row["case"].throttle,
            "restarted": row["case"].restart_after > 0}


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
    commands.add_parser("short")
    table = commands.add_parser("table")
    table.add_argument("file")
    table.add_argument("--json", action="store_true", help="rows as JSON")
    table.add_argument("--write", metavar="PAGE", help="the page whose table is replaced")
    arguments = parser.parse_args()
    if arguments.command == "table":
        found = rows(read(arguments.file))
        print(json.dumps([json_of(r) for r in found]) if arguments.json else text_of(found))
        if arguments.write:
            write(arguments.write, text_of(found))
        return 0
    try:
        if arguments.command == "short":
            print(json.dumps([json_of(row) for row in rows(measure(selection.SHORT, 1, None))]))
        else:
            wanted = [each for each in [*selection.CALIBRATIONS, *selection.CASES]
                      if re.search(arguments.only, each.name)]
            measure(wanted, arguments.repeat, arguments.out)
    except libs.Missing as missing:
        print(f"compare.py: {missing}")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
