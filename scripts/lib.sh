# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2034
#
# What the two commands share: say what happens, see to the Debian packages, build into build/. Sourced, never run.

packages=(
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22
  ninja-build cmake ccache g++ python3
  nlohmann-json3-dev libcli11-dev libpcre2-dev libutf8proc-dev libgtest-dev libgmock-dev
)

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${TERN_BUILD:-$top/build}
llvm=/usr/lib/llvm-22

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
step() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
say() { printf '    %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Prints "1 min 5 s" for 65.
duration() {
  if [ "$1" -ge 60 ]; then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}

# Prints the packages that are not installed.
missing_packages() {
  local package
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s\n' "$package"
  done
}

# Installs what is missing and nothing else; runs no package manager when nothing is.
ensure_packages() {
  step "Packages"
  command -v dpkg-query >/dev/null ||
    fail "this installs Debian packages; elsewhere install LLVM/MLIR 22.1, clang 22 and lld 22, then: cmake --preset release"
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then
    say "all ${#packages[@]} are installed"
    return
  fi
  say "to install: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "no sudo; run this once as root: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  local log began=$SECONDS
  log=$(mktemp)
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  if ! { "${as_root[@]}" apt-get update -q &&
         "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install the packages; its last lines are above"
  fi
  rm -f "$log"
  say "installed in $(duration $((SECONDS - began)))"
}

# Configures once, then builds what changed. Arguments: the preset, its build tree, ninja targets (none: all).
ensure_build() {
  local preset=$1 tree=$2 began=$SECONDS
  shift 2
  step "Build ($preset, in ${tree#"$top"/}/)"
  if [ ! -f "$tree/build.ninja" ]; then
    say "configuring"
    mkdir -p "$tree"
    (cd "$top" && cmake --preset "$preset" -B "$tree") >"$tree/configure.log" 2>&1 || {
      tail -n 30 "$tree/configure.log" >&2
      fail "cmake failed; its last lines are above"
    }
  fi
  NINJA_STATUS='    [%f/%t, %es] ' ninja -C "$tree" -j "$(nproc)" "$@" || fail "the build failed"
  say "built in $(duration $((SECONDS - began)))"
}

# Runs lit and closes with its counts; the exit status says whether anything failed. Arguments: the build tree, then what
# lit takes.
run_tests() {
  local results=$1/test-results.json began=$SECONDS status=0
  shift
  step "Tests"
  rm -f "$results"
  "$llvm/bin/lit" -sv --output "$results" "$@" || status=$?
  [ -s "$results" ] || fail "lit ran no test"
  say "ran in $(duration $((SECONDS - began)))"
  python3 "$top/scripts/summarize-tests.py" "$results" "$status"
}
