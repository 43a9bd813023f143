#!/usr/bin/env bash
# Shows that every shipped scenario gives the same fingerprint and report whatever runs it.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/determinism.sh [--scenarios FOLDER]... BINARY [BINARY...]

Runs every scenario under scenarios/upgrades, rolling, rebalance, failures and
regressions (or under the given folders) with the first kafka-twin, and compares exit status, verdicts, fingerprints and the
rest of the JSON report with those of
  - the same binary again,
  - the same binary writing a trace,
  - the same binary in the locale de_DE.UTF-8, which writes 1.5 as 1,5,
  - every other binary (other compilers, other optimisation).
Prints a line `ok WHAT SCENARIO` or `FAILED WHAT SCENARIO: why` for each comparison and last
`N passed, N failed[, N skipped]`. Exit status 0 when none failed, 1 when one did, 2 on bad options.
In a report, fields named wall_* (measured time) and trace* (where the trace went) may differ.
TEXT
}

folders=()
binaries=()
while (($# > 0)); do
  case "$1" in
    --scenarios)
      if (($# < 2)); then
        echo "determinism.sh: --scenarios needs a folder" >&2
        exit 2
      fi
      folders+=("$2")
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      echo "determinism.sh: unknown option '$1'; see scripts/determinism.sh --help" >&2
      exit 2
      ;;
    *)
      binaries+=("$(realpath -m -- "$1")")
      if [[ ! -x "${binaries[-1]}" ]]; then
        echo "determinism.sh: '$1' is not a program" >&2
        exit 2
      fi
      ;;
  esac
  shift
done
if ((${#binaries[@]} == 0)); then
  usage >&2
  exit 2
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ((${#folders[@]} == 0)); then
  folders=(scenarios/upgrades scenarios/rolling scenarios/rebalance scenarios/failures
    scenarios/regressions)
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Only the C locale may be installed; the German one is compiled for the occasion.
locale=""
if locale -a 2>/dev/null | grep -qix 'de_DE\.utf-\?8'; then
  locale=de_DE.UTF-8
elif mkdir "$scratch/locales" &&
  localedef -i de_DE -f UTF-8 "$scratch/locales/de_DE.UTF-8" >/dev/null 2>&1; then
  locale=de_DE.UTF-8
  export LOCPATH="$scratch/locales"
fi

passed=0
failed=0
skipped=0

# Runs a scenario; leaves NAME.json, NAME.err and NAME.status.
#   run NAME BINARY SCENARIO OPTION...
run() {
  local out="$scratch/$1" status=0
  "$2" run "$3" --quiet --report json "${@:4}" >"$out.json" 2>"$out.err" </dev/null || status=$?
  echo "$status" >"$out.status"
}

# Prints why two runs differ; nothing when they do not.
difference() {
  python3 - "$scratch/$1" "$scratch/$2" <<'PYTHON'
import json
import sys


def load(name):
    with open(name + ".status", encoding="ascii") as file:
        status = int(file.read())
    with open(name + ".json", encoding="utf-8") as file:
        report = json.load(file)
    return status, report


def differences(path, left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if key.startswith("wall_") or key.startswith("trace"):
                continue
            yield from differences(f"{path}.{key}", left.get(key), right.get(key))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right)):
            yield from differences(f"{path}[{index}]", *pair)
    elif left != right:
        yield f"{path[1:]}: {json.dumps(left)[:60]} there, {json.dumps(right)[:60]} here"


try:
    (there, reference), (here, report) = load(sys.argv[1]), load(sys.argv[2])
except ValueError as error:
    sys.exit(f"no JSON report ({error})")
found = list(differences("", reference, report))
# What decides first: a verdict or fingerprint tells more than a figure.
found.sort(key=lambda line: not ("fingerprint" in line or "verdict" in line))
if there != here:
    found.insert(0, f"exit status {there} there, {here} here")
if found:
    print("; ".join(found[:3]) + (f"; and {len(found) - 3} more" if len(found) > 3 else ""))
PYTHON
}

# Prints why a run can be compared with nothing; nothing when it can.
unusable() {
  local status
  status=$(<"$scratch/$1.status")
  if [[ ! "$status" =~ ^[013]$ ]]; then
    echo "exit status $status: $(tail -n 1 "$scratch/$1.err" | cut -c -160)"
  elif ! grep -q '"fingerprint"' "$scratch/$1.json"; then
    echo "the JSON report has no \"fingerprint\""
  elif ! grep -q '"verdict"' "$scratch/$1.json"; then
    echo "the JSON report has no \"verdict\""
  fi
}

judge() {
  if [[ -z "$3" ]]; then
    passed=$((passed + 1))
    echo "ok $1 $2"
  else
    failed=$((failed + 1))
    echo "FAILED $1 $2: $3"
  fi
}

compare() {
  local why
  why=$(difference reference other 2>&1) || true
  judge "$1" "$2" "$why"
}

# build/clang/bin/kafka-twin is called clang.
name_of() {
  case "$1" in
    */bin/*) basename "$(dirname "$(dirname "$1")")" ;;
    *) basename "$1" ;;
  esac
}

scenarios=()
while IFS= read -r -d '' file; do
  scenarios+=("$file")
done < <(for folder in "${folders[@]}"; do
  [[ ! -d "$folder" ]] || find "$folder" -type f -name '*.yaml' -print0
done | LC_ALL=C sort -z)
if ((${#scenarios[@]} == 0)); then
  judge "find" "${folders[*]}" "no scenario there"
fi

export LC_ALL=C
for scenario in "${scenarios[@]}"; do
  run reference "${binaries[0]}" "$scenario"
  why=$(unusable reference)
  if [[ -n "$why" ]]; then
    judge "run" "$scenario" "$why"
    continue
  fi
  run other "${binaries[0]}" "$scenario"
  compare "again" "$scenario"
  run other "${binaries[0]}" "$scenario" --trace "$scratch/run.trace"
  compare "trace" "$scenario"
  rm -f "$scratch/run.trace"
  if [[ -n "$locale" ]]; then
    LC_ALL=$locale run other "${binaries[0]}" "$scenario"
    compare "$locale" "$scenario"
  else
    skipped=$((skipped + 1))
    echo "skipped the locale de_DE.UTF-8 $scenario: neither installed nor to be compiled"
  fi
  for binary in "${binaries[@]:1}"; do
    run other "$binary" "$scenario"
    compare "$(name_of "$binary")" "$scenario"
  done
done

if ((skipped > 0)); then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
((failed == 0))
