#!/usr/bin/env python3
"""Moves real data between real Apache Kafka brokers on loopback, and prints what was measured.

  rig.py --partitions 8 --megabytes 260 --throttle 10 [--sources 2] [--fetchers 1] ...

starts a KRaft cluster (one controller, three or four brokers), fills a topic, moves it with
kafka-reassign-partitions, prints one JSON object a run, and leaves nothing behind. Needs a JDK and
the jars of Kafka; without them it says what to install, exit status 4. rig.py --check only looks.
"""

import argparse
import dataclasses
import json
import sys

import case
import libs


def parser():
    out = argparse.ArgumentParser(description=__doc__,
                                  formatter_class=argparse.RawTextHelpFormatter)
    for field in dataclasses.fields(case.Case):
        if field.name == "config":
            continue
        option = "--" + field.name.replace("_", "-")
        default = "move" if field.name == "name" else field.default
        out.add_argument(option, type=type(default), default=default, help=f"default {default}")
    out.add_argument("--config", action="append", default=[], metavar="KEY=VALUE",
                     help="a line of every broker's file")
    out.add_argument("--repeat", type=int, default=1, help="so many runs, on one cluster")
    out.add_argument("--fetch-log", metavar="FOLDER",
                     help="keep the brokers' logs there, with every fetch and look at a quota")
    out.add_argument("--check", action="store_true", help="only says whether it could run")
    return out


def main():
    arguments = vars(parser().parse_args())
    check, repeat = arguments.pop("check"), arguments.pop("repeat")
    kept = arguments.pop("fetch_log")
    arguments["config"] = dict(line.split("=", 1) for line in arguments["config"])
    try:
        libs.java()
        libs.jars()
    except libs.Missing as missing:
        print(f"rig.py: {missing}", file=sys.stderr)
        return 4
    if check:
        return 0
    wanted = case.Case(**arguments)
    with wanted.cluster(fetch_log="TRACE" if kept else "WARN") as live:
        print(f"ready after {live.started_seconds:.1f} s", file=sys.stderr)
        for _ in range(repeat):
            print(json.dumps(case.run(live, wanted)), flush=True)
        if kept:
            live.keep_logs(kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
