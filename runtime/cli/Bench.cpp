// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `bench`: the machine's ceilings first, then every entry point against them, and with --profile where its time goes.

#include "runtime/cli/BenchInputs.h"
#include "runtime/cli/Commands.h"
#include "runtime/cli/Profile.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>

namespace tern::rt {

namespace {

struct Measurement {
  std::string name;
  double seconds = 0;
  double flops = 0;
  double bytes = 0;
  Bound bound;
  int64_t items = 0; // tokens or rows of one call; 0: none
};

/// One timed run of a measurement: its calls in their order.
struct TimedRun {
  double seconds = 0;
  std::vector<TimedCall> calls;
};

/// What is timed together, and its name.
using NamedEntries = std::pair<std::string, std::vector<const tern_entry *>>;

} // namespace

static void print(const Measurement &one, unsigned threads, bool json) {
  double gflops = one.flops / one.seconds / 1e9, gbs = one.bytes / one.seconds / 1e9;
  if (!json) {
    std::printf("%-18s %11.3f ms %9.2f GFLOP/s %8.2f GB/s  %5.1f %% of %s", one.name.c_str(), one.seconds * 1e3, gflops,
                gbs, 100 * one.bound.fraction, one.bound.name);
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
    line.add("bound", one.bound.name).add("ceiling", one.bound.ceiling / 1e9).add("fraction", one.bound.fraction);
    if (one.items > 0)
      line.add("tokens_per_s", static_cast<double>(one.items) / one.seconds);
    std::printf("%s\n", line.text().c_str());
  }
  std::fflush(stdout);
}

static Measurement ceilingLine(const NamedCeiling &ceiling) {
  double amount = ceiling.value.amount;
  return {ceiling.name, ceiling.value.seconds, ceiling.isMemory ? 0 : amount, ceiling.isMemory ? amount : 0,
          Bound{ceiling.bound, ceiling.value.perSecond(), 1}, 0};
}

/// The median of at least `repeats` runs and `seconds` seconds, after one that is not timed.
static Result<TimedRun> medianRun(const BenchOptions &options, const std::function<Result<TimedRun>()> &run) {
  TERN_ASSIGN([[maybe_unused]] TimedRun warmUp, run());
  std::vector<TimedRun> runs;
  double total = 0;
  while (static_cast<int64_t>(runs.size()) < options.repeats || total < options.seconds) {
    if (interrupted())
      return error("interrupted");
    TERN_ASSIGN(TimedRun next, run());
    total += next.seconds;
    runs.push_back(std::move(next));
  }
  auto middle = runs.begin() + static_cast<ptrdiff_t>(runs.size() / 2);
  std::nth_element(runs.begin(), middle, runs.end(),
                   [](const TimedRun &left, const TimedRun &right) { return left.seconds < right.seconds; });
  return std::move(*middle);
}

static Status timeCall(Session &session, const tern_entry &entry, bool profile, TimedRun &run) {
  TERN_TRY(fillBenchInputs(session, entry));
  TimedCall call{&entry, RegionClock(entry.region_count, session.threads())};
  auto start = std::chrono::steady_clock::now();
  TERN_TRY(session.call(entry, profile ? &call.clock : nullptr));
  run.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (profile)
    run.calls.push_back(std::move(call));
  return success();
}

static int64_t tokensOf(const tern_entry &entry) {
  const tern_tensor *tokens = findInput(entry, "tokens");
  return tokens && tokens->rank == 2 ? tokens->shape[0] * tokens->shape[1] : 0;
}

static uint32_t productType(std::string_view precision) {
  return precision == "f64" ? TERN_F64 : precision == "bf16" ? TERN_BF16 : TERN_F32;
}

/// An entry that rewrites parameters and states moves bytes as its kind does; the others mostly read.
static Work workOf(const Measurement &one, const tern_manifest &manifest) {
  bool writes = one.name == "init", updates = one.name == "update";
  double written = writes ? one.bytes : updates ? one.bytes / 2 : 0;
  return {one.flops, one.bytes - written, written, productType(manifest.precision), updates};
}

/// Entries that run as one: {"grad", "update"} is the train step.
static Status measure(Session &session, const BenchOptions &options, const Ceilings &ceilings, const std::string &name,
                      const std::vector<const tern_entry *> &entries) {
  auto once = [&]() -> Result<TimedRun> {
    TimedRun run;
    for (const tern_entry *entry : entries)
      TERN_TRY(timeCall(session, *entry, options.profile, run));
    return run;
  };
  Measurement one;
  one.name = name;
  for (const tern_entry *entry : entries) {
    one.flops += static_cast<double>(entry->flops);
    one.bytes += static_cast<double>(entry->bytes);
    one.items = std::max(one.items, tokensOf(*entry));
  }
  TERN_ASSIGN(TimedRun run, medianRun(options, once));
  one.seconds = run.seconds;
  one.bound = boundOf(ceilings, workOf(one, session.manifest()), one.seconds);
  print(one, session.threads(), options.machine.json);
  if (options.profile)
    printProfile(name, run.seconds, run.calls, ceilings,
                 {session.threads(), options.machine.json, options.everyRegion});
  return success();
}

/// What can be timed: the entries in the order of a training, the step made of two of them, then all others but those that
/// load weights.
static std::vector<NamedEntries> measurementsOf(const Program &program) {
  std::vector<NamedEntries> all;
  constexpr std::string_view order[] = {"init", "forward", "loss", "grad", "update"};
  for (std::string_view name : order)
    if (const tern_entry *entry = program.findEntry(name))
      all.push_back({std::string(name), {entry}});
  if (const tern_entry *grad = program.findEntry("grad"), *update = program.findEntry("update"); grad && update)
    all.push_back({"train_step", {grad, update}});
  auto loads = [&](const tern_entry &entry) {
    return std::ranges::any_of(program.parameters(), [&](const Parameter &each) { return each.load == &entry; });
  };
  for (const tern_entry &entry : program.entries())
    if (std::ranges::find(order, entry.name) == std::end(order) && !loads(entry))
      all.push_back({entry.name, {&entry}});
  return all;
}

static const NamedEntries *findNamed(const std::vector<NamedEntries> &all, std::string_view name) {
  auto found = std::ranges::find_if(all, [&](const NamedEntries &each) { return each.first == name; });
  return found == all.end() ? nullptr : &*found;
}

static Error nothingNamed(std::string_view option, std::string_view name) {
  return error(option, ": there is nothing to time by the name of '", name, "'; `info` lists the entries");
}

/// Scripts compare with others so: they ask for an entry, then for the same of another program, and come back.
static Status measureFromInput(Session &session, const BenchOptions &options, const Ceilings &ceilings,
                               const std::vector<NamedEntries> &measurements) {
  for (std::string name; std::getline(std::cin, name);) {
    const NamedEntries *each = findNamed(measurements, name);
    if (!each)
      return nothingNamed("--from-input", name);
    TERN_TRY(measure(session, options, ceilings, name, each->second));
  }
  return success();
}

Status runBench(const tern_manifest &manifest, const BenchOptions &options) {
  watchInterrupts();
  unsigned threads = options.machine.threads ? options.machine.threads : ThreadPool::defaultThreads();
  TERN_ASSIGN(Program program, Program::create(manifest));
  std::vector<NamedEntries> measurements = measurementsOf(program);
  for (const std::string &name : options.entries)
    if (!findNamed(measurements, name))
      return nothingNamed("--entry", name);
  TERN_ASSIGN(Ceilings ceilings, measureCeilings(threads, [&](const NamedCeiling &ceiling) {
    print(ceilingLine(ceiling), threads, options.machine.json);
  }));
  TERN_ASSIGN(auto session, Session::create(manifest, threads));
  if (!options.machine.json)
    std::printf("code for %s\n", manifest.isa);
  TERN_TRY(session->program().findEntry("init") ? fillParameters(*session, "", 1) : fillBenchParameters(*session));
  if (options.fromInput)
    return measureFromInput(*session, options, ceilings, measurements);
  for (const auto &[name, entries] : measurements)
    if (options.entries.empty() || std::ranges::find(options.entries, name) != options.entries.end())
      TERN_TRY(measure(*session, options, ceilings, name, entries));
  return success();
}

} // namespace tern::rt
