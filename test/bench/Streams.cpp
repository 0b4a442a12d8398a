// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times the products of one token against what the machine reads in the same run. Takes shared objects that ternc made;
// every round measures both ways of reading and then each program, so that a slow minute slows all of them.

#include "runtime/abi/tern.h"
#include "runtime/core/Arena.h"
#include "runtime/core/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace tern::rt;

namespace {

typedef uint64_t Line __attribute__((vector_size(64)));

size_t readBytes; // of one reading
volatile uint64_t sink; // where results go, so that no loop is dead

double secondsOf(const std::function<void()> &work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double medianOf(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// `streams` equal parts of the share of this thread side by side; `ahead` bytes are asked for before they are read.
struct Reading {
  tern_ctx context{};
  const uint8_t *data;
  int streams;
  size_t ahead;

  static int32_t enter(tern_ctx *context, uint32_t thread, uint32_t threads) {
    auto &self = *reinterpret_cast<Reading *>(context);
    size_t share = readBytes / threads, part = share / self.streams / 256 * 256;
    const uint8_t *base = self.data + thread * share;
    Line sums[4] = {};
    for (size_t at = 0; at < part; at += 256)
      for (int stream = 0; stream < self.streams; ++stream)
        for (int line = 0; line < 4; ++line) {
          const uint8_t *address = base + stream * part + at + line * 64;
          if (self.ahead)
            __builtin_prefetch(address + self.ahead);
          sums[line] += *reinterpret_cast<const Line *>(address);
        }
    sink = (sums[0] + sums[1] + sums[2] + sums[3])[0];
    return 0;
  }
};

struct Program {
  std::string name;
  const tern_manifest *manifest = nullptr;
  const tern_entry *entry = nullptr;
  std::optional<Arena> arena;
  tern_ctx context{};
  std::vector<double> times;
};

// Numbers near 0.05 in every type, block scales included.
void fill(uint8_t *data, const tern_tensor &tensor) {
  uint32_t state = 1;
  for (uint64_t i = 0; i < tensor.bytes; i += 4) {
    state = state * 1664525u + 1013904223u;
    float value = (static_cast<float>(state >> 8) / float(1 << 24) - 0.5f) * 0.1f;
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    if (tensor.dtype == TERN_BF16)
      bits = (bits >> 16) | (bits & 0xffff0000u);
    else if (tensor.dtype == TERN_I8)
      bits = 0x2a2a2a2au;
    std::memcpy(data + i, &bits, std::min<uint64_t>(4, tensor.bytes - i));
  }
}

} // namespace

static Program load(const char *path, unsigned threads) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  auto *variants = library ? static_cast<const tern_variants *>(dlsym(library, "tern_program")) : nullptr;
  if (!variants) {
    std::fprintf(stderr, "streams: %s\n", dlerror());
    std::exit(1);
  }
  const tern_manifest *manifest = variants->variants[0].manifest;
  Program program;
  std::string name = path;
  program.name = name.substr(name.rfind('/') + 1);
  program.name = program.name.substr(0, program.name.find('.'));
  program.manifest = manifest;
  size_t scratch = (manifest->memory.scratch_per_thread * threads + 63) / 64 * 64;
  auto arena = Arena::create(manifest->memory.arena + 64 + scratch);
  if (!arena.ok()) {
    std::fprintf(stderr, "streams: out of memory\n");
    std::exit(1);
  }
  program.arena = arena.take();
  program.context.arena = program.arena->data();
  program.context.scratch = program.arena->data() + (manifest->memory.arena + 63) / 64 * 64;
  for (uint32_t i = 0; i < manifest->entry_count; ++i)
    if (!std::strcmp(manifest->entries[i].name, "forward"))
      program.entry = &manifest->entries[i];
  const tern_entry &entry = *program.entry;
  for (uint32_t i = 0; i < entry.input_count; ++i)
    fill(program.context.arena + entry.inputs[i].offset, entry.inputs[i]);
  return program;
}

static void report(const std::vector<Program> &programs, unsigned threads, double plainRate, double aheadRate) {
  double ceiling = std::max(plainRate, aheadRate);
  std::printf("{\"name\":\"ceiling.read\",\"threads\":%u,\"gbs\":%.2f}\n", threads, plainRate / 1e9);
  std::printf("{\"name\":\"ceiling.read.streams\",\"threads\":%u,\"gbs\":%.2f}\n", threads, aheadRate / 1e9);
  for (const Program &program : programs) {
    const tern_entry &entry = *program.entry;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < entry.input_count; ++i)
      bytes += entry.inputs[i].bytes;
    double seconds = medianOf(program.times), rate = static_cast<double>(bytes) / seconds;
    std::printf("{\"name\":\"streams.%s\",\"threads\":%u,\"time_s\":%.6f,\"bytes\":%llu,\"gbs\":%.2f,\"bound\":\"read\","
                "\"ceiling\":%.2f,\"fraction\":%.3f}\n",
                program.name.c_str(), threads, seconds, static_cast<unsigned long long>(bytes), rate / 1e9, ceiling / 1e9,
                rate / ceiling);
  }
}

int main(int argc, char **argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: streams THREADS ROUNDS MEBIBYTES PROGRAM.so...\n");
    return 2;
  }
  unsigned threads = static_cast<unsigned>(std::atoi(argv[1]));
  int rounds = std::atoi(argv[2]);
  readBytes = static_cast<size_t>(std::atoi(argv[3])) << 20;
  auto pool = ThreadPool::create(threads);
  auto memory = Arena::create(readBytes + 4096);
  if (!pool.ok() || !memory.ok())
    return 1;
  std::memset(memory->data(), 1, readBytes + 4096);
  std::vector<Program> programs;
  for (int i = 4; i < argc; ++i)
    programs.push_back(load(argv[i], threads));
  Reading plain{{}, memory->data(), 1, 0}, ahead{{}, memory->data(), 4, 1024};
  std::vector<double> plainTimes, aheadTimes;
  for (int round = 0; round < rounds; ++round) {
    aheadTimes.push_back(secondsOf([&] { (*pool)->run(Reading::enter, ahead.context); }));
    for (Program &program : programs) { // reading what no cache holds leaves nothing of the program there
      plainTimes.push_back(secondsOf([&] { (*pool)->run(Reading::enter, plain.context); }));
      program.times.push_back(secondsOf([&] { (*pool)->run(program.entry->run, program.context); }));
    }
  }
  report(programs, threads, readBytes / medianOf(plainTimes), readBytes / medianOf(aheadTimes));
  return 0;
}
