// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ceilings in the order in which they are printed, and the choice among them.

#include "runtime/cli/Roofline.h"

#include "runtime/core/ThreadPool.h"

namespace tern::rt {

namespace {

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

Result<Ceilings> measureCeilings(unsigned threads, const std::function<void(const NamedCeiling &)> &report) {
  TERN_ASSIGN(auto pool, ThreadPool::create(threads));
  ParallelRun run = [&](const std::function<void(unsigned, unsigned)> &work) {
    PoolTask task;
    task.work = &work;
    pool->run(PoolTask::enter, task.context);
  };
  constexpr int repeats = 25; // short runs, so that one of them is undisturbed
  Ceilings result;
  auto take = [&](NamedCeiling &ceiling, const Ceiling &value) {
    ceiling.value = value;
    if (value.amount > 0)
      report(ceiling);
  };
  take(result.fma32, measureFma32(run, threads, repeats));
  take(result.fma64, measureFma64(run, threads, repeats));
  take(result.dotBf16, measureDotBf16(run, threads, repeats));
  take(result.dotInt8, measureDotInt8(run, threads, repeats));
  take(result.tileBf16, measureTileBf16(run, threads, repeats));
  take(result.tileInt8, measureTileInt8(run, threads, repeats));
  take(result.read, measureRead(run, repeats));
  take(result.copy, measureCopy(run, repeats));
  take(result.update, measureUpdate(run, repeats));
  for (const NamedCeiling *memory : {&result.read, &result.copy, &result.update})
    if (memory->value.amount == 0)
      return error("cannot measure ", memory->name, ": its buffers take up to 512 MiB, which the system refuses; end other "
                   "programs or raise the limit (ulimit -v)");
  return result;
}

// The fastest unit for products of this type; one that the machine lacks has a ceiling of zero.
static const NamedCeiling &arithmeticOf(const Ceilings &ceilings, uint32_t dtype) {
  const NamedCeiling *units[] = {&ceilings.fma32, &ceilings.dotBf16, &ceilings.tileBf16};
  if (dtype == TERN_I8)
    units[1] = &ceilings.dotInt8, units[2] = &ceilings.tileInt8;
  if (dtype == TERN_F64)
    return ceilings.fma64;
  if (dtype != TERN_BF16 && dtype != TERN_I8)
    return ceilings.fma32;
  const NamedCeiling *best = units[0];
  for (const NamedCeiling *unit : units)
    if (unit->value.perSecond() > best->value.perSecond())
      best = unit;
  return *best;
}

// Work that writes little mostly reads.
static const NamedCeiling &memoryOf(const Ceilings &ceilings, const Work &work) {
  if (work.written * 4 < work.bytes())
    return ceilings.read;
  return work.updates ? ceilings.update : ceilings.copy;
}

Bound boundOf(const Ceilings &ceilings, const Work &work, double seconds) {
  const NamedCeiling &arithmetic = arithmeticOf(ceilings, work.dtype), &memory = memoryOf(ceilings, work);
  bool isMemoryBound = work.bytes() / memory.value.perSecond() >= work.flops / arithmetic.value.perSecond();
  const NamedCeiling &bound = isMemoryBound ? memory : arithmetic;
  if (seconds <= 0)
    return {bound.bound, bound.value.perSecond(), 0};
  double rate = (isMemoryBound ? work.bytes() : work.flops) / seconds;
  return {bound.bound, bound.value.perSecond(), rate / bound.value.perSecond()};
}

} // namespace tern::rt
