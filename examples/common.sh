# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2034
#
# What the examples' run.sh share: where the compiler is, where results go, and whether the run should be a short one.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${TERN_BUILD:-$top/build}
ternc=$build/bin/ternc
name=$(basename "$(dirname "$(readlink -f "$0")")")
model=$top/examples/$name/model.mlir
out=$build/examples/$name
quick=no
[ "${1:-}" = --quick ] && quick=yes

[ -x "$ternc" ] || { echo "$ternc is missing: build first, for instance with scripts/quickstart" >&2; exit 1; }
mkdir -p "$out"

# 20,000 pairs of a date and its ISO form, no date twice: train.tsv has the first 18,000, held-out.tsv the last 2,000 (of a quick
# run, the last 64).
make_dates() {
  local held=2000
  [ $quick = yes ] && held=64
  "$build/bin/example-data" dates 20000 > "$out/dates.tsv"
  head -n 18000 "$out/dates.tsv" > "$out/train.tsv"
  tail -n $held "$out/dates.tsv" > "$out/held-out.tsv"
}

# Stories to learn from, and others to be judged by: make_stories 4000 200.
make_stories() {
  "$build/bin/example-data" stories "$1" 1 > "$out/stories.txt"
  "$build/bin/example-data" stories "$2" 2 > "$out/held-out.txt"
}

# Says what is run, then runs it.
show() { printf '$'; printf ' %s' "${@/#$top\//}"; printf '\n'; "$@"; }
