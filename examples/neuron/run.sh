#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles one neuron, prints its gradients, trains it on its single example.
set -euo pipefail
# shellcheck source=examples/common.sh
. "$(dirname "$0")/../common.sh"

echo '{"features": [[1.1]], "labels": [[1]]}' >"$out/batch.json"
show "$ternc" "$model" --optimizer=sgd --batch=1 -o "$out/neuron"
show "$out/neuron" grad --input "$out/batch.json"
rm -rf "$out/run"
show "$out/neuron" train --input "$out/batch.json" --steps 20 --lr 1 --schedule constant --out "$out/run"
