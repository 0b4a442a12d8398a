#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the published 124M model, prints its memory plan, and takes a few training steps from random weights. That needs
# about 3 GB of memory and, on two cores, some seconds a step.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=10
[ $quick = yes ] && steps=2
show "$ternc" "$model" --objective=causal-lm --batch=4 --seq=64 -o "$out/gpt2"
show "$out/gpt2" info
rm -rf "$out/run"
show "$out/gpt2" train --tokenizer bytes --steps $steps --lr 1e-4 --save-every 0 --out "$out/run"
