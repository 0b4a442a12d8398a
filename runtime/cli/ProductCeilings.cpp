// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products in registers. Enough independent accumulators are kept to cover the latency of the unit.

#include "runtime/cli/Ceilings.h"
#include "runtime/cli/WideLoops.h"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tern::rt {

namespace {

constexpr int kAccumulators = 12;
constexpr int64_t kIterations = 2'000'000;

typedef double Double8 __attribute__((vector_size(64)));
typedef double Double4 __attribute__((vector_size(32)));
typedef double Double2 __attribute__((vector_size(16)));

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

// Tiles need the leave of the operating system, once for the process.
static bool hasTiles(std::string_view feature) { return runsHere({"amx-tile", feature}) && thisProcessor().permitTiles(); }

#endif // __x86_64__

static Ceiling measureLoop(const ParallelRun &run, unsigned threads, int repeats, void (*loop)(int64_t), double perIteration) {
  double seconds = bestSeconds(repeats, [&] { run([&](unsigned, unsigned) { loop(kIterations); }); });
  return {seconds, perIteration * static_cast<double>(kIterations) * threads};
}

// One loop for each width of vectors; the widest has `lanes` elements.
static Ceiling measureFma(const ParallelRun &run, unsigned threads, int repeats, int lanes, void (*wide)(int64_t),
                          void (*half)(int64_t), void (*base)(int64_t)) {
  void (*loop)(int64_t) = hasAvx512() ? wide : hasAvx2() ? half : base;
  int used = hasAvx512() ? lanes : hasAvx2() ? lanes / 2 : lanes / 4;
  return measureLoop(run, threads, repeats, loop, 2.0 * kAccumulators * used);
}

Ceiling measureFma32(const ParallelRun &run, unsigned threads, int repeats) {
  return measureFma(run, threads, repeats, 16, fma32Wide, fma32Half, fma32Base);
}

Ceiling measureFma64(const ParallelRun &run, unsigned threads, int repeats) {
  return measureFma(run, threads, repeats, 8, fma64Wide, fma64Half, fma64Base);
}

#if defined(__x86_64__)

Ceiling measureDotBf16(const ParallelRun &run, unsigned threads, int repeats) {
  return runsHere({"avx512bf16"}) ? measureLoop(run, threads, repeats, dotBf16Wide, 2.0 * 32 * kAccumulators) : Ceiling();
}

Ceiling measureDotInt8(const ParallelRun &run, unsigned threads, int repeats) {
  if (runsHere({"avx512vnni"}))
    return measureLoop(run, threads, repeats, dotInt8Wide, 2.0 * 64 * kAccumulators);
  return runsHere({"avxvnni"}) ? measureLoop(run, threads, repeats, dotInt8Half, 2.0 * 32 * kAccumulators) : Ceiling();
}

// Four tile products of 16 x 16 x 32 (bf16) or 16 x 16 x 64 (bytes) in an eighth of the iterations.
Ceiling measureTileBf16(const ParallelRun &run, unsigned threads, int repeats) {
  return hasTiles("amx-bf16") ? measureLoop(run, threads, repeats, tileBf16, 2.0 * 4 * 16 * 16 * 32 / 8) : Ceiling();
}

Ceiling measureTileInt8(const ParallelRun &run, unsigned threads, int repeats) {
  return hasTiles("amx-int8") ? measureLoop(run, threads, repeats, tileInt8, 2.0 * 4 * 16 * 16 * 64 / 8) : Ceiling();
}

#else

Ceiling measureDotBf16(const ParallelRun &, unsigned, int) { return {}; }
Ceiling measureDotInt8(const ParallelRun &, unsigned, int) { return {}; }
Ceiling measureTileBf16(const ParallelRun &, unsigned, int) { return {}; }
Ceiling measureTileInt8(const ParallelRun &, unsigned, int) { return {}; }

#endif

} // namespace tern::rt
