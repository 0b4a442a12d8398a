// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes read, copied and rewritten per second, in buffers much larger than the caches.
#include "runtime/cli/Ceilings.h"
#include "runtime/cli/WideLoops.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace tern::rt {

namespace {

constexpr size_t kStreamBytes = size_t(256) << 20;

typedef uint64_t Word8 __attribute__((vector_size(64)));
typedef uint64_t Word4 __attribute__((vector_size(32)));
typedef uint64_t Word2 __attribute__((vector_size(16)));

} // namespace

double bestSeconds(int repeats, const std::function<void()> &work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

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

// Four places of the share at once, each fetched ahead: hardware follows only so many streams, and stops at pages.
#define TERN_STREAMS_LOOP(Word)                                                                                        \
  constexpr size_t streams = 4, line = 64 / sizeof(Word), ahead = 2048 / sizeof(Word);                                 \
  const Word *words = reinterpret_cast<const Word *>(data);                                                            \
  size_t part = bytes / streams / 64 * line;                                                                           \
  Word sums[streams] = {};                                                                                             \
  for (size_t i = 0; i < part; i += line)                                                                              \
    _Pragma("clang loop unroll(full)") for (size_t s = 0; s < streams; ++s) {                                          \
      __builtin_prefetch(words + s * part + i + ahead);                                                                \
      _Pragma("clang loop unroll(full)") for (size_t j = 0; j < line; ++j) sums[s] += words[s * part + i + j];         \
    }                                                                                                                  \
  sink = static_cast<double>((sums[0] + sums[1] + sums[2] + sums[3])[0]);

static TERN_AVX512 void readWide(const uint8_t *data, size_t bytes) { TERN_READ_LOOP(Word8) }
static TERN_AVX2 void readHalf(const uint8_t *data, size_t bytes) { TERN_READ_LOOP(Word4) }
static void readBase(const uint8_t *data, size_t bytes) { TERN_READ_LOOP(Word2) }
static TERN_AVX512 void streamsWide(const uint8_t *data, size_t bytes) { TERN_STREAMS_LOOP(Word8) }
static TERN_AVX2 void streamsHalf(const uint8_t *data, size_t bytes) { TERN_STREAMS_LOOP(Word4) }
static void streamsBase(const uint8_t *data, size_t bytes) { TERN_STREAMS_LOOP(Word2) }

// As an optimizer moves memory: four arrays read, three of them written back.
#define TERN_UPDATE_LOOP(Vector)                                                                                       \
  Vector *values = reinterpret_cast<Vector *>(arrays[0]), *gradients = reinterpret_cast<Vector *>(arrays[1]);          \
  Vector *means = reinterpret_cast<Vector *>(arrays[2]), *squares = reinterpret_cast<Vector *>(arrays[3]);             \
  for (size_t i = 0; i < bytes / sizeof(Vector); ++i) {                                                                \
    Vector gradient = gradients[i], mean = means[i] * 0.5f + gradient * 0.5f;                                          \
    Vector square = squares[i] * 0.5f + gradient * gradient;                                                           \
    means[i] = mean;                                                                                                   \
    squares[i] = square;                                                                                               \
    values[i] -= mean * square;                                                                                        \
  }

static TERN_AVX512 void updateWide(uint8_t *const *arrays, size_t bytes) { TERN_UPDATE_LOOP(Float16) }
static TERN_AVX2 void updateHalf(uint8_t *const *arrays, size_t bytes) { TERN_UPDATE_LOOP(Float8) }
static void updateBase(uint8_t *const *arrays, size_t bytes) { TERN_UPDATE_LOOP(Float4) }

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

static Ceiling measureReadLoop(const ParallelRun &run, const StreamBuffer &buffer, int repeats,
                               void (*loop)(const uint8_t *, size_t)) {
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

Ceiling measureRead(const ParallelRun &run, int repeats) {
  StreamBuffer buffer(run);
  if (!buffer.data)
    return {};
  auto plain = hasAvx512() ? readWide : hasAvx2() ? readHalf : readBase;
  auto streams = hasAvx512() ? streamsWide : hasAvx2() ? streamsHalf : streamsBase;
  Ceiling one = measureReadLoop(run, buffer, repeats, plain), four = measureReadLoop(run, buffer, repeats, streams);
  return one.perSecond() > four.perSecond() ? one : four;
}

Ceiling measureCopy(const ParallelRun &run, int repeats) {
  StreamBuffer from(run), to(run);
  if (!from.data || !to.data)
    return {};
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

Ceiling measureUpdate(const ParallelRun &run, int repeats) {
  StreamBuffer buffer(run);
  if (!buffer.data)
    return {};
  auto loop = hasAvx512() ? updateWide : hasAvx2() ? updateHalf : updateBase;
  size_t total = 0;
  double seconds = bestSeconds(repeats, [&] {
    run([&](unsigned thread, unsigned threads) {
      size_t part = StreamBuffer::share(threads) / 4 / 64 * 64;
      uint8_t *first = buffer.data + StreamBuffer::begin(thread, threads);
      uint8_t *const arrays[] = {first, first + part, first + 2 * part, first + 3 * part};
      loop(arrays, part);
      if (thread == 0)
        total = 7 * threads * part;
    });
  });
  return {seconds, static_cast<double>(total)};
}

} // namespace tern::rt
