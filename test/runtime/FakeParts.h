// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the hand-written programs share: shares of a loop, one-line tensor tables, an arena laid out in order.

#ifndef TERN_TEST_RUNTIME_FAKEPARTS_H
#define TERN_TEST_RUNTIME_FAKEPARTS_H

#include "runtime/abi/tern.h"

#include <cstdint>
#include <initializer_list>

namespace tern::rt::test {

// One thread of an entry, as compiled code sees it.
struct Worker {
  tern_ctx *context;
  uint32_t thread, threads;

  template <typename T>
  T *at(uint64_t offset) const {
    return reinterpret_cast<T *>(context->arena + offset);
  }
  template <typename Body>
  void forall(int64_t count, Body body) const {
    for (int64_t index = count * thread / threads; index < count * (thread + 1) / threads; ++index)
      body(index);
    barrier();
  }
  template <typename Body>
  void single(Body body) const {
    if (thread == 0)
      body();
    barrier();
  }
  void barrier(uint32_t region = 0) const { context->barrier(context, thread, threads, region); }
};

constexpr tern_tensor tensor(const char *name, tern_dtype dtype, uint64_t offset,
                             std::initializer_list<int64_t> shape) {
  tern_tensor result{name, static_cast<uint32_t>(dtype), static_cast<uint32_t>(shape.size()), {}, offset, 0};
  result.bytes = dtype == TERN_I64 || dtype == TERN_F64 ? 8 : dtype == TERN_I1 ? 1 : 4;
  uint32_t index = 0;
  for (int64_t extent : shape) {
    result.shape[index++] = extent;
    result.bytes *= static_cast<uint64_t>(extent);
  }
  return result;
}

constexpr tern_param param(const char *name, std::initializer_list<int64_t> shape, uint32_t layers, uint64_t offset,
                           uint64_t gradient, uint64_t state0, uint64_t state1) {
  tern_param result{};
  tern_tensor facts = tensor(name, TERN_F32, offset, shape);
  result.name = name;
  result.dtype = TERN_F32;
  result.rank = facts.rank;
  for (uint32_t index = 0; index < facts.rank; ++index)
    result.shape[index] = facts.shape[index];
  result.bytes = facts.bytes;
  result.layers = layers;
  result.layer_stride = layers ? facts.bytes : 0;
  result.offset = offset;
  result.gradient = gradient;
  for (uint64_t &state : result.state)
    state = TERN_NONE;
  result.state[0] = state0;
  result.state[1] = state1;
  result.state_stride[0] = result.state_stride[1] = result.layer_stride;
  result.trainable = 1;
  return result;
}

constexpr tern_manifest manifestHead(const char *model, const char *objective) {
  tern_manifest result{};
  result.magic = TERN_ABI_MAGIC;
  result.version = TERN_ABI_VERSION;
  result.manifest_bytes = sizeof(tern_manifest);
  result.param_bytes = sizeof(tern_param);
  result.entry_bytes = sizeof(tern_entry);
  result.tensor_bytes = sizeof(tern_tensor);
  result.model = model;
  result.objective = objective;
  result.tokenizer = "";
  result.precision = "f32";
  result.isa = "any";
  result.compiler = "by hand";
  result.source_hash = "0123456789abcdef";
  return result;
}

} // namespace tern::rt::test

#endif // TERN_TEST_RUNTIME_FAKEPARTS_H
