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

# The Release build that the tests use, with the benchmarks added.
build=build/release
cmake --preset release -DTWIN_BENCH=ON >/dev/null
cmake --build "$build" --parallel --target benchmarks >/dev/null
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

load=$(cut -d' ' -f1 /proc/loadavg)
echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $load"
for bench in bench_engine bench_fair_share; do
  "$build/bin/$bench" --benchmark_repetitions=3 --benchmark_report_aggregates_only=true \
    --benchmark_out="$out/$bench.json" --benchmark_out_format=json
done
"$build/bin/bench_plan"
# Each of the whole runs in a process of its own, whose peak of memory is then its own.
for run in upgrade_3_brokers upgrade_100_brokers upgrade_100_brokers_traced; do
  "$build/bin/bench_run" --benchmark_filter="/$run\$" --benchmark_repetitions=3 \
    --benchmark_report_aggregates_only=true --benchmark_out="$out/run_$run.json" \
    --benchmark_out_format=json
done
# Debian's SimPy belongs to Debian's Python.
for pending in 1000 100000; do
  /usr/bin/python3 bench/peers/hold_simpy.py "$pending" 300000 2>/dev/null >>"$out/peers" ||
    echo "SimPy is not installed: left out"
  if [[ -x "$build/bin/hold_ns3" ]]; then
    "$build/bin/hold_ns3" "$pending" 2000000 >>"$out/peers"
  else
    echo "ns-3 is not installed: left out"
  fi
done
/usr/bin/env python3 bench/ratios.py "$out"
