#!/usr/bin/env bash
# Builds the benchmarks and runs them with their peers, one at a time, on a machine that should be
# idle; prints times, then ratios to the peers of the same run. SimPy and ns-3 take part where they are
# installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in
  "") ;;
  -h | --help)
    echo "Usage: bench/run.sh   (packages: scripts/install-deps.sh --bench)"
    exit 0
    ;;
  *)
    echo "run.sh: unknown option '$1'; see bench/run.sh --help" >&2
    exit 2
    ;;
esac

build=build/bench
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTWIN_BENCH=ON -DTWIN_TESTS=OFF \
  -DTWIN_VIZ=OFF >/dev/null
cmake --build "$build" --parallel >/dev/null
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

load=$(cut -d' ' -f1 /proc/loadavg)
echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $load"
for bench in "$build"/bin/bench_*; do
  name=$(basename "$bench")
  "$bench" --benchmark_repetitions=3 --benchmark_report_aggregates_only=true \
    --benchmark_out="$out/$name.json" --benchmark_out_format=json
done
# Debian's SimPy belongs to Debian's Python.
for pending in 1000 100000; do
  /usr/bin/python3 bench/peers/hold_simpy.py "$pending" 300000 2>/dev/null >>"$out/peers" ||
    echo "SimPy is not installed: left out"
  if [[ -x "$build/bin/hold_ns3" ]]; then
    "$build/bin/hold_ns3" "$pending" 2000000 >>"$out/peers"
  fi
done
/usr/bin/env python3 bench/ratios.py "$out"
