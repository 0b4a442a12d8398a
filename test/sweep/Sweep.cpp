// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How far the functions of compiled programs are from the true ones: `@forward` of a shared object, whose module is named for
// its function, is called on floats of the whole range, and each result is compared with libm's f64 one.
//
//   tern-sweep [--stride=N] [--time] PROGRAM.so...

#include "runtime/abi/tern.h"
#include "runtime/core/Variants.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <string_view>
#include <vector>

namespace {

// A function in f64. Errors are in units in the last place of f32 at the true result, or at `least` where that is larger; they
// may reach `limit`. Arguments around `switches` are all taken; those between `low` and `high` are timed.
struct Function {
  const char *name;
  double (*value)(double);
  double limit, least;
  float low, high;
  std::vector<float> switches;
};

// The worst result so far.
struct Worst {
  double error = 0;
  float argument = 0, result = 0;
  uint64_t count = 0;
};

// The entry @forward with one input and one output of the same size.
class Program {
public:
  explicit Program(const char *path) {
    void *library = dlopen(path, RTLD_NOW);
    auto *program = library ? static_cast<const tern_variants *>(dlsym(library, "tern_program")) : nullptr;
    if (!program) {
      fprintf(stderr, "tern-sweep: %s\n", dlerror());
      exit(2);
    }
    variant = &program->variants[0];
    const tern_manifest *manifest = variant->manifest;
    entry = std::find_if(manifest->entries, manifest->entries + manifest->entry_count,
                         [](const tern_entry &entry) { return std::string_view(entry.name) == "forward"; });
    arena.reset(new (std::align_val_t(64)) uint8_t[manifest->memory.arena]());
    scratch.reset(new (std::align_val_t(64)) uint8_t[manifest->memory.scratch_per_thread + 64]());
    context.arena = arena.get();
    context.scratch = scratch.get();
    context.barrier = [](tern_ctx *, uint32_t, uint32_t, uint32_t) {};
  }

  std::string_view name() const { return variant->manifest->model; }
  std::string missing() const { return tern::rt::missingFeatures(*variant, tern::rt::thisProcessor()); }
  size_t size() const { return entry->inputs[0].bytes / sizeof(float); }
  float *input() { return reinterpret_cast<float *>(arena.get() + entry->inputs[0].offset); }
  float *output() { return reinterpret_cast<float *>(arena.get() + entry->outputs[0].offset); }
  void run() { entry->run(&context, 0, 1); }

private:
  struct Free {
    void operator()(uint8_t *memory) const { ::operator delete[](memory, std::align_val_t(64)); }
  };
  const tern_variant *variant = nullptr;
  const tern_entry *entry = nullptr;
  std::unique_ptr<uint8_t[], Free> arena, scratch;
  tern_ctx context{};
};

} // namespace

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double silu(double x) { return x / (1 + std::exp(-x)); }
static double geluTanh(double x) { return x * sigmoid(2 * std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)); }
static double gelu(double x) { return 0.5 * x * std::erfc(-x * M_SQRT1_2); }

// The tails of gelu and silu are small differences of large numbers, or products with denormal ones.
static const std::vector<float> endsOfExp = {88.722839f, -87.336544f, -103.97208f, 89, -104};
static const Function functions[] = {
    {"exp", std::exp, 1, 0, -20, 20, endsOfExp},
    {"expm1", std::expm1, 1.6, 0, -20, 20, {0.34f, 88.722839f, -17, -25}},
    {"log", std::log, 1, 0, 0.01f, 100, {2.f / 3, 4.f / 3}},
    {"log1p", std::log1p, 1.7, 0, -0.9f, 100, {0x1p-24f, -1}},
    {"tanh", std::tanh, 1.4, 0, -5, 5, {0.625f, 9.01f, 10}},
    {"erf", std::erf, 1.3, 0, -4, 4, {1, 3.919206f, 3.95f}},
    {"sin", std::sin, 1.7, 0, -20, 20, {0x1p28f}},
    {"cos", std::cos, 1.7, 0, -20, 20, {0x1p28f}},
    {"sigmoid", sigmoid, 2.5, 0, -20, 20, endsOfExp},
    {"silu", silu, 3.5, 0x1p-100, -20, 20, endsOfExp},
    {"gelu", gelu, 2, 0.5, -6, 6, {M_SQRT2, -M_SQRT2}},
    {"gelu_tanh", geluTanh, 2, 0.5, -6, 6, {}},
};

