# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A tiny language model learns answers from chat messages, one example a row and packed, and says them: each ends by itself, at
# the end token that it has learned. A program without room for that token goes on until it is stopped.
# Usage: answers.py MODEL SCRATCH
import json
import subprocess
import sys
from pathlib import Path

model, scratch = sys.argv[1], Path(sys.argv[2])
scratch.mkdir(exist_ok=True)
ANSWERS = {"red": "stop", "green": "go ahead", "amber": "wait a moment", "blue": "no", "white": "look out"}
SIZES = {"n_layer": 2, "n_head": 2, "n_kv_head": 2, "head_dim": 24, "d_model": 48, "d_ff": 96}


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def compile_program(name, vocabulary):
    defines = [f"--define={key}={value}" for key, value in (SIZES | {"vocab": vocabulary}).items()]
    run("ternc", model, "--objective=causal-lm", "--batch=4", "--seq=128", "--quiet", *defines, "-o", scratch / name)
    return scratch / name


def train(program, name, *flags):
    out = scratch / name
    run("rm", "-rf", out)
    shown = run(program, "train", "--data", data, "--val", data, "--tokenizer", "bytes", "--steps", 200, "--lr", 5e-3,
                "--out", out, *flags)
    return out, shown


def answer(program, weights, question):
    prompt = f"<|user|>\n{question}\n<|assistant|>\n"
    line = run(program, "generate", "--weights", weights, "--prompt", prompt, "--max-tokens", 40, "--json")
    result = json.loads(line)
    return result["text"], result["tokens"]


data = scratch / "answers.jsonl"
messages = [[("user", question), ("assistant", text)] for question, text in ANSWERS.items()]
messages += [[("system", "be brief")] + first + second for first in messages for second in messages]
data.write_text("".join(json.dumps({"messages": [{"role": role, "content": text} for role, text in example]}) + "\n"
                        for example in messages))

program = compile_program("program", 260)
for flags in ([], ["--pack"]):
    weights, shown = train(program, "run" + "".join(flags), *flags)
    assert ("% of the places are tokens" in shown) == bool(flags), shown
    for question, text in ANSWERS.items():
        said = answer(program, weights, question)
        assert said == (text, len(text)), f"{flags}: {question}: {said}, not {text}"

# The loss of packed data is a mean over the same targets as that of examples with a row each.
counts = [json.loads(run(program, "eval", "--weights", scratch / "run", "--data", data, "--json", *flags))["tokens"]
          for flags in ([], ["--pack"])]
ends = sum(len(text) + 1 for example in messages for role, text in example if role == "assistant")
assert counts == [ends, ends], (counts, ends)

one, three = (train(program, f"threads{count}", "--pack", "--threads", count)[0] for count in (1, 3))
assert (one / "model.safetensors").read_bytes() == (three / "model.safetensors").read_bytes(), "threads change bits"

narrow = compile_program("narrow", 256)
weights, shown = train(narrow, "narrow-run")
assert "responses without an end" in shown, shown
assert answer(narrow, weights, "red")[1] == 40
print("answers end where they should")
