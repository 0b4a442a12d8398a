# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Programs that differ in the number of their layers alone are as long, to one line in a hundred: what is planned and reduced for
# all layers together may be. Usage: same-lines.py FILE FILE...
import sys
from pathlib import Path

counts = [len(Path(name).read_text().splitlines()) for name in sys.argv[1:]]
print("lines:", *counts)
if max(counts) - min(counts) > min(counts) / 100:
    sys.exit("the programs differ in size")
