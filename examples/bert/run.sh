#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A small sibling of the published model reads generated stories, byte by byte: it learns to tell masked letters and whether a
# sentence follows another. Some minutes on two cores. --quick takes a few steps.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=3000
[ $quick = yes ] && steps=10
"$build/bin/example-data" stories 6000 1 > "$out/stories.txt"
"$build/bin/example-data" stories 300 2 > "$out/held-out.txt"
show "$ternc" "$model" --objective=masked-lm --batch=32 --seq=144 --define=vocab=260 --define=context=144 --define=n_layer=3 \
  --define=n_head=4 --define=d_model=128 --define=d_ff=512 -o "$out/bert"
rm -rf "$out/run"
show "$out/bert" train --data "$out/stories.txt" --val "$out/held-out.txt" --tokenizer bytes --steps $steps --lr 1e-3 \
  --val-every 500 --val-batches 4 --out "$out/run"
[ $quick = yes ] && exit
show "$out/bert" eval --weights "$out/run" --data "$out/held-out.txt"
