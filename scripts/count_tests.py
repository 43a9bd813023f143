#!/usr/bin/env python3
"""Counts GoogleTest cases of a ctest run, and picks the ctest tests that a filter names.

  count_tests.py count JUNIT RESULTS_DIR
      Prints "PASSED FAILED SKIPPED" over all cases, then a line for each failed one. JUNIT is what
      `ctest --output-junit` wrote; RESULTS_DIR holds GoogleTest's TEST.json of each ctest test. A
      ctest test that failed without a failed case (a crash, a time-out, a leak) is one failure.

  count_tests.py select BUILD_DIR REGEX LABEL_ARGUMENT...
      Prints a ctest regex of the tests that have a case TEST.Suite.Case that REGEX matches, and on
      the next line the GoogleTest filter of those cases. Exit status 3 when there is none.
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree


def cases_of(results_file):
    """Yields (name, failed, skipped) of each case that was run or skipped."""
    with open(results_file, encoding="utf-8", errors="replace") as file:
        report = json.load(file)
    for suite in report.get("testsuites", []):
        for case in suite.get("testsuite", []):
            name = f"{suite['name']}.{case['name']}"
            ran = case.get("status") == "RUN" and case.get("result") != "SKIPPED"
            yield name, bool(case.get("failures")), not ran


def count(junit_file, results_dir):
    passed = failed = skipped = 0
    lines = []
    tests = xml.etree.ElementTree.parse(junit_file).getroot().iter("testcase")
    for test in tests:
        name = test.get("name")
        status = test.get("status")
        if status in ("disabled", "notrun") and test.find("failure") is None:
            skipped += 1
            continue
        try:
            cases = list(cases_of(os.path.join(results_dir, name + ".json")))
        except (OSError, ValueError, KeyError):
            cases = []
        failures = [case for case, case_failed, _ in cases if case_failed]
        skips = sum(1 for _, case_failed, skip in cases if skip and not case_failed)
        passed += len(cases) - len(failures) - skips
        failed += len(failures)
        skipped += skips
        lines += [f"failed: {name}: {case}" for case in failures]
        if status != "run" and not failures:
            failed += 1
            lines.append(f"failed: {name}: crashed, hung or leaked; its output is above")
        elif status == "run" and not cases:
            failed += 1
            lines.append(f"failed: {name}: ended well but left no results")
    print(passed, failed, skipped)
    print("\n".join(lines))


def listed_cases(command):
    """The cases of a GoogleTest executable, as Suite.Case."""
    listing = subprocess.run(
        command + ["--gtest_list_tests"], capture_output=True, text=True, check=True
    ).stdout
    suite = ""
    for line in listing.splitlines():
        name = line.split("#")[0].rstrip()
        if not name.startswith(" ") and name.endswith("."):
            suite = name
        elif name.startswith("  ") and suite:
            yield suite + name.strip()


def select(build_dir, regex, label_arguments):
    pattern = re.compile(regex)
    listing = subprocess.run(
        ["ctest", "--test-dir", build_dir, "--show-only=json-v1", *label_arguments],
        capture_output=True, text=True, check=True,
    ).stdout
    tests, cases, whole = [], [], True
    for test in json.loads(listing)["tests"]:
        name, command = test["name"], test.get("command")
        every = list(listed_cases(command)) if command else []
        chosen = [case for case in every if pattern.search(f"{name}.{case}")]
        if chosen:
            tests.append(re.escape(name))
            cases += chosen
            whole = whole and len(chosen) == len(every)
    if not tests:
        sys.exit(3)
    print("^(" + "|".join(tests) + ")$")
    print("*" if whole else ":".join(cases))


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "count":
        count(sys.argv[2], sys.argv[3])
    elif len(sys.argv) >= 4 and sys.argv[1] == "select":
        select(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
