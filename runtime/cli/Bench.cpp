// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `bench`: the machine's ceilings first, then every entry point against them. Which ceiling binds an entry follows from
// its FLOPs and bytes in the manifest: the one that would take longer.

#include "runtime/cli/BenchInputs.h"
#include "runtime/cli/Ceilings.h"
#include "runtime/cli/Commands.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace tern::rt {

namespace {

struct Ceilings {
  double fma = 0;  // FLOP/s in the program's precision
  double read = 0; // byte/s
  double copy = 0;
};

struct Measurement {
  std::string name;
  double seconds = 0;
  double flops = 0;
  double bytes = 0;
  const char *bound = "fma";
  double ceiling = 0;  // FLOP/s or byte/s; printed as GFLOP/s or GB/s
  double fraction = 0; // of the ceiling
  int64_t items = 0;   // tokens or rows of one call; 0: none
};

// A closure on all threads of a pool: the context is the first member, so its address is the closure's.
struct PoolTask {
  tern_ctx context{};
  const std::function<void(unsigned, unsigned)> *work = nullptr;

  static int32_t enter(tern_ctx *context, uint32_t thread, uint32_t threads) {
    (*reinterpret_cast<PoolTask *>(context)->work)(thread, threads);
    return 0;
  }
};

} // namespace

static void print(const Measurement &one, unsigned threads, bool json) {
  double gflops = one.flops / one.seconds / 1e9, gbs = one.bytes / one.seconds / 1e9;
  if (!json) {
    std::printf("%-18s %11.3f ms %9.2f GFLOP/s %8.2f GB/s  %5.1f %% of %s", one.name.c_str(), one.seconds * 1e3, gflops,
                gbs, 100 * one.fraction, one.bound);
    if (one.items > 0)
      std::printf("  %s tokens/s",
                  withSeparators(static_cast<uint64_t>(static_cast<double>(one.items) / one.seconds)).c_str());
    std::printf("\n");
  } else {
    JsonObject line;
    line.add("name", one.name).add("threads", threads).add("time_s", one.seconds);
    line.add("flops", static_cast<uint64_t>(one.flops))
        .add("bytes", static_cast<uint64_t>(one.bytes))
        .add("gflops", gflops)
        .add("gbs", gbs);
    line.add("bound", one.bound).add("ceiling", one.ceiling / 1e9).add("fraction", one.fraction);
    if (one.items > 0)
      line.add("tokens_per_s", static_cast<double>(one.items) / one.seconds);
    std::printf("%s\n", line.text().c_str());
  }
  std::fflush(stdout);
}

static Measurement ceilingLine(const char *name, const char *bound, const Ceiling &ceiling) {
  bool isFlops = std::string_view(bound) == "fma";
  return {
      name, ceiling.seconds, isFlops ? ceiling.amount : 0, isFlops ? 0 : ceiling.amount, bound, ceiling.perSecond(), 1,
      0};
}

static Result<Ceilings> measureCeilings(unsigned threads, bool isDouble, bool json) {
  TERN_ASSIGN(auto pool, ThreadPool::create(threads));
  ParallelRun run = [&](const std::function<void(unsigned, unsigned)> &work) {
    PoolTask task;
    task.work = &work;
    pool->run(PoolTask::enter, task.context);
  };
  constexpr int repeats = 25; // short runs, so that one of them is undisturbed
  Ceiling fma32 = measureFma32(run, threads, repeats), fma64 = measureFma64(run, threads, repeats);
  Ceiling read = measureRead(run, repeats), copy = measureCopy(run, repeats);
  print(ceilingLine("ceiling.fma.f32", "fma", fma32), threads, json);
  print(ceilingLine("ceiling.fma.f64", "fma", fma64), threads, json);
  print(ceilingLine("ceiling.read", "read", read), threads, json);
  print(ceilingLine("ceiling.copy", "copy", copy), threads, json);
  return Ceilings{(isDouble ? fma64 : fma32).perSecond(), read.perSecond(), copy.perSecond()};
}

/// The median of at least `repeats` calls and `seconds` seconds, after one call that is not timed.
static Result<double> medianSeconds(const BenchOptions &options, const std::function<Result<double>()> &call) {
  TERN_ASSIGN([[maybe_unused]] double warmUp, call());
  std::vector<double> times;
  double total = 0;
  while (static_cast<int64_t>(times.size()) < options.repeats || total < options.seconds) {
    if (interrupted())
      return error("interrupted");
    TERN_ASSIGN(double seconds, call());
    times.push_back(seconds);
    total += seconds;
  }
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

/// An entry that rewrites parameters and states moves bytes as a copy does; the others mostly read.
static void compare(Measurement &one, const Ceilings &ceilings, bool rewrites) {
  double memory = rewrites ? ceilings.copy : ceilings.read;
  bool isMemoryBound = one.bytes / memory > one.flops / ceilings.fma;
  one.bound = isMemoryBound ? (rewrites ? "copy" : "read") : "fma";
  one.ceiling = isMemoryBound ? memory : ceilings.fma;
  one.fraction = (isMemoryBound ? one.bytes : one.flops) / one.seconds / one.ceiling;
}

static Result<double> timeCall(Session &session, const tern_entry &entry) {
  TERN_TRY(fillBenchInputs(session, entry));
  auto start = std::chrono::steady_clock::now();
  TERN_TRY(session.call(entry));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

static int64_t tokensOf(const tern_entry &entry) {
  const tern_tensor *tokens = findInput(entry, "tokens");
  return tokens && tokens->rank == 2 ? tokens->shape[0] * tokens->shape[1] : 0;
}

/// Entries that run as one: {"grad", "update"} is the train step.
static Status measure(Session &session, const BenchOptions &options, const Ceilings &ceilings, const std::string &name,
                      const std::vector<const tern_entry *> &entries) {
  auto call = [&]() -> Result<double> {
    double sum = 0;
    for (const tern_entry *entry : entries) {
      TERN_ASSIGN(double seconds, timeCall(session, *entry));
      sum += seconds;
    }
    return sum;
  };
  Measurement one;
  one.name = name;
  for (const tern_entry *entry : entries) {
    one.flops += static_cast<double>(entry->flops);
    one.bytes += static_cast<double>(entry->bytes);
    one.items = std::max(one.items, tokensOf(*entry));
  }
  TERN_ASSIGN(one.seconds, medianSeconds(options, call));
  compare(one, ceilings, name == "init" || name == "update");
  print(one, session.threads(), options.machine.json);
  return success();
}

Status runBench(const tern_manifest &manifest, const BenchOptions &options) {
  watchInterrupts();
  unsigned threads = options.machine.threads ? options.machine.threads : ThreadPool::defaultThreads();
  bool isDouble = std::string_view(manifest.precision) == "f64";
  TERN_ASSIGN(Ceilings ceilings, measureCeilings(threads, isDouble, options.machine.json));
  TERN_ASSIGN(auto session, Session::create(manifest, threads));
  if (!options.machine.json)
    std::printf("code for %s\n", manifest.isa);
  TERN_TRY(session->program().findEntry("init") ? fillParameters(*session, "", 1) : success());
  const char *order[] = {"init", "forward", "loss", "grad", "update"};
  for (const char *name : order)
    if (const tern_entry *entry = session->program().findEntry(name))
      TERN_TRY(measure(*session, options, ceilings, name, {entry}));
  const tern_entry *grad = session->program().findEntry("grad"), *update = session->program().findEntry("update");
  if (!grad || !update)
    return success();
  return measure(*session, options, ceilings, "train_step", {grad, update});
}

} // namespace tern::rt
