#!/usr/bin/env bash
# Installs what is missing, builds and tests; its last line is `N passed, N failed[, N skipped]`.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/test.sh [--quick] [--long] [--filter REGEX]

Installs what is missing from Debian's packages, then
  1. builds Release with the viewer and runs all tests,
  2. plays a campaign of generated cases: 2500 that are the same each time and gate, at most 5
     minutes of them, then half a minute of fresh ones, which only tell what they break,
  3. moves data between real brokers and compares with what the twin says (a JDK and Maven), and asks
     a real API server where its programs are (docs/LIVE.md); each may try twice,
  4. builds with the address and undefined-behaviour sanitizers and runs the unit tests,
  5. builds kafka-twin with g++ -O0 and clang++ -O3 and compares the fingerprint of every shipped
     scenario between the builds, with and without a trace, in two locales, and in a second run.
Prints the minutes of each stage, then, as the last line, `N passed, N failed`, over all test cases
and comparisons (and `, N skipped` where some were). Exit status 0 when none failed, 1 when one did
or a build failed, 2 when packages are missing or an option is unknown.

  --quick          Release and its unit tests only
  --long           also the tests that take long, random seeds, and a g++ -O3 build in stage 5
  --filter REGEX   Release only, and of its tests those whose executable.Suite.Case matches
  --help           this text

Logs of the builds stay in build/logs, and what a campaign broke in build/logs/campaign*. RC_PARAMS="seed=N" sets the seed of the property tests.
TEXT
}

