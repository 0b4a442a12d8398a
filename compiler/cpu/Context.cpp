// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entries and their context. The field offsets are those of tern_ctx, fixed by the static layout of runtime/abi/tern.h.

#include "compiler/cpu/Context.h"

#include "compiler/cpu/CpuUtils.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace tern::cpu;

// tern_ctx: arena, scratch, barrier, runtime, status.
static constexpr int64_t arenaField = 0, scratchField = 8, barrierField = 16;

static Value loadField(OpBuilder &builder, Location location, Value context, int64_t offset) {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Value address = LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), context,
                                      ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return LLVM::LoadOp::create(builder, location, pointer, address);
}

void Context::callBarrier(OpBuilder &builder, Location location, uint32_t region) {
  Value barrier = loadField(builder, location, pointer, barrierField);
  Type i32 = builder.getI32Type();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), {pointer.getType(), i32, i32, i32});
  Value number = arith::ConstantIntOp::create(builder, location, region, 32);
  LLVM::CallOp::create(builder, location, type,
                       ValueRange{barrier, pointer, entry.getArgument(1), entry.getArgument(2), number});
}

// A memref over memory that the runtime owns. Its size is not stated: the plan keeps every view inside.
static Value memoryAt(OpBuilder &builder, Location location, Value address, MemRefType type) {
  auto array = LLVM::LLVMArrayType::get(builder.getI64Type(), 1);
  auto descriptor = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), {address.getType(), address.getType(), builder.getI64Type(), array, array});
  auto constant = [&](int64_t value) {
    return LLVM::ConstantOp::create(builder, location, builder.getI64Type(), builder.getI64IntegerAttr(value));
  };
  std::pair<Value, SmallVector<int64_t>> fields[] = {{address, {0}},
                                                     {address, {1}},
                                                     {constant(0), {2}},
                                                     {constant(std::numeric_limits<int64_t>::max()), {3, 0}},
                                                     {constant(1), {4, 0}}};
  Value value = LLVM::PoisonOp::create(builder, location, descriptor);
  for (auto &[field, position] : fields)
    value = LLVM::InsertValueOp::create(builder, location, value, field, position);
  return UnrealizedConversionCastOp::create(builder, location, type, value).getResult(0);
}

bool tern::cpu::isPlanned(func::FuncOp function) {
  auto isMemory = [](Type type) {
    auto memref = dyn_cast<MemRefType>(type);
    return memref && memref.getRank() == 1 && memref.getElementType().isInteger(8);
  };
  ArrayRef<Type> types = function.getArgumentTypes();
  return !function.isDeclaration() && types.size() == 4 && isMemory(types[0]) && isMemory(types[1]) &&
         types[2].isIndex() && types[3].isIndex() && function.getNumResults() == 0;
}

// Bytes of scratch of one thread, which plan-memory leaves on the module.
static int64_t scratchPerThread(func::FuncOp function) {
  auto memory = function->getParentOfType<ModuleOp>()->getAttrOfType<DictionaryAttr>("tern.memory");
  auto bytes = memory ? memory.getAs<IntegerAttr>("scratch_per_thread") : nullptr;
  return bytes ? bytes.getInt() : 0;
}

FailureOr<Context> tern::cpu::makeEntry(OpBuilder &builder, func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("is planned, but has control flow between blocks");
  Location loc = function.getLoc();
  Block &body = function.front();
  builder.setInsertionPointToStart(&body);
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext()), i32 = builder.getI32Type();
  Value context = body.addArgument(pointer, loc), thread = body.addArgument(i32, loc), threads = body.addArgument(i32, loc);
  Emitter emit(builder, loc);
  Context result;
  result.pointer = context;
  result.thread = arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(), thread);
  result.threads = arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(), threads);
  Value offset = arith::IndexCastUIOp::create(builder, loc, builder.getI64Type(),
                                              emit.mul(result.thread, scratchPerThread(function)));
  Value scratch = LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(),
                                      loadField(builder, loc, context, scratchField), ArrayRef<LLVM::GEPArg>{offset});
  Value arena = loadField(builder, loc, context, arenaField);
  auto memoryType = [&](unsigned index) { return cast<MemRefType>(body.getArgument(index).getType()); };
  body.getArgument(0).replaceAllUsesWith(memoryAt(builder, loc, arena, memoryType(0)));
  body.getArgument(1).replaceAllUsesWith(memoryAt(builder, loc, scratch, memoryType(1)));
  body.getArgument(2).replaceAllUsesWith(result.thread);
  body.getArgument(3).replaceAllUsesWith(result.threads);
  body.eraseArguments(0, 4);
  function.setType(builder.getFunctionType({pointer, i32, i32}, {i32}));
  function.removeArgAttrsAttr();
  function.setName("tern_entry_" + function.getName().str());
  function.setPublic();
  Operation *terminator = body.getTerminator();
  builder.setInsertionPoint(terminator);
  Value status = arith::ConstantIntOp::create(builder, loc, 0, 32);
  func::ReturnOp::create(builder, loc, status);
  terminator->erase();
  result.entry = function;
  return result;
}
