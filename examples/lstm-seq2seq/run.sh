#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The encoder-decoder learns to write dates as ISO 8601: some minutes on two cores. It is judged on 2,000 dates that it has not
# seen in any writing: right is what is right to the last character. --quick takes a few steps and judges 64.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=3000
[ $quick = yes ] && steps=20
make_dates
show "$ternc" "$model" --objective=seq2seq --batch=64 --seq=12 --define=d_model=96 -o "$out/lstm-seq2seq"
rm -rf "$out/run"
show "$out/lstm-seq2seq" train --data "$out/train.tsv" --tokenizer bytes --steps $steps --lr 3e-3 --val-every 500 --val-batches 8 \
  --out "$out/run"
printf 'friday 20 august 1965\n3 May 2031\n' > "$out/new.txt"
show "$out/lstm-seq2seq" generate --weights "$out/run" --prompt - < "$out/new.txt"
show "$out/lstm-seq2seq" eval --weights "$out/run" --data "$out/held-out.tsv"
