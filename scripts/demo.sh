#!/usr/bin/env bash
# Installs what is missing, builds kafka-twin and shows a Kafka upgrade without downtime.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/demo.sh [--scenario FILE] [--view] [-- OPTION...]

Installs what is missing from Debian's packages, builds kafka-twin (Release, in build/release) and
runs a scenario: by default the upgrade of a KRaft cluster from Kafka 4.2 to 4.3. What follows --
goes to `kafka-twin run`, --operator strimzi@0.47 for instance. Safe to repeat, and then quick.

  --scenario FILE   run this scenario instead
  --view            watch it in the viewer, for which it installs OpenGL and fonts (about 45 MB);
                    without a display it writes a picture, build/release/view.png
  --help            this text

Its exit status is that of kafka-twin: 0 all expectations hold, 1 one does not, 2 bad input (or a
package or the build failed), 3 unknown.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scenario="scenarios/upgrades/kraft-4.2-to-4.3.yaml"
view=0
while (($# > 0)); do
  case "$1" in
    --view) view=1 ;;
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
wanted=()
((view)) && wanted+=(--viz)
bash scripts/install-deps.sh "${wanted[@]}"

# A tree that scripts/test.sh has configured already stays as it is: its objects are the same.
# The viewer is one part more.
configure=()
[[ -f build/release/build.ninja ]] || configure=(--preset release -DTWIN_TESTS=OFF)
if ((view)) && ! grep -qs '^TWIN_VIZ:BOOL=ON' build/release/CMakeCache.txt; then
  ((${#configure[@]})) || configure=(build/release)
  configure+=(-DTWIN_VIZ=ON)
fi
if ((${#configure[@]})); then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! cmake "${configure[@]}" >"$log" 2>&1; then
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
if ((!view)); then
  build/release/bin/kafka-twin run "$scenario" "$@"
elif [[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]]; then
  build/release/bin/kafka-twin view "$scenario" "$@"
else
  build/release/bin/kafka-twin view "$scenario" --screenshot build/release/view.png "$@"
  echo "No display: the picture is build/release/view.png"
fi
