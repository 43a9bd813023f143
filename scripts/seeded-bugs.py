#!/usr/bin/env python3
"""How soon a campaign finds each operator that is broken on purpose: the table of docs/CAMPAIGNS.md.

    scripts/seeded-bugs.py build/release/bin/kafka-twin > table.md

Each is looked for from five seeds, by one process, for at most 60 s (--seconds), and what is found is
made small. Seconds are of processor time, so that what else runs does not count. Medians are over the
five; a search that found nothing counts as longer than any."""
import argparse
import collections
import json
import resource
import statistics
import subprocess
import tempfile


def check(program, bug, seed, seconds, shrink_runs, out):
    command = [program, "check", "--operator", bug, "--seed", str(seed), "--jobs", "1",
               "--for", f"{seconds}s", "--runs", "1000000", "--shrink-runs", str(shrink_runs),
               "--report", "json", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return json.loads(done.stdout)


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def search(program, bug, seed, seconds):
    """The second call takes the runs of the first from its log, and makes small what is in them."""
    with tempfile.TemporaryDirectory() as out:
        began = processor_seconds()
        report = check(program, bug, seed, seconds, 1, out)
        took = processor_seconds() - began
        found = report["counterexamples"]
        faults = None
        if found:
            faults = check(program, bug, seed, seconds, 200, out)["counterexamples"][0]["faults"]
    return {"runs": report["operators"][0]["runs"], "seconds": took,
            "property": found[0]["property"] if found else None, "faults": faults}


def median(values, missing):
    whole = sorted(values) + [float("inf")] * missing
    middle = statistics.median_low(whole)
    return None if middle == float("inf") else middle


def row(bug, reference, claim, results):
    found = [r for r in results if r["property"]]
    missing = len(results) - len(found)
    properties = collections.Counter(r["property"] for r in found)
    runs = median([r["runs"] for r in found], missing)
    seconds = median([r["seconds"] for r in found], missing)
    what = claim.split(": twin, but it ")[-1]
    cells = [f"`{bug}`", reference, what,
             ", ".join(f"`{name}`" for name, _ in properties.most_common()) or "-",
             f"{len(found)} of {len(results)}", "-" if runs is None else str(runs),
             "-" if seconds is None else f"{seconds:.1f}",
             str(max(r["faults"] for r in found)) if found else "-"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 10001, 20001, 30001, 40001])
    arguments = parser.parse_args()
    listed = subprocess.run([arguments.program, "check", "--list-bugs"], capture_output=True,
                            text=True, check=True).stdout
    print("| operator | reference | what it does | caught by | found | runs | seconds | faults |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for line in listed.splitlines():
        bug, reference, claim = line.split("\t")
        results = [search(arguments.program, bug, seed, arguments.seconds)
                   for seed in arguments.seeds]
        print(row(bug, reference, claim, results), flush=True)


if __name__ == "__main__":
    main()
