#!/usr/bin/env bash
# Installs what is missing, builds kafka-twin and shows a Kafka upgrade without downtime.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/demo.sh [--scenario FILE] [-- OPTION...]

Installs what is missing from Debian's packages, builds kafka-twin (Release, in build/release) and
runs a scenario: by default the upgrade of a KRaft cluster from Kafka 4.2 to 4.3. What follows --
goes to `kafka-twin run`, --operator strimzi@0.47 for instance. Safe to repeat, and then quick.

  --scenario FILE   run this scenario instead
  --help            this text

Its exit status is that of kafka-twin: 0 all expectations hold, 1 one does not, 2 bad input (or a
package or the build failed), 3 unknown.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scenario="scenarios/upgrades/kraft-4.2-to-4.3.yaml"
while (($# > 0)); do
  case "$1" in
    --scenario)
      if (($# < 2)); then
        echo "demo.sh: --scenario needs a file" >&2
        exit 2
      fi
      scenario=$(realpath -m --relative-to="$root" -- "$2")
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *)
      echo "demo.sh: unknown option '$1'; see scripts/demo.sh --help" >&2
      exit 2
      ;;
  esac
  shift
done

cd "$root"
bash scripts/install-deps.sh

# A tree that scripts/test.sh has configured already stays as it is: its objects are the same.
if [[ ! -f build/release/build.ninja ]]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! cmake --preset release -DTWIN_TESTS=OFF >"$log" 2>&1; then
    cat "$log" >&2
    echo "demo.sh: configuring the build failed" >&2
    exit 2
  fi
fi
ninja=()
[[ -t 1 ]] || ninja=(-- --quiet)
echo "Building kafka-twin in build/release"
if ! cmake --build build/release --target kafka-twin --parallel "$(nproc)" "${ninja[@]}"; then
  echo "demo.sh: the build failed" >&2
  exit 2
fi
build/release/bin/kafka-twin run "$scenario" "$@"
