// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime is compiled for the baseline, so the wide loops carry their own target attributes and are chosen by CPU
// feature bits. Enough independent accumulators are kept in registers to cover the latency of the unit.

#include "runtime/cli/Ceilings.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace tern::rt {

namespace {

constexpr int kAccumulators = 12;
constexpr int64_t kFmaIterations = 2'000'000;
constexpr size_t kStreamBytes = size_t(256) << 20;

#define TERN_AVX512 __attribute__((target("avx512f,fma"), noinline))
#define TERN_AVX2 __attribute__((target("avx2,fma"), noinline))

typedef float Float16 __attribute__((vector_size(64)));
typedef float Float8 __attribute__((vector_size(32)));
typedef float Float4 __attribute__((vector_size(16)));
typedef double Double8 __attribute__((vector_size(64)));
typedef double Double4 __attribute__((vector_size(32)));
typedef double Double2 __attribute__((vector_size(16)));
typedef uint64_t Word8 __attribute__((vector_size(64)));
typedef uint64_t Word4 __attribute__((vector_size(32)));
typedef uint64_t Word2 __attribute__((vector_size(16)));

// Where results go, so that no loop is dead.
volatile double sink;

// The multiplier is close to one and unknown to the compiler; the values neither overflow nor become denormal.
volatile double multiplier = 0.999999;

} // namespace

// The body of every FMA loop: a macro, because a function would need the same target attribute as its caller.
#define TERN_FMA_LOOP(Vector, Element)                                                                                 \
  Vector factor = {}, addend = {}, sums[kAccumulators] = {};                                                           \
  factor += Element(multiplier);                                                                                       \
  addend += Element(1 - multiplier);                                                                                   \
  for (int64_t i = 0; i < iterations; ++i)                                                                             \
    _Pragma("clang loop unroll(full)") for (int j = 0; j < kAccumulators; ++j) sums[j] =                               \
        __builtin_elementwise_fma(sums[j], factor, addend);                                                            \
  for (int j = 1; j < kAccumulators; ++j)                                                                              \
    sums[0] += sums[j];                                                                                                \
  sink = sums[0][0];

static TERN_AVX512 void fma32Wide(int64_t iterations) { TERN_FMA_LOOP(Float16, float) }
static TERN_AVX512 void fma64Wide(int64_t iterations) { TERN_FMA_LOOP(Double8, double) }
static TERN_AVX2 void fma32Half(int64_t iterations) { TERN_FMA_LOOP(Float8, float) }
static TERN_AVX2 void fma64Half(int64_t iterations) { TERN_FMA_LOOP(Double4, double) }

// Without FMA units a multiply and an add are the ceiling.
#define TERN_MULTIPLY_ADD_LOOP(Vector, Element)                                                                        \
  Vector factor = {}, addend = {}, sums[kAccumulators] = {};                                                           \
  factor += Element(multiplier);                                                                                       \
  addend += Element(1 - multiplier);                                                                                   \
  for (int64_t i = 0; i < iterations; ++i)                                                                             \
    _Pragma("clang loop unroll(full)") for (int j = 0; j < kAccumulators; ++j) sums[j] = sums[j] * factor + addend;    \
  for (int j = 1; j < kAccumulators; ++j)                                                                              \
    sums[0] += sums[j];                                                                                                \
  sink = sums[0][0];

static void fma32Base(int64_t iterations) { TERN_MULTIPLY_ADD_LOOP(Float4, float) }
static void fma64Base(int64_t iterations) { TERN_MULTIPLY_ADD_LOOP(Double2, double) }

#define TERN_READ_LOOP(Word)                                                                                           \
  constexpr size_t step = 8;                                                                                           \
  const Word *words = reinterpret_cast<const Word *>(data);                                                            \
  size_t count = bytes / sizeof(Word) / step * step;                                                                   \
  Word sums[step] = {};                                                                                                \
  for (size_t i = 0; i < count; i += step)                                                                             \
    _Pragma("clang loop unroll(full)") for (size_t j = 0; j < step; ++j) sums[j] += words[i + j];                      \
  for (size_t j = 1; j < step; ++j)                                                                                    \
    sums[0] += sums[j];                                                                                                \
  sink = static_cast<double>(sums[0][0]);

