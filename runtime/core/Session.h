// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program ready to run: its manifest view, arena, per-thread scratch and thread pool. Callers write the inputs of an
// entry by role, call it by name, and read its outputs by role.

#ifndef TERN_RUNTIME_CORE_SESSION_H
#define TERN_RUNTIME_CORE_SESSION_H

#include "runtime/core/Arena.h"
#include "runtime/core/Program.h"
#include "runtime/core/ThreadPool.h"

#include <functional>
#include <memory>
#include <span>

namespace tern::rt {

// The tern_dtype of a C++ element type.
template <typename T>
struct ElementType;
template <>
struct ElementType<float> {
  static constexpr uint32_t dtype = TERN_F32;
};
template <>
struct ElementType<double> {
  static constexpr uint32_t dtype = TERN_F64;
};
template <>
struct ElementType<int32_t> {
  static constexpr uint32_t dtype = TERN_I32;
};
template <>
struct ElementType<int64_t> {
  static constexpr uint32_t dtype = TERN_I64;
};

class Session {
public:
  // threads = 0 means ThreadPool::defaultThreads(). Parameters start as zero: call "init" or load weights.
  static Result<std::unique_ptr<Session>> create(const tern_manifest &manifest, unsigned threads = 0);

  const Program &program() const { return view; }
  const tern_manifest &manifest() const { return view.manifest(); }
  unsigned threads() const { return pool->threads(); }

  // Runs the entry on all threads. Several entries may share arena memory for inputs, outputs and temporaries: write
  // all inputs of an entry before each call and read its outputs before the next call. Parameters, gradients and
  // optimizer state persist.
  // With a clock, made for the entry's regions and the session's threads, every region is timed.
  Status call(const tern_entry &entry, RegionClock *clock = nullptr);
  Status call(std::string_view entry);

  // Raw bytes of a tensor of the manifest or of any checked range of the arena.
  std::span<uint8_t> bytes(const tern_tensor &tensor);
  std::span<uint8_t> bytes(uint64_t offset, uint64_t count);
  std::span<const uint8_t> bytes(uint64_t offset, uint64_t count) const;
  // Where the value of a parameter lies as files hold it. Of a packed one (`load`): where a layer is put before it is packed.
  std::span<uint8_t> value(const Parameter &parameter) { return bytes(parameter.offset, parameter.bytes); }
  // Calls `write` with the place for the value of each of the parameters, and packs those that are packed, one layer at a
  // time. An error where some parts of a layer are among them and others are not.
  Status writeValues(std::span<const Parameter *const> parameters,
                     const std::function<void(const Parameter &, std::span<uint8_t>)> &write);
  std::span<uint8_t> gradient(const Parameter &parameter);              // empty when not trained
  std::span<uint8_t> state(const Parameter &parameter, unsigned index); // empty when absent

  // Typed access by role; an error names the entry, the role, and the types when they differ.
  template <typename T>
  Result<std::span<T>> input(const tern_entry &entry, std::string_view role);
  template <typename T>
  Result<std::span<T>> output(const tern_entry &entry, std::string_view role);

  // Scalars (rank 0 or one element) by role, converted to and from the tensor's own type. setScalar checks that
  // integers fit.
  Status setScalar(const tern_entry &entry, std::string_view role, double value);
  Status setScalar(const tern_entry &entry, std::string_view role, int64_t value);
  // Sets it where the entry has such an input, else does nothing: for roles that only some programs need ("seed",
  // "momentum").
  Status setOptionalScalar(const tern_entry &entry, std::string_view role, double value);
  Status setOptionalScalar(const tern_entry &entry, std::string_view role, int64_t value);
  Result<double> scalar(const tern_entry &entry, std::string_view role);

private:
  Session(Program view, Arena arena, Arena scratch, std::unique_ptr<ThreadPool> pool);
  Result<const tern_tensor *> find(const tern_entry &entry, std::string_view role, bool isInput, uint32_t dtype) const;
  Result<const tern_tensor *> findScalar(const tern_entry &entry, std::string_view role, bool isInput) const;

  Program view;
  Arena arena;
  Arena scratch;
  std::unique_ptr<ThreadPool> pool;
  tern_ctx context{};
};

template <typename T>
Result<std::span<T>> Session::input(const tern_entry &entry, std::string_view role) {
  TERN_ASSIGN(const tern_tensor *tensor, find(entry, role, /*isInput=*/true, ElementType<T>::dtype));
  return std::span<T>(reinterpret_cast<T *>(arena.data() + tensor->offset), tensor->bytes / sizeof(T));
}

template <typename T>
Result<std::span<T>> Session::output(const tern_entry &entry, std::string_view role) {
  TERN_ASSIGN(const tern_tensor *tensor, find(entry, role, /*isInput=*/false, ElementType<T>::dtype));
  return std::span<T>(reinterpret_cast<T *>(arena.data() + tensor->offset), tensor->bytes / sizeof(T));
}

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_SESSION_H
