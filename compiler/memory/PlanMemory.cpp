// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One arena: variables, inputs and outputs, then what entries need while they run. Nothing is allocated afterwards.

#include "compiler/memory/Passes.h"

#include "compiler/memory/BufferTable.h"
#include "compiler/memory/Lifetimes.h"
#include "compiler/memory/MemoryUtils.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"

namespace tern {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

// Persistent classes, in the order in which they lie in the arena.
enum MemoryClass { Parameters, Gradients, Optimizer, Cache, InputsAndOutputs, classCount };
static constexpr StringLiteral classNames[] = {"parameters", "gradients", "optimizer", "cache", "io"};

static std::optional<MemoryClass> classOf(StringRef variable) {
  StringRef kind = variable.split(':').first;
  if (kind == "parameter")
    return Parameters;
  if (kind == "gradient")
    return Gradients;
  if (kind.starts_with("state"))
    return Optimizer;
  if (kind == "cache")
    return Cache;
  return std::nullopt;
}

namespace {

// A buffer that entries share: a variable, or an input or output that several entries have.
struct Shared {
  MemoryClass memoryClass;
  MemRefType type;
  Attribute parameter; // #tern.parameter or null
  Attribute canonical; // the type that files hold where this one is packed, or null
  uint64_t offset = 0;
};

// What one entry needs besides the shared buffers.
struct EntryPlan {
  func::FuncOp function;
  SmallVector<memref::AllocOp> temporaries, scratch; // in the order of the slots
  SmallVector<Slot> slots, scratchSlots;
  SmallVector<Slot> arguments;         // the lives of the shared buffers here
  std::optional<uint64_t> lossWritten; // in an entry with gradients
  std::optional<BufferTable> table;    // when asked for
  uint64_t transient = 0, activations = 0, scratchBytes = 0;

  // Activations are what the forward part leaves to the backward part: the temporaries of an entry with gradients that
  // are alive on both sides of the moment when the loss is written.
  bool isActivation(const Slot &slot) const {
    return lossWritten && slot.begin < *lossWritten && *lossWritten < slot.end;
  }
};

class Planner {
public:
  Planner(ModuleOp module, Remarks &remarks, bool recordBuffers)
      : module(module), builder(module.getContext()), remarks(remarks), recordBuffers(recordBuffers) {}

  LogicalResult plan() {
    for (auto function : module.getOps<func::FuncOp>())
      if (isEntry(function))
        entries.emplace_back().function = function;
    for (EntryPlan &entry : entries)
      if (failed(collectArguments(entry.function)) || failed(planTemporaries(entry)))
        return failure();
    placeShared();
    for (EntryPlan &entry : entries) {
      if (entry.table)
        describeBuffers(entry);
      rewrite(entry);
    }
    describe();
    return success();
  }

private:
  // The name under which entries share the buffer of an argument.
  static std::string keyOf(func::FuncOp function, unsigned index) {
    if (auto variable = function.getArgAttrOfType<StringAttr>(index, variableName))
      return variable.str();
    auto role = function.getArgAttrOfType<StringAttr>(index, roleName);
    std::string key = function.getArgAttr(index, outputName) ? "output:" : "input:";
    llvm::raw_string_ostream(key) << role.getValue() << ":" << function.getArgumentTypes()[index];
    return key;
  }

  LogicalResult collectArguments(func::FuncOp function) {
    for (auto [index, argumentType] : llvm::enumerate(function.getArgumentTypes())) {
      auto type = dyn_cast<MemRefType>(argumentType);
      if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity())
        return function.emitOpError() << "argument #" << index << " must be a dense memref of static shape, but is "
                                      << argumentType;
      auto variable = function.getArgAttrOfType<StringAttr>(index, variableName);
      if (!variable && !function.getArgAttrOfType<StringAttr>(index, roleName))
        return function.emitOpError() << "argument #" << index << " has neither `" << variableName << "` nor `"
                                      << roleName << "`: nobody would write it";
      std::optional<MemoryClass> memoryClass = variable ? classOf(variable) : InputsAndOutputs;
      if (!memoryClass)
        return function.emitOpError() << "argument #" << index << ": unknown kind of variable " << variable
                                      << ", expected parameter:, gradient:, state0:... or cache:";
      Attribute parameter = function.getArgAttr(index, "tern.parameter");
      auto [place, isNew] = shared.insert({keyOf(function, index), {*memoryClass, type, parameter, nullptr}});
      if (!isNew && place->second.type != type)
        return function.emitOpError() << "argument #" << index << ": variable " << variable << " is " << type
                                      << " here, but another entry has it as " << place->second.type;
      if (parameter)
        place->second.parameter = parameter;
      if (Attribute canonical = function.getArgAttr(index, canonicalName))
        place->second.canonical = canonical;
    }
    return success();
  }

