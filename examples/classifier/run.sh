#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# An encoder learns to tell praise from complaint, negations included, and is judged on sentences that it has not seen. Two minutes on two
# cores. --quick takes a few steps.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

steps=3000
[ $quick = yes ] && steps=10
"$build/bin/example-data" sentiment 6000 1 > "$out/train.tsv"
"$build/bin/example-data" sentiment 1000 2 | grep -v -x -F -f "$out/train.tsv" > "$out/held-out.tsv"
show "$ternc" "$model" --objective=classify --batch=32 --seq=88 -o "$out/classifier"
rm -rf "$out/run"
show "$out/classifier" train --data "$out/train.tsv" --tokenizer bytes --steps $steps --lr 1e-3 --val-every 500 --val-batches 8 \
  --out "$out/run"
show "$out/classifier" eval --weights "$out/run" --data "$out/held-out.tsv"