quick=0
long=0
filter=""
while (($# > 0)); do
  case "$1" in
    --quick) quick=1 ;;
    --long) long=1 ;;
    --filter)
      if (($# < 2)); then
        echo "test.sh: --filter needs a regular expression" >&2
        exit 2
      fi
      filter="$2"
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "test.sh: unknown option '$1'; see scripts/test.sh --help" >&2
      exit 2
      ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
logs=build/logs
mkdir -p "$logs"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Property tests draw the same cases in every run unless asked otherwise: a change that fails, fails
# because of what it changed.
if ((!long)); then
  export RC_PARAMS="${RC_PARAMS:-seed=1}"
fi
export GTEST_BRIEF=1
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"

passed=0
failed=0
skipped=0
table=()
failures=()

# Adds to the totals, and a row to the table.
#   record STAGE START_SECONDS PASSED FAILED SKIPPED
record() {
  local seconds=$((SECONDS - $2))
  passed=$((passed + $3))
  failed=$((failed + $4))
  skipped=$((skipped + $5))
  table+=("$(printf '%-34s %5d.%d %8d %7d %8d' \
    "$1" $((seconds / 60)) $((seconds % 60 / 6)) "$3" "$4" "$5")")
}

# Prints the failures, the table and the totals, and ends.
finish() {
  local status=$((failed > 0 ? 1 : 0))
  status=${1:-$status}
  echo
  if ((${#failures[@]} > 0)); then
    printf '%s\n' "${failures[@]}"
    echo
  fi
  printf '%-34s %7s %8s %7s %8s\n' stage minutes passed failed skipped
  printf '%s\n' "${table[@]}"
  echo
  if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  exit "$status"
}

# Configures and builds a preset; a failure counts as one failed.
#   build PRESET TARGET CMAKE_OPTION...
build() {
  local preset="$1" target="$2" start=$SECONDS log="$logs/$1.log"
  shift 2
  echo "== build $preset ($target)"
  if { cmake --preset "$preset" "$@" && cmake --build "build/$preset" --target "$target" \
    --parallel "$jobs"; } >"$log" 2>&1; then
    record "build $preset" "$start" 0 0 0
    return 0
  fi
  grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating)' "$log" | tail -n 60 || true
  failures+=("failed: the build of $preset; the whole log is $log")
  record "build $preset" "$start" 0 1 0
  return 1
}

# Runs a preset's tests and counts their cases.
#   run_tests PRESET CTEST_ARGUMENT...      (STAGE names the row of the table, default "test PRESET")
run_tests() {
  local preset="$1" stage="${STAGE:-test $1}" start=$SECONDS counts
  local results="$scratch/${stage// /-}"
  shift
  echo "== $stage"
  mkdir -p "$results"
  GTEST_OUTPUT="json:$results/" ctest --test-dir "build/$preset" --parallel 2 --no-tests=error \
    --output-on-failure --output-junit "$results/junit.xml" "$@" </dev/null || true
  counts=$(python3 scripts/count_tests.py count "$results/junit.xml" "$results") ||
    counts=$'0 1 0\nfailed: the results of the tests could not be read'
  local p f s rest
  read -r p f s <<<"$counts"
  while IFS= read -r rest; do
    [[ -z "$rest" ]] || failures+=("$rest ($stage)")
  done < <(tail -n +2 <<<"$counts")
  if ((p + f + s == 0)); then
    failures+=("failed: $preset has no tests to run")
    f=1
  fi
  record "$stage" "$start" "$p" "$f" "$s"
}

# Compares the builds that there are over all shipped scenarios.
#   compare_builds BINARY...
compare_builds() {
  local start=$SECONDS log="$logs/determinism.log" last p f s
  echo "== determinism"
  bash scripts/determinism.sh "$@" </dev/null >"$log" 2>&1 || true
  grep -v '^ok ' "$log" || true
  last=$(tail -n 1 "$log")
  if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
    p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[4]:-0}
  else
    p=0 f=1 s=0
    failures+=("failed: determinism.sh did not finish; its log is $log")
  fi
  while IFS= read -r line; do
    failures+=("${line/#FAILED/failed: determinism:}")
  done < <(grep '^FAILED ' "$log" || true)
  record "determinism" "$start" "$p" "$f" "$s"
}

# Plays generated cases against twin. What fails in `gate` fails the tests; `fresh` only tells.
#   campaign gate|fresh CHECK_ARGUMENT...
campaign() {
  local what="$1" start=$SECONDS out="$logs/campaign-$1" log="$logs/campaign-$1.log" status=0
  shift
  echo "== campaign, $what: kafka-twin check $*"
  rm -rf "$out"
  build/release/bin/kafka-twin check "$@" --jobs "$jobs" --keep-going --out "$out" \
    </dev/null >"$log" 2>&1 || status=$?
  grep -E '^(twin |held|violated)' "$log" || true
  if ((status == 0)); then
    record "campaign, $what" "$start" 1 0 0
    return
  fi
  grep -vE '^[0-9]+ of [0-9]+ runs' "$log" | tail -n 40 || true
  if [[ "$what" == fresh ]]; then
    failures+=("to look at: fresh cases of check $* broke something, which is in $out")
    record "campaign, $what" "$start" 0 0 0
  else
    failures+=("failed: the campaign; what it broke is in $out")
    record "campaign, $what" "$start" 0 1 0
  fi
}

start=$SECONDS
bash scripts/install-deps.sh --tests || {
  failures+=("failed: packages are missing")
  record "packages" "$start" 0 1 0
  finish 2
}
viz=OFF
live=0
if ((!quick)); then
  if bash scripts/install-deps.sh --live; then
    live=1
  else
    skipped=$((skipped + 1))
    failures+=("skipped: real brokers, since Java cannot be had")
  fi
  # The viewer has packages of its own; without them all the rest is tested.
  if bash scripts/install-deps.sh --viz; then
    viz=ON
  else
    skipped=$((skipped + 1))
    failures+=("skipped: the viewer, whose packages are missing")
  fi
fi
record "packages" "$start" 0 0 0

target=all
selection=(-LE '^(long|live)$')
if ((quick)); then
  target=unit_tests
  selection=(-L '^unit$')
elif ((long)); then
  selection=(-LE '^live$')
fi
build release "$target" -DTWIN_TESTS=ON -DTWIN_VIZ="$viz" || finish

if [[ -n "$filter" ]]; then
  chosen=$(python3 scripts/count_tests.py select build/release "$filter" "${selection[@]}") || {
    failures+=("failed: no test case matches '$filter'")
    record "test release" "$SECONDS" 0 1 0
    finish
  }
  GTEST_FILTER=$(tail -n 1 <<<"$chosen")
  export GTEST_FILTER
  run_tests release "${selection[@]}" -R "$(head -n 1 <<<"$chosen")"
  finish
fi

run_tests release "${selection[@]}"
if ((quick)); then
  finish
fi
campaign gate --runs 2500 --for 5m
fresh=$(od -An -N4 -tu4 /dev/urandom)
campaign fresh --runs 1000000 --for 30s --seed "$((fresh))"
# Nobody else's work is seen here: what a busy machine spoils passes when it is tried again.
if ((live)); then
  STAGE="live" run_tests release -L '^live$' --repeat until-pass:2
fi

if build asan-ubsan unit_tests -DTWIN_TESTS=ON; then
  run_tests asan-ubsan -L '^unit$'
fi

binaries=(build/release/bin/kafka-twin)
others=(debug clang)
if ((long)); then
  others+=(opt3)
fi
for preset in "${others[@]}"; do
  if build "$preset" kafka-twin -DTWIN_TESTS=OFF; then
    binaries+=("build/$preset/bin/kafka-twin")
  fi
done
compare_builds "${binaries[@]}"
finish
