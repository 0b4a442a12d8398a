# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The peers that this machine has, and how each is asked for one time. Whoever is absent says what to install. Only the small
# drivers of this folder are compiled; nobody's code is built.
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Absent(Exception):
    """Why a peer takes no part, and what would bring it here."""


class Driver:
    """A process that answers each line of its input with times in seconds: the median first."""

    def __init__(self, name, command, threads, is_slow=False):
        self.name = name
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
        self.errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=environment)
        if is_slow and not self.process.stdout.readline().startswith("ready"):
            raise Absent(f"{name}: ended before it was ready: {self.last_error()}")

    def last_error(self):
        self.errors.seek(0)
        return (self.errors.read().strip().splitlines() or ["it said nothing"])[-1]

    def ask(self, line):
        """The numbers of the answer, or None where the peer has no such thing."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit(f"{self.name} ended in the middle: {self.last_error()}")
        return None if answer[0] == "none" else [float(number) for number in answer]

    def stop(self):
        self.process.communicate()
        self.errors.close()


#===-- libraries ----------------------------------------------------------------------------------------------------===#

LIBRARIES = {"oneDNN": ("OneDnn.cpp", "dnnl", "libdnnl-dev"), "OpenBLAS": ("OpenBlas.cpp", "openblas", "libopenblas-dev")}


def library_driver(name, folder):
    """Compiles the driver of a library, where its headers are."""
    source, library, package = LIBRARIES[name]
    compiler = shutil.which("c++") or shutil.which("clang++")
    if not compiler:
        raise Absent(f"{name}: there is no C++ compiler for its driver (apt-get install g++)")
    program = Path(folder) / Path(source).stem
    made = subprocess.run([compiler, "-std=c++20", "-O2", HERE / source, "-o", program, f"-l{library}"], capture_output=True, text=True)
    if made.returncode:
        missing = "fatal error" in made.stderr or "cannot find -l" in made.stderr or "unable to find library" in made.stderr
        reason = f"apt-get install {package}" if missing else made.stderr.strip().splitlines()[0]
        raise Absent(f"{name}: its headers or library are not here ({reason})")
    return program


#===-- PyTorch ------------------------------------------------------------------------------------------------------===#


def python_with_torch(python):
    for candidate in [python] if python else ["python3", "python"]:
        if shutil.which(candidate) and subprocess.run([candidate, "-c", "import torch"], capture_output=True).returncode == 0:
            return candidate
    where = f"'{python}' has no module torch" if python else "no python3 on the path has a module torch"
    raise Absent(f"PyTorch: {where} (pip install torch, and name its interpreter with --python)")


def torch_version(python):
    made = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True)
    return made.stdout.strip().split("+")[0]


def torch_driver(python, work, precision, compiled, batch, seq, threads):
    name = f"PyTorch {torch_version(python)} {precision}{' compiled' if compiled else ''}"
    command = [python, HERE / "torch_peer.py", work, "--precision", precision, "--batch", str(batch), "--seq", str(seq), "--threads",
               str(threads)]
    return Driver(name, command + ["--compile"] * compiled, threads, is_slow=True)


#===-- programs of other projects -----------------------------------------------------------------------------------===#


def program_in(name, option, folder, *places):
    if not folder:
        raise Absent(f"{name}: no path given ({option} DIR, where it is built)")
    for place in places:
        if os.access(Path(folder) / place, os.X_OK):
            return Path(folder) / place
    raise Absent(f"{name}: there is no {' or '.join(places)} in {folder}; build it there")


def llm_c_step(program, threads, steps):
    """Seconds of the steps of llm.c's CPU trainer (batch 4, 64 positions), without the first, and its peak memory in bytes."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    screen, its_screen = os.openpty()  # into a pipe it would write its lines when it ends
    process = subprocess.Popen([program.resolve()], cwd=program.parent, stdout=its_screen, stderr=subprocess.STDOUT, env=environment)
    os.close(its_screen)
    times, said = [], ""
    for line in lines_of(screen):
        said = line
        if took := re.search(r"took ([0-9.]+) ms", line):
            times.append(float(took.group(1)) / 1e3)
        if len(times) > steps:
            break
    os.kill(process.pid, signal.SIGTERM)
    os.close(screen)
    peak = os.wait4(process.pid, 0)[2].ru_maxrss * 1024
    process.returncode = 0  # it has been waited for
    if len(times) <= 1:
        raise Absent(f"llm.c: it timed no step; its last words: {said.strip()}")
    return times[1:], peak


def lines_of(screen):
    """What is written to a terminal. Its end is an error of reading."""
    with open(screen, errors="replace", closefd=False) as stream:
        try:
            yield from stream
        except OSError:
            return


def llama2_c_rate(program, model, threads):
    """Tokens per second of llama2.c."""
    made = subprocess.run([program, model, "-t", "0", "-n", "128"], capture_output=True, text=True,
                          env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
    if rate := re.search(r"achieved tok/s: ([0-9.]+)", made.stdout + made.stderr):
        return float(rate.group(1))
    raise Absent(f"llama2.c: it gave no rate; its last words: {(made.stderr.strip().splitlines() or [''])[-1]}")


def llama_cpp_rate(program, model, threads, work):
    """Tokens per second of llama.cpp's llama-bench: a `prefill` of 64 tokens, or 32 that `decode` after each other."""
    lengths = {"prefill": ["-p", "64", "-n", "0"], "decode": ["-p", "0", "-n", "32"]}[work]
    command = [program, "-m", model, *lengths, "-t", str(threads), "-r", "3", "-o", "json"]
    made = subprocess.run(command, capture_output=True, text=True)
    try:
        return float(json.loads(made.stdout)[0]["avg_ts"])
    except (json.JSONDecodeError, KeyError, TypeError, IndexError):
        raise Absent(f"llama.cpp: it gave no rate; its last words: {(made.stderr.strip().splitlines() or [''])[-1]}") from None
