# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A profile in JSON holds together: regions are named and lie within their class, classes add up to what was timed.
import json
import sys

TOLERANCE = 1e-6


def main():
    lines = [json.loads(line) for line in open(sys.argv[1])]
    total = next(line for line in lines if line.get("name") == "train_step" and "kernel" not in line)
    rows = [line for line in lines if line.get("name") == "train_step" and "kernel" in line]
    classes = {row["class"]: row for row in rows if row["kernel"] == "class"}
    regions = [row for row in rows if row["kernel"] == "region"]
    assert len(regions) > 50, f"only {len(regions)} regions"
    sums = dict.fromkeys(classes, 0.0)
    for region in regions:
        assert region["class"] not in ("loop", "rest"), f"a region that no kernel stands behind: {region}"
        assert region["shape"] and region["location"].startswith("model.mlir:"), f"a region without a name: {region}"
        assert region["calls"] >= 1 and 0 <= region["occupancy"] <= 1 + TOLERANCE, region
        sums[region["class"]] += region["time_s"]
    for name, row in classes.items():
        if name != "rest":
            assert abs(sums[name] - row["time_s"]) <= TOLERANCE * total["time_s"], f"{name}: its regions take {sums[name]} s"
    parts = sum(row["time_s"] for row in classes.values())
    assert abs(parts - total["time_s"]) <= TOLERANCE * total["time_s"], f"the classes take {parts} s of {total['time_s']}"
    assert abs(sum(row["share"] for row in classes.values()) - 1) <= TOLERANCE
    flops = sum(region["flops"] for region in regions)
    assert 0.95 <= flops / total["flops"] <= 1.15, f"{flops} operations in regions, {total['flops']} in the plan"


main()
