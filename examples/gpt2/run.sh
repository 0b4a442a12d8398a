#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the published 124M model, prints its memory plan, and takes ten training steps from random weights. That needs
# 2.4 GB of memory, 1.5 GB of disk for the checkpoint and, on two cores, some seconds a step. --quick stops at the plan.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

show "$ternc" "$model" --objective=causal-lm --batch=4 --seq=64 -o "$out/gpt2"
show "$out/gpt2" info
[ $quick = yes ] && exit
rm -rf "$out/run"
show "$out/gpt2" train --tokenizer bytes --steps 10 --lr 1e-4 --val-batches 1 --save-every 0 --out "$out/run"
