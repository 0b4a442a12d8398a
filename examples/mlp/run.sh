#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Makes a small data set, trains the perceptron on it with plain SGD, and says how well it does on rows it has not seen.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

# Ten features in [-1, 1]; the label is 1 where x0 * x1 > 0 or x2 > 0.6: no straight line separates that.
make_data() {
  awk -v rows="$1" -v seed="$2" 'BEGIN {
    srand(seed)
    for (row = 0; row < rows; row++) {
      line = ""
      for (i = 0; i < 10; i++) { x[i] = 2 * rand() - 1; line = line sprintf("%.4f,", x[i]) }
      print line ((x[0] * x[1] > 0 || x[2] > 0.6) ? 1 : 0)
    }
  }'
}

steps=4000
[ $quick = yes ] && steps=1500
make_data 2000 1 >"$out/train.csv"
make_data 400 2 >"$out/validation.csv"
show "$ternc" "$model" --optimizer=sgd --batch=32 -o "$out/mlp"
rm -rf "$out/run"
show "$out/mlp" train --data "$out/train.csv" --val "$out/validation.csv" --steps $steps --lr 0.2 --out "$out/run"
show "$out/mlp" eval --weights "$out/run" --data "$out/validation.csv"
