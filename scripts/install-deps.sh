#!/usr/bin/env bash
# Installs, from Debian's packages, what building Kafka Twin needs and this machine lacks.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/install-deps.sh [--tests] [--live] [--bench] [--viz] [--all]

Installs the packages that are missing to build kafka-twin, as root or with sudo. When nothing is
missing it does nothing, and asks for nothing.

  --tests   also what the tests need (GoogleTest, RapidCheck, clang, locales)
  --live    also what the tests against real brokers need: a JDK, and Maven, which fetches Apache
            Kafka's jars
  --bench   also what the benchmarks need (Google Benchmark and the peers SimPy and ns-3)
  --viz     also what the viewer needs (GLFW, Dear ImGui, OpenGL: about 45 MB to download) and its
            tests (Xvfb, xdotool)
  --all     all of these
  --help    this text

On a system that is not Debian-like, or without the rights to install, it lists the packages and
exits with status 2. Set TWIN_SKIP_DEPS=1 once you have installed their like by yourself.
TEXT
}

essential=(g++ cmake ninja-build ccache mold pkg-config libboost-graph-dev nlohmann-json3-dev
  libyaml-cpp-dev libcli11-dev libfmt-dev libcurl4-openssl-dev)
tests=(libgtest-dev libgmock-dev librapidcheck-dev clang python3 locales)
live=(default-jdk-headless maven)
bench=(libbenchmark-dev python3-simpy libns3-dev)
viz=(libimgui-dev libglfw3-dev xvfb xdotool libgl1-mesa-dri libgl-dev libegl-dev libfreetype-dev
  libpng-dev fonts-dejavu-core fonts-roboto-unhinted)

wanted=("${essential[@]}")
while (($# > 0)); do
  case "$1" in
    --tests) wanted+=("${tests[@]}") ;;
    --live) wanted+=("${live[@]}") ;;
    --bench) wanted+=("${bench[@]}") ;;
    --viz) wanted+=("${viz[@]}") ;;
    --all) wanted+=("${tests[@]}" "${live[@]}" "${bench[@]}" "${viz[@]}") ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "install-deps.sh: unknown option '$1'; see scripts/install-deps.sh --help" >&2
      exit 2
      ;;
  esac
  shift
done

if [[ "${TWIN_SKIP_DEPS:-}" == 1 ]]; then
  exit 0
fi

# Prints what to install by hand, and why it was not installed here.
give_up() {
  {
    echo "install-deps.sh: $1"
    echo "Please install these packages (Debian's names), or their like, yourself:"
    printf '%s\n' "${missing[@]}" | paste -sd' ' | fold -s -w 96 | sed 's/^/    /; s/ *$//'
    echo "It takes a C++20 compiler (g++ 12 or clang 14), CMake 3.25, Boost 1.74, nlohmann/json 3.11,"
    echo "yaml-cpp 0.7, CLI11 2.1, fmt 9 and libcurl 7.85, or later. Then run again with TWIN_SKIP_DEPS=1."
  } >&2
  exit 2
}

# TWIN_OS_RELEASE exists to test what another system is told.
os_release="${TWIN_OS_RELEASE:-/etc/os-release}"
os_word() { sed -n "s/^$1=//p" "$os_release" 2>/dev/null | tr -d '"' || true; }
missing=("${wanted[@]}")
if [[ ! " $(os_word ID) $(os_word ID_LIKE) " =~ " "debian" " ]] || ! command -v apt-get >/dev/null ||
  ! command -v dpkg-query >/dev/null; then
  name="$(os_word PRETTY_NAME)"
  give_up "it installs on Debian 12 or its like; this is '${name:-an unknown system}'."
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

if (($(id -u) == 0)); then
  as_root=(env)
elif command -v sudo >/dev/null; then
  as_root=(sudo env)
else
  give_up "packages are missing, and this is neither root nor is there sudo."
fi

echo "Installing from Debian's packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -y)
# An update that fails (no network, say) need not matter: the lists at hand may do.
"${apt[@]}" update >"$log" 2>&1 || echo "install-deps.sh: apt-get update failed; going on" >&2
if ! "${apt[@]}" install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
  tail -n 20 "$log" >&2
  give_up "apt-get could not install what is missing."
fi
