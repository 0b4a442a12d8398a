#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the published 7B model without its weights and says what it would take, as it is and with 8 key-value heads; then trains
# a small sibling on bytes for a minute and lets it write. --quick trains for ten steps.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=300
[ $quick = yes ] && steps=10
small=$top/examples/llama2/small.mlir

show "$ternc" "$model" --objective=causal-lm --batch=1 --seq=512 --report=memory
show "$ternc" "$model" --objective=causal-lm --batch=1 --seq=512 --define n_kv_head=8 --report=memory
show "$ternc" "$small" --objective=causal-lm --batch=8 --seq=128 --define vocab=256 --define n_kv_head=2 -o "$out/llama2"
show "$out/llama2" info
rm -rf "$out/run"
show "$out/llama2" train --tokenizer bytes --steps $steps --lr 1e-3 --warmup 20 --val-batches 8 --save-every 0 --out "$out/run"
show "$out/llama2" generate --weights "$out/run/model.safetensors" --tokenizer bytes --prompt "Once upon a time" --max-tokens 60
