# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# same-loss.py A.json B.json TOLERANCE: whether two runs of `PROG grad --json` have the same loss, relatively.
import json
import sys

first, second = (json.load(open(path))["loss"] for path in sys.argv[1:3])
difference = abs(first - second) / abs(first)
print(f"loss {first} and {second}, relative difference {difference:.2g}")
sys.exit(difference > float(sys.argv[3]))
