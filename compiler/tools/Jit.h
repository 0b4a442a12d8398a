// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compiled program in this process: the same object code that ternc links, without the link and without the runtime.

#ifndef TERN_COMPILER_TOOLS_JIT_H
#define TERN_COMPILER_TOOLS_JIT_H

#include "compiler/emit/Emit.h"
#include "runtime/abi/tern.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Module.h"

#include <memory>
#include <string>

namespace tern {

class Jit {
public:
  /// Compiles `program`, which holds the manifest of one variant, and maps its memory, all zero.
  static llvm::Expected<std::unique_ptr<Jit>> create(llvm::Module &program, const CodeTarget &target, uint32_t threads);
  ~Jit();

  const tern_manifest &manifest() const { return *program; }
  const tern_entry *find(llvm::StringRef name) const;
  /// Runs the entry on all threads. Returns its status: 0 on success.
  int32_t run(const tern_entry &entry) { return run(entry, threads); }
  /// Runs it on the first `count` of them.
  int32_t run(const tern_entry &entry, uint32_t count);

  /// Overwrites all memory: what nobody wrote is then this byte.
  void fill(uint8_t byte);

  uint8_t *at(uint64_t offset) { return context.arena + offset; }

private:
  Jit() = default;

  std::unique_ptr<llvm::orc::LLJIT> engine;
  const tern_manifest *program = nullptr;
  tern_ctx context{};
  uint32_t threads = 1;
};

/// The tensor of that role, or null.
const tern_tensor *findTensor(const tern_tensor *tensors, uint32_t count, llvm::StringRef name);

uint64_t elementCount(const tern_tensor &tensor);
/// One element as a double.
double elementAt(const uint8_t *data, uint32_t dtype, uint64_t index);
/// One element as it lies in memory.
uint64_t bitsAt(const uint8_t *data, uint32_t dtype, uint64_t index);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_JIT_H
