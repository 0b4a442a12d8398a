// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program in parts, compiled side by side. How it is cut depends on the program alone, so that the same model gives the same
// bytes on any number of cores. A part is sent to its thread as bitcode: an LLVM context belongs to one thread.

#include "compiler/emit/Emit.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

static constexpr size_t partCount = 8;

namespace {
/// What a machine is made of: each thread makes its own.
struct MachineText {
  std::string triple, processor, features;
  unsigned level;

  Expected<std::unique_ptr<TargetMachine>> create() const { return tern::createMachine(triple, processor, features, level); }
};
} // namespace

/// A function that other parts call is seen by them, and by nobody else.
static void shareFunctions(Module &program) {
  for (Function &function : program) {
    if (!function.hasLocalLinkage())
      continue;
    function.setLinkage(GlobalValue::ExternalLinkage);
    function.setVisibility(GlobalValue::HiddenVisibility);
    function.setDSOLocal(true);
  }
}

/// The largest functions first, each into the part that has least to do.
static DenseMap<const GlobalValue *, size_t> distribute(const Module &program) {
  SmallVector<const Function *> functions;
  for (const Function &function : program)
    if (!function.isDeclaration())
      functions.push_back(&function);
  stable_sort(functions, [](const Function *a, const Function *b) { return a->getInstructionCount() > b->getInstructionCount(); });
  DenseMap<const GlobalValue *, size_t> parts;
  std::array<uint64_t, partCount> load{};
  for (const Function *function : functions) {
    size_t part = std::min_element(load.begin(), load.end()) - load.begin();
    load[part] += function->getInstructionCount();
    parts[function] = part;
  }
  return parts;
}

/// The functions of one part; constants wherever they are used, what has a name outside of the program once.
static SmallString<0> cutPart(const Module &program, const DenseMap<const GlobalValue *, size_t> &parts, size_t number) {
  ValueToValueMapTy map;
  auto isHere = [&](const GlobalValue *value) {
    return isa<Function>(value) ? parts.lookup(value) == number : value->hasLocalLinkage() || number == 0;
  };
  std::unique_ptr<Module> part = CloneModule(program, map, isHere);
  SmallString<0> bitcode;
  raw_svector_ostream stream(bitcode);
  WriteBitcodeToFile(*part, stream);
  return bitcode;
}

static Error compilePart(StringRef bitcode, const MachineText &text, SmallString<0> &object) {
  LLVMContext context;
  Expected<std::unique_ptr<Module>> part = parseBitcodeFile(MemoryBufferRef(bitcode, "part"), context);
  if (!part)
    return part.takeError();
  Expected<std::unique_ptr<TargetMachine>> machine = text.create();
  if (!machine)
    return machine.takeError();
  tern::optimize(**part, **machine, text.level);
  raw_svector_ostream stream(object);
  return tern::writeCode(**part, **machine, tern::CodeFormat::Object, stream);
}

Expected<std::vector<SmallString<0>>> tern::compileInParts(Module &program, const TargetMachine &machine, unsigned level) {
  MachineText text{machine.getTargetTriple().str(), machine.getTargetCPU().str(), machine.getTargetFeatureString().str(), level};
  shareFunctions(program);
  DenseMap<const GlobalValue *, size_t> parts = distribute(program);
  std::vector<SmallString<0>> objects(partCount);
  std::vector<std::string> messages(partCount);
  DefaultThreadPool pool(hardware_concurrency());
  for (size_t number = 0; number < partCount; ++number)
    pool.async([&, number, bitcode = cutPart(program, parts, number)] {
      if (Error error = compilePart(bitcode, text, objects[number]))
        messages[number] = toString(std::move(error));
    });
  pool.wait();
  for (const std::string &message : messages)
    if (!message.empty())
      return createStringError(message);
  return objects;
}
