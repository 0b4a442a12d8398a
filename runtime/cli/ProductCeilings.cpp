// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products in registers. The runtime is compiled for the baseline, so the wide loops carry their own target attributes and
// are chosen by CPU feature bits. Enough independent accumulators are kept to cover the latency of the unit.

#include "runtime/cli/Ceilings.h"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tern::rt {

namespace {

constexpr int kAccumulators = 12;
constexpr int64_t kIterations = 2'000'000;

#define TERN_AVX512 __attribute__((target("avx512f,fma"), noinline))
#define TERN_AVX2 __attribute__((target("avx2,fma"), noinline))

typedef float Float16 __attribute__((vector_size(64)));
typedef float Float8 __attribute__((vector_size(32)));
typedef float Float4 __attribute__((vector_size(16)));
typedef double Double8 __attribute__((vector_size(64)));
typedef double Double4 __attribute__((vector_size(32)));
typedef double Double2 __attribute__((vector_size(16)));

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

static bool hasAvx512() { return __builtin_cpu_supports("avx512f"); }
static bool hasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#if defined(__x86_64__)

// Dot products of short vectors: pairs of bf16 into f32, quadruples of bytes into i32. The sums stay far from overflow.
#define TERN_DOT_LOOP(Vector, DOT, left, right, zero)                                                                  \
  Vector sums[kAccumulators];                                                                                          \
  for (Vector &sum : sums)                                                                                             \
    sum = zero;                                                                                                        \
  for (int64_t i = 0; i < iterations; ++i)                                                                             \
    _Pragma("clang loop unroll(full)") for (int j = 0; j < kAccumulators; ++j) sums[j] = DOT(sums[j], left, right);    \
  for (int j = 1; j < kAccumulators; ++j)                                                                              \
    sums[0] += sums[j];                                                                                                \
  sink = static_cast<double>(sums[0][0]);

static __attribute__((target("avx512bf16,avx512f"), noinline)) void dotBf16Wide(int64_t iterations) {
  __m512bh left = (__m512bh)_mm512_set1_epi16(0x3f80), right = left; // 1.0
  asm volatile("" : "+v"(right));
  TERN_DOT_LOOP(__m512, _mm512_dpbf16_ps, left, right, _mm512_setzero_ps())
}

static __attribute__((target("avx512vnni,avx512f"), noinline)) void dotInt8Wide(int64_t iterations) {
  __m512i left = _mm512_set1_epi8(1), right = left;
  asm volatile("" : "+v"(right));
  TERN_DOT_LOOP(__m512i, _mm512_dpbusd_epi32, left, right, _mm512_setzero_si512())
}

static __attribute__((target("avxvnni,avx2"), noinline)) void dotInt8Half(int64_t iterations) {
  __m256i left = _mm256_set1_epi8(1), right = left;
  asm volatile("" : "+x"(right));
  TERN_DOT_LOOP(__m256i, _mm256_dpbusd_avx_epi32, left, right, _mm256_setzero_si256())
}

// Palette 1: eight tiles of 16 rows of 64 bytes. Four sums, two left and two right operands, all of them zero.
struct alignas(64) TileConfig {
  uint8_t palette = 1, startRow = 0, reserved[14] = {};
  uint16_t columnBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

#define TERN_TILE_LOOP(DOT)                                                                                            \
  TileConfig config;                                                                                                   \
  _tile_loadconfig(&config);                                                                                           \
  _tile_zero(0), _tile_zero(1), _tile_zero(2), _tile_zero(3);                                                          \
  _tile_zero(4), _tile_zero(5), _tile_zero(6), _tile_zero(7);                                                          \
  for (int64_t i = 0; i < iterations / 8; ++i) {                                                                       \
    DOT(0, 4, 6);                                                                                                      \
    DOT(1, 4, 7);                                                                                                      \
    DOT(2, 5, 6);                                                                                                      \
    DOT(3, 5, 7);                                                                                                      \
  }                                                                                                                    \
  _tile_release();

static __attribute__((target("amx-tile,amx-bf16"), noinline)) void tileBf16(int64_t iterations) {
  TERN_TILE_LOOP(_tile_dpbf16ps)
}
static __attribute__((target("amx-tile,amx-int8"), noinline)) void tileInt8(int64_t iterations) {
  TERN_TILE_LOOP(_tile_dpbusd)
}

static bool hasBit(unsigned leaf, unsigned subleaf, unsigned result, unsigned bit) {
  unsigned values[4] = {};
  return __get_cpuid_count(leaf, subleaf, &values[0], &values[1], &values[2], &values[3]) && (values[result] >> bit & 1);
}

// The operating system saves these parts of the state (XCR0).
static bool savesState(uint64_t parts) {
  if (!hasBit(1, 0, 2, 27)) // OSXSAVE
    return false;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t(high) << 32 | low) & parts) == parts;
}

