#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Makes a batch of digit strings and their reversals, and trains the encoder-decoder until it knows them.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

# 64 strings of 3 to 8 digits. Digits are 1 to 10, 0 fills up, 11 starts an answer, 12 ends it; -100 is not asked for.
make_batch() {
  awk -v seed="$1" '
    function list(name, text) { return "\"" name "\": [" substr(text, 3) "]" }
    function row(values, count,   i, text) {
      for (i = 1; i <= count; i++) text = text ", " values[i]
      return ", [" substr(text, 3) "]"
    }
    BEGIN {
      srand(seed)
      for (r = 0; r < 64; r++) {
        n = 3 + int(6 * rand())
        for (i = 1; i <= 8; i++) source[i] = i <= n ? 1 + int(10 * rand()) : 0
        for (i = 1; i <= 9; i++) {
          target[i] = i <= n ? source[n + 1 - i] : i == n + 1 ? 12 : -100
          token[i] = i == 1 ? 11 : i <= n + 1 ? target[i - 1] : 0
        }
        sources = sources row(source, 8); tokens = tokens row(token, 9); targets = targets row(target, 9)
        lengths = lengths ", " n
      }
      print "{" list("source", sources) ", " list("source_lengths", lengths) ", "
      print list("tokens", tokens) ", " list("targets", targets) "}"
    }'
}

steps=300
[ $quick = yes ] && steps=120
make_batch 1 >"$out/batch.json"
show "$ternc" "$model" --objective=none --batch=64 --seq=9 --define vocab=13 --define source=8 -o "$out/lstm-seq2seq"
rm -rf "$out/run"
show "$out/lstm-seq2seq" train --input "$out/batch.json" --steps $steps --lr 5e-3 --out "$out/run"
