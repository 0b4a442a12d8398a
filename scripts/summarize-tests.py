#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Reads lit's results and closes the run: why tests were skipped, then `N passed, N failed` as the last line.
# Usage: summarize-tests.py RESULTS.json LIT_STATUS
import json
import sys

PASSED = {"PASS", "FLAKYPASS"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    lit_status = int(sys.argv[2])
    passed = [test for test in tests if test["code"] in PASSED]
    skipped = [test for test in tests if test["code"] in SKIPPED]
    failed = [test for test in tests if test["code"] not in PASSED | SKIPPED]
    for test in skipped:
        print(f"    skipped: {test['name']}")
    for test in failed:
        print(f"    failed: {test['name']}")
    if lit_status != 0 and not failed:
        print(f"    lit itself ended with status {lit_status}")
    line = f"{len(passed)} passed, {len(failed)} failed"
    if skipped:
        line += f", {len(skipped)} skipped"
    print(line)
    sys.exit(1 if failed or lit_status != 0 or not passed else 0)


if __name__ == "__main__":
    main()