static bool savesVectors512() { return savesState(0xe6); }
static bool hasDotBf16() { return hasBit(7, 1, 0, 5) && savesVectors512(); }
static bool hasDotInt8() { return hasBit(7, 0, 2, 11) && savesVectors512(); }
static bool hasDotInt8Half() { return hasBit(7, 1, 0, 4) && savesState(0x6); }

// Tiles need the leave of the operating system, once for the process.
static bool hasTiles(unsigned bit) {
  constexpr long requestPermission = 0x1023, tileData = 18;
  return hasBit(7, 0, 3, 24) && hasBit(7, 0, 3, bit) && savesState(3u << 17) &&
         syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

#endif // __x86_64__

static Ceiling measureLoop(const ParallelRun &run, unsigned threads, int repeats, void (*loop)(int64_t), double perIteration) {
  double seconds = bestSeconds(repeats, [&] { run([&](unsigned, unsigned) { loop(kIterations); }); });
  return {seconds, perIteration * static_cast<double>(kIterations) * threads};
}

Ceiling measureFma32(const ParallelRun &run, unsigned threads, int repeats) {
  constexpr double perLane = 2.0 * kAccumulators;
  if (hasAvx512())
    return measureLoop(run, threads, repeats, fma32Wide, 16 * perLane);
  return hasAvx2() ? measureLoop(run, threads, repeats, fma32Half, 8 * perLane)
                   : measureLoop(run, threads, repeats, fma32Base, 4 * perLane);
}

Ceiling measureFma64(const ParallelRun &run, unsigned threads, int repeats) {
  constexpr double perLane = 2.0 * kAccumulators;
  if (hasAvx512())
    return measureLoop(run, threads, repeats, fma64Wide, 8 * perLane);
  return hasAvx2() ? measureLoop(run, threads, repeats, fma64Half, 4 * perLane)
                   : measureLoop(run, threads, repeats, fma64Base, 2 * perLane);
}

#if defined(__x86_64__)

Ceiling measureDotBf16(const ParallelRun &run, unsigned threads, int repeats) {
  return hasDotBf16() ? measureLoop(run, threads, repeats, dotBf16Wide, 2.0 * 32 * kAccumulators) : Ceiling();
}

Ceiling measureDotInt8(const ParallelRun &run, unsigned threads, int repeats) {
  if (hasDotInt8())
    return measureLoop(run, threads, repeats, dotInt8Wide, 2.0 * 64 * kAccumulators);
  return hasDotInt8Half() ? measureLoop(run, threads, repeats, dotInt8Half, 2.0 * 32 * kAccumulators) : Ceiling();
}

// Four tile products of 16 x 16 x 32 (bf16) or 16 x 16 x 64 (bytes) in an eighth of the iterations.
Ceiling measureTileBf16(const ParallelRun &run, unsigned threads, int repeats) {
  return hasTiles(22) ? measureLoop(run, threads, repeats, tileBf16, 2.0 * 4 * 16 * 16 * 32 / 8) : Ceiling();
}

Ceiling measureTileInt8(const ParallelRun &run, unsigned threads, int repeats) {
  return hasTiles(25) ? measureLoop(run, threads, repeats, tileInt8, 2.0 * 4 * 16 * 16 * 64 / 8) : Ceiling();
}

#else

Ceiling measureDotBf16(const ParallelRun &, unsigned, int) { return {}; }
Ceiling measureDotInt8(const ParallelRun &, unsigned, int) { return {}; }
Ceiling measureTileBf16(const ParallelRun &, unsigned, int) { return {}; }
Ceiling measureTileInt8(const ParallelRun &, unsigned, int) { return {}; }

#endif

} // namespace tern::rt
