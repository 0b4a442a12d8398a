#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A small sibling of the published model learns to write dates as ISO 8601: some minutes on two cores. It is judged on
# 2,000 pairs that it has not seen (440 of their dates it has, written another way): right is what is right to the last
# character. --quick takes a few steps.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=2000
[ $quick = yes ] && steps=20
make_dates
show "$ternc" "$model" --objective=seq2seq --batch=64 --seq=12 --define=vocab=260 --define=source=32 --define=n_layer=2 \
  --define=n_head=4 --define=d_model=96 --define=d_kv=24 --define=d_ff=384 --define=unit=0.10206 --define=dropout=0.0 -o "$out/t5"
rm -rf "$out/run"
show "$out/t5" train --data "$out/train.tsv" --tokenizer bytes --steps $steps --lr 2e-3 --val-every 500 --val-batches 8 \
  --out "$out/run"
printf 'friday 20 august 1965\n3 May 2031\n' > "$out/new.txt"
show "$out/t5" generate --weights "$out/run" --prompt - < "$out/new.txt"
[ $quick = yes ] && exit
show "$out/t5" eval --weights "$out/run" --data "$out/held-out.tsv"
