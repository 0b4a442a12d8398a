# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Safetensors files and programs, for the tests of this folder that read and write weights.
import array
import json
import math
import struct
import subprocess
import sys

FORMATS = {"F32": "f", "F64": "d", "I64": "q", "I32": "i"}


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def read_shaped(path):
    """name -> (shape, array of numbers)."""
    blob = path.read_bytes()
    size = struct.unpack("<Q", blob[:8])[0]
    tensors = {}
    for name, entry in json.loads(blob[8:8 + size]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            tensors[name] = entry["shape"], array.array(FORMATS[entry["dtype"]], blob[8 + size + first:8 + size + last])
    return tensors


def read(path):
    """name -> array of numbers."""
    return {name: numbers for name, (_, numbers) in read_shaped(path).items()}


def write(path, tensors):
    """Writes name -> (shape, array of floats)."""
    header, offset = {}, 0
    for name, (shape, values) in tensors.items():
        end = offset + 4 * len(values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, values in tensors.values():
            file.write(values.tobytes())


def difference(actual, expected):
    """|actual - expected| / |expected|, by Euclidean norm."""
    distance = math.sqrt(sum((a - e) ** 2 for a, e in zip(actual, expected, strict=True)))
    return distance / math.sqrt(sum(e * e for e in expected))


def check(what, error, tolerance):
    print(f"{what}: {error:.2e}, at most {tolerance:.0e}")
    if not error <= tolerance:
        sys.exit(f"{what} disagrees")