static TERN_AVX512 void readWide(const uint8_t *data, size_t bytes) { TERN_READ_LOOP(Word8) }
static TERN_AVX2 void readHalf(const uint8_t *data, size_t bytes) { TERN_READ_LOOP(Word4) }
static void readBase(const uint8_t *data, size_t bytes) { TERN_READ_LOOP(Word2) }

static bool hasAvx512() { return __builtin_cpu_supports("avx512f"); }
static bool hasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static double bestSeconds(int repeats, const std::function<void()> &work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

static Ceiling measureFma(const ParallelRun &run, unsigned threads, int repeats, void (*loop)(int64_t), int lanes) {
  double seconds = bestSeconds(repeats, [&] { run([&](unsigned, unsigned) { loop(kFmaIterations); }); });
  return {seconds, 2.0 * lanes * kAccumulators * static_cast<double>(kFmaIterations) * threads};
}

Ceiling measureFma32(const ParallelRun &run, unsigned threads, int repeats) {
  if (hasAvx512())
    return measureFma(run, threads, repeats, fma32Wide, 16);
  return hasAvx2() ? measureFma(run, threads, repeats, fma32Half, 8) : measureFma(run, threads, repeats, fma32Base, 4);
}

Ceiling measureFma64(const ParallelRun &run, unsigned threads, int repeats) {
  if (hasAvx512())
    return measureFma(run, threads, repeats, fma64Wide, 8);
  return hasAvx2() ? measureFma(run, threads, repeats, fma64Half, 4) : measureFma(run, threads, repeats, fma64Base, 2);
}

namespace {

// A buffer whose pages are touched by the threads that will use them.
struct StreamBuffer {
  uint8_t *data = static_cast<uint8_t *>(std::aligned_alloc(64, kStreamBytes));

  explicit StreamBuffer(const ParallelRun &run) {
    if (data)
      run([&](unsigned thread, unsigned threads) { std::memset(data + begin(thread, threads), 1, share(threads)); });
  }
  ~StreamBuffer() { std::free(data); }
  StreamBuffer(const StreamBuffer &) = delete;
  StreamBuffer &operator=(const StreamBuffer &) = delete;

  static size_t share(unsigned threads) { return kStreamBytes / threads / 64 * 64; }
  static size_t begin(unsigned thread, unsigned threads) { return thread * share(threads); }
};

} // namespace

Ceiling measureRead(const ParallelRun &run, int repeats) {
  StreamBuffer buffer(run);
  if (!buffer.data)
    return {1, 0};
  auto loop = hasAvx512() ? readWide : hasAvx2() ? readHalf : readBase;
  size_t total = 0;
  double seconds = bestSeconds(repeats, [&] {
    run([&](unsigned thread, unsigned threads) {
      loop(buffer.data + StreamBuffer::begin(thread, threads), StreamBuffer::share(threads));
      if (thread == 0)
        total = threads * StreamBuffer::share(threads);
    });
  });
  return {seconds, static_cast<double>(total)};
}

Ceiling measureCopy(const ParallelRun &run, int repeats) {
  StreamBuffer from(run), to(run);
  if (!from.data || !to.data)
    return {1, 0};
  size_t total = 0;
  double seconds = bestSeconds(repeats, [&] {
    run([&](unsigned thread, unsigned threads) {
      size_t begin = StreamBuffer::begin(thread, threads);
      std::memcpy(to.data + begin, from.data + begin, StreamBuffer::share(threads));
      if (thread == 0)
        total = 2 * threads * StreamBuffer::share(threads);
    });
  });
  return {seconds, static_cast<double>(total)};
}

} // namespace tern::rt