// The distance of floats at a true result.
static double spacing(double value) {
  int exponent = value == 0 ? -126 : std::max(std::ilogb(value), -126);
  return std::ldexp(1.0, std::min(exponent, 127) - 23);
}

// Infinity stands for 2^128, as in rounding.
static double bounded(double value) {
  constexpr double beyond = 0x1p128;
  return std::clamp(value, -beyond, beyond);
}

static double errorOf(const Function &function, double expected, float result) {
  if (std::isnan(expected) || std::isnan(result))
    return std::isnan(expected) == std::isnan(result) ? 0 : INFINITY;
  if (expected == 0 && result == 0)
    return std::signbit(expected) == std::signbit(result) ? 0 : INFINITY;
  double difference = std::abs(bounded(expected) - bounded(result));
  return difference / spacing(std::max(std::abs(bounded(expected)), function.least));
}

static void check(const Function &function, Program &program, std::vector<uint32_t> &batch, Worst &worst) {
  worst.count += batch.size();
  batch.resize(program.size(), 0x3f800000);
  std::memcpy(program.input(), batch.data(), batch.size() * sizeof(float));
  program.run();
  for (size_t i = 0; i < batch.size(); ++i) {
    float x = std::bit_cast<float>(batch[i]), y = program.output()[i];
    if (double error = errorOf(function, function.value(x), y); error > worst.error)
      worst = {error, x, y, worst.count};
  }
  batch.clear();
}

static Worst sweep(const Function &function, Program &program, uint64_t stride) {
  Worst worst;
  std::vector<uint32_t> batch;
  auto add = [&](uint64_t bits) {
    batch.push_back(uint32_t(bits));
    if (batch.size() == program.size())
      check(function, program, batch, worst);
  };
  auto addAround = [&](uint32_t bits, uint32_t distance) {
    for (uint64_t sign : {0u, 0x80000000u})
      for (uint32_t near = bits - distance; near != bits + distance; ++near)
        add(near ^ sign);
  };
  for (uint64_t bits = 0; bits < 1ull << 32; bits += stride)
    add(bits);
  if (stride > 1) {
    for (uint32_t exponent = 0; exponent < 256; ++exponent)
      addAround(exponent << 23, 1024);
    for (float place : function.switches)
      addAround(std::bit_cast<uint32_t>(std::abs(place)), 1 << 15);
  }
  check(function, program, batch, worst);
  return worst;
}

// The least time of an element over calls on arguments of the usual range.
static double nanoseconds(const Function &function, Program &program) {
  for (size_t i = 0; i < program.size(); ++i)
    program.input()[i] = function.low + (function.high - function.low) * (float(i * 7919 % program.size()) / program.size());
  double least = INFINITY;
  for (int call = 0; call < 2000; ++call) {
    auto start = std::chrono::steady_clock::now();
    program.run();
    std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    least = std::min(least, time.count());
  }
  return least / program.size();
}

static bool sweepProgram(const char *path, uint64_t stride, bool timed) {
  Program program(path);
  auto *function = std::find_if(std::begin(functions), std::end(functions),
                                [&](const Function &known) { return program.name() == known.name; });
  if (function == std::end(functions)) {
    fprintf(stderr, "tern-sweep: %s: its module is named for no function that is known here\n", path);
    exit(2);
  }
  if (std::string missing = program.missing(); !missing.empty()) {
    printf("%-10s not run: this machine lacks %s\n", function->name, missing.c_str());
    return true;
  }
  printf("%-10s", function->name);
  if (timed)
    printf("%8.3f ns", nanoseconds(*function, program));
  Worst worst = sweep(*function, program, stride);
  bool good = worst.error <= function->limit;
  printf("%8.3f of %.1f ulp at %a: %a, %llu arguments%s\n", worst.error, function->limit, worst.argument, worst.result,
         static_cast<unsigned long long>(worst.count), good ? "" : ": TOO FAR");
  return good;
}

int main(int count, char **arguments) {
  uint64_t stride = 1;
  bool timed = false, good = true;
  std::vector<const char *> programs;
  for (const char *argument : std::vector<const char *>(arguments + 1, arguments + count)) {
    std::string_view option = argument;
    if (option.starts_with("--stride="))
      stride = std::max(1ll, atoll(argument + 9));
    else if (option == "--time")
      timed = true;
    else
      programs.push_back(argument);
  }
  if (programs.empty()) {
    fprintf(stderr, "usage: tern-sweep [--stride=N] [--time] PROGRAM.so...\n");
    return 2;
  }
  for (const char *path : programs)
    good &= sweepProgram(path, stride, timed);
  return good ? 0 : 1;
}
