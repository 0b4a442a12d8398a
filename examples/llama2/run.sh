#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the published 7B model without its weights and says what it would take, as it is and with 8 key-value heads; then trains
# the 15M sibling on generated stories, some minutes on two cores, lets it write, and compares its loss on stories that it has not
# seen with that of a Kneser-Ney model of the same bytes. --quick trains for three steps.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=200 judged=100
[ $quick = yes ] && steps=3 judged=3
make_stories 4000 $judged
small=$top/examples/llama2/small.mlir

show "$ternc" "$model" --objective=causal-lm --batch=1 --seq=512 --report=memory
show "$ternc" "$model" --objective=causal-lm --batch=1 --seq=512 --define n_kv_head=8 --report=memory
show "$ternc" "$small" --objective=causal-lm --batch=8 --seq=128 -o "$out/llama2"
show "$out/llama2" info
rm -rf "$out/run"
show "$out/llama2" train --data "$out/stories.txt" --val "$out/held-out.txt" --tokenizer bytes --steps $steps --lr 1e-3 --warmup 20 \
  --val-every 100 --val-batches 4 --save-every 0 --out "$out/run"
show "$out/llama2" generate --weights "$out/run" --prompt "One day" --max-tokens 60
show "$out/llama2" eval --weights "$out/run" --data "$out/held-out.txt"
show "$build/bin/example-ngram" "$out/stories.txt" "$out/held-out.txt" 3
