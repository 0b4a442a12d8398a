#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A small sibling of the published model reads generated stories, word by word: it learns to tell masked words and whether a
# sentence follows another, and is judged on stories that it has not seen. Some minutes on two cores. --quick takes a few steps.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=12000 judged=300
[ $quick = yes ] && steps=10 judged=10
make_stories 6000 $judged
show "$ternc" "$model" --objective=masked-lm --batch=32 --seq=42 --define=vocab=512 --define=context=42 --define=n_layer=3 \
  --define=n_head=4 --define=d_model=128 --define=d_ff=512 --define=spread=0.06 -o "$out/bert"
rm -rf "$out/run"
show "$out/bert" train --data "$out/stories.txt" --val "$out/held-out.txt" --tokenizer words --steps $steps --lr 1e-3 \
  --schedule wsd --weight-decay 0.01 --val-every 500 --val-batches 8 --save-every 0 --out "$out/run"
show "$out/bert" eval --weights "$out/run" --data "$out/held-out.txt"
