#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A small sibling of the published model learns to write dates as ISO 8601: some minutes on two cores. It is judged on 2,000
# dates that it has not seen in any writing: right is what is right to the last character. --quick takes a few steps and
# judges 64.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=2500
[ $quick = yes ] && steps=20
make_dates
show "$ternc" "$model" --objective=seq2seq --batch=64 --seq=12 --define=vocab=260 --define=source=32 --define=n_layer=2 \
  --define=n_head=4 --define=d_model=96 --define=d_ff=384 --define=embed_scale=9.798 --define=dropout=0.0 -o "$out/transformer"
rm -rf "$out/run"
show "$out/transformer" train --data "$out/train.tsv" --tokenizer bytes --steps $steps --lr 2e-3 --val-every 500 --val-batches 8 \
  --out "$out/run"
printf 'friday 20 august 1965\n3 May 2031\n' > "$out/new.txt"
show "$out/transformer" generate --weights "$out/run" --prompt - < "$out/new.txt"
show "$out/transformer" eval --weights "$out/run" --data "$out/held-out.tsv"
