#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the published 124M model, prints its memory plan, and takes a few training steps from random weights. That needs
# 2.4 GB of memory, 1.5 GB of disk for the checkpoint and, on two cores, some seconds a step. --quick trains two narrow
# layers instead.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

show "$ternc" "$model" --objective=causal-lm --batch=4 --seq=64 -o "$out/gpt2"
show "$out/gpt2" info
program=gpt2 steps=10
if [ $quick = yes ]; then
  program=narrow steps=3
  show "$ternc" "$model" --define n_layer=2 --define n_head=3 --define d_model=96 --objective=causal-lm --batch=4 --seq=64 \
    -o "$out/narrow"
fi
rm -rf "$out/run"
show "$out/$program" train --tokenizer bytes --steps $steps --lr 1e-4 --val-batches 1 --save-every 0 --out "$out/run"
