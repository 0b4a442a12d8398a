#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Trains the small sibling on generated stories, some minutes on two cores, and compares its loss on stories that it has not seen
# with that of a Kneser-Ney model of the same bytes. Then compiles the published 124M model, prints its memory plan, and takes ten
# training steps from random weights: 2.4 GB of memory, 1.5 GB of disk for the checkpoint, some seconds a step. --quick trains for
# three steps and stops at the plan.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=1000 judged=100
[ $quick = yes ] && steps=3 judged=3
make_stories 4000 $judged
show "$ternc" "$top/examples/gpt2/small.mlir" --objective=causal-lm --batch=16 --seq=128 -o "$out/small"
rm -rf "$out/run" "$out/run-124m"
show "$out/small" train --data "$out/stories.txt" --val "$out/held-out.txt" --steps $steps --lr 2e-3 --val-every 250 --val-batches 4 \
  --save-every 0 --out "$out/run"
show "$out/small" generate --weights "$out/run" --prompt "One day" --max-tokens 60
show "$out/small" eval --weights "$out/run" --data "$out/held-out.txt"
show "$build/bin/example-ngram" "$out/stories.txt" "$out/held-out.txt" 3

show "$ternc" "$model" --objective=causal-lm --batch=4 --seq=64 -o "$out/gpt2"
show "$out/gpt2" info
[ $quick = yes ] && exit
show "$out/gpt2" train --tokenizer bytes --steps 10 --lr 1e-4 --val-batches 1 --save-every 0 --out "$out/run-124m"