  LogicalResult planTemporaries(EntryPlan &entry) {
    Lifetimes lifetimes(entry.function);
    WalkResult result = entry.function.walk([&](memref::AllocOp alloc) {
      MemRefType type = alloc.getType();
      if (!type.hasStaticShape() || !type.getLayout().isIdentity()) {
        alloc.emitOpError() << "must be dense and of static shape to be planned, but is " << type;
        return WalkResult::interrupt();
      }
      bool isScratch = alloc->getParentOfType<scf::ForallOp>() != nullptr;
      (isScratch ? entry.scratch : entry.temporaries).push_back(alloc);
      (isScratch ? entry.scratchSlots : entry.slots).push_back(lifetimes.lifeOf(alloc, bytesOf(type)));
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
    entry.transient = placeSlots(entry.slots, bufferAlignment);
    entry.scratchBytes = placeSlots(entry.scratchSlots, bufferAlignment);
    countActivations(entry, lifetimes);
    if (recordBuffers) {
      for (BlockArgument argument : entry.function.getArguments())
        entry.arguments.push_back(lifetimes.lifeOf(argument, bytesOf(cast<MemRefType>(argument.getType()))));
      entry.table.emplace(entry.function, lifetimes);
    }
    return success();
  }

  static void countActivations(EntryPlan &entry, const Lifetimes &lifetimes) {
    std::optional<uint64_t> lossWritten;
    bool hasGradients = false;
    for (BlockArgument argument : entry.function.getArguments()) {
      unsigned index = argument.getArgNumber();
      auto role = entry.function.getArgAttrOfType<StringAttr>(index, roleName);
      auto variable = entry.function.getArgAttrOfType<StringAttr>(index, variableName);
      hasGradients |= variable && classOf(variable) == Gradients;
      if (role && role == "loss" && entry.function.getArgAttr(index, outputName))
        lossWritten = lifetimes.firstWrite(argument);
    }
    if (hasGradients)
      entry.lossWritten = lossWritten;
    for (const Slot &slot : entry.slots)
      if (entry.isActivation(slot))
        entry.activations += alignUp(slot.bytes, bufferAlignment);
  }

  void placeShared() {
    uint64_t offset = 0;
    for (unsigned memoryClass = 0; memoryClass < classCount; ++memoryClass) {
      uint64_t begin = offset;
      for (auto &[name, buffer] : shared) {
        if (buffer.memoryClass != memoryClass)
          continue;
        buffer.offset = offset;
        offset += alignUp(bytesOf(buffer.type), bufferAlignment);
      }
      classBytes[memoryClass] = offset - begin;
    }
    transientOffset = offset;
  }

  void describeBuffers(EntryPlan &entry) {
    for (auto [argument, life] : llvm::zip_equal(entry.function.getArguments(), entry.arguments)) {
      std::string key = keyOf(entry.function, argument.getArgNumber());
      const Shared &buffer = shared[key];
      entry.table->add(classNames[buffer.memoryClass], key, buffer.type, argument.getLoc(), life, buffer.offset);
    }
    for (auto [alloc, slot] : llvm::zip_equal(entry.temporaries, entry.slots))
      entry.table->add(entry.isActivation(slot) ? "activations" : "workspace", "", alloc.getType(), alloc.getLoc(), slot,
                       transientOffset);
    for (auto [alloc, slot] : llvm::zip_equal(entry.scratch, entry.scratchSlots))
      entry.table->add("scratch", "", alloc.getType(), alloc.getLoc(), slot);
    entry.table->attach();
  }

  // Arguments and temporaries become views of the arena; temporaries inside of scf.forall become views of the scratch.
  void rewrite(EntryPlan &entry) {
    func::FuncOp function = entry.function;
    NamedAttrList plan;
    describeArguments(function, plan);
    plan.append("transient", builder.getI64IntegerAttr(entry.transient));
    plan.append("peak", builder.getI64IntegerAttr(peakBytes(entry.slots, bufferAlignment)));
    plan.append("scratch", builder.getI64IntegerAttr(entry.scratchBytes));
    remarks.analysis(function.getLoc(), "plan",
                     "@" + function.getName() + ": " + Twine(entry.slots.size()) + " temporaries in " + Twine(entry.transient) +
                         " bytes, " + Twine(peakBytes(entry.slots, bufferAlignment)) + " at the peak; scratch of " +
                         Twine(entry.scratchBytes) + " bytes per thread",
                     {{"temporaries", entry.slots.size()}, {"temporary bytes", entry.transient}});

    Block &body = function.front();
    unsigned oldCount = body.getNumArguments();
    Type bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
    for (Type type : {bytes, bytes, Type(builder.getIndexType()), Type(builder.getIndexType())})
      body.addArgument(type, function.getLoc());
    Value arena = body.getArgument(oldCount), scratch = body.getArgument(oldCount + 1);

    builder.setInsertionPointToStart(&body);
    for (unsigned index = 0; index < oldCount; ++index) {
      BlockArgument argument = body.getArgument(index);
      argument.replaceAllUsesWith(viewOf(arena, shared[keyOf(function, index)].offset, argument));
    }
    for (auto [alloc, slot] : llvm::zip_equal(entry.temporaries, entry.slots))
      replaceAlloc(alloc, arena, transientOffset + slot.offset);
    for (auto [alloc, slot] : llvm::zip_equal(entry.scratch, entry.scratchSlots))
      replaceAlloc(alloc, scratch, slot.offset);
    function.walk([](memref::DeallocOp dealloc) { dealloc.erase(); });

    body.eraseArguments(0, oldCount);
    function.setType(builder.getFunctionType(body.getArgumentTypes(), {}));
    function.setAllArgAttrs(ArrayRef<DictionaryAttr>(SmallVector<DictionaryAttr>(4, builder.getDictionaryAttr({}))));
    function->setAttr(planName, plan.getDictionary(builder.getContext()));
  }

  Value viewOf(Value memory, uint64_t offset, Value buffer) {
    Value position = arith::ConstantIndexOp::create(builder, buffer.getLoc(), offset);
    return memref::ViewOp::create(builder, buffer.getLoc(), cast<MemRefType>(buffer.getType()), memory, position,
                                  ValueRange());
  }

  void replaceAlloc(memref::AllocOp alloc, Value memory, uint64_t offset) {
    builder.setInsertionPoint(alloc);
    alloc.replaceAllUsesWith(viewOf(memory, offset, alloc));
    alloc.erase();
  }

  void describeArguments(func::FuncOp function, NamedAttrList &plan) {
    SmallVector<Attribute> inputs, outputs;
    for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
      auto role = function.getArgAttrOfType<StringAttr>(index, roleName);
      if (function.getArgAttr(index, variableName) || !role)
        continue;
      bool isOutput = function.getArgAttr(index, outputName) != nullptr;
      (isOutput ? outputs : inputs).push_back(describeBuffer(role, shared[keyOf(function, index)]));
    }
    plan.append("inputs", builder.getArrayAttr(inputs));
    plan.append("outputs", builder.getArrayAttr(outputs));
  }

  Attribute describeBuffer(StringAttr name, const Shared &buffer) {
    NamedAttrList attributes;
    attributes.append("name", name);
    attributes.append("type", TypeAttr::get(buffer.type));
    attributes.append("offset", builder.getI64IntegerAttr(buffer.offset));
    attributes.append("bytes", builder.getI64IntegerAttr(bytesOf(buffer.type)));
    if (buffer.parameter)
      attributes.append("parameter", buffer.parameter);
    if (buffer.canonical)
      attributes.append("canonical", buffer.canonical);
    return attributes.getDictionary(builder.getContext());
  }

  void describe() {
    uint64_t transient = 0, activations = 0, scratch = 0;
    for (const EntryPlan &entry : entries) {
      transient = std::max(transient, entry.transient);
      activations = std::max(activations, entry.activations);
      scratch = std::max(scratch, entry.scratchBytes);
    }
    NamedAttrList memory;
    for (unsigned memoryClass = 0; memoryClass < classCount; ++memoryClass)
      memory.append(classNames[memoryClass], builder.getI64IntegerAttr(classBytes[memoryClass]));
    memory.append("activations", builder.getI64IntegerAttr(activations));
    memory.append("workspace", builder.getI64IntegerAttr(transient - activations));
    memory.append("scratch_per_thread", builder.getI64IntegerAttr(scratch));
    memory.append("arena", builder.getI64IntegerAttr(transientOffset + transient));
    module->setAttr(memoryName, memory.getDictionary(builder.getContext()));

    SmallVector<Attribute> variables;
    for (auto &[name, buffer] : shared)
      if (buffer.memoryClass != InputsAndOutputs)
        variables.push_back(describeBuffer(builder.getStringAttr(name), buffer));
    module->setAttr(variablesName, builder.getArrayAttr(variables));
  }

  ModuleOp module;
  OpBuilder builder;
  Remarks &remarks;
  std::vector<EntryPlan> entries;
  llvm::MapVector<std::string, Shared, std::map<std::string, unsigned>> shared; // in the order of first use
  uint64_t classBytes[classCount] = {};
  uint64_t transientOffset = 0;
  bool recordBuffers;
};

struct PlanMemory : tern::impl::PlanMemoryBase<PlanMemory> {
  using Base::Base;
  void runOnOperation() override {
    Remarks remarks(*this, "planned", "not planned");
    if (failed(Planner(getOperation(), remarks, recordBuffers).plan()))
      signalPassFailure();
  }
};

} // namespace
