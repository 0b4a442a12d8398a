// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Object code in memory, and the smallest thing that can run it: threads and a barrier.

#include "compiler/tools/Jit.h"

#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/Support/MemoryBuffer.h"

#include <barrier>
#include <cstdlib>
#include <cstring>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace llvm;
using namespace tern;

static uint8_t *allocateZeroed(uint64_t bytes) {
  bytes = (bytes + 63) / 64 * 64 + 64;
  void *memory = std::aligned_alloc(64, bytes);
  if (memory)
    std::memset(memory, 0, bytes);
  return static_cast<uint8_t *>(memory);
}

/// Code that uses tile registers needs the system's permission once.
static Error permitTiles(const TargetMachine &machine) {
#ifdef __x86_64__
  constexpr long requestPermission = 0x1023, tileData = 18; // ARCH_REQ_XCOMP_PERM
  bool hasTiles = machine.getTargetFeatureString().contains("+amx-tile");
  if (hasTiles && syscall(SYS_arch_prctl, requestPermission, tileData) != 0)
    return createStringError("the system refuses the use of tile registers");
#endif
  return Error::success();
}

Expected<std::unique_ptr<Jit>> Jit::create(llvm::Module &program, const CodeTarget &target, uint32_t threads) {
  if (!target.lacking.empty())
    return createStringError("code for " + target.isa + " cannot run here: this machine lacks " + target.lacking);
  if (Error error = permitTiles(*target.machine))
    return std::move(error);
  SmallVector<char, 0> object;
  raw_svector_ostream stream(object);
  if (Error error = writeCode(program, *target.machine, CodeFormat::Object, stream))
    return std::move(error);
  auto engine = orc::LLJITBuilder().create();
  if (!engine)
    return engine.takeError();
  std::unique_ptr<Jit> jit(new Jit);
  jit->engine = std::move(*engine);
  orc::JITDylib &library = jit->engine->getMainJITDylib();
  auto process =
      orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit->engine->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process)); // libm
  if (Error error = jit->engine->addObjectFile(MemoryBuffer::getMemBufferCopy(StringRef(object.data(), object.size()))))
    return std::move(error);
  auto manifest = jit->engine->lookup(manifestName(target.isa));
  if (!manifest)
    return manifest.takeError();
  jit->program = manifest->toPtr<const tern_manifest *>();
  jit->threads = threads;
  const tern_memory &memory = jit->program->memory;
  jit->context.arena = allocateZeroed(memory.arena);
  jit->context.scratch = allocateZeroed(memory.scratch_per_thread * threads);
  if (!jit->context.arena || !jit->context.scratch)
    return createStringError("out of memory: the program needs %llu bytes", (unsigned long long)memory.arena);
  return jit;
}

Jit::~Jit() {
  std::free(context.arena);
  std::free(context.scratch);
}

const tern_entry *Jit::find(StringRef name) const {
  for (uint32_t index = 0; index < program->entry_count; ++index)
    if (name == program->entries[index].name)
      return &program->entries[index];
  return nullptr;
}

void Jit::fill(uint8_t byte) {
  std::memset(context.arena, byte, program->memory.arena);
  std::memset(context.scratch, byte, program->memory.scratch_per_thread * threads);
}

int32_t Jit::run(const tern_entry &entry, uint32_t count) {
  assert(count >= 1 && count <= threads && "each thread has its scratch memory");
  std::barrier<> meeting(count);
  context.runtime = &meeting;
  context.barrier = [](tern_ctx *context, uint32_t, uint32_t, uint32_t) {
    static_cast<std::barrier<> *>(context->runtime)->arrive_and_wait();
  };
  std::vector<int32_t> status(count);
  auto work = [&](uint32_t thread) { status[thread] = entry.run(&context, thread, count); };
  std::vector<std::thread> others;
  for (uint32_t thread = 1; thread < count; ++thread)
    others.emplace_back(work, thread);
  work(0);
  for (std::thread &other : others)
    other.join();
  for (int32_t each : status)
    if (each != 0)
      return each;
  return context.status;
}

const tern_tensor *tern::findTensor(const tern_tensor *tensors, uint32_t count, StringRef name) {
  for (uint32_t index = 0; index < count; ++index)
    if (name == tensors[index].name)
      return &tensors[index];
  return nullptr;
}

uint64_t tern::elementCount(const tern_tensor &tensor) {
  uint64_t count = 1;
  for (uint32_t dim = 0; dim < tensor.rank; ++dim)
    count *= tensor.shape[dim];
  return count;
}

template <typename T>
static double readAs(const uint8_t *data, uint64_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

double tern::elementAt(const uint8_t *data, uint32_t dtype, uint64_t index) {
  switch (dtype) {
  case TERN_F32:
    return readAs<float>(data, index);
  case TERN_F64:
    return readAs<double>(data, index);
  case TERN_I32:
    return readAs<int32_t>(data, index);
  case TERN_I64:
    return readAs<int64_t>(data, index);
  default:
    return readAs<int8_t>(data, index);
  }
}

uint64_t tern::bitsAt(const uint8_t *data, uint32_t dtype, uint64_t index) {
  uint64_t bits = 0, bytes = 1;
  if (dtype == TERN_F32 || dtype == TERN_I32)
    bytes = 4;
  else if (dtype == TERN_F64 || dtype == TERN_I64)
    bytes = 8;
  std::memcpy(&bits, data + index * bytes, bytes);
  return bits;
}
